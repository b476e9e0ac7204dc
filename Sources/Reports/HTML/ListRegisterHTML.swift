import Analyzers

/// The report's section about list registers: how many were in use over time and for what share of it, and what other
/// numbers of them would have done.
struct ListRegisterHTML {
  let report: AnalysisReport
  /// Empty if nothing was asked.
  var outlooks: [ListRegisterOutlook] = []

  private var use: ListRegisterUse { report.results.listRegisters }
  private var used: [ListRegisterBank] { use.banks.filter { $0.fills > 0 || $0.overflows > 0 } }

  var html: String {
    guard !used.isEmpty else { return "" }
    return overTime + shares + whatIf
  }

  // MARK: Over time

  private var overTime: String {
    let spans = use.overTime
    let factor = max(1, (spans.used.count + 239) / 240)
    let columns = stride(from: 0, to: spans.used.count, by: factor).map { at -> (mean: Double, most: UInt8) in
      let part = at..<min(at + factor, spans.used.count)
      let sum = part.reduce(0.0) { $0 + Double(spans.used[$1]) }
      return (sum / (Double(spans.width) * Double(part.count)), spans.most[part].max() ?? 0)
    }
    guard !columns.isEmpty else { return "" }
    let width = spans.width * UInt64(factor)
    let picture = TimePicture(height: 190, start: spans.start, length: width * UInt64(columns.count))
    let greatest = max(columns.map(\.mean).max() ?? 0, Double(columns.map(\.most).max() ?? 0), 1)
    let top = Int(greatest.rounded(.up))
    let step = max(1, top / 4)
    let grid = stride(from: 0, through: top, by: step).map { (part: Double($0) / Double(top), name: "\($0)") }
    var svg = picture.frame("list registers", grid: grid)
    var path = ""
    for (i, column) in columns.enumerated() {
      let from = spans.start + UInt64(i) * width
      let (left, right) = (picture.x(from), picture.x(from + width))
      let (mean, most) = (picture.y(column.mean / Double(top)), picture.y(Double(column.most) / Double(top)))
      let tip =
        "\(Units.moment(from)): \(Units.threeDigits(column.mean)) in use on average on all PEs, up to "
        + "\(column.most) on one"
      svg.rectangle("LPI", x: left, y: mean, width: right - left, height: picture.y(0) - mean, tip: tip)
      path += "\(i == 0 ? "M" : "L")\(coordinate(left)) \(coordinate(most))H\(coordinate(right))"
    }
    svg.path("line PPI", path)
    let legend = Legend(entries: [("in use on average, all PEs together", "LPI"), ("most in use on one PE", "PPI")])
    return "<h3>In use over time</h3>\n" + legend.html + svg.html("List registers in use over time, up to \(top).")
      + numbers(columns, width)
  }

  private func numbers(_ columns: [(mean: Double, most: UInt8)], _ width: UInt64) -> String {
    var table = HTMLTable([("from", true), ("mean, all PEs", true), ("most on one PE", true)])
    let factor = max(1, (columns.count + 11) / 12)
    for at in stride(from: 0, to: columns.count, by: factor) {
      let part = columns[at..<min(at + factor, columns.count)]
      table.add([
        Units.moment(use.overTime.start + UInt64(at) * width),
        Units.threeDigits(part.reduce(0) { $0 + $1.mean } / Double(part.count)), "\(part.map(\.most).max() ?? 0)",
      ])
    }
    return PictureNumbers(table: table).html
  }

  // MARK: Shares

  /// A bar for each PE: what share of its time n list registers were in use.
  private var shares: String {
    let most = used.map(\.most).max() ?? 0
    let shown = used.prefix(HeatMap.limit)
    let (left, rowHeight) = (110.0, 22.0)
    let height = Double(shown.count) * rowHeight
    var svg = SVG(height: height + 40)
    for (row, bank) in shown.enumerated() {
      let y = Double(row) * rowHeight
      let times = bank.shownTimes
      let total = Double(times.reduce(0, &+))
      let name = "PE \(report.naming.text(bank.pe, domain: bank.domain))"
      svg.text("label", name, x: left - 8, y: y + 15, .end)
      var x = left
      for (n, time) in times.enumerated() where time > 0 {
        let width = Double(time) / total * (SVG.width - left)
        let tip = "\(name): \(n) in use \(Units.percent(time, of: times.reduce(0, &+))) of the time"
        let opacity = Self.opacity(n, most)
        svg.rectangle("LPI", x: x, y: y + 2, width: width, height: rowHeight - 4, opacity: opacity, tip: tip)
        x += width
      }
    }
    for i in 0...4 {
      let anchor: SVG.Anchor = i == 0 ? .start : i == 4 ? .end : .middle
      svg.text("tick", "\(i * 25) %", x: left + (SVG.width - left) * Double(i) / 4, y: height + 16, anchor)
    }
    svg.text("axis", "share of the time", x: (left + SVG.width) / 2, y: height + 35, .middle)
    let legend = (0...most).map { n in
      "<span><i style=\"background:var(--LPI);opacity:\(Units.fixed(Self.opacity(n, most), 2))\"></i>\(n)</span>"
    }
    return "<h3>How many are in use</h3>\n<p class=\"faint\">Share of the time that the virtual CPU interface is "
      + "enabled, by list registers in use.</p>\n<div class=\"legend\">\(legend.joined())</div>\n"
      + svg.html("Share of the time with 0 to \(most) list registers in use, by PE; the table has the numbers.")
      + ResultTables.occupancy(upTo: most, of: most).html(used, report.naming)
      + ListRegisterText(report: report).facts.paragraph
  }

  private static func opacity(_ n: Int, _ most: Int) -> Double {
    n == 0 ? 0.12 : 0.35 + 0.65 * Double(n) / Double(max(most, 1))
  }

  // MARK: What if

  private var whatIf: String {
    guard outlooks.contains(where: { $0.entries > 0 }) else { return "" }
    let cost = Units.duration(ListRegisterReplay.assumedMaintenanceCost)
    return "<h3>What if there were other list registers</h3>\n<p class=\"faint\">Inferred, of "
      + "\(Units.count(outlooks.first?.taken ?? 0)) interrupts that guests took: arrivals and the guest's times are the "
      + "capture's, a maintenance interrupt is assumed to take \(cost). kvm-legacy is Linux up to 6.18, kvm-overflow "
      + "from 6.19. Overflow: entries with more interrupts than registers; waited: interrupts that found none; delayed: "
      + "taken later than in the capture; lost: ends that the hypervisor did not notice. "
      + "<code>gicscope whatif</code> asks other questions.</p>\n"
      + ResultTables.listRegisterOutlooks.html(outlooks, report.naming)
  }
}
