import Analyzers

/// Acknowledges by PE over time: the darker, the more.
struct HeatMap {
  private static let spans = 128
  /// Row limit.
  static let limit = 64
  private static let rowHeight = 16.0
  /// Acknowledges in one span.
  private struct Count: SpanValue {
    var value: UInt64 = 0
    mutating func merge(_ other: Count) { value += other.value }
  }
  private var rows: [UInt32: TimeSeries<Count>] = [:]
  private var first: UInt64?

  mutating func add(_ life: InterruptLife) {
    guard life.shown.contains(.acknowledge), !life.isVirtual else { return }
    let first = self.first ?? life.acknowledgeTime
    self.first = first
    guard rows[life.pe] != nil || rows.count < Self.limit else { return }
    rows[life.pe, default: Self.row(from: first)].change(at: max(life.acknowledgeTime, first)) { $0.value += 1 }
  }

  /// Every row counts from the same moment.
  private static func row(from first: UInt64) -> TimeSeries<Count> {
    var row = TimeSeries<Count>(limit: spans)
    row.change(at: first) { _ in }
    return row
  }

  func html(_ naming: PENaming) -> String {
    guard let first, let width = rows.values.map(\.width).max() else { return "" }
    let folded = rows.sorted { $0.key < $1.key }.map { pe, series in
      (name: "PE \(naming.text(pe))", counts: Self.fold(series.spans.map(\.value), by: Int(width / series.width)))
    }
    let columns = max(folded.map(\.counts.count).max() ?? 0, 1)
    let most = max(folded.flatMap(\.counts).max() ?? 1, 1)
    let shades = Shades(most: most)
    let picture = TimePicture(
      height: Double(folded.count) * Self.rowHeight + 48, start: first, length: width * UInt64(columns))
    var svg = picture.frame("", grid: [])
    for (row, (name, _)) in folded.enumerated() {
      let y = picture.top + Double(row) * Self.rowHeight
      svg.text("tick", name, x: picture.left - 6, y: y + 12, .end)
    }
    picture.plot(in: &svg) { svg in
      for (row, (name, counts)) in folded.enumerated() {
        for (column, count) in counts.enumerated() where count > 0 {
          let from = first + UInt64(column) * width
          svg.rectangle(
            "cell", x: picture.x(from), y: picture.top + Double(row) * Self.rowHeight,
            width: picture.x(from + width) - picture.x(from) + 0.2, height: Self.rowHeight - 2,
            opacity: shades.opacity(count), tip: "\(name), \(Units.moment(from)): \(Units.count(count))")
        }
      }
    }
    return "<p class=\"faint\">Acknowledges of each PE in spans of \(Units.duration(width)).</p>\n"
      + shades.legend("SGI") + svg.html("Acknowledges by PE over time, at most \(Units.count(most)) in a span.")
      + Self.numbers(folded, first, width)
  }

  /// The same in at most eight spans.
  private static func numbers(_ rows: [(name: String, counts: [UInt64])], _ first: UInt64, _ width: UInt64) -> String {
    let columns = rows.map(\.counts.count).max() ?? 0
    let factor = max(1, (columns + 7) / 8)
    let spans = stride(from: 0, to: columns, by: factor).map { "from \(Units.moment(first + UInt64($0) * width))" }
    var table = HTMLTable([("", false)] + spans.map { ($0, true) })
    for row in rows { table.add([row.name] + fold(row.counts, by: factor).map(Units.count)) }
    return PictureNumbers(table: table).html
  }

  private static func fold(_ values: [UInt64], by factor: Int) -> [UInt64] {
    guard factor > 1 else { return values }
    return stride(from: 0, to: values.count, by: factor).map { at in
      values[at..<min(at + factor, values.count)].reduce(0, +)
    }
  }
}
