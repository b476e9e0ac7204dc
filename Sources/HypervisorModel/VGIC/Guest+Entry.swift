import InterruptTrace

/// `kvm_vgic_flush_hwstate`: what a vCPU takes into its guest.
extension Guest {
  /// `interruptedSince` is the event of an IPI to the CPU that it has not taken, or nil: interrupts have been masked on the
  /// CPU since, and the list registers been filled.
  func enter(
    _ vcpu: UInt32, cpu: UInt32, pc: UInt64, interruptedSince: PendingIPI? = nil, _ out: inout HypervisorOutput
  ) {
    guard holds(vcpu) else { return }
    let number = Int(vcpu)
    // An exit is missing.
    if vcpus[number].isInside { loseExit(number, &out) }
    noteEntry(number)
    // KVM leaves the guest's own list alone and loads what the guest's hypervisor wrote.
    if vcpus[number].isNested { return start(number, cpu, pc, out) }
    prunePending(number)
    let late = takeLate(number, interruptedSince)
    if let shown = shownFill(number) {
      note(number, cpu, load(shown, number, out), ClassDoubts(), isShown: true, out)
    } else {
      fillByPolicy(number, cpu, late, &out)
    }
    vcpus[number].injections.removeAll(keepingCapacity: true)
    for injection in late { putBack(injection) }
    start(number, cpu, pc, out)
  }

  private func fillByPolicy(
    _ number: Int, _ cpu: UInt32, _ late: [RecentInjection], _ out: inout HypervisorOutput
  ) {
    let told = witness?.registersLoaded(event: out.event)
    if let told { takeHidden(told, number, &out) }
    pruneUnrouted()
    let count = gather(number)
    let outcome = fill.fill(UnsafeMutableBufferPointer(rebasing: scratch[..<count]), setting)
    // Before the fill is taken over: what is not due for certain is still known to be on the list.
    var doubts = doubts(number, outcome, isTold: told != nil, event: out.event)
    // From Linux 6.19 on recordings show both: an IPI that waits, and what led to it in the registers.
    if policy == .kvmOverflow { doubtLate(late, number, event: out.event, &doubts) }
    scatter(number, count, outcome, doubts, &out)
    note(number, cpu, outcome, doubts, isShown: false, out)
  }

  private func start(_ number: Int, _ cpu: UInt32, _ pc: UInt64, _ out: borrowing HypervisorOutput) {
    vcpus[number].entryEvent = out.event
    vcpus[number].areTimersLoaded = true
    vcpus[number].isInside = true
    vcpus[number].cpu = cpu
    activity.noteEntry(cpu)
    vcpus[number].entryPC = pc
    vcpus[number].entryTime = out.time
    vcpus[number].fired = 0
    // A handler that was running goes on.
    vcpus[number].handlers.removeAll { $0.phase != .running }
    vcpus[number].ended.removeAll(keepingCapacity: true)
    vcpus[number].endedOutside = 0
    vcpus[number].isFillShown = false
    vcpus[number].shownWritten.removeAll(keepingCapacity: true)
    vcpus[number].shownRead.removeAll(keepingCapacity: true)
  }

  /// The vCPU's list for the policy.
  private func gather(_ vcpu: Int) -> Int {
    let list = vcpus[vcpu].list
    if list.count > scratch.count {
      scratch.deallocate()
      scratch = .allocate(capacity: list.count * 2)
    }
    for (index, place) in list.enumerated() {
      refresh(place, vcpu: UInt32(vcpu))
      var queued = interrupts[place].queued
      queued.traits.set(.deliverable, to: interrupts[place].wanted == Int32(vcpu))
      scratch.initializeElement(at: index, to: queued)
    }
    return list.count
  }

  /// Puts back what the fill made of it: the order, and what the registers took over.
  private func scatter(
    _ vcpu: Int, _ count: Int, _ outcome: ListRegisterOutcome, _ doubts: ClassDoubts, _ out: inout HypervisorOutput
  ) {
    for index in 0..<count {
      let queued = scratch[index]
      let place = knownPlace(queued.intid, vcpu: UInt32(vcpu))!
      vcpus[vcpu].list[index] = place
      interrupts[place].queued = queued
      interrupts[place].register = -1
    }
    vcpus[vcpu].loaded = outcome.loaded
    for register in 0..<outcome.loaded {
      let place = vcpus[vcpu].list[fill.place(register)]
      let value = fill.value(register)
      vcpus[vcpu].registers[register] = value
      vcpus[vcpu].places[register] = place
      interrupts[place].register = Int8(register)
      out.emit(
        .lrFilled, provenance: provenance(place, doubts), domain: domain,
        pe: UInt32(vcpu), intid: interrupts[place].queued.intid, priority: UInt32(interrupts[place].queued.priority),
        Transition.Operands<Transition.ListRegister>(index: register, value: value))
    }
    guard outcome.pendingLeft + outcome.activeLeft > 0 else { return }
    for place in vcpus[vcpu].list[..<count] where interrupts[place].register < 0 {
      guard Int(interrupts[place].wanted) == vcpu else { continue }
      out.emit(
        .lrOverflow, provenance: .inferred, domain: domain, pe: UInt32(vcpu), intid: interrupts[place].queued.intid,
        priority: UInt32(interrupts[place].queued.priority),
        Transition.Operands<Transition.Overflow>(isActive: interrupts[place].queued.isActive))
    }
  }

