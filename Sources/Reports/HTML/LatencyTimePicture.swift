import Analyzers

/// Heat maps of latency over time, one for each class on common axes: time, and the latency's logarithm; the stronger the
/// colour, the more interrupts. Rings mark the worst of all.
struct LatencyTimePicture {
  /// One of the slowest.
  struct Mark {
    var interruptClass: InterruptClass
    var name: String
    var time: UInt64
    var length: UInt64
  }

  private let columns: [LatencyHeat.Column]
  private let start: UInt64
  private let width: UInt64
  private let used: [InterruptClass]
  private let marks: [Mark]
  /// What stands before a class's name.
  private let prefix: String
  private static let height = 190.0

  init(_ heat: LatencyHeat, marks: [Mark] = [], prefix: String = "") {
    columns = heat.series.spans
    (start, width) = (heat.series.start ?? 0, heat.series.width)
    used = InterruptClass.allCases.filter { c in
      heat.series.spans.contains { $0.sums[Int(c.rawValue)].count > 0 }
    }
    self.marks = marks
    self.prefix = prefix
  }

  var html: String {
    let bins = used.flatMap { c in columns.flatMap { Self.bins($0, c) } }
    guard let low = bins.map(\.bin).min(), let high = bins.map(\.bin).max() else { return "" }
    let axis = LogAxis(
      low: LatencyHeat.least(low), high: LatencyHeat.least(high + 1), left: 0, width: 1)
    let shades = Shades(most: bins.map(\.count).max() ?? 1)
    return
      "<p class=\"faint\">How many interrupts began in each span of \(Units.duration(width)) and took how long:</p>\n"
      + shades.legend(used.first?.name ?? "") + used.map { picture($0, axis, shades) }.joined() + numbers
  }

  private static func bins(_ column: LatencyHeat.Column, _ c: InterruptClass) -> [(bin: Int, count: UInt64)] {
    column.counts[Int(c.rawValue)].enumerated().filter { $0.element > 0 }.map { ($0.offset, UInt64($0.element)) }
  }

  private func picture(_ c: InterruptClass, _ axis: LogAxis, _ shades: Shades) -> String {
    let (length, overflow) = width.multipliedReportingOverflow(by: UInt64(columns.count))
    let picture = TimePicture(height: Self.height, start: start, length: overflow ? .max : length)
    var svg = picture.frame("\(prefix)\(c.name) latency", grid: axis.decades.map { ($0.x, $0.name) })
    picture.plot(in: &svg) { svg in
      for (i, column) in columns.enumerated() {
        let from = start &+ UInt64(i) &* width
        let (x, next) = (picture.x(from), picture.x(from &+ width))
        for (bin, count) in Self.bins(column, c) {
          let (least, above) = (LatencyHeat.least(bin), LatencyHeat.least(bin + 1))
          let (y, top) = (picture.y(axis.x(least)), picture.y(min(axis.x(above), 1)))
          svg.rectangle(
            c.name, x: x, y: top, width: next - x, height: y - top, opacity: shades.opacity(count),
            tip: "\(Units.moment(from)), \(Units.duration(least)) to \(Units.duration(above)): \(Units.count(count))")
        }
      }
      for mark in marks where mark.interruptClass == c {
        svg.circle(
          "worst", x: picture.x(mark.time), y: picture.y(min(axis.x(mark.length), 1)), radius: 5,
          tip: "\(mark.name): \(Units.duration(mark.length)), from \(Units.moment(mark.time))")
      }
    }
    let worst = columns.map { $0.sums[Int(c.rawValue)].worst }.max() ?? 0
    return svg.html("Latency over time of \(prefix)\(c.name)s, heat map: up to \(Units.duration(worst)).")
  }

  /// The same in at most a dozen spans.
  private var numbers: String {
    let factor = max(1, (columns.count + 11) / 12)
    var table = HTMLTable(
      [("from", true)] + used.flatMap { [("\(prefix)\($0.name) count", true), ("mean", true), ("worst", true)] })
    for first in stride(from: 0, to: columns.count, by: factor) {
      let cells = used.flatMap { c -> [String] in
        let part = columns[first..<min(first + factor, columns.count)].reduce(into: LatencySpan()) {
          $0.merge($1.sums[Int(c.rawValue)])
        }
        guard part.count > 0 else { return ["", "", ""] }
        return [Units.count(part.count), Units.duration(part.mean), Units.duration(part.worst)]
      }
      table.add([Units.moment(start &+ UInt64(first) &* width)] + cells)
    }
    return PictureNumbers(table: table).html
  }
}
