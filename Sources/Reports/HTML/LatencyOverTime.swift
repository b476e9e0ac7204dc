import Analyzers
import Glibc

/// Injection to end over time: for each class and span of time the mean and the worst.
struct LatencyOverTime {
  private struct Span: BitwiseCopyable {
    var count: UInt64 = 0
    var sum = 0.0
    var worst: UInt64 = 0
  }

  /// One of the slowest interrupts.
  struct Worst: BitwiseCopyable {
    var life: InterruptLife
    var length: UInt64
  }

  private static let spans = 240
  private static let kept = 20
  private var series = InterruptClass.allCases.map { _ in
    TimeSeries(capacity: spans, empty: Span()) {
      Span(count: $0.count + $1.count, sum: $0.sum + $1.sum, worst: max($0.worst, $1.worst))
    }
  }
  /// The slowest, the slowest first.
  private(set) var worst: [Worst] = []

  mutating func add(_ life: InterruptLife) {
    guard let span = life.span(.injectionToEOI) else { return }
    let one = Span(count: 1, sum: Double(span.length), worst: span.length)
    series[Int(life.interruptClass.rawValue)].add(one, at: span.start)
    guard worst.count < Self.kept || span.length > worst[worst.count - 1].length else { return }
    let place = worst.firstIndex { $0.length < span.length } ?? worst.count
    worst.insert(Worst(life: life, length: span.length), at: place)
    if worst.count > Self.kept { worst.removeLast() }
  }

  var svg: String {
    let used = series.filter { $0.start != nil }
    guard let start = used.compactMap(\.start).min(), let slowest = worst.first else { return "" }
    let end = used.map { $0.start! + UInt64($0.values.count) * $0.width }.max() ?? start
    let axis = LogAxis(low: 1000, high: slowest.length, left: 0, width: 1)
    let picture = TimePicture(height: 240, start: start, length: end - start)
    var content = ""
    for interruptClass in InterruptClass.allCases {
      let own = series[Int(interruptClass.rawValue)]
      for (i, span) in own.values.enumerated() where span.count > 0 {
        let at = own.start! + UInt64(i) * own.width + own.width / 2
        let mean = UInt64(span.sum / Double(span.count))
        let (x, high, low) = (
          picture.x(min(at, end)), picture.y(min(axis.x(span.worst), 1)), picture.y(max(axis.x(mean), 0))
        )
        content += "<g><title>\(Units.moment(at)), \(interruptClass.name): \(Units.count(span.count)), mean "
        content += "\(Units.duration(mean)), worst \(Units.duration(span.worst))</title>"
        content +=
          "<rect class=\"\(interruptClass.name)\" opacity=\".3\" x=\"\(coordinate(x - 1.2))\" y=\"\(coordinate(high))\" "
        content += "width=\"2.4\" height=\"\(coordinate(max(low - high, 1)))\"/>"
        content +=
          "<circle class=\"\(interruptClass.name)\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(low))\" r=\"1.8\"/></g>"
      }
    }
    for one in worst.prefix(5) {
      let (x, y) = (picture.x(one.life.pendingTime), picture.y(min(axis.x(one.length), 1)))
      content += "<circle class=\"worst\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(y))\" r=\"5\"><title>"
      content += "\(one.life.interruptClass.name) \(one.life.intid): \(Units.duration(one.length))</title></circle>"
    }
    return picture.svg("Latency over time", grid: axis.decades.map { ($0.x, $0.name) }, content)
  }
}
