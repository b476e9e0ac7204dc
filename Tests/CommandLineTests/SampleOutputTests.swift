import Foundation
import TestSupport
import Testing

/// The sample outputs of the documentation are what gicscope prints. A block that is indented by four spaces and begins with
/// `$ gicscope` is a sample; a line `…` in it stands for any number of lines.
/// `UPDATE_GOLDEN=1 swift test --filter Golden` writes the samples again, up to their first `…` and after their last.
@Suite("Golden: sample outputs in the documentation")
struct SampleOutputTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
  private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  @Test("What a page shows is printed", arguments: ["README.md"])
  func samples(page: String) throws {
    let file = Self.root.appending(path: page)
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    var samples = 0
    var at = lines.startIndex
    while at < lines.endIndex {
      guard lines[at].hasPrefix("    $ gicscope ") else {
        at += 1
        continue
      }
      let end = lines[at...].dropFirst().firstIndex { !$0.isEmpty && !$0.hasPrefix("    ") || $0.hasPrefix("    $") }
      var sample = Array(lines[(at + 1)..<(end ?? lines.endIndex)])
      while sample.last?.isEmpty == true { sample.removeLast() }
      let shown = sample.map { String($0.dropFirst(4)) }
      let printed = try Self.output(of: String(lines[at].dropFirst(4 + "$ gicscope ".count)))
      if Self.updates {
        let new = Self.excerpt(of: printed, like: shown).map { $0.isEmpty ? "" : "    " + $0 }
        lines.replaceSubrange((at + 1)...(at + sample.count), with: new)
      } else {
        Self.compare(shown, with: printed, in: "\(page), line \(at + 1)")
      }
      samples += 1
      at += 1
    }
    #expect(samples > 0)
    if Self.updates { try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8) }
  }

  @Test("The README's program is the one that `make library-test` runs")
  func libraryProgram() throws {
    let page = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    let file = Self.root.appending(path: "Tests/Library/Sources/library/main.swift")
    let programs = page.matches(of: /```swift\n((?s).*?)```/).map { String($0.1) }
    #expect(try programs == [String(contentsOf: file, encoding: .utf8)])
  }

  /// Runs the command in the top folder; trailing spaces are not part of a page.
  private static func output(of command: String) throws -> [String] {
    let words = command.split(separator: " ").map {
      $0.trimmingCharacters(in: ["'"]).replacing(/^Traces\//, with: root.path + "/Traces/")
    }
    let result = try BuiltProgram.run(words + ["--no-progress"], environment: ["COLUMNS": ""])
    #expect(result.status == 0, "gicscope \(command)")
    var lines = result.output.replacing(root.path + "/Traces/", with: "Traces/").components(separatedBy: "\n")
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
  }

  private static func isEllipsis(_ line: String) -> Bool { line.trimmingCharacters(in: .whitespaces) == "…" }

  private static func compare(_ shown: [String], with printed: [String], in place: String) {
    let pieces = shown.split(omittingEmptySubsequences: false, whereSeparator: isEllipsis)
    var rest = printed[...]
    for (number, piece) in pieces.enumerated() {
      // After an ellipsis, the next piece may begin anywhere.
      if number > 0 { rest = rest.drop { $0 != piece.first } }
      for line in piece { #expect(rest.popFirst() == line, "\(place)") }
    }
    if pieces.last?.isEmpty == false { #expect(rest.isEmpty, "\(place): more is printed") }
  }

  /// As many lines from the beginning as stood before the first `…`, and as many from the end as stood after the last.
  private static func excerpt(of printed: [String], like shown: [String]) -> [String] {
    guard let first = shown.firstIndex(where: isEllipsis), let last = shown.lastIndex(where: isEllipsis) else {
      return printed
    }
    return Array(printed.prefix(first)) + [shown[first]] + Array(printed.suffix(shown.count - 1 - last))
  }
}
