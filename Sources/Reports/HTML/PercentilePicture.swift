import Glibc

/// Latency by percentile, a line for each row.
struct PercentilePicture {
  let rows: [NamedLatency]
  private let axes: PercentileAxes

  init(_ rows: [NamedLatency]) {
    self.rows = rows
    axes = PercentileAxes(
      low: rows.map { $0.distribution.min }.min() ?? 1, high: rows.map { $0.distribution.max }.max() ?? 1, nines: 4,
      height: 240, right: max(50, Double(rows.map(\.name.count).max() ?? 0) * 7.5))
  }

  func html(_ title: String) -> String {
    guard !rows.isEmpty else { return "" }
    var svg = axes.picture
    for row in rows {
      let percentiles = row.distribution.percentiles
      svg.path(
        "line \(row.style)", axes.path(steps: 96, upTo: nines(row)) { percentiles($0 * 100) }, tip: row.name)
    }
    addLabels(to: &svg)
    return svg.html("\(title), by percentile. \(rows.map(\.sentence).joined(separator: " "))")
  }

  /// A line ends where its samples no longer suffice.
  private func nines(_ row: NamedLatency) -> Double { PagePercentile.nines(row.distribution.count, atMost: 4) }

  /// The lines' names at the right, pushed apart where lines end close together.
  private func addLabels(to svg: inout SVG) {
    var lowest = -Double.infinity
    let ends = rows.map { (axes.y($0.distribution.percentile(100 * (1 - pow(10, -nines($0))))), $0.name) }.sorted {
      $0.0 < $1.0
    }
    for (end, name) in ends {
      lowest = max(end + 4, lowest + 13)
      svg.text("label", name, x: SVG.width - axes.right + 6, y: lowest)
    }
  }
}