  /// What a list register's content rests on.
  private func provenance(_ place: Int, _ doubts: ClassDoubts) -> Provenance {
    if !doubts[RegisterClass(interrupts[place].queued.intid)].isEmpty { return .inferred }
    return interrupts[place].rule == .shown ? .derived : .inferred
  }

  private func note(
    _ vcpu: Int, _ cpu: UInt32, _ outcome: ListRegisterOutcome, _ doubts: ClassDoubts, isShown: Bool,
    _ out: borrowing HypervisorOutput
  ) {
    entries += 1
    occupancy[outcome.loaded] += 1
    if outcome.pendingLeft + outcome.activeLeft > 0 { overflows += 1 }
    if outcome.control.contains(.underflow) { maintenanceRequests += 1 }
    if !doubts.isEmpty { undecidedEntries += 1 }
    guard let onEntry else { return }
    var absent: [UInt32] = []
    for place in vcpus[vcpu].doubtful where interrupts[place].register < 0 {
      absent.append(interrupts[place].queued.intid)
    }
    var registers: [EntryPrediction.Register] = []
    for register in 0..<outcome.loaded {
      let interrupt = interrupts[vcpus[vcpu].places[register]]
      registers.append(
        EntryPrediction.Register(
          value: vcpus[vcpu].registers[register], intid: interrupt.queued.intid, rule: interrupt.rule,
          unknownBits: interrupt.unknownBits(setting.format)))
    }
    onEntry(
      EntryPrediction(
        time: out.time, event: out.event, domain: domain, vcpu: UInt32(vcpu), cpu: cpu, registers: registers,
        doubtfullyAbsent: absent, doubts: doubts, outcome: outcome, showsSGIs: isGICv2 || isShown))
  }

  /// Queues what the registers show and no event of the capture does: SGIs whose number is not shown, LPIs. Their place
  /// on the list is that of their register.
  private func takeHidden(_ shown: [UInt64], _ vcpu: Int, _ out: inout HypervisorOutput) {
    let setting = setting
    for (index, bits) in shown.enumerated() {
      let value = ListRegisterValue(bits, setting.format)
      let intid = value.intid(hasGICv2Guest: setting.hasGICv2Guest)
      guard value.isValid, INTID.isSGI(intid) || INTID.isLPI(intid) else { continue }
      guard let place = place(intid, vcpu: UInt32(vcpu)) else { continue }
      guard interrupts[place].owner != Int32(vcpu) || !interrupts[place].queued.isPending && value.isPending else {
        continue
      }
      interrupts[place].rule = .registersShown
      interrupts[place].known.formUnion(.listed)
      interrupts[place].queued.priority = value.priority
      interrupts[place].queued.traits.set(.group1, to: value.isGroup1)
      interrupts[place].queued.traits.insert(.enabled)
      if value.isActive { interrupts[place].queued.isActive = true }
      if value.isPending {
        interrupts[place].queued.traits.insert(.latched)
        if setting.hasGICv2Guest, INTID.isSGI(intid) { interrupts[place].queued.sources |= 1 << value.source }
      }
      guard interrupts[place].owner < 0 else { continue }
      interrupts[place].target = Int32(vcpu)
      interrupts[place].owner = Int32(vcpu)
      vcpus[vcpu].list.insert(place, at: rank(ofRegister: index, shown, vcpu))
    }
  }

  /// Where on the list the interrupt in a register belongs: behind that of the register before. What is on the list and in
  /// no register, because it is not due or there was none left, may stand in between.
  private func rank(ofRegister index: Int, _ shown: [UInt64], _ vcpu: Int) -> Int {
    func rank(_ register: Int) -> Int? {
      let value = ListRegisterValue(shown[register], setting.format)
      guard value.isValid else { return nil }
      let intid = value.intid(hasGICv2Guest: setting.hasGICv2Guest)
      return vcpus[vcpu].list.firstIndex { interrupts[$0].queued.intid == intid }
    }
    for register in (0..<index).reversed() { if let rank = rank(register) { return rank + 1 } }
    for register in shown.indices.dropFirst(index + 1) { if let rank = rank(register) { return rank } }
    // All that is on the list and due found no register: it stands behind.
    return 0
  }
}
