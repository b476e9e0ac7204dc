import Foundation
import Testing

@testable import Reports

/// Pages that derive from the tables of results. `UPDATE_GOLDEN=1` writes them.
@Suite("Pages about results")
struct GoldenPageTests {
  private static let folder = BundledCapture.root.appending(path: "Analyses")

  /// The page's text up to a mark, which people write, and the rest of it.
  private func check(_ name: String, after mark: String? = nil, _ rest: String) throws {
    let file = Self.folder.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let head = try mark.map { text[..<(try #require(text.range(of: $0))).upperBound] } ?? ""
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data((head + rest).utf8).write(to: file) }
    #expect(try String(contentsOf: file, encoding: .utf8) == head + rest, "\(name): run make golden")
  }

  @Test("The page about the JSON and its JSON Schema are what the tables say")
  func json() throws {
    try check("json.md", after: "## Keys\n\n", ResultTables.jsonKeys)
    try check("analyze.schema.json", ResultTables.jsonSchema.jsonText)
  }

  @Test("The page about the database has every table and every question")
  func database() throws {
    let list = try SQLiteTests.questions.map { name in
      let question = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        .split(separator: "\n").prefix { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }.joined(separator: " ")
      return "* [`\(name)`](\(name)): \(question)\n"
    }
    try check("database.md", after: "```sql\n", ResultTables.schema + "```\n\n## Questions\n\n" + list.joined())
  }
}
