import Foundation
import Testing

@testable import TraceImporters

/// What the scripts under Traces/record record.
@Suite("Recipes")
struct RecipeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/record/kvm").standardized

  private func isKnown(_ name: String) -> Bool {
    Array(name.utf8).withUnsafeBytes { KernelCatalogue.shared.find($0) } != nil
  }

  @Test("Every event that a recipe's probes give is known, and so is every field")
  func probes() throws {
    let text = try String(contentsOf: Self.folder.appending(path: "probes.sh"), encoding: .utf8)
    let probe = /^  ['"](\w+)(@return)?( [^'"]+)?['"]$/.anchorsMatchLineEndings()
    let names = text.matches(of: probe).map { String($0.1) + ($0.2 == nil ? "" : "_ret") }
    #expect(names.count > 10)
    for name in names { #expect(isKnown(name), "\(name)") }
    let commands = try #require(text.firstMatch(of: /its_commands=\((.*)\)/)).1.split(separator: " ")
    for name in commands { #expect(isKnown("vgic_its_cmd_handle_\(name)"), "\(name)") }
    for name in text.matches(of: /try (\w+)/).map({ String($0.1) }) { #expect(isKnown(name), "\(name)") }
  }

  @Test("The lines that bpftrace scripts print are events that are known")
  func lines() throws {
    for file in ["list-registers.bt", "list-registers-gicv2.bt", "host-its.bt"] {
      let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
      let names = text.matches(of: #/(vgic|its):(\w+): /#).map { String($0.2) }
      #expect(names.count >= 2)
      for name in names { #expect(isKnown(name), "\(file): \(name)") }
    }
  }

  @Test("A line of a bpftrace script is an event with its process and its values")
  func line() throws {
    let result = try Imported(
      kernel: """
        CPU 1/KVM 200/266 [003] 21.000000000: kvm:kvm_entry: PC: 0x10
        CPU 1/KVM 200/266 [003] 21.000000007: vgic:vgic_v2_populate_lr: lr=1 val=0x1a00001b irq=27

        """
    )
    let shown = try #require(result.shown.last)
    #expect(shown.kind == .lrWrite && shown.a == 1 | 266 << 32 && shown.b == 0x1A00_001B)
    #expect(shown.time == 21_000_000_007)
    #expect(result.events.first?.a == 266)
  }
}
