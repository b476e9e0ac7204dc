import Analyzers

/// The latencies of one stage: a histogram for each class, all on one logarithmic axis.
struct DistributionPicture {
  let rows: [ClassLatency]
  let axis: LogAxis
  private let width = 1000.0
  private let rowHeight = 64.0
  private let bins = 180

  /// Pictures of several stages compare if they share the axis.
  init(_ rows: [ClassLatency], low: UInt64, high: UInt64) {
    self.rows = rows
    axis = LogAxis(low: low, high: high, left: 60, width: 925)
  }

  var svg: String {
    let height = rowHeight * Double(rows.count) + 24
    var out =
      "<svg viewBox=\"0 0 \(Int(width)) \(coordinate(height))\" role=\"img\" aria-label=\"Latency distribution\">"
    for decade in axis.decades {
      out +=
        "<line class=\"grid\" x1=\"\(coordinate(decade.x))\" x2=\"\(coordinate(decade.x))\" y1=\"0\" y2=\"\(coordinate(height - 20))\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(coordinate(decade.x))\" y=\"\(coordinate(height - 5))\">\(decade.name)</text>"
    }
    for (index, row) in rows.enumerated() { out += histogram(row, baseline: rowHeight * Double(index + 1)) }
    return out + "</svg>"
  }

  private func histogram(_ row: ClassLatency, baseline: Double) -> String {
    let name = row.interruptClass.name
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
    let d = row.distribution
    var out = "<text class=\"label\" x=\"4\" y=\"\(coordinate(baseline - 6))\">\(name)</text>"
    out +=
      "<g><title>\(name): \(Units.count(d.count)) samples, \(Units.duration(d.min)) to \(Units.duration(d.max))</title>"
    out += "<path class=\"\(name)\" d=\"\(path)\"/></g>"
    var labelled: [Double] = []
    for (value, title) in [(d.percentile(50), "p50"), (d.max, "max"), (d.percentile(99), "p99")] {
      let x = axis.x(value)
      out += "<g><title>\(name) \(title): \(Units.duration(value))</title>"
      out +=
        "<line class=\"mark\" x1=\"\(coordinate(x))\" x2=\"\(coordinate(x))\" y1=\"\(coordinate(baseline - rowHeight + 14))\" y2=\"\(coordinate(baseline))\"/>"
      if labelled.allSatisfy({ abs($0 - x) > 26 }) {
        labelled.append(x)
        out +=
          "<text class=\"tick\" text-anchor=\"middle\" x=\"\(coordinate(x))\" y=\"\(coordinate(baseline - rowHeight + 11))\">\(title)</text>"
      }
      out += "</g>"
    }
    return out
  }
}
