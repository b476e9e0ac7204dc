import Foundation
import TestSupport
import Testing

@Suite("diff")
struct DiffCommandTests {
  private func run(_ arguments: [String], after: String = BuiltProgram.log) throws -> BuiltProgram.Result {
    try BuiltProgram.withDirectory { directory in
      let (a, b) = (directory.appendingPathComponent("a.log"), directory.appendingPathComponent("b.log"))
      try Data(BuiltProgram.log.utf8).write(to: a)
      try Data(after.utf8).write(to: b)
      return try BuiltProgram.run(["diff", a.path, b.path] + arguments)
    }
  }

  @Test("Equal captures differ in nothing, and a capture can be compared with a result")
  func equal() throws {
    let result = try run(["--fail-on", "different", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try object(result.output)
    #expect(json["command"] as? String == "diff")
    #expect(json["different"] as? Bool == false)
    try BuiltProgram.withDirectory { directory in
      let (log, written) = (directory.appendingPathComponent("a.log"), directory.appendingPathComponent("a.json"))
      try Data(BuiltProgram.log.utf8).write(to: log)
      #expect(try BuiltProgram.run(["analyze", log.path, "--json=" + written.path]).status == 0)
      let mixed = try BuiltProgram.run(["diff", written.path, log.path, "--fail-on", "different"])
      #expect(mixed.status == 0, "\(mixed.errors)")
    }
  }

  @Test("A damaged result is named, with a remedy; so is JSON of another kind")
  func damaged() throws {
    for text in ["{\"schema\": 1, \"command\": \"ana", "{\"a\": 1}"] {
      let result = try run([], after: text)
      #expect(result.status == 3)
      #expect(result.errors.contains("b.log") && result.errors.contains("analyze --json"))
    }
  }

  @Test("Standard input cannot be both sides")
  func standardInput() throws {
    #expect(try BuiltProgram.run(["diff", "-", "-"]).status == 2)
  }
}
