import InterruptTrace

/// Events of a log or a trace that are not about interrupts, counted by name.
struct UnusedEvents {
  private var kinds: [(name: [UInt8], count: UInt64)] = []
  private var others: UInt64 = 0
  private var last = 0
  /// Names that are told apart.
  static let limit = 64

  /// Counts an event. Most come in rows of one name.
  mutating func count(_ name: UnsafeRawBufferPointer) {
    if last < kinds.count, name.elementsEqual(kinds[last].name) {
      kinds[last].count &+= 1
    } else if let known = kinds.firstIndex(where: { name.elementsEqual($0.name) }) {
      last = known
      kinds[known].count &+= 1
    } else if kinds.count < Self.limit, name.count < 100 {
      last = kinds.count
      kinds.append((Array(name), 1))
    } else {
      others &+= 1
    }
  }

  /// Adds what was counted.
  func report(into statistics: inout ImportStatistics) {
    for kind in kinds { statistics.ignore(String(decoding: kind.name, as: UTF8.self), count: kind.count) }
    if others > 0 { statistics.ignore(nil, count: others) }
  }
}
