extension PendingQueue {
  /// What is wrong with the queue; nil if nothing is.
  func brokenInvariant() -> String? {
    var previous: UInt32?
    var keys = 0
    var unknown = 0
    var ascending = true
    forEach { key in
      if let previous, previous >= key { ascending = false }
      previous = key
      keys += 1
      if key >> 24 == PendingKey.unknownLevel { unknown += 1 }
      return true
    }
    guard ascending else { return "pending keys are not ascending" }
    guard keys == Int(count) else { return "\(keys) pending keys found, \(count) counted" }
    guard unknown == Int(unknownCount) else { return "\(unknown) unknown pending keys found, \(unknownCount) counted" }
    guard (hot == PendingKey.none) == (count == 0) else { return "the first pending key is wrong" }
    if isTree { return tree.brokenInvariant() }
    guard Int(head) + Int(length) <= Int(capacity) else { return "the pending array overflows" }
    return nil
  }
}
