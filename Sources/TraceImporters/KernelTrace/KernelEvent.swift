import InterruptTrace

/// One of the Linux kernel's trace events: its names, its fields and how its text looks.
///
/// Events are recognised by name, fields by name: numbers and offsets differ from kernel to kernel. `fields` gives the
/// order of the values for ``KernelDecoder``; a field that has had several names lists them. In `forms`, `{d0}` stands for
/// a decimal number that is value 0, `{x0}` for a hexadecimal one with or without 0x, `{b0}` for a word of a pair that
/// stands for yes or no, `{w0}` for the word of an exit reason or a kind of access, `{e0}` for the letter of WFE or WFI,
/// `{r0}` for the letters of a thread's state, `{m}` for a mask of CPUs, `{a}` for one in bytes, `{s}` for text up to the
/// next character of the form, and `{*}` for anything. A blank stands for any number of blanks, also none. Text that fits no form is read as
/// `field=value`.
///
/// Where a line of `trace-cmd report` looks different from the kernel's own, a plugin of libtraceevent printed it.
struct KernelEvent: Sendable {
  /// Its names: the kernel's, then those of probes and private tracepoints for the same thing.
  let names: [String]
  /// The names of its fields, by the number of the value.
  let fields: [[String]]
  /// How its text looks.
  let forms: [String]
  /// What becomes of it.
  let action: Action
  /// An ITS command's opcode, a ``VGICStep``.
  let operand: UInt16

  init(_ names: [String], _ fields: [[String]], _ forms: [String], _ action: Action, operand: UInt16 = 0) {
    self.names = names
    self.fields = fields
    self.forms = forms
    self.action = action
    self.operand = operand
  }

  /// What becomes of an event.
  enum Action: UInt8, Sendable {
    case inject, timerLine, irqLine, gsiSet, ackNotify
    case guestEnter, guestExit, mmio, systemRegister, systemRegisterTrap, wfx, hypercall, guestFault
    case timerMap, timerSave, timerRestore, timerExpire, timerEmulate
    case vcpuWakeup, haltPoll, userspaceExit, vcpuKick
    case handlerEnter, handlerExit, softirqRaise, softirqEnter, softirqExit
    case ipiRaise, ipiCall, ipiEnter, ipiExit, schedWakeup, schedSwitch, cpuIdle
    case msi, cachedMSI, msiResult, itsCommand, listRegisterWrite, listRegisterRead, listRegistersFilled
    case listRegistersLeft, sgiDispatch
    case deactivate, vgicStep, hostCommand
  }
}

extension KernelEvent {
  /// Every event that is used.
  static let all: [KernelEvent] = kvm + timers + kernel + vgic + itsCommands

  private static func event(_ name: String, _ fields: String, _ forms: [String], _ action: Action) -> KernelEvent {
    KernelEvent([name], split(fields), forms, action)
  }

  private static func split(_ fields: String) -> [[String]] {
    fields.split(separator: " ").map { $0.split(separator: "|").map(String.init) }
  }

  private static let kvm: [KernelEvent] = [
    event("vgic_update_irq_pending", "vcpu_id irq level", ["VCPU: {d0}, IRQ {d1}, level: {d2}"], .inject),
    event(
      "kvm_irq_line", "type vcpu_idx irq_num level",
      ["Inject {*}interrupt ({d0}), vcpu->idx: {d1}, num: {d2}, level: {d3}"], .irqLine),
    event("kvm_set_irq", "gsi level irq_source_id", ["gsi {d0} level {d1} source {d2}"], .gsiSet),
    event("kvm_ack_irq", "irqchip pin", ["irqchip {d0} pin {d1}"], .ackNotify),
    event("kvm_entry", "vcpu_pc", ["PC: {x0}", "{*}PC: {x0}"], .guestEnter),
    event(
      "kvm_exit",
      // Before 5.0 the first two had names of their own.
      "ret|idx esr_ec|exit_reason vcpu_pc",
      // Before 4.4 without a reason, before 3.19 without an exception class.
      [
        "{w0}: HSR_EC: {x1} ({s}), PC: {x2}", "{*}>{w0}: HSR_EC: {x1} ({s}), PC: {x2}", "HSR_EC: {x1}, PC: {x2}",
        "PC: {x2}",
      ],
      .guestExit
    ),
    event("kvm_mmio", "type len gpa val", ["mmio {w0} len {d1} gpa {x2} val {x3}"], .mmio),
    event(
      "kvm_sys_access", "vcpu_pc Op0 Op1 CRn CRm Op2 is_write", ["PC: {x0} {*}({d1},{d2},{d3},{d4},{d5}) {b6}"],
      .systemRegister),
    event("kvm_handle_sys_reg", "hsr", ["HSR {x0}"], .systemRegisterTrap),
    event("kvm_wfx_arm64", "vcpu_pc is_wfe", ["guest executed wf{e1} at: {x0}", "guest executed wf"], .wfx),
    event("kvm_hvc_arm64", "vcpu_pc r0 imm", ["HVC at {x0} (r0: {x1}, imm: {x2})"], .hypercall),
    event("kvm_guest_fault", "vcpu_pc hsr hxfar ipa", ["ipa {x3}, hsr {x1}, hxfar {x2}, pc {x0}"], .guestFault),
    event("kvm_mmio_nisv", "vcpu_pc esr far ipa", ["ipa {x3}, esr {x1}, far {x2}, pc {x0}"], .guestFault),
    KernelEvent(["kvm_access_fault"], [[], [], [], ["ipa"]], ["IPA: {x3}"], .guestFault),
    KernelEvent(["kvm_nested_eret"], [["spsr_el2"]], ["{*}spsr_el2: {x0}"], .vgicStep, operand: 8),
    KernelEvent(["kvm_inject_nested_exception"], [], [], .vgicStep, operand: 9),
    event("kvm_vcpu_wakeup", "ns waited valid", ["{b1} time {d0} ns, polling {b2}"], .vcpuWakeup),
    event("kvm_halt_poll_ns", "vcpu_id new old grow", ["vcpu {d0}: halt_poll_ns {d1} ({b3} {d2})"], .haltPoll),
    event(
      "kvm_userspace_exit", "reason errno", ["reason restart ({d1})", "reason error ({d1})", "reason {*}({d0})"],
      .userspaceExit),
  ]

