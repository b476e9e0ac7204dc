import InterruptTrace

/// Places of interrupts, each at most once, in the order in which they came.
struct PlaceSet {
  private(set) var places: [Int] = []
  private var isIn: [Bool] = []

  /// Writes or reads it.
  mutating func archive(_ archive: inout StateArchive) {
    archive.array(&places)
    archive.array(&isIn)
  }

  var isEmpty: Bool { places.isEmpty }
  var count: Int { places.count }

  /// O(1).
  func contains(_ place: Int) -> Bool { place < isIn.count && isIn[place] }

  /// Whether it was new. O(1), but for the first of a higher place.
  @discardableResult mutating func insert(_ place: Int) -> Bool {
    guard !contains(place) else { return false }
    while isIn.count <= place { isIn.append(false) }
    isIn[place] = true
    places.append(place)
    return true
  }

  /// O(places).
  mutating func removeAll(where isOut: (Int) -> Bool) {
    places.removeAll { place in
      guard isOut(place) else { return false }
      isIn[place] = false
      return true
    }
  }

  /// O(places); the memory stays.
  mutating func removeAll() {
    for place in places { isIn[place] = false }
    places.removeAll(keepingCapacity: true)
  }
}
