import InterruptTrace
import Testing

@testable import TraceImporters

extension Imported {
  /// Imports a kernel's trace as text.
  init(kernel text: String, piece: Int = 1 << 18, isStrict: Bool = false) throws {
    self = try Array(text.utf8).withUnsafeBytes { raw throws(TraceError) in
      try Imported(KernelTextSource(bytes: raw, pieceLength: piece, isStrict: isStrict))
    }
  }

  /// Events without those that say which thread runs which vCPU.
  var shown: [Event] { events.filter { $0.kind != .vcpuThread } }
}

/// A thread of QEMU's that runs vCPU 1, with what tells so.
private let vcpuOne = " CPU 1/KVM-266     [003] d....    21.000000: kvm_entry: PC: 0x0000000040000000\n"

/// The event of one line that vCPU 1's thread gave.
private func one(_ body: String) throws -> Event {
  let result = try Imported(kernel: vcpuOne + " CPU 1/KVM-266     [003] .....    21.500000: \(body)\n")
  #expect(result.statistics.problems.allSatisfy { $0.kind.hasSuffix("out of turn") })
  let events = result.shown.filter { $0.kind != .continuation && $0.kind != .marker }
  try #require(events.count == 2)
  return events[1]
}

private func expect(
  _ event: Event, _ kind: EventKind, domain: UInt16 = 1, pe: UInt32 = 1, flags: EventFlags = [], a: UInt64 = 0,
  b: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation
) {
  let expected = Event(time: 21_500_000_000, kind: kind, flags: flags, domain: domain, pe: pe, a: a, b: b)
  #expect(event == expected, sourceLocation: sourceLocation)
}

private let cpu3: UInt64 = 3 << 32
private let thread: UInt64 = 266 << 32

