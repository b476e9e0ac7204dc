/// Latency by percentile before (thin) and after (thick) of one class.
struct DiffPicture {
  let change: DiffReport.LatencyChange

  var svg: String {
    let axes = PercentileAxes(
      low: min(change.before.min, change.after.min),
      high: max(change.before.max, change.after.max),
      nines: 3,
      height: 190,
      right: 60
    )
    var out = "<svg viewBox=\"0 0 \(Int(axes.width)) \(Int(axes.height))\" role=\"img\" "
    out += "aria-label=\"\(DiffWording.subject(change.key)): latency by percentile, before and after\">"
    out += axes.grid + line(axes, change.before, "before", "stroke-width:1.2;stroke-dasharray:5 4;")
    return out + line(axes, change.after, "after", "") + "</svg>"
  }

  private func line(_ axes: PercentileAxes, _ latency: SampledLatency, _ name: String, _ style: String) -> String {
    let path = axes.path(steps: 72, latency.quantile)
    return
      "<g><title>\(name)</title><path class=\"line \(change.key.interruptClass)\" style=\"fill:none;\(style)\" d=\"\(path)\"/></g>"
  }
}
