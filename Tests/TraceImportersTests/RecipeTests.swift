import Testing

@testable import TraceImporters

/// What scripts of a host's owner print.
@Suite("Recipes")
struct RecipeTests {
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
