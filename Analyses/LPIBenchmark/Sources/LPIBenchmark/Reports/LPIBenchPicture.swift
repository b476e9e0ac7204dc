import Glibc
import Reports

/// The benchmark of LPI stores as a picture: a row for each workload, a column for each store, and in each field the
/// time per operation on a colour that says how many times the best store's that is.
struct LPIBenchPicture {
  private let report: LPIBenchmarkReport
  private let left = 210.0
  private let top = 96.0
  private let rowHeight = 20.0
  private let columnWidth = 64.0

  init(_ report: LPIBenchmarkReport) { self.report = report }

  private var rows: [(heading: String?, workload: String, operation: String)] {
    report.populations.flatMap { population in
      report.operations(population).enumerated().map {
        ($0.offset == 0 ? population : nil, "\(population)/\($0.element)", $0.element)
      }
    }
  }

  /// A drawing that stands alone: it has its own colours, and a background that suits both light and dark pages.
  var svg: String {
    let rows = self.rows
    let headings = rows.count { $0.heading != nil }
    let width = left + Double(report.contenders.count) * columnWidth + 8
    let height = top + Double(rows.count + headings) * rowHeight + 36
    var out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"Nanoseconds per operation by workload and store\" "
      + "font-family=\"system-ui,Segoe UI,Roboto,Noto Sans,sans-serif\" font-size=\"11\">"
      + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    for (column, contender) in report.contenders.enumerated() {
      let x = left + (Double(column) + 0.5) * columnWidth
      out +=
        "<text fill=\"#1c2024\" font-weight=\"\(column == 0 ? 700 : 500)\" "
        + "transform=\"translate(\(coordinate(x - 14)) \(coordinate(top - 8))) rotate(-38)\">"
        + "\(contender.name.escapedForHTML)</text>"
    }
    var y = top
    for row in rows {
      if let heading = row.heading {
        out += text(8, y + 14, heading, weight: 700)
        y += rowHeight
      }
      out += text(20, y + 14, row.operation, weight: 400)
      for (column, contender) in report.contenders.enumerated() {
        out += field(report[contender.name, row.workload], column, y)
      }
      y += rowHeight
    }
    return out + key(y + 10) + "</svg>\n"
  }

  private func text(_ x: Double, _ y: Double, _ text: String, weight: Int) -> String {
    "<text x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" fill=\"#1c2024\" font-weight=\"\(weight)\">"
      + text.escapedForHTML + "</text>"
  }

  private func field(_ measurement: LPIMeasurement?, _ column: Int, _ y: Double) -> String {
    let ratio = measurement.flatMap { report.ratioToBest($0) }
    let label = measurement?.median.map { LPIBenchText.nanoseconds($0) } ?? (measurement == nil ? "" : "too slow")
    let (fill, ink) = Self.colour(ratio)
    let x = left + Double(column) * columnWidth
    let title = measurement.map {
      "\($0.store), \($0.workload)" + (ratio.map { ": \(LPIBenchText.ratio($0)) × the best" } ?? "")
    }
    return "<g><title>\((title ?? "").escapedForHTML)</title>"
      + "<rect x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"\(coordinate(columnWidth - 2))\" "
      + "height=\"\(coordinate(rowHeight - 2))\" rx=\"2\" fill=\"\(fill)\"/>"
      + "<text text-anchor=\"middle\" x=\"\(coordinate(x + columnWidth / 2 - 1))\" y=\"\(coordinate(y + 13))\" "
      + "fill=\"\(ink)\">\(label)</text></g>"
  }

  /// From green (the best) over yellow (10 times) to red (1000 times and more); grey without a result.
  private static func colour(_ ratio: Double?) -> (fill: String, ink: String) {
    guard let ratio else { return ("#e3e6ea", "#6b7280") }
    let stops: [(Double, Double, Double)] = [(46, 160, 110), (246, 226, 140), (232, 140, 90), (178, 50, 60)]
    let place = min(max(log10(max(ratio, 1)), 0), 2.999)
    let (low, high) = (stops[Int(place)], stops[Int(place) + 1])
    let part = place - place.rounded(.down)
    func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    let fill = "rgb(\(mix(low.0, high.0)),\(mix(low.1, high.1)),\(mix(low.2, high.2)))"
    return (fill, place < 0.2 || place > 2.2 ? "#ffffff" : "#1c2024")
  }

  private func key(_ y: Double) -> String {
    var out = text(8, y + 13, "ns per operation; colour: multiple of the best", weight: 400)
    var x = 300.0
    for ratio in [1.0, 2, 10, 100, 1000] {
      out +=
        "<rect x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"16\" height=\"16\" rx=\"2\" fill=\"\(Self.colour(ratio).fill)\"/>"
      out += text(x + 20, y + 13, LPIBenchText.ratio(ratio) + " ×", weight: 400)
      x += 74
    }
    return out
  }
}
