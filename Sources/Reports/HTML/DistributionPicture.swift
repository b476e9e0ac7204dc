/// The latencies of one stage: a histogram for each row, all on one logarithmic axis.
struct DistributionPicture {
  let rows: [NamedLatency]
  let axis: LogAxis
  private let rowHeight = 64.0
  private let bins = 180

  /// Pictures of several stages compare if they share the axis.
  init(_ rows: [NamedLatency], low: UInt64, high: UInt64) {
    self.rows = rows
    let left = max(60, Double(rows.map(\.name.count).max() ?? 0) * 7.5 + 10)
    axis = LogAxis(low: low, high: high, left: left, width: SVG.width - left - 24)
  }

  func html(_ title: String) -> String {
    let height = rowHeight * Double(rows.count) + 38
    var svg = SVG(height: height)
    for decade in axis.decades {
      svg.line("grid", x1: decade.x, y1: 0, x2: decade.x, y2: height - 36)
      svg.text("tick", decade.name, x: decade.x, y: height - 21, .middle)
    }
    svg.text("axis", "latency; height: share of the samples", x: axis.left + axis.width / 2, y: height - 5, .middle)
    for (index, row) in rows.enumerated() { addHistogram(row, baseline: rowHeight * Double(index + 1), to: &svg) }
    return svg.html("\(title), histogram. \(rows.map(\.sentence).joined(separator: " "))")
  }

  private func addHistogram(_ row: NamedLatency, baseline: Double, to svg: inout SVG) {
    let counts = axis.bins(row.distribution.buckets, count: bins)
    let top = Double(counts.max() ?? 1)
    let step = axis.width / Double(bins)
    var path = "M\(coordinate(axis.left)) \(coordinate(baseline))"
    for (bin, count) in counts.enumerated() {
      // One sample among a million must still be seen.
      let tall = count == 0 ? 0 : max(Double(count) / top * (rowHeight - 14), 1)
      let x = axis.left + Double(bin) * step
      path += "V\(coordinate(baseline - tall))H\(coordinate(x + step))"
    }
    path += "V\(coordinate(baseline))Z"
    svg.text("label", row.name, x: 4, y: baseline - 6)
    svg.path(row.style, path, tip: row.sentence)
    addMarks(row, baseline: baseline, to: &svg)
  }

  private func addMarks(_ row: NamedLatency, baseline: Double, to svg: inout SVG) {
    let d = row.distribution
    var labelled: [Double] = []
    let tail = PagePercentile.suffices(d.count, for: 99) ? [(d.percentile(99), "p99")] : []
    for (value, name) in [(d.percentile(50), "p50"), (d.max, "max")] + tail {
      let x = axis.x(value)
      svg.group("\(row.name) \(name): \(Units.duration(value))") { svg in
        svg.line("mark", x1: x, y1: baseline - rowHeight + 14, x2: x, y2: baseline)
        if labelled.allSatisfy({ abs($0 - x) > 26 }) {
          labelled.append(x)
          svg.text("tick", name, x: x, y: baseline - rowHeight + 11, .middle)
        }
      }
    }
  }
}
