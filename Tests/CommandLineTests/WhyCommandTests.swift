import Foundation
import TestSupport
import Testing

@Suite("why, and conditions on findings")
struct WhyCommandTests {
  private static let faults =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/faults").standardized

  private func run(_ arguments: String..., on name: String) throws -> BuiltProgram.Result {
    let path = Self.faults.appending(path: name + ".log.xz").path
    return try BuiltProgram.run([arguments[0], path, "--no-progress"] + arguments.dropFirst())
  }

  @Test("why names the first condition that does not hold")
  func why() throws {
    let result = try run("why", "--irq", "44", on: "gicv3-never-end-spi")
    #expect(result.status == 0)
    #expect(result.output.contains("SPI 44 waits behind SPI 42, which PE 0 acknowledged and has not ended."))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let json = try object(try run("why", "--irq", "44", "--json", on: "gicv3-never-end-spi").output)
    let why = try #require((json["why"] as? [[String: Any]])?.first)
    #expect(why["first_broken"] as? String == "running-priority" && why["intid"] as? Int == 44)
  }

  @Test("--at looks at an earlier moment")
  func at() throws {
    let before = try run("why", "--irq", "44", "--at", "#1000", on: "gicv3-never-end-spi")
    #expect(before.output.contains("SPI 44 was delivered, and nothing of it is left to deliver."))
  }

  @Test("--fail-on findings exits with 1 and says how many; several conditions; a healthy capture exits with 0")
  func failOn() throws {
    let failed = try run(
      "analyze", "--fail-on", "findings", "--fail-on", "max(injection_to_eoi)>100s", on: "gicv2-double-end")
    #expect(failed.status == 1 && failed.errors == "gicscope: failed: findings > 0 (1)\n")
    #expect(try run("analyze", "--fail-on", "findings", on: "gicv2-healthy").status == 0)
  }

  @Test("A kernel's own trace has no controller: no state, no difference, and why says so")
  func kernelTrace() throws {
    let path = Self.faults.deletingLastPathComponent().appending(path: "kvm-one-second/ftrace.txt.zst").path
    let state = try BuiltProgram.run(["state", path, "--no-progress"])
    #expect(state.status == 0 && state.output.contains("This capture shows no controller"))
    #expect(!state.output.contains("GICD_CTLR"))
    let difference = try object(
      try BuiltProgram.run(["state", path, "--at", "#10", "--diff", "#100", "--json", "--no-progress"]).output)
    #expect(difference["diff"] is NSNull)
    let why = try BuiltProgram.run(["why", path, "--irq", "27", "--domain", "1", "--no-progress"])
    #expect(why.output.contains("its line was raised") && !why.output.contains("nothing raised it"))
  }

  @Test("A finding's next can be run as it stands")
  func next() throws {
    let path = Self.faults.appending(path: "gicv3-mask-closed.log.xz").path
    let json = try object(try run("analyze", "--json", on: "gicv3-mask-closed").output)
    let finding = try #require((json["findings"] as? [[String: Any]])?.first)
    let words = try #require(finding["next"] as? String).split(separator: " ").map {
      $0.trimmingCharacters(in: ["'"])
    }
    #expect(words[0] == "gicscope" && words.contains(path))
    let result = try BuiltProgram.run(Array(words.dropFirst()) + ["--no-progress"])
    let summary = try #require(finding["summary"] as? String)
    #expect(result.status == 0)
    #expect(result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(summary))
  }

  @Test("--threshold sets from where on something is a finding; one that does not exist is refused")
  func threshold() throws {
    let set = try run(
      "analyze", "--threshold", "storm-refires=1000", "--fail-on", "findings.storm", on: "gicv2-storm-sgi")
    #expect(set.status == 0)
    #expect(try run("analyze", "--threshold", "bogus=1", on: "gicv2-healthy").status == 2)
  }

  @Test("The findings' JSON has its keys; the text fits 100 columns")
  func findings() throws {
    let json = try object(try run("analyze", "--json", on: "gicv3-mask-closed").output)
    let finding = try #require((json["findings"] as? [[String: Any]])?.first)
    let keys = [
      "kind", "severity", "certainty", "domain", "class", "intid", "device_id", "event_id", "pe", "count",
      "first_event", "last_event", "first_ns", "last_ns", "summary", "chain", "next",
    ]
    #expect(keys.allSatisfy { finding[$0] != nil })
    #expect(finding["kind"] as? String == "stuck-pending" && finding["class"] as? String == "SPI")
    let text = try run("analyze", on: "gicv3-mask-closed").output
    let rest = try #require(text.split(separator: "\nFindings\n", maxSplits: 1).last)
    let section = try #require(rest.split(separator: "\nInterrupts\n", maxSplits: 1).first)
    #expect(rest != text && section.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}
