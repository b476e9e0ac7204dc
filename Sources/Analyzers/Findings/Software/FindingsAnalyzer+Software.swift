import InterruptTrace

/// What is found in a kernel's own tracing.
extension FindingsAnalyzer {
  mutating func softwareDid(_ event: Event, _ number: UInt64) {
    switch event.kind {
    case .handlerEnter: handlerEntered(event, number)
    case .handlerExit: handlerLeft(event, number)
    case .ipiSend: ipiSent(event, number)
    case .ipiEnter: ipiEntered(event)
    case .inject: software.showsInjections = true
    case .timerLine:
      if event.level { software.entries.insert(Self.vcpu(event)).pointee.timer = event.intid }
    case .guestEnter: guestEntered(event, number)
    case .guestExit: guestLeft(event, number)
    case .marker:
      if event.a & 0xFFFF == UInt64(MarkerKind.interruptName.rawValue) {
        software.name(UInt32(truncatingIfNeeded: event.b), accesses.textOfTaken)
      }
    default: break
    }
  }

  private static func vcpu(_ event: Event) -> UInt64 { UInt64(event.domain) << 32 | UInt64(event.pe) }

  // MARK: Handlers

  private mutating func handlerEntered(_ event: Event, _ number: UInt64) {
    let irq = event.irq
    let cpu = software.cpus.insert(Self.vcpu(event))
    cpu.pointee.entries &+= 1
    let handler = software.handlers.insert(UInt64(event.domain) << 32 | UInt64(irq))
    if cpu.pointee.irq != irq || cpu.pointee.firstName == event.handlerName {
      handler.pointee.count &+= 1
      cpu.pointee.firstName = event.handlerName
    }
    handler.pointee.last = Moment(time: event.time, event: number)
    handler.pointee.cpu = event.pe
    if let intid = event.handledINTID { handler.pointee.intid = intid }
    let pause = event.time &- min(cpu.pointee.leftAt.time, event.time)
    let isSame = cpu.pointee.irq == irq && cpu.pointee.leftAt.event != .max
    // The other action of a shared line follows at once, without another interrupt.
    if isSame, pause <= max(cpu.pointee.service, 1000), event.time > cpu.pointee.enteredAt.time {
      cpu.pointee.run &+= 1
      if cpu.pointee.run >= thresholds.stormRefires { handlerStorm(event, number, irq, cpu.pointee) }
    } else {
      cpu.pointee.run = 1
      cpu.pointee.runSince = Moment(time: event.time, event: number)
    }
    cpu.pointee.irq = irq
    cpu.pointee.enteredAt = Moment(time: event.time, event: number)
  }

  private mutating func handlerLeft(_ event: Event, _ number: UInt64) {
    let cpu = software.cpus.insert(Self.vcpu(event))
    guard cpu.pointee.enteredAt.event != .max else { return }
    cpu.pointee.service = event.time &- min(cpu.pointee.enteredAt.time, event.time)
    cpu.pointee.leftAt = Moment(time: event.time, event: number)
  }

  private func handlerStorm(_ event: Event, _ number: UInt64, _ irq: UInt32, _ cpu: SoftwareTrail.CPURecord) {
    let intid = event.handledINTID ?? INTID.none
    let key = FindingLog.Key(
      kind: .storm, domain: event.domain, pe: event.pe, intid: intid, reason: 0x1_0000 | irq & 0xFFFF)
    let t = place(event, number, pe: event.pe, intid: intid)
    report(key, t, count: cpu.run == thresholds.stormRefires ? cpu.run : 1) {
      FindingLog.Description(
        .warning, .likely,
        "\(software.title(irq)) fires again and again: CPU \(event.pe) enters its handler with hardly a pause between",
        [
          .init("the first of them", event: cpu.runSince.event),
          .init(
            "entered \(cpu.run) times in succession; the handler took \(Self.span(cpu.service)) last", event: number),
        ],
        advice: "check that the handler clears the request at the device before it returns", since: cpu.runSince)
    }
  }

  /// Interrupts that nobody wanted: an interrupt counts once, whichever handlers of its line ran.
  func reportUnhandled(_ lines: [KernelLineRow], _ log: FindingLog) {
    for line in lines
    where line.unhandled >= thresholds.unhandledInterrupts && line.unhandled >= (line.interrupts + 9) / 10 {
      let intid = line.intid ?? INTID.none
      let key = FindingLog.Key(
        kind: .unhandled, domain: line.domain, pe: line.pe, intid: intid, reason: 0x1_0000 | line.irq & 0xFFFF)
      let (first, last) = (line.firstUnhandled, line.lastUnhandled)
      let t = Transition(
        time: last.time, event: last.event, kind: .spuriousAcknowledge, domain: line.domain, pe: line.pe, intid: intid)
      record(log, key, t, count: line.unhandled) {
        FindingLog.Description(
          .warning, .likely,
          "no handler handled \(software.title(line.irq)) \(line.unhandled) times of \(line.interrupts) on CPU \(line.pe)",
          [.init("the first of them", event: first.event), .init("the last of them", event: last.event)],
          advice:
            "check which device drives the line and that its driver finds the request; Linux disables a line of which "
            + "99,900 of 100,000 interrupts are not handled",
          event: first.event, time: first.time)
      }
    }
  }

  // MARK: Inter-processor interrupts

