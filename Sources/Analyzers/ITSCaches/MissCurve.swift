/// How often a fully associative LRU cache of any size would have missed.
public struct MissCurve: Sendable {
  /// Look-ups.
  public var references: UInt64 = 0
  /// Look-ups that no cache answers: the first of an entry, the first after it became invalid, and of entries that are
  /// not valid in the table.
  public var compulsory: UInt64 = 0
  /// Different entries looked up.
  public var different: UInt64 = 0
  /// Look-ups that a cache of at least `entries` entries answers, by the number of entries, ascending.
  public var distances: [(entries: UInt64, count: UInt64)] = []

  /// No look-ups.
  public init() {}

  /// Misses of a cache of so many entries. O(distances).
  public func misses(entries: UInt64) -> UInt64 {
    references - distances.lazy.filter { $0.entries <= entries }.reduce(0) { $0 + $1.count }
  }

  /// The size from which on only compulsory misses remain; 0 if nothing ever hits.
  public var sufficient: UInt64 { distances.last?.entries ?? 0 }

  /// Every size at which the number of misses changes, with the misses from there on.
  public var points: [(entries: UInt64, misses: UInt64)] {
    var left = references
    return [(0, references)]
      + distances.map { distance in
        left -= distance.count
        return (distance.entries, left)
      }
  }

  /// Both curves' look-ups, as of two caches of that size each.
  func merged(with other: MissCurve) -> MissCurve {
    var sums = Dictionary(distances.map { ($0.entries, $0.count) }, uniquingKeysWith: +)
    for distance in other.distances { sums[distance.entries, default: 0] += distance.count }
    var result = self
    result.references += other.references
    result.compulsory += other.compulsory
    result.different += other.different
    result.distances = sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return result
  }
}

/// A stream of look-ups, being measured.
struct MissCounter: ~Copyable {
  private var stack: StackDistance
  /// As ``StackDistance/unfollowed``.
  var unfollowed: UInt64 { stack.unfollowed }
  private var references: UInt64 = 0
  private var compulsory: UInt64 = 0
  /// Look-ups of each distance.
  private var byDistance: UnsafeMutablePointer<UInt64>
  private var capacity = 64

  init(limit: Int = AnalysisLimits().translations) {
    stack = StackDistance(limit: limit)
    byDistance = .allocate(capacity: capacity)
    byDistance.initialize(repeating: 0, count: capacity)
  }

  deinit { byDistance.deallocate() }

  /// Looks an entry up. One that is not valid is read each time and never cached.
  mutating func reference(_ key: UInt64, group: UInt32? = nil, isValid: Bool, isCounted: Bool) -> StackDistance.Outcome
  {
    let outcome = isValid ? stack.reference(key, group: group) : StackDistance.Outcome(distance: 0, cause: 0)
    guard isCounted else { return outcome }
    references += 1
    if outcome.distance == 0 {
      compulsory += 1
    } else {
      while capacity <= outcome.distance { grow() }
      byDistance[outcome.distance] += 1
    }
    return outcome
  }

  private mutating func grow() {
    let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
    bigger.update(from: byDistance, count: capacity)
    (bigger + capacity).initialize(repeating: 0, count: capacity)
    byDistance.deallocate()
    byDistance = bigger
    capacity *= 2
  }

  mutating func drop(_ key: UInt64, cause: UInt8) -> Bool { stack.drop(key, cause: cause) }
  mutating func drop(group: UInt32, cause: UInt8, _ body: (UInt64) -> Void) {
    stack.drop(group: group, cause: cause, body)
  }
  mutating func dropAll(cause: UInt8) -> Int { stack.dropAll(cause: cause) }

  var curve: MissCurve {
    var curve = MissCurve()
    curve.references = references
    curve.compulsory = compulsory
    curve.different = UInt64(stack.different)
    curve.distances = (0..<capacity).filter { byDistance[$0] > 0 }.map { (UInt64($0), byDistance[$0]) }
    return curve
  }
}