  private static let timers: [KernelEvent] = [
    event("kvm_timer_update_irq", "vcpu_id irq level", ["VCPU: {d0}, IRQ {d1}, level {d2}"], .timerLine),
    event(
      "kvm_get_timer_map", "vcpu_id direct_vtimer direct_ptimer emul_vtimer emul_ptimer",
      ["VCPU: {d0}, dv: {d1}, dp: {d2}, ev: {d3}, ep: {d4}", "VCPU: {d0}, dv: {d1}, dp: {d2}, ep: {d4}"], .timerMap),
    event(
      "kvm_timer_save_state", "ctl cval timer_idx", [" CTL: {x0} CVAL: {x1} arch_timer_ctx_index: {d2}"], .timerSave),
    event(
      "kvm_timer_restore_state", "ctl cval timer_idx", [" CTL: {x0} CVAL: {x1} arch_timer_ctx_index: {d2}"],
      .timerRestore),
    event("kvm_timer_hrtimer_expire", "timer_idx", ["arch_timer_ctx_index: {d0}"], .timerExpire),
    event(
      "kvm_timer_emulate", "timer_idx should_fire", ["arch_timer_ctx_index: {d0} (should_fire: {d1})"], .timerEmulate),
  ]

  private static let kernel: [KernelEvent] = [
    // Before 2.6.34 with other words.
    event("irq_handler_entry", "irq", ["irq={d0} name={s}", "irq={d0} handler={s}"], .handlerEnter),
    event("irq_handler_exit", "irq ret", ["irq={d0} ret={b1}", "irq={d0} return={b1}"], .handlerExit),
    KernelEvent(["softirq_raise", "irq_softirq_raise"], [["vec"]], ["vec={d0}"], .softirqRaise),
    KernelEvent(["softirq_entry", "irq_softirq_entry"], [["vec"]], ["vec={d0}"], .softirqEnter),
    KernelEvent(["softirq_exit", "irq_softirq_exit"], [["vec"]], ["vec={d0}"], .softirqExit),
    event("ipi_raise", "", ["target_mask={m} ({s})", "target_cpus=ARRAY[{a}] reason={s}"], .ipiRaise),
    event("ipi_send_cpumask", "", ["cpumask={m} callsite=", "cpumask=ARRAY[{a}]"], .ipiCall),
    event("ipi_send_cpu", "cpu", ["cpu={d0}"], .ipiCall),
    event("ipi_entry", "", ["({s})", "reason={s}"], .ipiEnter),
    event("ipi_exit", "", ["({s})", "reason={s}"], .ipiExit),
    KernelEvent(
      ["sched_wakeup", "sched_wakeup_new"], split("pid target_cpu"),
      ["{*}pid={d0} {*}target_cpu={d1}", "{*}:{d0} [{d2}]{*}CPU:{d1}"], .schedWakeup),
    event(
      "sched_switch",
      "prev_pid prev_state next_pid",
      [
        "{*}prev_pid={d0} prev_prio={d3} prev_state={r1} ==> {*}next_pid={d2} next_prio=",
        "{*}:{d0} [{d3}] {r1} ==> {*}:{d2} [",
      ],
      .schedSwitch
    ),
    event("cpu_idle", "state", ["state={d0} cpu_id="], .cpuIdle),
  ]

