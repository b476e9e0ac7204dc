import Glibc
import Testing

@testable import HostRecorder

/// Probes in a kernel that takes some and refuses others.
@Suite("Probes in the kernel")
struct ProbeInstallerTests {
  /// `kprobe_events` as the kernel has it.
  private final class Kernel: HostFiles {
    var probes: [String] = []
    var refused: Set<String> = []
    var keeps: Set<String> = []
    var isEnabled = true
    let events = "/sys/kernel/tracing/kprobe_events"

    func bytes(_ path: String) -> [UInt8]? { path == events ? Array(probes.joined(separator: "\n").utf8) : nil }
    func names(in folder: String) -> [String] { [] }
    func target(ofLink path: String) -> String? { nil }
    func write(_ text: String, to path: String, appending: Bool) throws(HostFileError) {
      if path.hasSuffix("/events/gicscope/enable") { isEnabled = text != "0" }
      guard path == events else { return }
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      if words[0].hasPrefix("-:") {
        let name = words[0].dropFirst(2)
        if isEnabled || keeps.contains(String(name)) { throw HostFileError(path: path, number: EBUSY) }
        probes.removeAll { $0.contains(":\(name) ") || $0.hasSuffix(":\(name)") }
      } else {
        if refused.contains(words[1]) { throw HostFileError(path: path, number: EINVAL) }
        probes.append(words.joined(separator: " "))
      }
    }
  }

  private func installer(_ kernel: Kernel) -> ProbeInstaller { ProbeInstaller(kernel, tracing: "/sys/kernel/tracing") }

  @Test("Where the kernel refuses the best probe, the next is set, and the reason is kept")
  func fallback() {
    let kernel = Kernel()
    kernel.refused = ["kvm_arm_setup_debug", "vgic_its_inject_msi", "vgic_v3_dispatch_sgi"]
    let choice = installer(kernel).install(HostFixture.linux61.plan)
    #expect(choice.probes[.listRegistersAtEntry]?.map(\.function) == ["kvm_arch_vcpu_ctxflush_fp"])
    #expect(choice.probes[.messages]?.map(\.function) == ["vgic_its_trigger_msi"])
    #expect(choice.probes[.sgis] == nil)
    #expect(choice.obstacles[.sgis] == ["the kernel does not take a probe on vgic_v3_dispatch_sgi: Invalid argument"])
    #expect(kernel.probes.count == choice.all.count)
  }

  @Test("All probes are removed, also those that are in use and those of an earlier run, and no others")
  func removal() {
    let kernel = Kernel()
    kernel.probes = [
      "p:gicscope/old kvm_vcpu_kick", "r10:gicscope/older kvm_vcpu_kick ret=$retval:s32", "p:other/a kvm_b",
    ]
    _ = installer(kernel).install(HostFixture.linux612.plan)
    #expect(kernel.probes.count > 20)
    #expect(installer(kernel).removeAll().isEmpty)
    #expect(kernel.probes == ["p:other/a kvm_b"])
  }

  @Test("A probe that the kernel keeps is named")
  func kept() {
    let kernel = Kernel()
    kernel.probes = ["p:gicscope/old kvm_vcpu_kick", "p:gicscope/new kvm_vcpu_kick"]
    kernel.keeps = ["gicscope/old"]
    #expect(installer(kernel).removeAll() == ["old"])
  }
}
