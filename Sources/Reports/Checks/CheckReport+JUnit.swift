import Analyzers

extension CheckReport {
  /// JUnit's XML: a test case for each condition, and one for each kind of finding that is there, which fails only if a
  /// condition says so.
  public var junit: String {
    let failures = conditions.count { $0.failure != nil }
    let name = report.trace.path.printable.escapedForXML
    var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<testsuites name=\"gicscope\" tests=\"\(conditions.count)\" failures=\"\(failures)\">\n"
    out +=
      "  <testsuite name=\"\(name)\" tests=\"\(conditions.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\">\n"
    for condition in conditions { out += testCase(condition) }
    let findings = report.results.findings.map {
      "\($0.severity.name) \($0.kind.name) \($0.place)\n\($0.explanation)\n"
    }
    if !findings.isEmpty {
      out += "    <system-out>\(findings.joined(separator: "\n").escapedForXML)</system-out>\n"
    }
    return out + "  </testsuite>\n</testsuites>\n"
  }

  private func testCase(_ condition: Condition) -> String {
    let start = "    <testcase classname=\"gicscope.analyze\" name=\"not \(condition.text.escapedForXML)\""
    guard let failure = condition.failure else { return start + "/>\n" }
    return start + ">\n      <failure message=\"failed: \(failure.escapedForXML)\"/>\n    </testcase>\n"
  }
}

extension String {
  /// As XML's text or attributes: characters that XML 1.0 does not have are left out.
  var escapedForXML: String {
    var out = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
