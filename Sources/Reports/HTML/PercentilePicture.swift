import Analyzers

/// Latency by percentile, a line for each class.
struct PercentilePicture {
  let rows: [ClassLatency]
  private let axes: PercentileAxes

  init(_ rows: [ClassLatency]) {
    self.rows = rows
    axes = PercentileAxes(
      low: rows.map { $0.distribution.min }.min() ?? 1,
      high: rows.map { $0.distribution.max }.max() ?? 1,
      nines: 4,
      height: 260,
      right: 50
    )
  }

  var svg: String {
    guard !rows.isEmpty else { return "" }
    let size = "\(Int(axes.width)) \(Int(axes.height))"
    let head = "<svg viewBox=\"0 0 \(size)\" role=\"img\" aria-label=\"Latency by percentile\">"
    return head + axes.grid + rows.map(line).joined() + labels + "</svg>"
  }

  /// The lines' names at their ends, pushed apart where lines end close together.
  private var labels: String {
    var lowest = -Double.infinity
    let ends = rows.map { (axes.y($0.distribution.percentile(99.99)), $0.interruptClass.name) }.sorted { $0.0 < $1.0 }
    return ends.map { end, name -> String in
      lowest = max(end + 4, lowest + 13)
      return
        "<text class=\"label\" x=\"\(coordinate(axes.width - axes.right + 6))\" y=\"\(coordinate(lowest))\">\(name)</text>"
    }.joined()
  }

  private func line(_ row: ClassLatency) -> String {
    let path = axes.path(steps: 96) { row.distribution.percentile($0 * 100) }
    let name = row.interruptClass.name
    return "<g><title>\(name)</title><path class=\"line \(name)\" d=\"\(path)\"/></g>"
  }
}
