/// Latency by percentile before (thin) and after (thick) of one class.
struct DiffPicture {
  let change: DiffReport.LatencyChange

  var html: String {
    let axes = PercentileAxes(
      low: min(change.before.min, change.after.min), high: max(change.before.max, change.after.max), nines: 3,
      height: 210, right: 30)
    // A guest's interrupts have the colours of the physical ones of their class.
    let name = change.key.interruptClass.split(separator: "v").first ?? "SGI"
    var svg = axes.picture
    svg.path("line thin \(name)", axes.path(steps: 72, change.before.quantile), tip: "before")
    svg.path("line \(name)", axes.path(steps: 72, change.after.quantile), tip: "after")
    let moves = change.quantiles.map(DiffWording.quantile)
    return svg.html(
      "\(DiffWording.subject(change.key)): latency by percentile, before and after. \(moves.joined(separator: "; ")).")
  }
}
