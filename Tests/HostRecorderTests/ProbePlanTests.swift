import Testing

@testable import HostRecorder
@testable import TraceImporters

/// From what a kernel has to probes, and to what they allow to conclude.
@Suite("Probe plans")
struct ProbePlanTests {
  private func first(_ role: ProbeRole, _ host: HostFixture) -> [Probe] { host.plan.firstChoice.probes[role] ?? [] }

  private func conclusions(_ host: HostFixture, possible: Bool) -> [String] {
    Conclusion.all(host.plan, host.plan.firstChoice).filter { $0.isPossible == possible }.map(\.text)
  }

  @Test("Every event and every field of every probe is known to the importers")
  func names() {
    for host in [HostFixture.linux61, .linux612] {
      for part in host.plan.parts {
        for probe in part.alternatives.joined() {
          let number = Array(probe.event.utf8).withUnsafeBytes { KernelCatalogue.shared.find($0) }
          guard let number else {
            Issue.record("\(probe.event) is not known")
            continue
          }
          for argument in probe.arguments where !argument.hasPrefix("len=") {
            let field = argument.prefix { $0 != "=" }
            let value = Array(field.utf8).withUnsafeBytes { KernelCatalogue.shared.value(ofField: $0, in: number) }
            #expect(value != nil, "\(probe.event) \(field)")
          }
        }
      }
    }
  }

