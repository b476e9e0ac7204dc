import ArgumentParser
import Glibc

/// What is done to the arguments before they are parsed.
enum CommandLineArguments {
  /// `--json [FILE]`: an option whose value may lack. The next argument is its value only if it is named like one and is no
  /// capture: in `gicscope verify --json boot.log` it is the capture, which must not be overwritten.
  static func prepared(_ arguments: [String]) throws -> [String] {
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        return result + [argument] + rest
      } else if argument == "--json" {
        if let next = rest.first, isResult(next) {
          result.append("--json=" + next)
          rest.removeFirst()
        } else {
          if let next = rest.first { try checkNoResult(next, others: result + rest.dropFirst()) }
          result.append("--json=-")
        }
      } else {
        result.append(argument)
      }
    }
    return result
  }

  /// Whether an argument names a file for JSON: one whose name says so, and which holds JSON if it is there.
  private static func isResult(_ name: String) -> Bool {
    guard name.hasSuffix(".json"), !name.hasPrefix("-") else { return false }
    guard let file = fopen(name, "r") else { return true }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: 256)
    let count = fread(&start, 1, start.count, file)
    return count == 0 || start[..<count].first { $0 > 0x20 } == 0x7B
  }

  /// In `--json report.txt boot.log` the first is meant as a file for JSON, and would be taken for a part of the capture.
  private static func checkNoResult(_ name: String, others: [String]) throws {
    guard !name.hasPrefix("-"), access(name, F_OK) != 0, others.contains(where: { access($0, F_OK) == 0 }) else {
      return
    }
    throw UsageError(
      message: "--json \(name): there is no capture of that name; to write JSON into a file, write --json=\(name)")
  }

  /// Refuses a command that there is not, and names the one that was probably meant.
  static func checkCommand(_ arguments: [String]) throws {
    guard let name = arguments.first, !name.hasPrefix("-") else { return }
    let known = Gicscope.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard !known.contains(name) else { return }
    let nearest = known.map { (name: $0, distance: name.editDistance(to: $0)) }.min { $0.distance < $1.distance }
    let suggestion = nearest.flatMap { $0.distance <= 3 ? "; did you mean '\($0.name)'?" : nil } ?? ""
    throw UsageError(message: "no command '\(name)'\(suggestion) Commands: \(known.joined(separator: ", "))")
  }
}

extension String {
  /// How many characters have to be inserted, removed or replaced to get another text (Levenshtein).
  fileprivate func editDistance(to other: String) -> Int {
    let columns = Array(other)
    var row = Array(0...columns.count)
    for (i, character) in enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, column) in columns.enumerated() {
        (diagonal, row[j + 1]) = (
          row[j + 1], Swift.min(row[j] + 1, row[j + 1] + 1, diagonal + (character == column ? 0 : 1))
        )
      }
    }
    return row[columns.count]
  }
}
