import Foundation
import InterruptTrace
import Testing

@testable import Reports

@Suite("Where a report comes from")
struct OriginTests {
  private static let origin = ReportOrigin(
    arguments: ["gicscope", "analyze", "a b.log", "it's", "--html=<b>.html", ""],
    files: [
      .init(path: "a b.log", sha256: String(repeating: "0a", count: 32), modified: "2026-01-02T03:04:05Z"),
      .init(path: "-", sha256: nil, modified: nil),
    ])

  @Test("The command line is quoted as a shell takes it")
  func quoting() {
    #expect(Self.origin.commandLine == #"gicscope analyze 'a b.log' 'it'\''s' '--html=<b>.html' ''"#)
  }

  @Test("JSON, database and page say it, and only if it was given")
  func forms() throws {
    var report = try BundledCapture.analyse("its-and-preemption")
    #expect(report.json["provenance"] == nil && !report.html().contains("<footer"))
    report.origin = Self.origin
    let json = try #require(report.json["provenance"])
    #expect(json["version"] == .text(ToolVersion.number))
    #expect(json["command_line"] == .text(Self.origin.commandLine))
    #expect(json["files"]?.elements.map { $0["modified"] } == ["2026-01-02T03:04:05Z", .unknown])
    let schema = try Data(contentsOf: BundledCapture.root.appending(path: "Analyses/analyze.schema.json"))
    let problems = JSONSchema(try #require(ValueTree(parsing: schema)))
      .problems(try #require(ValueTree(parsing: report.json.jsonText.utf8)))
    #expect(problems == [])

    let page = report.html()
    #expect(page.contains("--html=&lt;b&gt;.html") && page.contains("SHA-256 0a0a"))

    let file = TemporaryFile(".db")
    try SQLiteReport(path: file.path).finish(report)
    let database = try SQLiteDatabase(reading: file.path)
    #expect(try database.rows("SELECT command_line FROM provenance") == [[.text(Self.origin.commandLine)]])
    #expect(try database.rows("SELECT sha256 IS NULL FROM capture_files") == [[.integer(0)], [.integer(1)]])
  }
}
