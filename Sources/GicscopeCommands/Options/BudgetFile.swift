import Analyzers
import Foundation
import InterruptTrace
import Reports
import Yams

/// A budget, in YAML:
///
///     findings:                 # no others than these; notes are always allowed
///       coalesced-edge: 3
///     limits:
///       latency.LPI.p99:
///         most: 1ms
///         rise: {percent: 10, floor: 20us}    # over the baseline, by both
///       acknowledges: {least: 1000}
///     present: [latency.LPI.p99]
///
/// Metrics are those of `--fail-on`.
enum BudgetFile {
  /// Reads a file.
  static func read(_ path: String) throws -> Budget {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw TraceError.unreadable(path: path, reason: "the file of the budget is not there, or not readable")
    }
    do {
      return try parse(String(decoding: bytes, as: UTF8.self))
    } catch let error as UsageError {
      throw UsageError(message: "--budget \(path): \(error.message)")
    }
  }

  /// Reads a file's content.
  static func parse(_ text: String) throws -> Budget {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw UsageError(message: "\(error)")
    }
    guard let root else { throw UsageError(message: "it is empty; write limits, findings or present") }
    var budget = Budget()
    for (key, value) in try mapping(root, "the budget") {
      switch key {
      case "limits": budget.limits = try mapping(value, key).map(limit)
      case "findings": budget.findings = try findings(value)
      case "present": budget.present = try list(value, key).map { try metric($0, value) }
      default: throw unknown(key, root, ["limits", "findings", "present"])
      }
    }
    return budget
  }

  private static func limit(_ name: String, _ node: Node) throws -> Budget.Limit {
    var limit = Budget.Limit(metric: try metric(name, node))
    for (key, value) in try mapping(node, name) {
      switch key {
      case "most": limit.most = try amount(value, limit.metric)
      case "least": limit.least = try amount(value, limit.metric)
      case "rise": limit.rise = try rise(value, limit.metric)
      default: throw unknown(key, node, ["most", "least", "rise"])
      }
    }
    return limit
  }

  private static func rise(_ node: Node, _ metric: Budget.BudgetMetric) throws -> Budget.Rise {
    var (percent, floor): (Double?, UInt64?)
    for (key, value) in try mapping(node, "rise") {
      switch key {
      case "percent": percent = value.scalar.flatMap { Double($0.string) }.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
      case "floor": floor = try amount(value, metric)
      default: throw unknown(key, node, ["percent", "floor"])
      }
    }
    guard let percent, let floor else {
      throw wrong(node, "write both: rise: {percent: 10, floor: 20us}; a share alone fails for small values")
    }
    return Budget.Rise(percent: percent, floor: floor)
  }

  private static func findings(_ node: Node) throws -> [FindingKind: Int] {
    var allowed: [FindingKind: Int] = [:]
    for (name, value) in try mapping(node, "findings") {
      guard let kind = FindingKind.allCases.first(where: { $0.name == name }) else {
        throw unknown(name, value, FindingKind.allCases.map(\.name))
      }
      guard let count = value.scalar.flatMap({ Int($0.string) }), count >= 0 else {
        throw wrong(value, "\(name): write how many are allowed")
      }
      allowed[kind] = count
    }
    return allowed
  }

  // MARK: Nodes

  private static func mapping(_ node: Node, _ name: String) throws -> [(String, Node)] {
    // `findings:` without anything allows none.
    if node.null != nil { return [] }
    guard let mapping = node.mapping else { throw wrong(node, "\(name): write key: value") }
    let pairs = try mapping.map { key, value -> (String, Node) in
      guard let text = key.scalar?.string else { throw wrong(key, "\(name): a key is a word") }
      return (text, value)
    }
    let names = pairs.map(\.0)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw wrong(node, "'\(twice)' is there twice")
    }
    return pairs
  }

  private static func list(_ node: Node, _ name: String) throws -> [String] {
    guard let values = node.sequence?.map({ $0.scalar?.string }), !values.contains(nil) else {
      throw wrong(node, "\(name): write a list of metrics")
    }
    return values.compactMap { $0 }
  }

  private static func metric(_ name: String, _ node: Node) throws -> Budget.BudgetMetric {
    guard let metric = Budget.BudgetMetric(name) else { throw unknown(name, node, [Metric.help]) }
    return metric
  }

  private static func amount(_ node: Node, _ metric: Budget.BudgetMetric) throws -> UInt64 {
    guard let text = node.scalar?.string, let value = metric.value(text) else {
      throw wrong(
        node, "\(metric.name): '\(node.scalar?.string ?? "")' is neither a whole number nor a time such as 50us")
    }
    return value
  }

  private static func unknown(_ name: String, _ node: Node, _ known: [String]) -> UsageError {
    wrong(node, "unknown key '\(name)'; known keys: \(known.joined(separator: ", "))")
  }

  private static func wrong(_ node: Node, _ reason: String) -> UsageError {
    UsageError(message: (node.mark.map { "line \($0.line): " } ?? "") + reason)
  }
}
