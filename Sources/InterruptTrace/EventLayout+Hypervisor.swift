extension EventLayout {
  private static let cpu = Field("cpu", .a, 32, 32)
  private static let thread = Field("thread", .b, 32, 32)
  private static let level = Field("level", .b, 0, 1)
  private static let pc = Field("pc", .b, 0, 64, .hex)
  private static let incomplete = Field("incomplete", .flags, 5, 1, .flag)

  private static let listRegister = [
    Field("index", .a, 0, 8), Field("value", .b, 0, 64, .hex), Field("thread", .a, 32, 32),
  ]

  /// Kinds of a hypervisor's own events.
  static let hypervisor: [EventLayout] = [
    EventLayout(.guestEnter, "guestEnter", [cpu, pc]),
    EventLayout(
      .guestExit, "guestExit", [Field("reason", .a, 0, 16), Field("exceptionClass", .a, 16, 16, .hex), cpu, pc]),
    EventLayout(.inject, "inject", [Field("intid", .a, 0, 32), level, cpu, thread]),
    EventLayout(.routeSet, "routeSet", [Field("gsi", .a, 0, 32), Field("value", .b, 0, 64, .hex)]),
    EventLayout(.lrWrite, "lrWrite", listRegister), EventLayout(.lrRead, "lrRead", listRegister),
    EventLayout(.ackNotify, "ackNotify", [Field("intid", .a, 0, 32), Field("irqchip", .b, 0, 32)]),
    EventLayout(.vcpuLoad, "vcpuLoad", [cpu, thread]),
    EventLayout(.vcpuPut, "vcpuPut", [Field("runnable", .b, 0, 1), cpu, thread]),
    EventLayout(.irqLine, "irqLine", [Field("intid", .a, 0, 32), level, Field("type", .b, 8, 8), cpu, thread]),
    EventLayout(.gsiSet, "gsiSet", [Field("gsi", .a, 0, 32), level, Field("source", .b, 8, 16), cpu, thread]),
    EventLayout(.timerLine, "timerLine", [Field("intid", .a, 0, 32), level, cpu, thread]),
    EventLayout(
      .timerSave, "timerSave",
      [Field("timer", .b, 32, 8), Field("control", .b, 0, 32, .hex), Field("compare", .a, 0, 64, .hex)]),
    EventLayout(
      .timerRestore, "timerRestore",
      [Field("timer", .b, 32, 8), Field("control", .b, 0, 32, .hex), Field("compare", .a, 0, 64, .hex)]),
    EventLayout(
      .timerMap,
      "timerMap",
      [
        Field("directVirtual", .a, 0, 8), Field("directPhysical", .a, 8, 8), Field("emulatedVirtual", .a, 16, 8),
        Field("emulatedPhysical", .a, 24, 8),
      ]
    ),
    EventLayout(.timerExpire, "timerExpire", [Field("timer", .a, 0, 8), cpu]),
    EventLayout(.timerEmulate, "timerEmulate", [Field("timer", .a, 0, 8), Field("fires", .b, 0, 1)]),
    EventLayout(
      .vcpuWakeup, "vcpuWakeup", [Field("duration", .a), Field("slept", .b, 0, 1), Field("valid", .b, 1, 1)]),
    EventLayout(.haltPoll, "haltPoll", [Field("duration", .a, 0, 32), Field("before", .b, 0, 32)]),
    EventLayout(.wfx, "wfx", [Field("wfe", .flags, 0, 1, .flag), pc, incomplete]),
    EventLayout(.hypercall, "hypercall", [Field("function", .a, 0, 64, .hex), pc, Field("immediate", .flags, 0, 8)]),
    EventLayout(.guestFault, "guestFault", [Field("address", .a, 0, 64, .hex), Field("syndrome", .b, 0, 64, .hex)]),
    EventLayout(.userspaceExit, "userspaceExit", [Field("reason", .a, 0, 32)]),
    EventLayout(.sysregTrap, "sysregTrap", [Field("syndrome", .a, 0, 64, .hex), incomplete]),
    EventLayout(.vcpuThread, "vcpuThread", [Field("thread", .a, 0, 32), Field("evidence", .b, 0, 8)]),
    EventLayout(.vgicStep, "vgicStep", [Field("step", .a, 0, 16), Field("value", .b, 0, 64, .hex)]),
    EventLayout(.msiResult, "msiResult", [Field("result", .a, 0, 32), cpu, thread]),
    EventLayout(.vcpuKick, "vcpuKick", [cpu, thread]),
    EventLayout(.vcpuWaking, "vcpuWaking", [Field("target", .a, 0, 32), cpu, thread]),
  ]

  private static let handler = [
    Field("irq", .a, 0, 32), Field("intid", .a, 32, 32), Field("intidKnown", .flags, 0, 1, .flag),
  ]

  /// The thread that was interrupted.
  private static let interrupted = [thread, Field("threadKnown", .flags, 1, 1, .flag)]

  /// Kinds of a kernel's own events.
  static let software: [EventLayout] = [
    // The name is the number of a marker's, 0 if it is not shown.
    EventLayout(.handlerEnter, "handlerEnter", handler + [Field("name", .b, 0, 32)] + interrupted),
    EventLayout(.handlerExit, "handlerExit", handler + [Field("handled", .b, 0, 1)]),
    EventLayout(.softirqRaise, "softirqRaise", [Field("vector", .a, 0, 32)]),
    EventLayout(.softirqEnter, "softirqEnter", [Field("vector", .a, 0, 32)] + interrupted),
    EventLayout(.softirqExit, "softirqExit", [Field("vector", .a, 0, 32)]),
    EventLayout(
      .ipiSend, "ipiSend",
      [Field("reason", .a, 0, 32), Field("firstTarget", .a, 32, 32), Field("targets", .b, 0, 64, .hex)]),
    EventLayout(
      .ipiEnter, "ipiEnter",
      [
        Field("reason", .a, 0, 32), Field("idle", .a, 32, 32), Field("awake", .b, 0, 32),
        Field("idleKnown", .flags, 2, 1, .flag),
      ] + interrupted),
    EventLayout(.ipiExit, "ipiExit", [Field("reason", .a, 0, 32)]),
    EventLayout(.schedWakeup, "schedWakeup", [Field("target", .a, 0, 32), Field("thread", .b, 32, 32)]),
    EventLayout(
      .schedSwitch, "schedSwitch", [Field("from", .a, 0, 32), Field("to", .a, 32, 32), Field("runnable", .b, 0, 1)]),
  ]
}
