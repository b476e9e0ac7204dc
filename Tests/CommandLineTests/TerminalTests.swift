import Foundation
import TestSupport
import Testing

@Suite("Terminal")
struct TerminalTests {
  private static let traces = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces").standardized.path
  private static let capture = traces + "/linux-gicv3-its/trace.log.zst"
  private static let nested = traces + "/nested-gicv3/trace.log.zst"

  private static func show(
    _ arguments: [String], columns: UInt16 = 100, environment: [String: String] = [:]
  ) throws -> String {
    let result = try BuiltProgram.run(arguments + ["--no-progress"], columns: columns, environment: environment)
    #expect(result.status == 0, "\(arguments)")
    return result.output
  }

  @Test("No line is wider than the terminal", arguments: [80, 120, 200] as [UInt16])
  func width(columns: UInt16) throws {
    for arguments in [
      ["analyze", Self.capture], ["why", Self.capture, "--irq", "27"], ["events", Self.capture, "--limit", "300"],
      ["whatif", Self.nested], ["info", Self.nested],
    ] {
      let text = try Self.show(arguments, columns: columns, environment: ["NO_COLOR": "1"])
      let longest = text.split(separator: "\n").map(\.count).max() ?? 0
      #expect(longest <= Int(columns), "\(arguments)")
    }
  }

  @Test("A wider terminal has wider pictures")
  func pictures() throws {
    let (narrow, wide) = (
      try Self.show(["analyze", Self.capture], columns: 80), try Self.show(["analyze", Self.capture], columns: 200)
    )
    func bars(_ text: String) -> Int { text.count { "▁▂▃▄▅▆▇█".contains($0) } }
    #expect(bars(wide) > 3 * bars(narrow))
    #expect(wide.split(separator: "\n").count < narrow.split(separator: "\n").count)
  }

  @Test("What a narrow terminal has no room for is named")
  func leftOut() throws {
    let text = try Self.show(["analyze", Self.capture], columns: 80, environment: ["NO_COLOR": "1"])
    #expect(text.contains("  not shown for want of room: begun near\n"))
    #expect(!(try Self.show(["analyze", Self.capture], columns: 120)).contains("for want of room"))
  }

  @Test("COLUMNS decides about the width, also where there is no terminal")
  func columns() throws {
    let wide = try Self.show(["info", Self.capture], columns: 200, environment: ["COLUMNS": "80", "NO_COLOR": "1"])
    let piped = try BuiltProgram.run(["info", Self.capture], environment: ["COLUMNS": "80"])
    #expect(wide == piped.output)
    #expect(wide.contains("1 ITS,\n            one Security state"))
  }

  @Test(
    "Colours: --color, then NO_COLOR, then CLICOLOR_FORCE, then whether there is a terminal that has them",
    arguments: [
      ([:], true, nil, true), ([:], false, nil, false), (["NO_COLOR": "1"], true, nil, false),
      (["NO_COLOR": "1"], true, "always", true), (["CLICOLOR_FORCE": "1"], false, nil, true),
      (["CLICOLOR_FORCE": "0"], false, nil, false), (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, nil, false),
      (["TERM": "dumb"], true, nil, false), (["CLICOLOR_FORCE": "1"], true, "never", false),
      ([:], false, "always", true),
    ] as [([String: String], Bool, String?, Bool)])
  func colour(environment: [String: String], onTerminal: Bool, option: String?, isColoured: Bool) throws {
    let arguments = ["info", Self.nested, "--no-progress"] + (option.map { ["--color", $0] } ?? [])
    let text =
      onTerminal
      ? try BuiltProgram.run(arguments, columns: 100, environment: environment).output
      : try BuiltProgram.run(
        arguments, environment: ["NO_COLOR": "", "CLICOLOR_FORCE": ""].merging(environment) { $1 }
      ).output
    #expect(text.contains("\u{1B}[") == isColoured)
  }

  @Test("Where the locale has no UTF-8, a terminal gets ASCII; a file is UTF-8 whatever the locale")
  func ascii() throws {
    let text = try Self.show(["analyze", Self.capture], environment: ["LANG": "C"])
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
    #expect(text.contains("pending -> acknowledge") && text.contains(" us "))
    let utf8 = try Self.show(["analyze", Self.capture], environment: ["LANG": "C", "LC_ALL": "C.utf8"])
    #expect(!utf8.contains("->"))
    #expect(try BuiltProgram.run(["analyze", Self.capture], environment: ["LC_ALL": "C"]).output.contains("→"))
  }

  @Test("Progress stays in one line and leaves nothing; a dumb terminal has none")
  func progress() throws {
    let shown = try BuiltProgram.run(["analyze", Self.capture], columns: 40).output
    let lines = shown.split(separator: "\r").filter { $0.hasPrefix("  ") && $0.hasSuffix("\u{1B}[K") }
    #expect(lines.allSatisfy { $0.count <= 40 + 3 && !$0.contains("\n") })
    let dumb = try BuiltProgram.run(["analyze", Self.capture], columns: 40, environment: ["TERM": "dumb"])
    #expect(!dumb.output.contains("\r"))
  }
}
