/// Which columns of a table are shown, and how wide.
struct TextTableLayout {
  /// Words are not broken into narrower columns.
  private static let leastWidth = 24

  /// The columns that are shown, from the left.
  private(set) var columns: [Int]
  /// The width of each column, also of those that are not shown.
  private(set) var widths: [Int]

  private var titles: [String]
  private var isBreakable: [Bool]
  private var broken: Set<Int> = []

  init(header: [TextTable.Cell], alignments: [TextTable.Alignment], rows: [[TextTable.Cell]]) {
    titles = header.map(\.text)
    columns = header.indices.filter { column in rows.contains { column < $0.count && !$0[column].text.isEmpty } }
    widths = header.map(\.text.count)
    isBreakable = alignments.map { $0 == .left }
    for row in rows {
      for (i, cell) in row.enumerated() where i < widths.count {
        widths[i] = max(widths[i], cell.text.count)
        // A picture's title is part of it.
        if cell.role == .picture { (isBreakable[i], titles[i]) = (false, "") }
      }
    }
  }

  private var width: Int { columns.reduce(0) { $0 + widths[$1] } + max(columns.count - 1, 0) * 2 }

  /// Makes the columns fit a width. Gives the titles of those that are not shown then.
  mutating func fit(_ limit: Int) -> [String] {
    while width > limit {
      let candidates = columns.filter { isBreakable[$0] && widths[$0] > Self.leastWidth }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] = max(Self.leastWidth, widths[widest] - (width - limit))
      isBreakable[widest] = false
      broken.insert(widest)
    }
    var missing: [String] = []
    while width > limit, columns.count > 1 { missing.insert(titles[columns.removeLast()], at: 0) }
    return missing.filter { !$0.isEmpty }
  }

  /// A row as lines: one, unless a cell is broken.
  func lines(_ row: [TextTable.Cell]) -> [[TextTable.Cell]] {
    if broken.isEmpty { return [row] }
    let pieces = row.indices.map { column in
      broken.contains(column) && row[column].text.count > widths[column]
        ? row[column].text.lines(of: widths[column]) : [row[column].text]
    }
    return (0..<(pieces.map(\.count).max() ?? 1)).map { line in
      row.indices.map { .init(line < pieces[$0].count ? pieces[$0][line] : "", row[$0].role) }
    }
  }
}
