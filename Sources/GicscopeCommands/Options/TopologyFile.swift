import FoundationEssentials
import Glibc
import InterruptTrace

/// A file of facts about the controller, for `--topology`.
///
/// Either lines of `key=value`, with `#` comments:
///
///     architecture = v3
///     pe_count = 4
///     affinity[1] = 0.0.1.0
///     gicd_base = 0x08000000
///
/// or a JSON object of the same keys, in which a list stands for a key with an index:
///
///     {"architecture": "v3", "pe_count": 4, "affinity": [0, "0.0.1.0"], "gicd_base": "0x08000000"}
package enum TopologyFile {
  /// Reads a file. What it says wins over what the capture says.
  static func read(_ path: String) throws -> Topology {
    guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r") else {
      throw UsageError(message: "--topology \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count < bytes.count else { throw UsageError(message: "--topology \(path): longer than 1 MiB") }
    do {
      return try parse(String(decoding: bytes[..<count], as: UTF8.self))
    } catch let error as UsageError {
      throw UsageError(message: "--topology \(path): \(error.message)")
    }
  }

  /// Reads a file's content.
  package static func parse(_ text: String) throws -> Topology {
    let firstCharacter = text.first { !$0.isWhitespace }
    return firstCharacter == "{" ? try parseJSON(text) : try parseLines(text)
  }

  // MARK: Lines

  private static func parseLines(_ text: String) throws -> Topology {
    var topology = Topology()
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let content = trimmed(line.prefix { $0 != "#" })
      if content.isEmpty { continue }
      let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
      guard parts.count == 2 else { throw UsageError(message: "line \(number + 1): '\(content)' is not key=value") }
      var name = parts[0]
      var index: UInt32 = 0
      if name.hasSuffix("]"), let bracket = name.firstIndex(of: "[") {
        guard let value = UInt32(name[name.index(after: bracket)...].dropLast()) else {
          throw UsageError(message: "line \(number + 1): '\(name)' has no number in brackets")
        }
        index = value
        name = trimmed(name[..<bracket])
      }
      do {
        try set(name, index, parts[1], in: &topology)
      } catch let error as UsageError {
        throw UsageError(message: "line \(number + 1): \(error.message)")
      }
    }
    return topology
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  // MARK: JSON

  /// A value of the JSON form.
  private enum Value: Decodable {
    case text(String)
    case list([Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(UInt64.self) {
        self = .text(String(number))
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let flag = try? container.decode(Bool.self) {
        self = .text(flag ? "1" : "0")
      } else {
        self = .list(try container.decode([Value].self))
      }
    }
  }

  private static func parseJSON(_ text: String) throws -> Topology {
    let values: [String: Value]
    do {
      values = try JSONDecoder().decode([String: Value].self, from: Data(text.utf8))
    } catch {
      throw UsageError(message: "not a JSON object of numbers, texts and lists")
    }
    var topology = Topology()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .text(let text): try set(name, 0, text, in: &topology)
      case .list(let list):
        for (index, element) in list.enumerated() {
          guard case .text(let text) = element else { throw UsageError(message: "'\(name)' is a list of lists") }
          try set(name, UInt32(index), text, in: &topology)
        }
      }
    }
    return topology
  }

  // MARK: Facts

  private static func set(_ name: String, _ index: UInt32, _ text: String, in topology: inout Topology) throws {
    guard let key = Topology.Key(name: name) else {
      throw UsageError(
        message: "unknown key '\(name)'; known keys: \(Topology.Key.names.map(\.1).joined(separator: ", "))")
    }
    guard index == 0 || key.isIndexed else { throw UsageError(message: "'\(name)' has no index") }
    guard let value = value(of: key, text) else { throw UsageError(message: "'\(text)' is no value of '\(name)'") }
    topology.set(Topology.Entry(key: key, index: index, source: .user, value: value))
  }

  private static func value(of key: Topology.Key, _ text: String) -> UInt64? {
    switch key {
    case .architecture: Topology.Architecture(name: text)?.rawValue
    case .profile: Topology.Profile(name: text)?.rawValue
    case .affinity: number(text) ?? affinity(text)
    default: number(text)
    }
  }

  private static func number(_ text: String) -> UInt64? {
    switch text {
    case "true", "yes": 1
    case "false", "no": 0
    default: text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
  }

  /// `1.0` or `0.0.1.0`: up to four levels, Aff0 last.
  private static func affinity(_ text: String) -> UInt64? {
    let levels = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard levels.count <= 4, !levels.contains(nil) else { return nil }
    return levels.reduce(0) { $0 << 8 | UInt64($1!) }
  }
}
