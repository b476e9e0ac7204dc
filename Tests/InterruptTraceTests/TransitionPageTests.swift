import Foundation
import InterruptTrace
import Testing

/// `Analyses/transitions.md` is the table of operands.
@Suite struct TransitionPageTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Analyses/transitions.md")

  private func words(_ pieces: [TransitionLayout.Piece]) -> String {
    pieces.map { piece in
      switch piece {
      case .words(let words): words
      case .field(let field):
        if case .choice(let words) = field.style { words.joined(separator: "/") } else { "{\(field.name)}" }
      }
    }.joined()
  }

  /// What the value of a field is, where it is not a mere number.
  private func style(_ style: TransitionLayout.Style) -> String {
    switch style {
    case .decimal, .hex, .count: return ""
    case .pe: return ": PE"
    case .lines: return ": request lines"
    case .runningPriority: return ": 255 if nothing runs"
    case .listRegister: return ": 255 if no list register held it"
    case .error: return ": error code"
    case .source: return ": source PE or message"
    case .choice(let words):
      let named = words.enumerated().compactMap { value, words in
        let words = words.trimmingCharacters(in: .punctuationCharacters.union(.whitespaces))
        return words.isEmpty ? nil : "\(value) \(words)"
      }
      return named.isEmpty ? "" : ": " + named.joined(separator: ", ")
    case .cause, .group, .groups, .message, .fault, .opcode, .table, .walk: return ": \(style)"
    }
  }

  private func bits(_ field: TransitionLayout.Field) -> String {
    let high = field.low + field.width - 1
    let range = field.width == 64 ? "" : field.width == 1 ? "[\(field.low)]" : "[\(high):\(field.low)]"
    return "`\(field.word)`\(range)"
  }

  private var rows: [String] {
    TransitionKind.allCases.map { kind in
      let layout = TransitionLayout.of(kind)
      let fields = layout.fields.map { "`\($0.name)` \(bits($0))\(style($0.style))" }
      return "| `\(kind)` | \(words(layout.title)) | \(fields.joined(separator: "; ")) |"
    }
  }

  /// The numbers behind names.
  private var values: [String] {
    let causes = (0...UInt8.max).compactMap { number in PendingCause(rawValue: number).map { "\(number) \($0)" } }
    let groups = (0...UInt8.max).compactMap { number in InterruptGroup(rawValue: number).map { "\(number) \($0)" } }
    let tables = (0...UInt8.max).compactMap { number in ITSTable(rawValue: number).map { "\(number) \($0)" } }
    let faults = ITSFault.allCases.map { "\($0.rawValue) \($0)" }
    let opcodes = ITSOpcode.all.map { "\($0.opcode) \($0.name)" }
    return [("cause", causes), ("group", groups), ("table", tables), ("fault", faults), ("opcode", opcodes)]
      .map { "* \($0): \($1.joined(separator: ", "))" }
  }

  @Test func `The page has every kind with its operands`() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let shown = text.split(separator: "\n").map(String.init)
    #expect(shown.filter { $0.hasPrefix("| `") } == rows)
    for line in values { #expect(shown.contains(line)) }
  }
}