  /// What no mainline tracepoint shows: probes on KVM's functions, and the tracepoints that its developers add for
  /// themselves, under either's name.
  private static let vgic: [KernelEvent] = [
    probe(["vgic_its_inject_msi", "its_inject_msi"], "devid|device_id|dev_id eventid|event_id", .msi),
    probe(
      ["vgic_its_inject_cached_translation", "its_inject_cached_translation"],
      "devid|device_id|dev_id eventid|event_id", .cachedMSI),
    probe(
      [
        "vgic_its_inject_msi_ret", "vgic_its_inject_msi_return", "vgic_its_inject_msi__return", "its_inject_msi_ret",
        "vgic_its_inject_cached_translation_ret", "vgic_its_inject_cached_translation__return",
      ],
      "ret|retval|arg1",
      .msiResult
    ),
    probe(["vgic_v3_populate_lr", "vgic_v2_populate_lr"], "lr|lr_num|idx val|value", .listRegisterWrite),
    probe(
      ["vgic_v3_fold_lr_state", "vgic_v2_fold_lr_state", "vgic_v3_fold_lr"], "lr|lr_num|idx val|value",
      .listRegisterRead),
    probe(["lr_entry"], listRegisterFields, .listRegistersFilled),
    probe(["lr_fold"], listRegisterFields, .listRegistersLeft),
    probe(["vgic_v3_dispatch_sgi"], "reg|val|value", .sgiDispatch),
    probe(["vgic_v3_deactivate"], "val|value|reg", .deactivate),
    probe(["vgic_flush_lr_state", "kvm_vgic_flush_hwstate"], "used_lrs|used|count", .vgicStep, 0),
    probe(["vgic_fold_lr_state", "kvm_vgic_sync_hwstate"], "used_lrs|used|count", .vgicStep, 1),
    probe(
      ["compute_ap_list_depth", "vgic_compute_ap_list_depth", "compute_ap_list_depth_ret"],
      "depth|count|ret|retval|arg1", .vgicStep, 2),
    probe(["vgic_set_underflow"], "value", .vgicStep, 3),
    probe(["vgic_prune_ap_list"], "count", .vgicStep, 4),
    probe(["vgic_queue_irq_unlock"], "intid|irq", .vgicStep, 5),
    probe(["vgic_v4_load"], "vpe|vpe_id", .vgicStep, 6),
    probe(["vgic_v4_put"], "vpe|vpe_id", .vgicStep, 7),
    probe(["vgic_create_shadow_lrs", "vgic_v3_load_nested"], "used_lrs|used|count|nr_lr", .vgicStep, 10),
    probe(["vgic_put_nested", "vgic_v3_put_nested"], "used_lrs|used|count", .vgicStep, 11),
    probe(["kvm_vcpu_kick", "__kvm_vcpu_kick"], "vcpu_id", .vcpuKick),
  ]

  /// All list registers at once, as arguments of a probe or as an array.
  private static let listRegisterFields =
    "vcpu_id used|used_lrs|count lr0|lrs " + (1..<16).map { "lr\($0)" }.joined(separator: " ")

  private static func probe(
    _ names: [String], _ fields: String, _ action: Action, _ operand: UInt16 = 0
  ) -> KernelEvent {
    KernelEvent(names, split(fields), [], action, operand: operand)
  }

  /// A command's name as functions have it.
  private static func functionName(_ opcode: UInt8) -> String { ITSOpcode.name(opcode).lowercased() }

  /// The functions that execute ITS commands: the command's doublewords, or its operands by name.
  private static let itsCommands: [KernelEvent] =
    [
      ITSOpcode.movi, ITSOpcode.int, ITSOpcode.clear, ITSOpcode.mapd, ITSOpcode.mapc, ITSOpcode.mapti, ITSOpcode.inv,
      ITSOpcode.invall, ITSOpcode.movall, ITSOpcode.discard,
    ].map { opcode in
      // One function does MAPI and MAPTI, and has either name.
      let names = opcode == ITSOpcode.mapti ? ["mapi", "mapti"] : [functionName(opcode)]
      return KernelEvent(
        ["vgic_its_cmd_handle_\(names[0])"] + names.flatMap { ["vgic_its_cmd_\($0)", "its_cmd_\($0)"] }, commandFields,
        [], .itsCommand, operand: UInt16(opcode))
    } + hostCommands + [
      // The function that calls those: the compiler often makes one of them. The opcode is in the first doubleword.
      KernelEvent(["vgic_its_handle_command"], split("dw0|cmd0 dw1|cmd1 dw2|cmd2 dw3|cmd3"), [], .itsCommand)
    ]

  private static let commandFields = split(
    "dw0|cmd0 dw1|cmd1 dw2|cmd2 dw3|cmd3 device_id|devid|dev_id event_id|eventid|id intid|lpi_nr|lpi|pintid|irq_id "
      + "coll_id|icid|col_id|collection_id"
  )

  /// The functions of the host's own ITS driver: commands to the physical ITS.
  private static let hostCommands: [KernelEvent] = [
    ITSOpcode.movi, ITSOpcode.int, ITSOpcode.clear, ITSOpcode.mapd, ITSOpcode.mapc, ITSOpcode.mapti, ITSOpcode.inv,
    ITSOpcode.invall, ITSOpcode.discard, ITSOpcode.vmovi, ITSOpcode.vmovp, ITSOpcode.vmapp, ITSOpcode.vmapti,
    ITSOpcode.vinvall,
  ].map { opcode in
    KernelEvent(["its_send_\(functionName(opcode))"], commandFields, [], .hostCommand, operand: UInt16(opcode))
  }
}
