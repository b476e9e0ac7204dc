import Analyzers
import Glibc
import InterruptTrace

/// Miss-ratio curves of an ITS's tables: what share of the look-ups a cache of each size would miss, with marks for the
/// caches that were simulated.
struct MissCurvePicture {
  private struct Curve {
    var name: String
    var style: String
    var curve: MissCurve
    var table: ITSCacheTable?
  }

  private let curves: [Curve]
  private let shapes: [ITSCaches.Shape]
  private static let styles: [(ITSCacheTable, String)] = [
    (.device, "SGI"), (.event, "PPI"), (.collection, "SPI"), (.vPE, "bad"), (.lpi, "LPI"),
  ]
  /// The marks of the shapes, in their order.
  private static let symbols = ["●", "■", "▲", "◆", "✚", "★"]

  private let height = 260.0
  private let left = 82.0
  private let right = 20.0
  private let bottom = 40.0
  /// Doublings of the cache from one entry to the end of the axis, where every curve is flat.
  private let doublings: Double
  /// The axis of shares, from one power of ten to another.
  private let low: Double
  private let high: Double

  init(_ its: ITSCaches) {
    var curves = its.tables.filter { $0.curve.references > 0 }.map { table in
      let style = Self.styles.first { $0.0 == table.table }?.1 ?? "faint"
      return Curve(name: table.table.title, style: style, curve: table.curve, table: table.table)
    }
    if its.software.references > 0 {
      curves.append(Curve(name: "KVM's translations", style: "ink", curve: its.software))
    }
    self.curves = curves
    shapes = its.shapes
    let most = max(curves.map(\.curve.sufficient).max() ?? 2, 2)
    doublings = log2(Double(most)).rounded(.up) + 1
    // A cache of one entry misses most, one that holds everything least; a real one may miss more.
    let marked = its.shapes.flatMap(\.caches).map { Double($0.misses) / Double(max($0.references, 1)) }
    let ends =
      curves.flatMap { [$0.curve.misses(entries: 1), $0.curve.compulsory].map(Self.ratios($0.curve)) } + marked
    let shares = ends.filter { $0 > 0 }
    high = min(log10(shares.max() ?? 1).rounded(.up), 0)
    low = min(log10(shares.min() ?? 0.1).rounded(.down), high - 1)
  }

  private static func ratios(_ curve: MissCurve) -> (UInt64) -> Double { { ratio($0, curve) } }

  private static func ratio(_ misses: UInt64, _ curve: MissCurve) -> Double {
    Double(misses) / Double(max(curve.references, 1))
  }

  private func x(_ entries: UInt64) -> Double {
    left + min(log2(Double(max(entries, 1))) / doublings, 1) * (SVG.width - left - right)
  }
  /// A share of 0 is on the axis's foot.
  private func y(_ ratio: Double) -> Double {
    let part = ratio > 0 ? (log10(ratio) - low) / (high - low) : 0
    return 8 + (height - bottom - 8) * (1 - max(min(part, 1), 0))
  }

  var html: String {
    guard !curves.isEmpty else { return "" }
    var svg = frame
    for curve in curves { add(curve, to: &svg) }
    for (n, shape) in shapes.enumerated() { add(shape, Self.symbols[n % Self.symbols.count], to: &svg) }
    return "<h3>Misses by size of the cache</h3>\n<p class=\"faint\">Lines: fully associative caches, least recently "
      + "used first out, to where a bigger one misses no less. Marks: what caches of a real shape miss, with their ways and sets; bigger ones stand at the right.</p>\n"
      + legend
      + svg.html("Share of look-ups missed, by entries of the cache. \(sentences.joined(separator: " "))") + numbers
  }

  private var frame: SVG {
    var svg = SVG(height: height)
    for exponent in stride(from: low, through: high, by: 1) {
      let share = pow(10, exponent)
      svg.line("grid", x1: left, y1: y(share), x2: SVG.width, y2: y(share))
      svg.text("tick", "\(Units.fixed(share * 100, max(0, Int(-exponent) - 2))) %", x: left - 6, y: y(share) + 4, .end)
    }
    for power in stride(from: 0.0, through: doublings, by: max(1, (doublings / 12).rounded(.up))) {
      let entries = UInt64(exp2(power))
      svg.line("grid", x1: x(entries), y1: 8, x2: x(entries), y2: height - bottom)
      svg.text("tick", Units.count(entries), x: x(entries), y: height - bottom + 16, .middle)
    }
    svg.text("axis", "entries of the cache", x: (left + SVG.width) / 2, y: height - 5, .middle)
    svg.verticalTitle("misses, of all look-ups", middle: (height - bottom + 8) / 2)
    return svg
  }

  private func add(_ curve: Curve, to svg: inout SVG) {
    var last = y(Self.ratio(curve.curve.misses(entries: 1), curve.curve))
    var path = "M\(coordinate(x(1))) \(coordinate(last))"
    for point in curve.curve.points where point.entries > 1 {
      path += "H\(coordinate(x(point.entries)))"
      last = y(Self.ratio(point.misses, curve.curve))
      path += "V\(coordinate(last))"
    }
    svg.path("curve \(curve.style)", path + "H\(coordinate(SVG.width))", tip: curve.name)
  }

  private func add(_ shape: ITSCaches.Shape, _ symbol: String, to svg: inout SVG) {
    for cache in shape.caches {
      guard let curve = curves.first(where: { $0.table == cache.table }),
        let entries = shape.shape.entries(of: cache.table)
      else { continue }
      let ratio = Double(cache.misses) / Double(max(cache.references, 1))
      let tip =
        "\(shape.shape.name), \(entries) entries for the \(curve.name) table: \(Units.count(cache.misses)) of "
        + "\(Units.count(cache.references)) missed"
      svg.group(tip) { $0.text("shape \(curve.style)", symbol, x: x(UInt64(entries)), y: y(ratio) + 5, .middle) }
    }
  }

  private var legend: String {
    let marks = shapes.enumerated().map { n, shape in
      "<span>\(Self.symbols[n % Self.symbols.count]) \(shape.shape.name.escapedForHTML)</span>"
    }
    let lines = curves.map { "<span><i style=\"background:var(--\($0.style))\"></i>\($0.name.escapedForHTML)</span>" }
    return "<div class=\"legend\">\((lines + marks).joined())</div>\n"
  }

  private var sentences: [String] {
    curves.map {
      "\($0.name): \(Units.percent($0.curve.misses(entries: 1), of: $0.curve.references)) with one entry, "
        + "\(Units.percent($0.curve.compulsory, of: $0.curve.references)) with \($0.curve.sufficient) or more."
    }
  }

  /// Misses at powers of four.
  private var numbers: String {
    let sizes = stride(from: 0.0, through: doublings, by: doublings > 6 ? 2 : 1).map { UInt64(exp2($0)) }
    return ResultTables.missShares(sizes).html(curves.map { ($0.name, $0.curve) }, PENaming(Topology()))
  }
}
