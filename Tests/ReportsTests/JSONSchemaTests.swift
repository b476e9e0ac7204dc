import Foundation
import InterruptTrace
import Testing

@testable import Reports

@Suite("JSON Schema")
struct JSONSchemaTests {
  private static let captures =
    BundledCapture.small + ["nested-gicv3", "nested-gicv2", "gicv4", "kvm-one-second/trace.dat", "linux-gicv3-its"]

  @Test("What analyze --json writes is valid by its JSON Schema", arguments: captures)
  func valid(capture: String) throws {
    let file = BundledCapture.root.appending(path: "Analyses/analyze.schema.json")
    let schema = try #require(ValueTree(parsing: try Data(contentsOf: file)))
    let json = try #require(ValueTree(parsing: try BundledCapture.analyse(capture).json.jsonText.utf8))
    #expect(JSONSchema(schema).problems(json) == [])
    // The schema is not one that everything satisfies.
    #expect(!JSONSchema(schema).problems(["schema": 1]).isEmpty)
  }
}

/// As much of JSON Schema as the schema of `analyze --json` uses.
struct JSONSchema {
  private let schema: ValueTree

  init(_ schema: ValueTree) { self.schema = schema }

  /// Where a value is not what the schema says.
  func problems(_ value: ValueTree, _ path: String = "") -> [String] {
    let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.elements.compactMap(\.string) ?? []
    guard types.contains(where: { value.isOf($0) }) else { return ["\(path): \(value) is no \(types)"] }
    switch value {
    case .list(let elements):
      let items = JSONSchema(schema["items"] ?? [:])
      return elements.flatMap { items.problems($0, path + "[]") }
    case .object(let members):
      let missing = (schema["required"]?.elements ?? []).compactMap(\.string).filter { value[$0] == nil }
      return missing.map { "\(path).\($0) is missing" }
        + members.flatMap { member -> [String] in
          if let own = schema["properties"]?[member.name] ?? schema["additionalProperties"], own != .bool(false) {
            return JSONSchema(own).problems(member.value, "\(path).\(member.name)")
          }
          return ["\(path).\(member.name) is not in the schema"]
        }
    default: return []
    }
  }
}

extension ValueTree {
  fileprivate func isOf(_ type: String) -> Bool {
    switch self {
    case .unknown: type == "null"
    case .bool: type == "boolean"
    case .number, .register: type == "integer" || type == "number"
    case .fraction: type == "number"
    case .text: type == "string"
    case .list: type == "array"
    case .object: type == "object"
    }
  }
}
