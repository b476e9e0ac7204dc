import Foundation
import TestSupport
import Testing

@Suite("Installation")
struct InstallationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test("--version says the version and the commit")
  func version() throws {
    let text = try BuiltProgram.run(["--version"]).output
    #expect(text.wholeMatch(of: /gicscope \d+\.\d+\.\d+ \(commit [^ )]+\)\n/) != nil, "\(text)")
  }

  @Test("The commit is that of the package's own repository: sources elsewhere have none")
  func commit() throws {
    try BuiltProgram.withDirectory { directory in
      let script = Self.root.appending(path: ".ci/commit").path
      func commit(_ folder: URL) throws -> String { try Self.run("/bin/sh", [script, folder.path]).output }
      #expect(try commit(directory) == "\n")
      let git = ["-C", directory.path, "-c", "user.name=a", "-c", "user.email=a@example.org"]
      for arguments in [["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"], ["tag", "v9.8.7"]] {
        #expect(try Self.run("/usr/bin/git", git + arguments).status == 0)
      }
      #expect(try commit(directory) == "v9.8.7\n")
      let unpacked = directory.appending(path: "unpacked")
      try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
      #expect(try commit(unpacked) == "\n")
    }
  }

  @Test("The program, its manual and the completions are installed below the prefix")
  func installed() throws {
    try BuiltProgram.withDirectory { directory in
      let manual = directory.appending(path: "gicscope.1")
      try Data(".Dd a manual\n".utf8).write(to: manual)
      let prefix = directory.appending(path: "usr/local")
      let install = Self.root.appending(path: ".ci/install").path
      #expect(try Self.run(install, [BuiltProgram.path, manual.path, prefix.path]).status == 0)
      let program = prefix.appending(path: "bin/gicscope")
      #expect(FileManager.default.isExecutableFile(atPath: program.path))
      for (file, content) in [
        ("share/man/man1/gicscope.1", ".Dd"), ("share/bash-completion/completions/gicscope", "_gicscope"),
        ("share/zsh/site-functions/_gicscope", "#compdef gicscope"),
        ("share/fish/vendor_completions.d/gicscope.fish", "complete"),
      ] {
        let text = try String(contentsOf: prefix.appending(path: file), encoding: .utf8)
        #expect(text.contains(content), "\(file)")
      }
    }
  }
}
