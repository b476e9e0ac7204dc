import Foundation
import Testing

@testable import Analyzers

/// The catalogue in `Analyses/lost-interrupts.md`: every bug of it can be run.
@Suite("The catalogue of real bugs")
struct CataloguePageTests {
  private static let top =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  private static func text(_ path: String) -> String {
    (try? String(contentsOf: top.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// The rows: number, bug, finding, source, sequence.
  private static let rows: [[String]] = text("Analyses/lost-interrupts.md").split(separator: "\n").map(String.init)
    .filter { $0.range(of: #"^\| \d+ \|"#, options: .regularExpression) != nil }
    .map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }

  /// Words between backquotes.
  private func quoted(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  @Test("There are at least seventy bugs, each with its public source, and no number twice")
  func size() {
    #expect(Self.rows.count >= 70 && Set(Self.rows.map { $0[0] }).count == Self.rows.count)
    #expect(Self.rows.allSatisfy { $0.count == 5 && !$0[3].isEmpty && !quoted($0[2]).isEmpty })
    #expect(Self.text("Analyses/lost-interrupts.md").contains("\(Self.rows.count) known bugs"))
  }

  @Test("Each bug's sequence is among the tests and logs, and finds what the page says", arguments: rows)
  func sequence(row: [String]) throws {
    let kinds = quoted(row[2]).filter { kind in FindingKind.allCases.contains { $0.name == kind } }
    #expect(!kinds.isEmpty)
    for part in row[4].components(separatedBy: "; ") {
      let name = try #require(quoted(part).first)
      if part.hasPrefix("case ") {
        let lines = Self.text("Traces/cases/findings.txt").split(separator: "\n").filter { $0.hasPrefix(name + ".log") }
        #expect(lines.contains { line in kinds.contains { line.contains(" \($0) ") } }, "\(name): \(kinds)")
      } else if part.hasPrefix("fault ") {
        let lines = Self.text("Traces/faults/expected.txt").split(separator: "\n").filter { $0.hasPrefix(name + " ") }
        #expect(lines.contains { line in kinds.contains { line.contains(" \($0) ") } }, "\(name): \(kinds)")
      } else if part.hasPrefix("rule ") {
        #expect(MisuseRule.allCases.contains { $0.name == name }, "\(name)")
      } else {
        let words = part.split(separator: " ").map(String.init)
        let file = Self.text("Tests/AnalyzersTests/\(name).swift")
        let wanted = try #require(words.last)
        let isThere =
          Int(wanted) == nil
          ? file.contains("func \(wanted)(")
          : file.range(of: #"@Test\("([0-9, ]*, )?\#(wanted)[:,]"#, options: .regularExpression) != nil
        #expect(isThere, "\(part)")
      }
    }
  }
}
