import Analyzers
import Glibc

/// Latency by percentile, a line for each class: the higher the percentile, the more room it has, so that the tail is
/// what one sees.
struct PercentilePicture {
  let rows: [ClassLatency]
  private let width = 1000.0
  private let height = 260.0
  private let left = 60.0
  private let right = 50.0
  private let bottom = 24.0
  private let low: Double
  private let high: Double

  init(_ rows: [ClassLatency]) {
    self.rows = rows
    low = log10(Double(max(rows.map { $0.distribution.min }.min() ?? 1, 1))).rounded(.down)
    high = max(log10(Double(max(rows.map { $0.distribution.max }.max() ?? 1, 1))).rounded(.up), low + 1)
  }

  /// 0 to 99.99 %, as the number of nines: 90 % is 1, 99 % is 2.
  private static let nines = 4.0

  private func x(_ nines: Double) -> Double { left + nines / Self.nines * (width - left - right) }
  private func y(_ nanoseconds: UInt64) -> Double {
    let plot = height - bottom - 8
    return 8 + plot * (1 - (log10(Double(max(nanoseconds, 1))) - low) / (high - low))
  }

  var svg: String {
    guard !rows.isEmpty else { return "" }
    var out = "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-label=\"Latency by percentile\">"
    for exponent in stride(from: low, through: high, by: 1) {
      let value = UInt64(min(pow(10, exponent), 1e19))
      let place = coordinate(y(value))
      out +=
        "<line class=\"grid\" x1=\"\(coordinate(left))\" x2=\"\(coordinate(width - right))\" y1=\"\(place)\" y2=\"\(place)\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"end\" x=\"\(coordinate(left - 6))\" y=\"\(coordinate(y(value) + 4))\">\(Units.duration(value))</text>"
    }
    for (nines, name) in [(0.0, "0 %"), (0.30103, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")] {
      let place = coordinate(x(nines))
      out += "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"8\" y2=\"\(coordinate(height - bottom))\"/>"
      out += "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place)\" y=\"\(coordinate(height - 6))\">\(name)</text>"
    }
    for row in rows { out += line(row) }
    return out + labels + "</svg>"
  }

  /// The lines' names at their ends, pushed apart where lines end close together.
  private var labels: String {
    var lowest = -Double.infinity
    let ends = rows.map { (y($0.distribution.percentile(99.99)), $0.interruptClass.name) }.sorted { $0.0 < $1.0 }
    return ends.map { end, name -> String in
      lowest = max(end + 4, lowest + 13)
      return "<text class=\"label\" x=\"\(coordinate(width - right + 6))\" y=\"\(coordinate(lowest))\">\(name)</text>"
    }.joined()
  }

  private func line(_ row: ClassLatency) -> String {
    let steps = 96
    let points = (0...steps).map { step -> (Double, Double) in
      let nines = Double(step) / Double(steps) * Self.nines
      return (x(nines), y(row.distribution.percentile(100 - pow(10, 2 - nines))))
    }
    let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + coordinate($1.0) + " " + coordinate($1.1) }.joined()
    let name = row.interruptClass.name
    return "<g><title>\(name)</title><path class=\"line \(name)\" d=\"\(path)\"/></g>"
  }
}
