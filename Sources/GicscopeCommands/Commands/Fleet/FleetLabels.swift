import Foundation
import InterruptTrace
import Reports

/// What the user says about the captures of a fleet: which kernel, host, type of guest.
struct FleetLabels {
  private var constant: [String: String] = [:]
  private var byCapture: [String: [String: String]] = [:]
  private var pattern: PathPattern?
  /// Every key that a capture may have, ascending.
  let keys: [String]

  /// Labels from all sources. A side file wins over the path, and the path over what holds for every capture.
  ///
  /// - Parameters:
  ///   - constant: `KEY=VALUE` for every capture.
  ///   - file: a JSON object on each line: `{"capture": "runs/1.log", "kernel": "6.12"}`.
  ///   - pattern: `{kernel}/{host}/*.log`; see ``PathPattern``.
  init(_ constant: [String], file: String?, pattern: String?) throws {
    var keys: Set<String> = []
    for label in constant {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw UsageError(message: "--label \(label): write KEY=VALUE") }
      self.constant[parts[0]] = parts[1]
      keys.insert(parts[0])
    }
    if let file {
      byCapture = try Self.read(file)
      for labels in byCapture.values { keys.formUnion(labels.keys) }
    }
    if let pattern {
      let read = try PathPattern(pattern)
      keys.formUnion(read.keys)
      self.pattern = read
    }
    if let key = keys.first(where: { !Self.isKey($0) }) {
      throw UsageError(
        message: "label '\(key.printable)': a key has letters a to z, digits and underscores, no digit first")
    }
    self.keys = keys.sorted()
  }

  /// A capture's labels.
  func labels(of path: String) -> [String: String] {
    constant.merging(pattern?.values(in: path) ?? [:]) { $1 }.merging(byCapture[path] ?? [:]) { $1 }
  }

  /// Keys are names of columns in every engine that reads the rows.
  private static func isKey(_ key: String) -> Bool {
    key.first.map { !$0.isNumber } ?? false
      && key.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }

  private static func read(_ path: String) throws -> [String: [String: String]] {
    let text: Data
    do {
      text = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw TraceError.unreadable(path: path, reason: error.localizedDescription)
    }
    var all: [String: [String: String]] = [:]
    for (i, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      guard var labels = try? JSONDecoder().decode([String: String].self, from: line),
        let capture = labels.removeValue(forKey: "capture")
      else {
        throw UsageError(
          message:
            "\(path), line \(i + 1): write an object of texts such as {\"capture\": \"a.log\", \"kernel\": \"6.12\"}")
      }
      all[capture] = labels
    }
    return all
  }
}

/// A pattern of paths that names parts of them: `{kernel}/{host}/run-{run}.log`.
///
/// `{KEY}` is text without a slash, and the label of that key; `*` is text without a slash. A path matches by its end,
/// from the beginning of a name on.
struct PathPattern {
  private let expression: NSRegularExpression
  /// The keys, from the left.
  let keys: [String]

  /// Reads a pattern.
  init(_ pattern: String) throws {
    var (expression, keys, rest) = ("(?:^|/)", [String](), pattern[...])
    while let character = rest.popFirst() {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw UsageError(message: "--label-pattern \(pattern): a { without a }")
        }
        keys.append(String(rest[..<end]))
        expression += "([^/]+?)"
        rest = rest[rest.index(after: end)...]
      case "*": expression += "[^/]*"
      default: expression += NSRegularExpression.escapedPattern(for: String(character))
      }
    }
    guard !keys.isEmpty, Set(keys).count == keys.count else {
      throw UsageError(message: "--label-pattern \(pattern): name each part once, as in {kernel}/{host}/*.log")
    }
    self.keys = keys
    self.expression = try NSRegularExpression(pattern: expression + "$")
  }

  /// The labels in a path; nil if it does not match.
  func values(in path: String) -> [String: String]? {
    let text = path as NSString
    guard let match = expression.firstMatch(in: path, range: NSRange(location: 0, length: text.length)) else {
      return nil
    }
    return Dictionary(
      uniqueKeysWithValues: keys.enumerated().map { ($1, text.substring(with: match.range(at: $0 + 1))) })
  }
}
