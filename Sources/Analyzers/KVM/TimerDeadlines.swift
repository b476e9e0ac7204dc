/// How late a guest's timer interrupts are. Deadlines are counter values; when the counter had them is found from the
/// deadlines and injections themselves: its frequency from pairs far apart, its offset from the promptest injection.
struct TimerDeadlines {
  private var pairs: [(deadline: UInt64, time: UInt64)] = []
  /// Pairs kept; later ones replace them in turn, so that memory does not grow.
  private static let limit = 65_536
  private var next = 0

  mutating func add(deadline: UInt64, time: UInt64) {
    if pairs.count < Self.limit {
      pairs.append((deadline, time))
    } else {
      pairs[next % Self.limit] = (deadline, time)
      next += 1
    }
  }

  /// Frequencies that counters of Arm systems have, in Hz.
  private static let frequencies: [Double] = [
    1e9, 500e6, 250e6, 200e6, 125e6, 100e6, 62.5e6, 54e6, 50e6, 48e6, 40e6, 38.4e6, 31.25e6, 27e6, 26e6, 25e6, 24e6,
    19.2e6, 13e6, 12e6,
  ]

  /// The frequency, and every lateness beyond the least; nil if the pairs fit none.
  var result: (frequency: Double, lateness: DurationCounts)? {
    guard pairs.count >= 16, let first = pairs.min(by: { $0.time < $1.time }),
      let last = pairs.max(by: { $0.time < $1.time }), last.time > first.time &+ 10_000_000,
      last.deadline > first.deadline
    else { return nil }
    let measured = Double(last.deadline - first.deadline) / Double(last.time - first.time) * 1e9
    guard let frequency = Self.frequencies.min(by: { abs($0 - measured) < abs($1 - measured) }),
      abs(frequency - measured) < frequency * 0.03
    else { return nil }
    func late(_ pair: (deadline: UInt64, time: UInt64)) -> Double {
      Double(Int64(bitPattern: pair.time &- first.time)) - Double(Int64(bitPattern: pair.deadline &- first.deadline))
        / frequency * 1e9
    }
    let least = pairs.map(late).min()!
    var counts = DurationCounts()
    for pair in pairs {
      let lateness = late(pair) - least
      if lateness >= 0, lateness < 1e15 { counts.add(UInt64(lateness)) }
    }
    return (frequency, counts)
  }
}
