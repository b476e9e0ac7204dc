import Analyzers

extension CheckReport {
  /// SARIF 2.1.0: a result for each finding, and one for each condition that failed.
  public var sarif: JSONValue {
    let findings = report.results.findings
    let kinds = FindingKind.allCases.filter { kind in findings.contains { $0.kind == kind } }
    let failed = conditions.compactMap(\.failure)
    let rules = kinds.map(\.name) + (failed.isEmpty ? [] : [Self.failedRule])
    let driver: JSONValue = [
      "name": "gicscope", "version": .string(ToolVersion.number),
      "rules": .array(rules.map { ["id": .string($0)] }),
    ]
    let run: JSONValue = [
      "tool": ["driver": driver], "columnKind": "unicodeCodePoints",
      "results": .array(findings.map(result) + failed.map(result)),
    ]
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .array([run]),
    ]
  }

  private static let failedRule = "fail-on"

  private func result(_ finding: Finding) -> JSONValue {
    [
      "ruleId": .string(finding.kind.name), "level": .string(finding.severity.name),
      "message": ["text": .string(finding.explanation)], "locations": .array([location]),
      "occurrenceCount": .number(max(finding.count, 1)),
      "properties": [
        "event": .number(finding.firstEvent), "time_ns": .number(finding.firstTime),
        "certainty": .string(finding.certainty.name), "intid": .optional(finding.intid.map(UInt64.init)),
        "next": .string(finding.next),
      ],
    ]
  }

  private func result(_ failure: String) -> JSONValue {
    [
      "ruleId": .string(Self.failedRule), "level": "error", "message": ["text": .string("failed: \(failure)")],
      "locations": .array([location]),
    ]
  }

  /// The capture: findings are events in it, and few formats have lines.
  private var location: JSONValue {
    ["physicalLocation": ["artifactLocation": ["uri": .string(report.trace.path.escapedForURI)]]]
  }
}

extension String {
  /// As a relative or absolute reference (RFC 3986): what is no unreserved character or slash is escaped.
  var escapedForURI: String {
    var out = ""
    for byte in utf8 {
      switch UInt8(byte) {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2F: out.unicodeScalars.append(.init(byte))
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
