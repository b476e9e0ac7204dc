import Foundation
import TestSupport
import Testing

@Suite("The program of the LPI benchmark")
struct LPIBenchmarkProgramTests {
  /// gicscope in a directory of its own, where `script` stands for the other program.
  private func run(_ arguments: [String], input: String = "", script: String? = nil) throws -> BuiltProgram.Result {
    try BuiltProgram.withDirectory { directory in
      let copy = directory.appending(path: "gicscope")
      // A link where it can be: a file that was just written cannot be run while a process that another test starts still
      // has it open.
      do {
        try FileManager.default.linkItem(atPath: BuiltProgram.path, toPath: copy.path)
      } catch {
        try FileManager.default.copyItem(atPath: BuiltProgram.path, toPath: copy.path)
      }
      if let script {
        let other = directory.appending(path: "gicscope-lpi")
        try script.write(to: other, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other.path)
      }
      return try BuiltProgram.run(arguments, input: input, copy: copy)
    }
  }

  @Test(
    "Where it is not built, gicscope says what builds it",
    arguments: [["bench", "lpi"], ["bench", "lpi", "--help"], ["bench", "lpi", "--stores", "judy", "--json"]])
  func missing(arguments: [String]) throws {
    let result = try run(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("make lpi-bench") && result.errors.split(separator: "\n").count == 1)
  }

  @Test("A store that only it has is named with what builds it")
  func missingStore() throws {
    let result = try run(["verify", "--lpi-store", "xen-table", "-"])
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("packed, reference") && result.errors.contains("make lpi-bench"))
  }

  @Test(
    "It gets the arguments and streams as they are, and its exit code is gicscope's",
    arguments: [["bench", "lpi", "--quick", "a b", "--json", "-"], ["verify", "--lpi-store", "xen-table", "-"]])
  func handedOver(arguments: [String]) throws {
    let script = "#!/bin/sh\nfor one; do echo \"$one\"; done; cat; echo aside >&2; exit 7\n"
    let result = try run(arguments, input: "piped\n", script: script)
    #expect(result.status == 7)
    #expect(result.output == (arguments + ["piped"]).joined(separator: "\n") + "\n")
    #expect(result.errors == "aside\n")
  }

  @Test("What gicscope has itself is done by itself", arguments: [["--version"], ["bench", "--help"]])
  func own(arguments: [String]) throws {
    #expect(try run(arguments, script: "#!/bin/sh\nexit 7\n").status == 0)
  }
}
