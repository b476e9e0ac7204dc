import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite("Files for CI services")
struct CIReportTests {
  private static let capture = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/cases/spurious-1022-storm.log").standardized.path

  /// Runs analyze with an option that writes a file, and gives the file.
  private static func written(_ option: String, _ conditions: [String]) throws -> (status: Int32, content: String) {
    try BuiltProgram.withDirectory { directory in
      let file = directory.appending(path: "written")
      let failOn = conditions.flatMap { ["--fail-on", $0] }
      let result = try BuiltProgram.run(["analyze", capture, option, file.path] + failOn)
      return (result.status, try String(contentsOf: file, encoding: .utf8))
    }
  }

  /// Elements of an XML document, each with its attributes.
  private final class Elements: NSObject, XMLParserDelegate {
    var all: [(name: String, attributes: [String: String])] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) { all.append((name, attributes)) }
  }

  @Test("JUnit: a test case for each condition; one that held is a failure, which says what was measured")
  func junit() throws {
    let (status, content) = try Self.written(
      "--junit", ["findings", "spurious<0", "latency.p99>1h & \"<\""].dropLast())
    #expect(status == 1)
    let elements = Elements()
    let parser = XMLParser(data: Data(content.utf8))
    parser.delegate = elements
    #expect(parser.parse())
    let suite = try #require(elements.all.first { $0.name == "testsuite" })
    #expect(suite.attributes["tests"] == "2" && suite.attributes["failures"] == "1")
    #expect(
      elements.all.filter { $0.name == "testcase" }.map { $0.attributes["name"] } == ["not findings", "not spurious<0"])
    let failure = try #require(elements.all.first { $0.name == "failure" })
    #expect(failure.attributes["message"]?.wholeMatch(of: /failed: findings > 0 \(\d+\)/) != nil)
  }

  @Test("SARIF: what version 2.1.0 requires is there, and its values are of the schema's")
  func sarif() throws {
    let (_, content) = try Self.written("--sarif", ["findings"])
    let document = try object(content)
    #expect(document["version"] as? String == "2.1.0")
    let run = try #require((document["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "gicscope")
    let rules = try #require(driver["rules"] as? [[String: Any]]).compactMap { $0["id"] as? String }
    #expect(Set(rules).count == rules.count)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count >= 2)
    for result in results {
      #expect((result["message"] as? [String: Any])?["text"] is String)
      #expect(["none", "note", "warning", "error"].contains(result["level"] as? String))
      #expect(rules.contains(result["ruleId"] as? String ?? ""))
      let location = (result["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
      let artifact = location?["artifactLocation"] as? [String: Any]
      #expect((artifact?["uri"] as? String)?.hasSuffix("spurious-1022-storm.log") == true)
    }
    #expect(
      results.contains {
        ($0["message"] as? [String: Any])?["text"] as? String
          == "failed: findings > 0 (\(results.count { $0["level"] as? String != "note" } - 1))"
      })
  }

  @Test("GitHub: an annotation on a line of its own for each condition that failed and each finding")
  func github() throws {
    let result = try BuiltProgram.run(["analyze", Self.capture, "--fail-on", "findings", "--github"])
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("::") }
    #expect(lines.first?.hasPrefix("::error title=gicscope::failed: findings > 0 (") == true)
    #expect(lines.count >= 2)
    #expect(lines.allSatisfy { $0.wholeMatch(of: /::(error|warning|notice) title=[a-z-]+::.+/) != nil })
    #expect(lines.last?.contains("%0A") == true)
  }

  @Test("Without findings the report says so; ignored events come last")
  func nothing() throws {
    #expect(try BuiltProgram.run(onLog: ["analyze", "FILE", "--irq", "0"]).output.contains("\nFindings\n  none\n"))
    let other = Self.capture.replacing("cases/spurious-1022-storm.log", with: "kernel-forms/unused-events.txt")
    let lines = try BuiltProgram.run(["analyze", other]).output.split(separator: "\n")
    #expect(lines.last?.hasPrefix("ignored     3 events of 2 kinds are not about interrupts") == true)
  }
}
