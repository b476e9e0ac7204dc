import Foundation
import TestSupport
import Testing

@Suite("Where a report comes from")
struct ReportOriginTests {
  @Test("analyze --json names the command line and the capture's digest; the text does not")
  func analyze() throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appending(path: "a.log")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      let result = try BuiltProgram.run(["analyze", capture.path, "--json", "-q"])
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let origin = try #require(document["provenance"] as? [String: Any])
      #expect(origin["command_line"] as? String == "gicscope analyze \(capture.path) --json -q")
      let file = try #require((origin["files"] as? [[String: Any]])?.first)
      let sum = Process()
      sum.executableURL = URL(filePath: "/usr/bin/sha256sum")
      sum.arguments = [capture.path]
      let pipe = Pipe()
      sum.standardOutput = pipe
      try sum.run()
      let line = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(file["sha256"] as? String == line.split(separator: " ").first.map(String.init))
      #expect(try !BuiltProgram.run(["analyze", capture.path]).output.contains("sha256"))
    }
  }
}
