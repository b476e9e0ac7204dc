import Analyzers
import InterruptTrace

/// `Analyses/json.md`, `Analyses/analyze.schema.json` and the tables of `Analyses/database.md`; tests write them.
extension ResultTables {
  /// The statements that create a database.
  static var schema: String { (all + onRequest).map(\.schema).joined() }

  // MARK: JSON

  /// Every key of the JSON report but those of the document itself, by section.
  private static var sections: [(path: String, doc: String, keys: [KeyDescription], isOptional: Bool)] {
    [("trace", trace.doc, trace.keys, false)]
      + all.compactMap { table in
        table.key.map { (table.isObject ? $0 : $0 + "[]", table.doc, table.keys, table.isOptional) }
      }
  }

  /// A table for each section of the JSON report.
  static var jsonKeys: String {
    let distribution = Columns<LatencyDistribution>().distribution { $0 }.all.map(\.description)
    let parts = sections.map { path, doc, keys, isOptional in
      let title = path.isEmpty ? "The object itself" : "`\(path)`"
      return "### \(title)\n\n\(path.isEmpty ? "" : sentence(doc) + (isOptional ? " May be missing." : "") + "\n\n")"
        + page(keys)
    }
    return "### Distributions\n\n" + page(distribution, namesDistributions: false) + "\n"
      + parts.joined(separator: "\n")
  }

  private static func sentence(_ doc: String) -> String { doc.prefix(1).uppercased() + doc.dropFirst() + "." }

  private static func page(_ keys: [KeyDescription], namesDistributions: Bool = true) -> String {
    "| key | type | unit | meaning |\n|---|---|---|---|\n" + rows(keys, "", namesDistributions).joined()
  }

  private static func rows(_ keys: [KeyDescription], _ prefix: String, _ namesDistributions: Bool) -> [String] {
    var rows: [String] = []
    var isWithin = false
    for key in keys {
      if key.isOfDistribution, namesDistributions {
        if !isWithin { rows.append("| `\(prefix)count` … `\(prefix)buckets[][]` | | | a distribution |\n") }
        isWithin = true
        continue
      }
      isWithin = false
      let path = prefix + key.key
      switch key.shape {
      case .list(.object(let inner)):
        rows.append("| `\(path)[]` | | | \(key.doc) |\n")
        rows += self.rows(inner, path + "[].", namesDistributions)
      case .object(let inner):
        rows.append("| `\(path)` | | | \(key.doc) |\n")
        rows += self.rows(inner, path + ".", namesDistributions)
      default: rows.append(row(key, path))
      }
    }
    return rows
  }

  private static func row(_ key: KeyDescription, _ path: String) -> String {
    var suffix = ""
    var shape = key.shape
    while case .list(let inner) = shape {
      suffix += "[]"
      shape = inner
    }
    if case .counts = shape { suffix += ".*" }
    if case .countLists = shape { suffix += ".*[]" }
    let type = key.unit.json + (key.isOptional ? ", may be missing" : key.isNullable ? " or null" : "")
    return "| `\(path)\(suffix)` | \(type) | \(key.unit.name) | \(key.doc) |\n"
  }

  // MARK: JSON Schema

  /// The JSON Schema of `analyze --json`.
  static var jsonSchema: ValueTree {
    var keys = [
      KeyDescription(key: "schema", unit: .number, doc: "changes with the meaning of a key, not with an addition"),
      KeyDescription(key: "command", unit: .text, doc: "analyze"),
    ]
    for (path, doc, own, isOptional) in sections {
      guard !path.isEmpty else {
        keys += own
        continue
      }
      let isList = path.hasSuffix("[]")
      keys.append(
        KeyDescription(
          key: isList ? String(path.dropLast(2)) : path, unit: .structure, doc: doc, isOptional: isOptional,
          shape: isList ? .list(.object(own)) : .object(own)))
    }
    let head: [ValueTree.Member] = [
      .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", "gicscope analyze --json"),
    ]
    return .object(head + object(keys))
  }

  private static func object(_ keys: [KeyDescription]) -> [ValueTree.Member] {
    [
      .init("type", "object"), .init("properties", .object(keys.map { .init($0.key, schema(of: $0)) })),
      .init("required", .list(keys.filter { !$0.isOptional }.map { .text($0.key) })),
      .init("additionalProperties", false),
    ]
  }

  private static func schema(of key: KeyDescription) -> ValueTree {
    .object([.init("description", .text(key.doc))] + members(key.shape, key.unit, isNullable: key.isNullable))
  }

  private static func members(_ shape: ValueShape, _ unit: ColumnUnit, isNullable: Bool = false) -> [ValueTree.Member] {
    switch shape {
    case .scalar:
      let type = ValueTree.text(unit.json)
      return [.init("type", isNullable ? [type, "null"] : type)]
        + (unit.json == "integer" ? [.init("minimum", 0)] : [])
    case .list(let inner): return [.init("type", "array"), .init("items", .object(members(inner, unit)))]
    case .object(let keys): return object(keys)
    case .counts: return [.init("type", "object"), .init("additionalProperties", .object(members(.scalar, unit)))]
    case .countLists:
      return [.init("type", "object"), .init("additionalProperties", .object(members(.list(.scalar), unit)))]
    }
  }
}