  private mutating func ipiSent(_ event: Event, _ number: UInt64) {
    // Which handler takes it must be known.
    guard event.ipiReason != .other else { return }
    for cpu in event.ipiTargets {
      let ipi = software.ipis.insert(Self.ipi(event.domain, event.ipiReason.rawValue, cpu))
      guard ipi.pointee.sentAt.event == .max else { continue }
      ipi.pointee.sentAt = Moment(time: event.time, event: number)
      ipi.pointee.sender = event.pe
      ipi.pointee.sentWhen = software.cpus.find(UInt64(event.domain) << 32 | UInt64(cpu))?.pointee.entries ?? 0
    }
  }

  private static func ipi(_ domain: UInt16, _ reason: UInt32, _ cpu: UInt32) -> UInt64 {
    UInt64(domain) << 48 | UInt64(reason & 0xFF) << 32 | UInt64(cpu)
  }

  private mutating func ipiEntered(_ event: Event) {
    software.cpus.insert(Self.vcpu(event)).pointee.entries &+= 1
    let ipi = software.ipis.insert(Self.ipi(event.domain, event.ipiReason.rawValue, event.pe))
    guard ipi.pointee.sentAt.event != .max else { return }
    let waited = event.time &- min(ipi.pointee.sentAt.time, event.time)
    ipi.pointee.longest = max(ipi.pointee.longest, waited)
    ipi.pointee.entered &+= 1
    ipi.pointee.sentAt = Moment()
  }

  /// IPIs that a CPU has not entered, though it took other interrupts since.
  func reportIPIs(_ log: FindingLog) {
    for (key, ipi) in software.ipis.sorted() where ipi.sentAt.event != .max && ipi.entered >= 4 {
      let (domain, reason) = (UInt16(truncatingIfNeeded: key >> 48), UInt32(key >> 32 & 0xFF))
      let cpu = UInt32(truncatingIfNeeded: key)
      let entries = software.cpus.find(UInt64(domain) << 32 | UInt64(cpu))?.pointee.entries ?? 0
      let waited = elapsed(since: ipi.sentAt)
      guard entries &- ipi.sentWhen >= 4, waited >= thresholds.stuckTime, waited / 8 >= ipi.longest else { continue }
      let name = IPIReason(rawValue: reason).name ?? "IPI \(reason)"
      let t = Transition(time: lastTime, event: lastEvent, kind: .sgiSent, domain: domain, pe: cpu)
      record(log, .init(kind: .stuckPending, domain: domain, pe: cpu, reason: 0x1_0000 | reason), t) {
        FindingLog.Description(
          .warning, .likely,
          "the IPI \"\(name)\" that CPU \(ipi.sender) raised for CPU \(cpu) was never entered there",
          [
            .init("CPU \(ipi.sender) raised it", event: ipi.sentAt.event),
            .init("\(ipi.entered) before it were entered, after at most \(Self.span(ipi.longest))"),
            .init("CPU \(cpu) entered \(entries &- ipi.sentWhen) other handlers since", event: lastEvent),
          ],
          advice: "check the SGI that carries IPIs at CPU \(cpu): its enable bit and its pending state",
          since: ipi.sentAt)
      }
    }
  }

  // MARK: Guests

  private mutating func guestEntered(_ event: Event, _ number: UInt64) {
    let entry = software.entries.insert(Self.vcpu(event))
    entry.pointee.pc = event.b
    entry.pointee.enteredAt = Moment(time: event.time, event: number)
    entry.pointee.timer = INTID.none
  }

  /// How soon a guest must be left for that to be no run of its own, in ns.
  private static var shortRun: UInt64 { 20_000 }

  private mutating func guestLeft(_ event: Event, _ number: UInt64) {
    let entry = software.entries.insert(Self.vcpu(event))
    let ran = event.time &- min(entry.pointee.enteredAt.time, event.time)
    guard entry.pointee.enteredAt.event != .max, event.exitReason == .interrupt, event.b == entry.pointee.pc,
      ran <= Self.shortRun
    else {
      entry.pointee.run = 0
      return
    }
    if entry.pointee.run == 0 {
      entry.pointee.runSince = entry.pointee.enteredAt
      entry.pointee.runTimer = entry.pointee.timer
      entry.pointee.longest = 0
    }
    if entry.pointee.runTimer != entry.pointee.timer { entry.pointee.runTimer = INTID.none }
    entry.pointee.longest = max(entry.pointee.longest, ran)
    entry.pointee.run &+= 1
    if entry.pointee.run >= thresholds.stormRefires { noProgress(event, number, entry.pointee) }
  }

  private func noProgress(_ event: Event, _ number: UInt64, _ entry: SoftwareTrail.EntryRecord) {
    let key = FindingLog.Key(kind: .storm, domain: event.domain, pe: event.pe, intid: entry.runTimer, reason: 4)
    let t = place(event, number, pe: event.pe, intid: entry.runTimer)
    report(key, t, count: entry.run == thresholds.stormRefires ? entry.run : 1) {
      let who = "vCPU \(event.pe) of guest \(event.domain)"
      let isTimer = entry.runTimer != INTID.none
      return FindingLog.Description(
        .warning, .likely,
        "\(who) makes no progress: each entry ends at the same PC for \(isTimer ? "its timer's \(name(entry.runTimer))" : "an interrupt")",
        [
          .init("the first of these entries", event: entry.runSince.event),
          .init(
            "\(entry.run) in succession left the guest at PC \(hex(entry.pc)), within \(Self.span(entry.longest))",
            event: number),
        ],
        advice: isTimer
          ? "check that the hypervisor lists the timer's interrupt, or marks it active, before it enters the guest"
          : "check what raises the physical interrupt that ends each entry",
        since: entry.runSince)
    }
  }
}