  @Test("List registers at entries: the flush's return where it shows the vCPU, else what is called next")
  func entries() {
    let new = HostFixture.linux612
    let old = HostFixture.linux61
    #expect(first(.listRegistersAtEntry, new).map(\.place) == ["the return of kvm_vgic_flush_hwstate"])
    #expect(
      first(.listRegistersAtEntry, new)[0].arguments.prefix(3) == [
        "vcpu_id=+36($arg1):s32", "used=+4776($arg1):u32", "lr0=+4528($arg1):x64",
      ])
    #expect(first(.listRegistersAtEntry, old).map(\.place) == ["kvm_arm_setup_debug"])
    #expect(
      first(.listRegistersAtEntry, old)[0].arguments.prefix(3) == [
        "vcpu_id=+36(%x0):s32", "used=+4040(%x0):u32", "lr0=+3792(%x0):x64",
      ])
    let next = old.without("kvm_arm_setup_debug")
    #expect(first(.listRegistersAtEntry, next).map(\.place) == ["kvm_arch_vcpu_ctxflush_fp"])
    let last = next.without("kvm_arm_setup_debug", "kvm_arch_vcpu_ctxflush_fp")
    #expect(first(.listRegistersAtEntry, last).map(\.event) == ["kvm_vgic_flush_hwstate"])
    #expect(conclusions(last, possible: false)[0].hasPrefix("what list registers hold at entries"))
  }

  @Test("A GICv2 host keeps its list registers elsewhere")
  func gicv2() {
    let host = HostFixture.linux61.with("/proc/interrupts", "13:  1  GICv2  27 Level  kvm guest vtimer\n")
    let fold = first(.listRegistersAtExit, host)
    #expect(fold.map(\.function) == ["vgic_v2_fold_lr_state"])
    #expect(fold.first?.arguments.filter { $0.hasPrefix("lr") }.count == 16)
    #expect(fold.first?.arguments.last?.hasSuffix(":x32") ?? false)
  }

  @Test(
    "Where the function of a role is not there, the next best is taken, and it is said",
    arguments: [
      (ProbeRole.listRegistersAtExit, "vgic_v3_fold_lr_state", ["kvm_vgic_sync_hwstate"]),
      (.injections, "vgic_queue_irq_unlock", []),
      (.messages, "vgic_its_inject_msi", ["vgic_its_trigger_msi"]),
      (.messageResults, "vgic_its_inject_msi", ["vgic_its_trigger_msi"]),
      (.cachedMessages, "vgic_its_inject_cached_translation", []),
      (.sgis, "vgic_v3_dispatch_sgi", []),
      (.guestCommands, "kvm_read_guest", []),
      (.kicks, "kvm_vcpu_kick", []),
    ])
  func absence(role: ProbeRole, function: String, next: [String]) {
    let host = HostFixture.linux612
    #expect(first(role, host).map(\.function) == [function])
    let without = host.without(function)
    #expect(first(role, without).map(\.function) == next)
    let part = without.plan.parts.first { $0.role == role }
    #expect(part?.obstacles.contains { $0.contains(function) } ?? false)
    // Kicks and results are beside the point; of everything else it is said.
    if ![.kicks, .messages, .messageResults].contains(role) {
      #expect(conclusions(without, possible: false).count > conclusions(host, possible: false).count)
    }
  }

  @Test("A function that is renamed is found by its new name")
  func renamed() {
    let host = HostFixture.linux612.renaming(["kvm_vcpu_kick": "__kvm_vcpu_kick"])
    #expect(first(.kicks, host).map(\.event) == ["__kvm_vcpu_kick"])
  }

  @Test("Of a function whose arguments the compiler moved, only that it was called is recorded")
  func variant() {
    let host = HostFixture.linux612.renaming(["vgic_queue_irq_unlock": "vgic_queue_irq_unlock.isra.0"])
    let probes = first(.injections, host)
    #expect(probes.map(\.definition) == ["p:gicscope/vgic_queue_irq_unlock vgic_queue_irq_unlock.isra.0"])
    #expect(conclusions(host, possible: false).contains { $0.hasPrefix("injections of SGIs and LPIs") })
  }

  @Test("Commands of guests are seen as KVM reads them: 32 bytes at once")
  func commands() {
    let probe = first(.guestCommands, .linux612)
    #expect(probe.map(\.event) == ["vgic_its_handle_command"] && probe.first?.filter == "len == 32")
    #expect(first(.guestCommands, .linux61).isEmpty)
    #expect(conclusions(.linux61, possible: false).contains { $0.hasPrefix("commands of guests' ITSes") })
  }

  @Test("The operands of the host's commands are those of the driver of the physical ITS")
  func hostCommands() {
    let probes = first(.hostCommands, .linux612)
    #expect(probes.count == 11)
    #expect(
      probes.first { $0.event == "its_send_movi" }?.definition
        == "p:gicscope/its_send_movi its_build_movi_cmd "
        + "devid=+92(+0(%x2)):u32 eventid=+16(%x2):u32 col_id=+8(+8(%x2)):u32"
    )
  }

  @Test("Without BTF, only what needs no offsets is recorded, and the remedy is given")
  func withoutTypes() {
    let host = HostFixture.linux612.with("/sys/kernel/btf/vmlinux", "")
    #expect(first(.listRegistersAtEntry, host).map(\.event) == ["kvm_vgic_flush_hwstate"])
    #expect(first(.messages, host).map(\.event) == ["vgic_its_inject_msi"])
    let lists = Conclusion.all(host.plan, host.plan.firstChoice)[0]
    #expect(!lists.isPossible && lists.remedy.contains("--btf"))
  }

  @Test("Tracepoints are those that the kernel has")
  func tracepoints() {
    #expect(HostFixture.linux61.plan.events == ["kvm", "irq", "ipi", "sched:sched_switch", "sched:sched_wakeup"])
    #expect(HostFixture.linux61.plan.missingEvents == ["ipi:ipi_send_cpu"])
    let host = HostFixture.linux612.without(tracepoints: "sched:sched_switch", "kvm:kvm_entry")
    #expect(host.plan.events == ["kvm", "irq", "ipi", "sched:sched_wakeup"])
    #expect(host.plan.impossibility?.contains("kvm:kvm_entry") ?? false)
    #expect(conclusions(host, possible: false).contains("when vCPUs' threads were preempted"))
    #expect(HostFixture("none").plan.impossibility?.contains("become root") ?? false)
    let foreign = HostFixture.linux612.without(tracepoints: "kvm:vgic_update_irq_pending")
    #expect(foreign.plan.impossibility?.contains("not Arm's") ?? false)
    #expect(HostFixture.linux612.plan.impossibility == nil)
  }
}
