import Analyzers

/// Distributions of latencies for a terminal: blocks of rows, each with a picture, all on one logarithmic axis.
/// The least latency is where the picture begins; a column for it would make lines too long.
struct LatencyTable {
  struct Block {
    var title: String
    var rows: [(name: String, distribution: LatencyDistribution)]
  }

  /// Those without rows are left out.
  var blocks: [Block]

  func render(_ style: TextStyle) -> String {
    let distributions = blocks.flatMap { $0.rows.map(\.distribution) }
    guard !distributions.isEmpty else { return "" }
    let bare = table(nil).render(TextStyle(isColoured: false))
    let width = bare.split(separator: "\n").map(\.count).max() ?? 0
    let axis = Sparkline.Axis(
      low: distributions.map(\.min).min() ?? 1, high: distributions.map(\.max).max() ?? 1,
      columns: max(8, min(style.width / 5, style.width - 2 - width)))
    return table(axis).render(style)
  }

  private func table(_ axis: Sparkline.Axis?) -> TextTable {
    var table = TextTable([
      ("", .left), ("count", .right), ("p50", .right), ("p90", .right), ("p99", .right), ("p99.9", .right),
      ("max", .right), (axis.map(Self.title) ?? "", .left),
    ])
    for block in blocks where !block.rows.isEmpty {
      table.add([.init(block.title)])
      for (name, d) in block.rows {
        let percentile = d.percentiles
        table.add([
          .init("  " + name), .init(Units.count(d.count)), .init(Units.duration(percentile(50))),
          .init(Units.duration(percentile(90))), .init(Units.duration(percentile(99))),
          .init(Units.duration(percentile(99.9)), .faint), .init(Units.duration(d.max)),
          .init(axis?.picture(d.buckets) ?? "", .picture),
        ])
      }
    }
    return table
  }

  private static func title(_ axis: Sparkline.Axis) -> String {
    let (low, high) = (Units.duration(axis.low), Units.duration(axis.high))
    let dots = axis.columns - low.count - high.count - 2
    guard dots > 0 else { return high.count <= axis.columns ? high.padded(toRight: axis.columns) : "" }
    return low + " " + String(repeating: "·", count: dots) + " " + high
  }
}
