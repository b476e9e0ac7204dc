extension RandomAccessCollection {
  /// The first place from which on a condition holds, of elements of which those that do not meet it come first;
  /// `endIndex` if none does. O(log count), as the method of that name in swift-algorithms.
  @inlinable
  public func partitioningIndex(where holds: (Element) throws -> Bool) rethrows -> Index {
    var (low, length) = (startIndex, count)
    while length > 0 {
      let half = length / 2
      let middle = index(low, offsetBy: half)
      if try holds(self[middle]) {
        length = half
      } else {
        low = index(after: middle)
        length -= half + 1
      }
    }
    return low
  }
}
