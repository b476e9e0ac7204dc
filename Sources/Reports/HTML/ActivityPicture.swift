import Analyzers

/// Acknowledges over time, one bar for each span, stacked by class.
struct ActivityPicture {
  let activity: Activity
  private let width = 1000.0
  private let height = 180.0
  private let left = 60.0
  private let bottom = 22.0

  init(_ activity: Activity) { self.activity = activity }

  var svg: String {
    let columns = min(activity.totals.count, 240)
    guard columns > 0 else { return "" }
    let byClass = activity.byClass.map { Sparkline.fold($0, columns: columns) }
    let totals = (0..<columns).map { i in byClass.reduce(0) { $0 + (i < $1.count ? $1[i] : 0) } }
    let span = Double(activity.width) * Double(activity.totals.count) / Double(columns)
    let top = Self.niceTop(totals.max() ?? 1)
    let plot = height - bottom - 8
    let barWidth = (width - left) / Double(columns)
    var out = "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-label=\"Acknowledges over time\">"
    for part in [0.0, 0.5, 1.0] {
      let y = 8 + plot * (1 - part)
      let rate = Double(top) * part / (span / 1e9)
      out +=
        "<line class=\"grid\" x1=\"\(coordinate(left))\" x2=\"\(coordinate(width))\" y1=\"\(coordinate(y))\" y2=\"\(coordinate(y))\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"end\" x=\"\(coordinate(left - 6))\" y=\"\(coordinate(y + 4))\">\(rate == 0 ? "0" : Units.rate(rate))</text>"
    }
    for column in 0..<columns where totals[column] > 0 {
      var y = 8 + plot
      let x = left + Double(column) * barWidth
      let moment = activity.start.addingReportingOverflow(UInt64(min(Double(column) * span, 1e19))).partialValue
      var label = "\(Units.moment(moment)): \(Units.count(totals[column])) acknowledges"
      var bars = ""
      for interruptClass in InterruptClass.allCases {
        let counts = byClass[Int(interruptClass.rawValue)]
        guard column < counts.count, counts[column] > 0 else { continue }
        let tall = max(Double(counts[column]) / Double(top) * plot, 0.6)
        y -= tall
        label += ", \(Units.count(counts[column])) \(interruptClass.name)"
        bars += "<rect class=\"\(interruptClass.name)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
        bars += "width=\"\(coordinate(max(barWidth - 0.4, 0.8)))\" height=\"\(coordinate(tall))\"/>"
      }
      out += "<g><title>\(label.escapedForHTML)</title>\(bars)</g>"
    }
    return out + timeAxis(span * Double(columns)) + "</svg>"
  }

  private func timeAxis(_ length: Double) -> String {
    (0...5).map { i -> String in
      let x = left + (width - left) * Double(i) / 5
      let time = Double(activity.start) + length * Double(i) / 5
      let anchor = i == 0 ? "start" : i == 5 ? "end" : "middle"
      return "<text class=\"tick\" text-anchor=\"\(anchor)\" x=\"\(coordinate(x))\" y=\"\(coordinate(height - 4))\">"
        + "\(Units.threeDigits(time / 1e9)) s</text>"
    }.joined()
  }

  /// The next number of the form 1, 2 or 5 times a power of ten.
  static func niceTop(_ value: UInt64) -> UInt64 {
    var power: UInt64 = 1
    while power < UInt64.max / 10 {
      for step in [1, 2, 5] as [UInt64] where power * step >= value { return power * step }
      power *= 10
    }
    return value
  }
}
