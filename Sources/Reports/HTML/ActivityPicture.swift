import Analyzers

/// Acknowledges over time, one bar for each span, stacked by class.
struct ActivityPicture {
  let activity: Activity

  init(_ activity: Activity) { self.activity = activity }

  var html: String {
    let columns = min(activity.totals.count, 240)
    guard columns > 0 else { return "" }
    let byClass = activity.byClass.map { Sparkline.fold($0, columns: columns) }
    let totals = (0..<columns).map { i in byClass.reduce(0) { $0 + (i < $1.count ? $1[i] : 0) } }
    let span = Double(activity.width) * Double(activity.totals.count) / Double(columns)
    let scale = RoundTicks.scale(upTo: Double(totals.max() ?? 1) / (span / 1e9))
    let top = scale.last ?? 1
    let length = min(span * Double(columns), 1e19)
    let picture = TimePicture(height: 200, start: activity.start, length: UInt64(length))
    let grid = scale.map { rate in (part: rate / top, name: rate == 0 ? "0" : Units.rate(rate)) }
    var svg = picture.frame("acknowledges", grid: grid)
    picture.plot(in: &svg) { svg in
      for column in 0..<columns where totals[column] > 0 {
        let moment = activity.start &+ UInt64(min(Double(column) * span, 1e19))
        let next = activity.start &+ UInt64(min(Double(column + 1) * span, 1e19))
        let counts = byClass.map { column < $0.count ? $0[column] : 0 }
        add(counts, from: moment, to: max(next, moment), picture, top: top * span / 1e9, to: &svg)
      }
    }
    let label =
      "Acknowledges over time: at most \(Units.rate(Double(totals.max() ?? 0) / (span / 1e9))) in spans of "
      + "\(Units.duration(UInt64(max(span, 1))))."
    return svg.html(label)
  }

  private func add(
    _ counts: [UInt64], from: UInt64, to: UInt64, _ picture: TimePicture, top: Double, to svg: inout SVG
  ) {
    let parts = InterruptClass.allCases.map { ($0.name, counts[Int($0.rawValue)]) }.filter { $0.1 > 0 }
    let names = parts.map { "\(Units.count($0.1)) \($0.0)" }.joined(separator: ", ")
    let (left, width) = (picture.x(from), max(picture.x(to) - picture.x(from) - 0.4, 0.8))
    var below = 0.0
    svg.group("\(Units.moment(from)): \(names)") { svg in
      for (name, count) in parts {
        let part = Double(count) / top
        let y = picture.y(below + part)
        svg.rectangle(name, x: left, y: y, width: width, height: max(picture.y(below) - y, 0.6))
        below += part
      }
    }
  }
}
