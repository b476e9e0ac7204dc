import InterruptTrace

/// What failed in a run and what was found, in the forms that CI services read.
public protocol ServiceReport {
  /// JUnit's XML: a test case for each thing that had to hold.
  var junit: String { get }
  /// SARIF 2.1.0, a result for each thing to look at.
  var sarif: ValueTree { get }
  /// Workflow commands of GitHub Actions, a line for each. GitHub shows ten of each level.
  var annotations: String { get }
}

/// JUnit's XML.
struct JUnitCase {
  var name: String
  /// Why it failed; nil if it did not.
  var failure: String?

  /// A document with one suite; `output` is what people may want beside the cases.
  static func document(_ suite: String, class name: String, _ cases: [JUnitCase], output: String = "") -> String {
    let counts = "tests=\"\(cases.count)\" failures=\"\(cases.count { $0.failure != nil })\""
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gicscope\" \(counts)>\n"
    out += "  <testsuite name=\"\(suite.printable.escapedForXML)\" \(counts) errors=\"0\" skipped=\"0\">\n"
    for test in cases {
      let start = "    <testcase classname=\"\(name)\" name=\"\(test.name.escapedForXML)\""
      out +=
        test.failure.map { start + ">\n      <failure message=\"\($0.escapedForXML)\"/>\n    </testcase>\n" }
        ?? start + "/>\n"
    }
    if !output.isEmpty { out += "    <system-out>\(output.escapedForXML)</system-out>\n" }
    return out + "  </testsuite>\n</testsuites>\n"
  }
}

/// SARIF 2.1.0.
enum SARIF {
  static func document(rules: [String], results: [ValueTree]) -> ValueTree {
    let driver: ValueTree = [
      "name": "gicscope", "version": .text(ToolVersion.number),
      "rules": .list(rules.map { ["id": .text($0)] }),
    ]
    let run: ValueTree = [
      "tool": ["driver": driver], "columnKind": "unicodeCodePoints", "results": .list(results),
    ]
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .list([run]),
    ]
  }

  /// A result. Its place is a file: findings are events in a capture, and few formats have lines.
  static func result(
    _ rule: String, _ level: String, _ message: String, file: String, _ more: [ValueTree.Member] = []
  ) -> ValueTree {
    let place: ValueTree = ["physicalLocation": ["artifactLocation": ["uri": .text(file.escapedForURI)]]]
    return .object(
      [
        .init("ruleId", .text(rule)), .init("level", .text(level)), .init("message", ["text": .text(message)]),
        .init("locations", .list([place])),
      ] + more)
  }
}

/// Annotations of GitHub Actions.
enum GitHubAnnotation {
  /// A line; `file` is where GitHub shows it.
  static func line(_ level: String, title: String, _ message: String, file: String? = nil) -> String {
    let place =
      file.map { "file=\($0.escapedForWorkflow.replacing(",", with: "%2C").replacing(":", with: "%3A"))," } ?? ""
    return "::\(level) \(place)title=\(title)::\(message.printableLines.escapedForWorkflow)\n"
  }
}

extension String {
  /// As XML's text or attributes: characters that XML 1.0 does not have are left out.
  var escapedForXML: String {
    let known = unicodeScalars.filter { scalar in
      "\t\n\r".unicodeScalars.contains(scalar) || scalar.value >= 0x20 && ![0xFFFE, 0xFFFF].contains(scalar.value)
    }
    return String(String.UnicodeScalarView(known)).escapedForHTML
  }

  /// As a relative or absolute reference (RFC 3986): what is no unreserved character or slash is escaped.
  fileprivate var escapedForURI: String {
    var out = ""
    for byte in utf8 {
      switch UInt8(byte) {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2F: out.unicodeScalars.append(.init(byte))
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }

  /// Each line without characters that a terminal acts upon.
  fileprivate var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
  }

  /// A message stands on one line.
  fileprivate var escapedForWorkflow: String {
    replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }
}
