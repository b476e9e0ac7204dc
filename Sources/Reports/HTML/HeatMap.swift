import Analyzers

/// Acknowledges by PE over time: the darker, the more.
struct HeatMap {
  private static let spans = 128
  /// More rows than that nobody looks at.
  static let limit = 64
  private var rows: [UInt32: TimeSeries<UInt64>] = [:]
  private var first: UInt64?

  mutating func add(_ life: InterruptLife) {
    guard life.shown.contains(.acknowledge), life.domain == 0 else { return }
    let first = self.first ?? life.acknowledgeTime
    self.first = first
    guard rows[life.pe] != nil || rows.count < Self.limit else { return }
    if rows[life.pe] == nil {
      rows[life.pe] = TimeSeries(capacity: Self.spans, empty: 0, merge: +)
      // Every row counts from the same moment.
      rows[life.pe]!.add(0, at: first)
    }
    rows[life.pe]!.add(1, at: max(life.acknowledgeTime, first))
  }

  func svg(_ naming: PENaming) -> String {
    guard let first, let width = rows.values.map(\.width).max() else { return "" }
    let folded = rows.sorted { $0.key < $1.key }.map { pe, series in
      (pe, Self.fold(series.values, by: Int(width / series.width)))
    }
    let columns = folded.map(\.1.count).max() ?? 0
    let most = folded.flatMap(\.1).max() ?? 1
    let rowHeight = 16.0
    let picture = TimePicture(
      height: Double(folded.count) * rowHeight + 30,
      start: first,
      length: width * UInt64(max(columns, 1))
    )
    var content = ""
    for (row, (pe, counts)) in folded.enumerated() {
      let y = picture.top + Double(row) * rowHeight
      content +=
        "<text class=\"tick\" text-anchor=\"end\" x=\"58\" y=\"\(coordinate(y + 12))\">PE \(naming.text(pe))</text>"
      for (column, count) in counts.enumerated() where count > 0 {
        let from = picture.x(first + UInt64(column) * width)
        let to = picture.x(first + UInt64(column + 1) * width)
        // The square root, so that what is rare can be seen beside what is frequent.
        let strength = max(0.08, (Double(count) / Double(max(most, 1))).squareRoot())
        content +=
          "<rect class=\"cell\" x=\"\(coordinate(from))\" y=\"\(coordinate(y))\" width=\"\(coordinate(to - from + 0.2))\" "
        content += "height=\"\(coordinate(rowHeight - 2))\" opacity=\"\(Units.fixed(strength, 2))\"><title>PE "
        content +=
          "\(naming.text(pe)), \(Units.moment(first + UInt64(column) * width)): \(Units.count(count))</title></rect>"
      }
    }
    let scale =
      "<p class=\"faint\">Acknowledges in spans of \(Units.duration(width)); the darkest: \(Units.count(most)).</p>\n"
    return scale + picture.svg("Acknowledges by PE over time", grid: [], content)
  }

  private static func fold(_ values: [UInt64], by factor: Int) -> [UInt64] {
    guard factor > 1 else { return values }
    return stride(from: 0, to: values.count, by: factor).map { at in
      values[at..<min(at + factor, values.count)].reduce(0, +)
    }
  }
}
