import Analyzers

/// Injection to end over time, and the slowest of all: of physical interrupts, or of guests'.
struct LatencyOverTime {
  /// One of the slowest interrupts.
  struct Worst: BitwiseCopyable {
    var life: InterruptLife
    var length: UInt64
  }

  private static let kept = 20
  private let ofGuests: Bool
  private var series = InterruptClass.allCases.map { _ in LatencySeries() }
  /// The slowest, the slowest first.
  private(set) var worst: [Worst] = []

  init(ofGuests: Bool = false) { self.ofGuests = ofGuests }

  mutating func add(_ life: InterruptLife) {
    guard let span = ofGuests ? life.guestSpan : life.span(.injectionToEOI) else { return }
    series[Int(life.interruptClass.rawValue)].add(span.length, at: span.start)
    guard worst.count < Self.kept || span.length > worst[worst.count - 1].length else { return }
    let place = worst.firstIndex { $0.length < span.length } ?? worst.count
    worst.insert(Worst(life: life, length: span.length), at: place)
    if worst.count > Self.kept { worst.removeLast() }
  }

  var picture: String {
    LatencyTimePicture(
      rows: zip(InterruptClass.allCases, series).map { .init($0, prefix: ofGuests ? "v" : "", $1) },
      marks: worst.prefix(5).map {
        .init(
          name: "\(ofGuests ? "v" : "")\($0.life.interruptClass.name) \($0.life.intid)", time: $0.life.firstTime,
          length: $0.length)
      }
    ).html
  }
}