@Suite("Kernel trace text: events")
struct KernelTextEventTests {
  @Test("Probes that show all list registers at once, as arguments or as an array")
  func listRegisters() throws {
    func shown(_ body: String) throws -> [[UInt64]] {
      let text = vcpuOne + " CPU 1/KVM-266     [003] .....    21.500000: \(body)\n"
      return try Imported(kernel: text).events.filter { $0.kind == .lrWrite || $0.kind == .lrRead }.map { event in
        #expect(event.domain == 1 && event.pe == 1 && event.a >> 32 == 266)
        return [event.kind == .lrWrite ? 1 : 0, event.a & 0xFF, event.b]
      }
    }
    let each = "lr0=0x50a0000000000028 lr1=0x70a0001b0000001b lr2=0x0 lr3=0x0"
    #expect(
      try shown("lr_entry: (a+0x1/0x2 <- b) vcpu_id=1 used=2 \(each)")
        == [[1, 0, 0x50A0_0000_0000_0028], [1, 1, 0x70A0_001B_0000_001B]])
    #expect(
      try shown("lr_fold: (a+0x1/0x2) used=1 lrs={0x10a0000000000028,0x0,0x0,0x0}") == [[0, 0, 0x10A0_0000_0000_0028]])
    // That none is in use is shown too.
    #expect(try shown("lr_entry: (a) vcpu_id=1 used=0 \(each)") == [[1, 0, 0]])
    // One of those in use is missing.
    #expect(try shown("lr_entry: (a) vcpu_id=1 used=5 \(each)").isEmpty)
  }

  /// Linux from 6.4 on traces an IPI where it is sent, without its reason, and where it is raised.
  @Test("An IPI that is sent and raised is one")
  func sentAndRaised() throws {
    let lines = [
      "ipi_raise: target_mask=00000000,00000002 (Rescheduling interrupts)", "ipi_send_cpu: cpu=1 callsite=x callback=y",
      "ipi_raise: target_mask=00000000,00000002 (Function call interrupts)",
    ]
    let text = lines.enumerated().map { " sh-9     [003] .....    21.50000\($0.offset): \($0.element)\n" }.joined()
    let sent = try Imported(kernel: text).events.filter { $0.kind == .ipiSend }
    #expect(sent.map { $0.a & 0xFFFF_FFFF } == [1, 2])
  }

  /// The kernel prints whole words of a mask; trace-cmd 3.3 prints a list.
  @Test(
    "An IPI's targets are a mask or a list",
    arguments: [
      ("00000000,00000002", [1]), ("00000001,00000000", [32]), ("00000002", [1]), ("1", [1]), ("0", [0]), ("10", [10]),
      ("0-2,5", [0, 1, 2, 5]), ("0,2", [0, 2]), ("63-64", [63, 64]),
    ])
  func targets(shown: String, cpus: [UInt32]) throws {
    let line = " sh-9     [003] .....    21.500000: ipi_raise: target_mask=\(shown) (Rescheduling interrupts)\n"
    let sent = try Imported(kernel: line).events.filter { $0.kind == .ipiSend }
    #expect(sent.flatMap { Array($0.ipiTargets) } == cpus)
  }

  @Test("An injection is about a vCPU if it is private, else about the guest")
  func injections() throws {
    try expect(one("vgic_update_irq_pending: VCPU: 1, IRQ 27, level: 1"), .inject, a: 27 | cpu3, b: 1 | thread)
    try expect(one("vgic_update_irq_pending: VCPU: 0, IRQ 33, level: 0"), .inject, pe: PE.none, a: 33 | cpu3, b: thread)
    try expect(one("kvm_timer_update_irq: VCPU: 1, IRQ 30, level 0"), .timerLine, a: 30 | cpu3, b: thread)
    try expect(
      one("kvm_irq_line: Inject VGIC SPI interrupt (1), vcpu->idx: 0, num: 39, level: 1"), .irqLine, pe: PE.none,
      a: 39 | cpu3, b: 1 | 1 << 8 | thread)
    try expect(one("kvm_set_irq: gsi 256 level 1 source 0"), .gsiSet, pe: PE.none, a: 256 | cpu3, b: 1 | thread)
    try expect(one("kvm_ack_irq: irqchip 0 pin 49"), .ackNotify, a: 81)
  }

  @Test("Entries and exits, as the kernel and as trace-cmd's plugin print them")
  func entriesAndExits() throws {
    try expect(one("kvm_entry: PC: 0x0000000040202bd0"), .guestEnter, a: cpu3, b: 0x4020_2BD0)
    let plugin = "CAN'T FIND FIELD \"vcpu_id\"<CANT FIND FIELD rip>PC: 0x0000000041598d1c"
    try expect(one("kvm_entry:            \(plugin)"), .guestEnter, a: cpu3, b: 0x4159_8D1C)
    let trap = "TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x0000000041598d40"
    try expect(one("kvm_exit: \(trap)"), .guestExit, a: 2 | 0x24 << 16 | cpu3, b: 0x4159_8D40)
    try expect(
      one("kvm_exit: <CANT FIND FIELD exit_reason>\(trap)"), .guestExit, a: 2 | 0x24 << 16 | cpu3, b: 0x4159_8D40)
    try expect(one("kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x10"), .guestExit, a: cpu3, b: 0x10)
    // Kernels before 5.0 print every exit as one for an interrupt, with the class of the last trap.
    let old = try Imported(
      kernel: vcpuOne + " x-266 [003] ..... 21.500000: kvm_exit: IRQ: HSR_EC: 0x0024 (DABT_LOW), PC: 0x10\n")
    expect(old.shown[1], .guestExit, a: 0xFFFF | 0x24 << 16 | cpu3, b: 0x10)
    #expect(old.statistics.problems.map(\.kind).contains("exits without a reason"))
    // An exit that this kernel has no word for.
    try expect(one("kvm_exit: 0x3: HSR_EC: 0x0000 (UNKNOWN), PC: 0x10"), .guestExit, a: 3 | cpu3, b: 0x10)
  }

  @Test("Trapped accesses: a read as it traps and as it is answered, a write")
  func accesses() throws {
    let word: EventFlags = [.absolute, EventFlags(rawValue: 2)]
    try expect(
      one("kvm_mmio: mmio unsatisfied-read len 4 gpa 0x800ffe8 val 0x0"), .mmioRead, flags: word.union(.incomplete),
      a: 0x800_FFE8)
    try expect(
      one("kvm_mmio: mmio read len 4 gpa 0x8000004 val 0x7a0008"), .mmioRead, flags: word, a: 0x800_0004, b: 0x7A_0008)
    try expect(
      one("kvm_mmio: mmio write len 1 gpa 0x9000000 val 0x5b"), .mmioWrite, flags: .absolute, a: 0x900_0000, b: 0x5B)
  }

  @Test("A trapped write of ICC_SGI1R_EL1 does not show its value; other registers show as a trap only")
  func systemRegisters() throws {
    let flags: EventFlags = [EventFlags(rawValue: 3), .incomplete]
    let sgi = UInt64(SystemRegister.ICC_SGI1R_EL1.rawValue)
    try expect(
      one("kvm_sys_access: PC: 40202bd0 SYS_ICC_SGI1R_EL1 (3,0,12,11,5) write"), .sysregWrite, flags: flags, a: sgi)
    let raw = "[FAILED TO PARSE] vcpu_pc=0x40202bd0 is_write=1 name=0xffffccc2c5213998 Op0=3 Op1=0 CRn=12 CRm=11 Op2=5"
    try expect(one("kvm_sys_access:       \(raw)"), .sysregWrite, flags: flags, a: sgi)
    let ctr = "kvm_sys_access: PC: 40202bd0 SYS_CTR_EL0 (3,3,0,0,1) read"
    try expect(one(ctr), .sysregTrap, flags: .incomplete, a: 0x6232_C001)
    try expect(one("kvm_handle_sys_reg: HSR 0x62240024"), .sysregTrap, a: 0x6224_0024)
    // Where the syndromes are recorded, they are enough.
    let line = " x-266     [003] .....    21.5: "
    let both =
      line + "kvm_handle_sys_reg: HSR 0x62240024\n" + line + "kvm_sys_access: PC: 10 SYS_MDSCR_EL1 (2,0,0,2,2) write\n"
    #expect(try Imported(kernel: vcpuOne + both).shown.map(\.kind).suffix(1) == [.sysregTrap])
    #expect(try Imported(kernel: vcpuOne + both).shown.count == 2)
  }

  @Test("A wait shows whether it is WFE; trace-cmd's text hides that")
  func waits() throws {
    try expect(one("kvm_wfx_arm64: guest executed wfi at: 0xffff8000"), .wfx, b: 0xFFFF_8000)
    try expect(one("kvm_wfx_arm64: guest executed wfe at: 0xffff8000"), .wfx, flags: .isWFE, b: 0xFFFF_8000)
    try expect(one("kvm_wfx_arm64: guest executed wf>c< at: 0x0000000000000000"), .wfx, flags: .incomplete)
    try expect(one("kvm_vcpu_wakeup: poll time 271952 ns, polling valid"), .vcpuWakeup, a: 271_952, b: 2)
    try expect(one("kvm_vcpu_wakeup: wait time 10936032 ns, polling invalid"), .vcpuWakeup, a: 10_936_032, b: 1)
    try expect(one("kvm_halt_poll_ns: vcpu 1: halt_poll_ns 0 (shrink 10000)"), .haltPoll, b: 10_000)
  }

  @Test("Timers: lines, deadlines, which of them the hardware holds")
  func timers() throws {
    try expect(
      one("kvm_timer_save_state:    CTL: 0x000005 CVAL:       0x12a05f200 arch_timer_ctx_index: 1"), .timerSave,
      a: 5_000_000_000, b: 5 | 1 << 32)
    try expect(
      one("kvm_timer_restore_state: CTL: 00000001 CVAL:       12a05f200 arch_timer_ctx_index: 0"), .timerRestore,
      a: 5_000_000_000, b: 1)
    try expect(one("kvm_get_timer_map: VCPU: 1, dv: 1, dp: 0, ep: -1"), .timerMap, a: 0xFFFF_0001)
    try expect(one("kvm_get_timer_map: VCPU: 1, dv: 1, dp: -1, ev: -1, ep: 0"), .timerMap, a: 0x00FF_FF01)
    try expect(one("kvm_timer_emulate: arch_timer_ctx_index: 1 (should_fire: 1)"), .timerEmulate, a: 1, b: 1)
  }

  @Test("A return to user space because of a signal shows in three ways")
  func userspaceExits() throws {
    try expect(one("kvm_userspace_exit: reason KVM_EXIT_MMIO (6)"), .userspaceExit, a: 6)
    try expect(one("kvm_userspace_exit: reason restart (4)"), .userspaceExit, a: 10)
    try expect(one("kvm_userspace_exit: reason KVM_EXIT_UNKNOWN (0)"), .userspaceExit, a: 10)
    try expect(one("kvm_userspace_exit: reason KVM_EXIT_INTR (10)"), .userspaceExit, a: 10)
  }

  @Test("Faults without a syndrome and of the access flag are faults of the guest")
  func faults() throws {
    try expect(
      one("kvm_guest_fault: ipa 0x80c0000, hsr 0x93d98046, hxfar 0xffff8000090200a0, pc 0xffffa76455488398"),
      .guestFault, a: 0x80C_0000, b: 0x93D9_8046)
    try expect(
      one("kvm_mmio_nisv: ipa 0x00000000080c0000, esr 0x0000000093d98046, far 0x0000000000000010, pc 0x10"),
      .guestFault, a: 0x80C_0000, b: 0x93D9_8046)
    try expect(one("kvm_access_fault: IPA: 80c0000"), .guestFault, a: 0x80C_0000)
  }

  @Test("A guest that is a hypervisor enters its guest and is itself again")
  func nested() throws {
    let eret = "elr_el2: 0xffff80 spsr_el2: 0x20400005 (M: EL1h) hcr_el2: 480000000"
    try expect(one("kvm_nested_eret: \(eret)"), .vgicStep, a: 8, b: 0x2040_0005)
    let back = "SYNC: esr_el2 0x5a000000 elr_el2: 0xffff80 spsr_el2: 0x20400005 (M: EL1h) hcr_el2: 480000000"
    try expect(one("kvm_inject_nested_exception: \(back)"), .vgicStep, a: 9)
    try expect(one("vgic_create_shadow_lrs: used_lrs=2"), .vgicStep, a: 10, b: 2)
    try expect(one("vgic_put_nested: used_lrs=2"), .vgicStep, a: 11, b: 2)
  }

  @Test("Fields instead of text, as trace-cmd report -R prints them")
  func rawFields() throws {
    try expect(
      one("kvm_timer_restore_state:  ctl=0x000001 cval=      0x12a05f200 timer_idx=1"), .timerRestore, a: 5_000_000_000,
      b: 1 | 1 << 32)
    try expect(one("kvm_exit:     ret=2 esr_ec=0x0024 vcpu_pc=0x10"), .guestExit, a: 2 | 0x24 << 16 | cpu3, b: 0x10)
    try expect(one("kvm_exit:     idx=2 exit_reason=0x24 vcpu_pc=0x10"), .guestExit, a: 2 | 0x24 << 16 | cpu3, b: 0x10)
    try expect(one("kvm_halt_poll_ns:      grow=1 vcpu_id=1 new=10000 old=0"), .haltPoll, a: 10_000)
    try expect(one("irq_handler_exit:      irq=13 ret=1"), .handlerExit, domain: 0, pe: 3, a: 13, b: 1)
    let targets = "target_cpus=ARRAY[02, 00, 00, 00, 00, 00, 00, 00, 01] reason=Function call interrupts"
    let sent = try Imported(kernel: vcpuOne + " x-266 [003] ..... 21.500000: ipi_raise: \(targets)\n").shown
    #expect(sent.count == 3)
    expect(sent[1], .ipiSend, domain: 0, pe: 3, a: 2, b: 2)
    expect(sent[2], .ipiSend, domain: 0, pe: 3, a: 2 | 64 << 32, b: 1)
    try expect(
      one("ipi_entry:  reason=Function call interrupts"), .ipiEnter, domain: 0, pe: 3, flags: .threadKnown, a: 2,
      b: thread)
  }

  @Test("What perf prints behind an event's text is not read into it")
  func behindTheText() throws {
    let symbol = " ffffccc2c3d1a2b4 do_handle_IPI+0x10 ([kernel.kallsyms])"
    try expect(
      one("ipi_entry: (Function call interrupts)\(symbol)"), .ipiEnter, domain: 0, pe: 3, flags: .threadKnown, a: 2,
      b: thread)
    try expect(one("kvm_entry: PC: 0x10\(symbol)"), .guestEnter, a: cpu3, b: 0x10)
  }

  @Test("The kernel's own interrupts are of the machine and its CPU")
  func handlers() throws {
    try expect(one("irq_handler_exit: irq=13 ret=handled"), .handlerExit, domain: 0, pe: 3, a: 13, b: 1)
    try expect(one("irq_handler_exit: irq=13 ret=unhandled"), .handlerExit, domain: 0, pe: 3, a: 13)
    try expect(
      one("softirq_entry: vec=1 [action=TIMER]"), .softirqEnter, domain: 0, pe: 3, flags: .threadKnown, a: 1, b: thread)
    try expect(
      one("ipi_raise: target_mask=00000000,00000002 (Function call interrupts)"), .ipiSend, domain: 0, pe: 3, a: 2,
      b: 2)
    try expect(
      one("ipi_raise: target_mask=80000000,00000000,00000000 (Rescheduling interrupts)"), .ipiSend, domain: 0, pe: 3,
      a: 1 | 64 << 32, b: 0x8000_0000)
    try expect(
      one("ipi_entry: (CPU stop (for crash dump) interrupts)"), .ipiEnter, domain: 0, pe: 3, flags: .threadKnown, a: 4,
      b: thread)
    try expect(one("ipi_send_cpu: cpu=70 callsite=x callback=y"), .ipiSend, domain: 0, pe: 3, a: 64 << 32, b: 64)
  }

  @Test("An interrupt's name comes once, before its first handler")
  func interruptNames() throws {
    let entry = "a-1 [000] d.h.. 1.5: irq_handler_entry: irq=20 name=virtio0-req.0 and more\n"
    let result = try Imported(kernel: entry + entry)
    let name = ["marker", "continuation"]
    #expect(result.kinds == name + ["continuation"] + name + ["handlerEnter", "handlerEnter"])
    #expect(result.events[0].a == 3 | 22 << 16 | 1 << 32 && result.events[0].b == 20)
    let text = withUnsafeBytes(of: (result.events[1].a, result.events[1].b)) { String(decoding: $0, as: UTF8.self) }
    #expect(text == "virtio0-req.0 an")
  }

  @Test("Each handler of a shared line has the number of its name")
  func sharedLine() throws {
    let result = try Imported(
      kernel: ["mmc1", "mmc0", "mmc1"].map { "<idle>-0 [000] d.h.. 1.5: irq_handler_entry: irq=40 name=\($0)\n" }
        .joined())
    let names = result.events.filter { $0.kind == .marker }
    #expect(names.map(\.b) == [40, 40] && names.map { $0.a >> 32 } == [1, 2])
    let handlers = result.events.filter { $0.kind == .handlerEnter }
    #expect(handlers.map(\.handlerName) == [1, 2, 1] && handlers.allSatisfy { $0.interruptedThread == 0 })
  }

  @Test(
    "A thread's name comes when it is first interrupted, and when it has changed; a name that the tool lacks does not")
  func threadNames() throws {
    let result = try Imported(
      kernel: ["sh", "sh", "ls", "<...>"].map { "\($0)-77 [000] ..s.. 1.5: softirq_entry: vec=1 [action=TIMER]\n" }
        .joined()
    )
    let names = result.events.filter { $0.kind == .marker }
    #expect(names.map { $0.a & 0xFFFF } == [4, 4] && names.map(\.b) == [77, 77])
    #expect(result.events.filter { $0.kind == .softirqEnter }.map(\.interruptedThread) == [77, 77, 77, 77])
  }

  @Test("A reason of an IPI that Linux on arm64 does not have is named by the capture")
  func ipiReasons() throws {
    let line = "a-1 [001] d.h.. 1.5: "
    let result = try Imported(
      kernel: line + "ipi_exit: (Strange interrupts)\n" + line + "ipi_exit: (Strange interrupts)\n")
    #expect(result.kinds == ["marker", "continuation", "continuation", "ipiExit", "ipiExit"])
    #expect(result.events[0].a == 5 | 18 << 16 && result.events[0].b == 64 && result.events[4].a == 64)
  }

  @Test("A vCPU's thread that is woken or scheduled is about the vCPU too")
  func scheduling() throws {
    for body in [
      "sched_switch: prev_comm=a b pid=1 prev_pid=266 prev_prio=120 prev_state=R+ ==> next_comm=x next_pid=7 next_prio=9",
      "sched_switch:         CPU 1/KVM:266 [120] R+ ==> x:7 [9]",
    ] {
      let line = " x-266     [003] d....    21.500000: \(body)\n"
      let result = try Imported(kernel: vcpuOne + line)
      #expect(result.shown.dropFirst().map(\.kind) == [.schedSwitch, .vcpuPut])
      #expect(result.shown[1].a == 266 | 7 << 32 && result.shown[1].b == 1)
      #expect(result.shown[2].cpu == 3 && result.shown[2].b == 1 | thread && result.shown[2].pe == 1)
    }
    for body in [
      "sched_wakeup: comm=CPU 1/KVM pid=266 prio=120 target_cpu=002",
      "sched_wakeup:         CPU 1/KVM:266 [120] CPU:002",
    ] {
      let result = try Imported(kernel: vcpuOne + "<idle>-0 [001] dNh..  21.5: \(body)\n")
      #expect(result.shown.dropFirst().map(\.kind) == [.schedWakeup, .vcpuWaking])
      #expect(result.shown[1] == Event(time: 21_500_000_000, kind: .schedWakeup, pe: 1, a: 2, b: thread))
      #expect(result.shown[2].domain == 1 && result.shown[2].pe == 1 && result.shown[2].cpu == 1)
    }
  }

  @Test("Probes and private tracepoints are known under either's name, their arguments by name")
  func probes() throws {
    let where_ = "(vgic_its_inject_msi+0x0/0x11c)"
    let msi = Event(
      time: 21_500_000_000, kind: .msi, domain: 1, pe: PE.none, a: 3 | 8 << 32,
      b: UInt64(Frame.translater.rawValue) << 32)
    #expect(try one("vgic_its_inject_msi: \(where_) devid=0x8 eventid=3") == msi)
    #expect(try one("its_inject_msi: device_id=8, event_id=3") == msi)
    try expect(
      one("vgic_v3_populate_lr: irq=27, val=0x50a0001b0000001b, lr=2"), .lrWrite, a: 2 | thread,
      b: 0x50A0_001B_0000_001B)
    try expect(one("vgic_queue_irq_unlock: \(where_) intid=27"), .vgicStep, a: 5, b: 27)
    try expect(one("vgic_flush_lr_state: used_lrs=3 multi_sgi=0"), .vgicStep, b: 3)
    let reg = UInt64(SystemRegister.ICC_SGI1R_EL1.rawValue)
    try expect(
      one("vgic_v3_dispatch_sgi: reg=0x1000001"), .sysregWrite, flags: EventFlags(rawValue: 3), a: reg, b: 0x100_0001)
    let deactivated = UInt64(SystemRegister.ICC_DIR_EL1.rawValue)
    let where27 = "vgic_v3_deactivate: (vgic_v3_deactivate+0x0/0x200) val=0x1b"
    try expect(one(where27), .sysregWrite, flags: EventFlags(rawValue: 3), a: deactivated, b: 27)
    try expect(
      one("vgic_its_inject_msi_ret: (a <- b) ret=-16"), .msiResult, pe: PE.none, a: 0xFFFF_FFF0 | cpu3, b: thread)
  }

  @Test("Commands of the host's own ITS driver are to the physical ITS")
  func hostCommands() throws {
    let body = "its_send_mapti: (its_send_mapti+0x0/0x100) device_id=0x8 id=1 irq_id=8192 col_id=3"
    let result = try Imported(kernel: vcpuOne + " x-266 [003] ..... 21.500000: \(body)\n")
    #expect(result.shown.dropFirst().map(\.kind) == [.itsCommand, .continuation])
    expect(
      result.shown[1], .itsCommand, domain: 0, pe: PE.none, flags: .operandsHidden, a: 0x8_0000_000A,
      b: 0x2000_0000_0001)
    #expect(result.shown[2].a == 3)
    let kick = try one("__kvm_vcpu_kick: (__kvm_vcpu_kick+0x0/0x90)")
    #expect(kick.kind == .vcpuKick)
  }

  @Test("An ITS command comes as its doublewords, or is built of its operands")
  func itsCommands() throws {
    let words = "vgic_its_cmd_handle_mapi: dw0=0x80000000a dw1=0x200000000001 dw2=0x3 dw3=0x0"
    let named = "vgic_its_cmd_mapi: device_id=8 event_id=1 lpi_nr=8192 coll_id=3"
    for (body, flags) in [(words, EventFlags()), (named, .operandsHidden)] {
      let result = try Imported(kernel: vcpuOne + " x-266 [003] ..... 21.500000: \(body)\n")
      #expect(result.shown.dropFirst().map(\.kind) == [.itsCommand, .continuation])
      expect(result.shown[1], .itsCommand, flags: flags, a: 0x8_0000_000A, b: 0x2000_0000_0001)
      #expect(result.shown[2].a == 3 && result.shown[2].pe == 1)
    }
  }
}
