import Analyzers
import Glibc

/// Miss-ratio curves of the ITS's tables: what share of the look-ups a cache of each size would miss.
struct MissCurvePicture {
  private let curves: [(name: String, points: [(entries: UInt64, ratio: Double)])]
  private static let styles = ["SGI", "PPI", "SPI", "LPI"]

  /// From the JSON report's `its` object: `tables`, each with `references` and `miss_curve`.
  init(_ its: JSONValue) {
    var curves: [(String, [(UInt64, Double)])] = []
    if case .array(let tables)? = its["tables"] {
      for table in tables {
        guard case .string(let name)? = table["table"], case .number(let references)? = table["references"],
          case .array(let points)? = table["miss_curve"], references > 0
        else { continue }
        let pairs = points.compactMap { point -> (UInt64, Double)? in
          guard case .array(let pair) = point, pair.count == 2, case .number(let entries) = pair[0],
            case .number(let misses) = pair[1]
          else { return nil }
          return (entries, Double(misses) / Double(references))
        }
        if !pairs.isEmpty { curves.append((name, pairs)) }
      }
    }
    self.curves = curves.map { (name: $0.0, points: $0.1.map { (entries: $0.0, ratio: $0.1) }) }
  }

  var html: String {
    guard !curves.isEmpty else { return "" }
    let most = Double(curves.flatMap(\.points).map(\.entries).max() ?? 2)
    let decades = max(1, log2(max(most, 2)).rounded(.up))
    let (width, height, left, bottom) = (1000.0, 220.0, 64.0, 22.0)
    func x(_ entries: UInt64) -> Double { left + log2(Double(max(entries, 1))) / decades * (width - left - 20) }
    func y(_ ratio: Double) -> Double { 8 + (height - bottom - 8) * (1 - ratio) }
    var out =
      "<div class=\"picture\"><svg class=\"wide\" viewBox=\"0 0 1000 220\" role=\"img\" aria-label=\"Miss ratio by size of the cache\">"
    for part in [0.0, 0.5, 1.0] {
      let place = coordinate(y(part))
      out += "<line class=\"grid\" x1=\"\(coordinate(left))\" x2=\"1000\" y1=\"\(place)\" y2=\"\(place)\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"end\" x=\"58\" y=\"\(coordinate(y(part) + 4))\">\(Int(part * 100)) %</text>"
    }
    for power in stride(from: 0.0, through: decades, by: max(1, (decades / 8).rounded(.up))) {
      let entries = UInt64(exp2(power))
      out +=
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(coordinate(x(entries)))\" y=\"216\">\(Units.count(entries))</text>"
    }
    for (i, curve) in curves.enumerated() {
      var path = ""
      var last = y(1)
      for (n, point) in curve.points.enumerated() {
        path += n == 0 ? "M\(coordinate(x(point.entries))) \(coordinate(y(point.ratio)))" : ""
        if n > 0 {
          path +=
            "L\(coordinate(x(point.entries))) \(coordinate(last))L\(coordinate(x(point.entries))) \(coordinate(y(point.ratio)))"
        }
        last = y(point.ratio)
      }
      path += "L1000 \(coordinate(last))"
      let style = Self.styles[i % Self.styles.count]
      out +=
        "<g><title>\(curve.name.escapedForHTML)</title><path class=\"curve\" style=\"stroke:var(--\(style))\" d=\"\(path)\"/></g>"
    }
    out += "</svg></div>\n<div class=\"legend\">"
    for (i, curve) in curves.enumerated() {
      out +=
        "<span><i style=\"background:var(--\(Self.styles[i % Self.styles.count]))\"></i>\(curve.name.escapedForHTML)</span>"
    }
    return out
      + "</div>\n<p class=\"faint\">Entries of a fully associative cache with least-recently-used replacement.</p>\n"
  }
}
