import Analyzers

/// Injection to end over time, and the slowest of all.
struct LatencyOverTime {
  /// One of the slowest interrupts.
  struct Worst: BitwiseCopyable {
    var life: InterruptLife
    var length: UInt64
  }

  private static let kept = 20
  private var series = InterruptClass.allCases.map { _ in LatencySeries() }
  /// The slowest, the slowest first.
  private(set) var worst: [Worst] = []

  mutating func add(_ life: InterruptLife) {
    guard let span = life.span(.injectionToEOI) else { return }
    series[Int(life.interruptClass.rawValue)].add(span.length, at: span.start)
    guard worst.count < Self.kept || span.length > worst[worst.count - 1].length else { return }
    let place = worst.firstIndex { $0.length < span.length } ?? worst.count
    worst.insert(Worst(life: life, length: span.length), at: place)
    if worst.count > Self.kept { worst.removeLast() }
  }

  var picture: String {
    LatencyTimePicture(
      rows: zip(InterruptClass.allCases, series).map { .init($0, $1) },
      marks: worst.prefix(5).map {
        .init(
          name: "\($0.life.interruptClass.name) \($0.life.intid)",
          time: $0.life.pendingTime,
          length: $0.length
        )
      }
    ).html
  }
}
