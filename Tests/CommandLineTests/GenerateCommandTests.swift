import Foundation
import TestSupport
import Testing

@Suite("generate")
struct GenerateCommandTests {
  @Test(
    "What is generated is verified, on any store", arguments: ["packed", "reference"])
  func verified(store: String) throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.pcap.lz4").path
      let written = try BuiltProgram.run(["generate", "linux-60/reconfigure", "-o", capture])
      #expect(written.status == 0)
      #expect(written.errors.contains("60 MSIs, 60 acknowledges"))
      let result = try BuiltProgram.run(["verify", "--lpi-store", store, capture])
      #expect(result.status == 0)
      #expect(result.output.contains("predictions agreed"))
    }
  }

  @Test("The same seed writes the same file")
  func repeatable() throws {
    let arguments = ["generate", "uniform-50/deep", "-o", "-", "--quiet"]
    let first = try BuiltProgram.run(arguments).output
    #expect(try BuiltProgram.run(arguments).output == first)
    #expect(try BuiltProgram.run(arguments + ["--seed", "2"]).output != first)
  }

  @Test(
    "Names that mean nothing are errors of usage",
    arguments: [
      ["generate", "linux-1k", "-o", "-"],
      ["generate", "linux-1k/iterate", "-o", "-"], ["generate", "linux-10/deep", "-o", "-", "--iterations", "0"],
      ["verify", "--lpi-store", "nothing", "-"],
    ]
  )
  func usage(arguments: [String]) throws {
    let result = try BuiltProgram.run(arguments)
    #expect(result.status == 2)
    #expect(!result.errors.isEmpty)
  }
}
