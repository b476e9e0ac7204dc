import Analyzers

/// Latency over time: for each series and span of time the mean and the worst, and marks for the worst of all.
struct LatencyTimePicture {
  /// One class of interrupts.
  struct Row {
    var name: String
    var style: String
    var series: LatencySeries

    /// A class, `prefix` before its name.
    init(_ interruptClass: InterruptClass, prefix: String = "", _ series: LatencySeries) {
      name = prefix + interruptClass.name
      style = interruptClass.name
      self.series = series
    }
  }

  /// One of the slowest.
  struct Mark {
    var name: String
    var time: UInt64
    var length: UInt64
  }

  let rows: [Row]
  var marks: [Mark] = []

  var html: String {
    let used = rows.filter { !$0.series.spans.isEmpty }
    guard let start = used.compactMap(\.series.start).min(), let end = used.compactMap(\.series.end).max() else {
      return ""
    }
    let slowest = used.flatMap { $0.series.spans.map(\.worst) }.max() ?? 1
    let least = used.flatMap { $0.series.spans.filter { $0.count > 0 }.map(\.mean) }.min() ?? 1
    let axis = LogAxis(low: least, high: slowest, left: 0, width: 1)
    let picture = TimePicture(height: 260, start: start, length: end - start)
    var svg = picture.frame("latency", grid: axis.decades.map { ($0.x, $0.name) })
    for row in used { add(row, picture, axis, to: &svg) }
    for mark in marks {
      svg.circle(
        "worst", x: picture.x(mark.time), y: picture.y(min(axis.x(mark.length), 1)), radius: 5,
        tip: "\(mark.name): \(Units.duration(mark.length)), from \(Units.moment(mark.time))")
    }
    let legend = Legend(entries: used.map { ($0.name, $0.style) })
    return legend.html + svg.html(label(used, slowest)) + numbers(used, start, end)
  }

  private func add(_ row: Row, _ picture: TimePicture, _ axis: LogAxis, to svg: inout SVG) {
    for (i, span) in row.series.spans.enumerated() where span.count > 0 {
      let at = row.series.middle(i)
      let x = picture.x(at)
      let (high, low) = (picture.y(min(axis.x(span.worst), 1)), picture.y(max(axis.x(span.mean), 0)))
      let tip =
        "\(Units.moment(at)), \(row.name): \(Units.count(span.count)), mean \(Units.duration(span.mean)), "
        + "worst \(Units.duration(span.worst))"
      svg.group(tip) { svg in
        svg.rectangle(row.style, x: x - 1.2, y: high, width: 2.4, height: max(low - high, 1), opacity: 0.3)
        svg.circle(row.style, x: x, y: low, radius: 1.8)
      }
    }
  }

  private func label(_ used: [Row], _ slowest: UInt64) -> String {
    let parts = used.map { row in
      let worst = row.series.spans.map(\.worst).max() ?? 0
      return "\(row.name) up to \(Units.duration(worst))"
    }
    return "Mean and worst latency over time: \(parts.joined(separator: ", "))."
  }

  /// The same in a dozen spans.
  private func numbers(_ used: [Row], _ start: UInt64, _ end: UInt64) -> String {
    let spans = 12
    let width = max(1, (end - start) / UInt64(spans))
    var table = HTMLTable(
      [("from", true)] + used.flatMap { [("\($0.name) count", true), ("mean", true), ("worst", true)] })
    for i in 0..<UInt64(spans) {
      let from = start + i * width
      let to = i == UInt64(spans) - 1 ? end : from + width
      let cells = used.flatMap { row -> [String] in
        let part = row.series.sum(from: from, to: to)
        guard part.count > 0 else { return ["", "", ""] }
        return [Units.count(part.count), Units.duration(part.mean), Units.duration(part.worst)]
      }
      table.add([Units.moment(from)] + cells)
    }
    return PictureNumbers(table: table).html
  }
}
