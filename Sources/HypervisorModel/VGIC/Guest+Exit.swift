import InterruptTrace

/// `kvm_vgic_sync_hwstate`: what comes back when a vCPU leaves its guest. Mainline tracepoints do not show it; rules find
/// what they can.
extension Guest {
  func exit(
    _ vcpu: UInt32, reason: GuestExitReason, exceptionClass: UInt32, pc: UInt64, _ out: inout HypervisorOutput
  ) {
    guard holds(vcpu) else { return }
    let number = Int(vcpu)
    noteExit(number, exceptionClass: exceptionClass, pc: pc)
    guard vcpus[number].isInside else { return }
    let ran = out.time &- vcpus[number].entryTime
    let isNear = pc &- vcpus[number].entryPC &+ 64 < 128
    vcpus[number].ranFor = ran
    takeBack(number, Run(length: ran, reason: reason, isNear: isNear), &out)
  }

  /// The vCPU enters its guest again, and no event showed that it had left it.
  func loseExit(_ number: Int, _ out: inout HypervisorOutput) {
    vcpus[number].ranFor = 0
    takeBack(number, Run(length: 0, reason: .unknown, isNear: false), &out)
    vcpus[number].isListKnown = false
  }

  /// The hypervisor's handler of a physical timer runs after the exit from the guest, though before the exit is shown: what
  /// the registers held is taken back first.
  func exitBeforeHandler(_ vcpu: UInt32, intid: UInt32, _ out: inout HypervisorOutput) {
    guard holds(vcpu), vcpus[Int(vcpu)].isInside else { return }
    let number = Int(vcpu)
    vcpus[number].fired |= 1 << intid
    vcpus[number].ranFor = 0
    let ran = out.time &- vcpus[number].entryTime
    takeBack(number, Run(length: ran, reason: .interrupt, isNear: false), &out)
  }

  /// What is seen of a run of the guest.
  private struct Run {
    var length: UInt64
    var reason: GuestExitReason
    /// It ended a few instructions from where it started.
    var isNear: Bool
  }

  private func takeBack(_ vcpu: Int, _ run: Run, _ out: inout HypervisorOutput) {
    vcpus[vcpu].isInside = false
    vcpus[vcpu].exitEvent = out.event
    vcpus[vcpu].listAtExit = vcpus[vcpu].list
    dropFinished(vcpu)
    vcpus[vcpu].hadInterrupts = vcpus[vcpu].loaded > 0
    let left =
      vcpus[vcpu].shownRead.isEmpty ? witness?.registersLeft(entry: vcpus[vcpu].entryEvent) : vcpus[vcpu].shownRead
    // Which of them had a register is not known: neither is what became of those that had none.
    let entry = vcpus[vcpu].entryEvent
    if vcpus[vcpu].isCrowded {
      for place in vcpus[vcpu].doubtful { marked.insert(place) }
      for place in vcpus[vcpu].list where interrupts[place].register < 0 && interrupts[place].raisedAt < entry {
        if !marked.contains(place) { vcpus[vcpu].doubtful.append(place) }
      }
      marked.removeAll()
      vcpus[vcpu].isCrowded = false
    }
    // What was in no register stays as doubtful as it was, unless its physical timer came.
    let doubtful = vcpus[vcpu].doubtful
    vcpus[vcpu].doubtful.removeAll(keepingCapacity: true)
    for place in doubtful where interrupts[place].register < 0 {
      let intid = interrupts[place].queued.intid
      if INTID.isBanked(intid), vcpus[vcpu].fired & 1 << intid != 0 {
        settle(place, pending: false, active: false, .physicalTimerFired, out)
        learnTaken(place, vcpu: vcpu)
      } else {
        vcpus[vcpu].doubtful.append(place)
      }
    }
    for register in 0..<vcpus[vcpu].loaded {
      let place = vcpus[vcpu].places[register]
      let loaded = ListRegisterValue(vcpus[vcpu].registers[register], setting.format)
      let (value, rule) = outcome(loaded, place, left, vcpu, run)
      takeBack(value, place, rule, vcpu, &out)
    }
    takeEnds(vcpu, &out)
    vcpus[vcpu].loaded = 0
    prune(vcpu)
  }

  /// What had ended in its register, and was raised again once the vCPU had left its guest, had left the list before: it
  /// stands at the end, in the order of what came since.
  private func requeueLate(_ place: Int, _ vcpu: Int) {
    guard let left = activity.left(vcpus[vcpu].cpu), interrupts[place].raisedAt > left,
      let at = vcpus[vcpu].list.firstIndex(of: place)
    else { return }
    vcpus[vcpu].list.remove(at: at)
    var end = vcpus[vcpu].list.count
    while end > 0, interrupts[vcpus[vcpu].list[end - 1]].raisedAt > interrupts[place].raisedAt { end -= 1 }
    vcpus[vcpu].list.insert(place, at: end)
  }

  /// Ends that hit no list register (`ICH_HCR_EL2.EOIcount`): KVM from Linux 6.19 on deactivates as many of the active
  /// interrupts that had none, in the order of the list. Those of them whose end it told its device of are shown already.
  private func takeEnds(_ vcpu: Int, _ out: inout HypervisorOutput) {
    let entry = vcpus[vcpu].entryEvent
    guard policy == .kvmOverflow, let counted = witness?.endsOutside(entry: entry) else { return }
    let loaded = witness?.registersLoaded(event: entry) ?? []
    var left = counted - vcpus[vcpu].endedOutside
    for place in vcpus[vcpu].list where left > 0 {
      guard interrupts[place].register < 0, interrupts[place].queued.isActive, !isIn(loaded, place) else { continue }
      left -= 1
      vcpus[vcpu].doubtful.removeAll { $0 == place }
      let value = ListRegisterValue(0, setting.format)
      takeBack(value, place, .registersShown, vcpu, &out)
    }
  }

  private func isIn(_ registers: [UInt64], _ place: Int) -> Bool {
    registers.contains { bits in
      let value = ListRegisterValue(bits, setting.format)
      return value.isValid
        && value.intid(hasGICv2Guest: setting.hasGICv2Guest) == interrupts[place].queued.intid
    }
  }

  /// What a list register holds after the run, and why.
  private func outcome(
    _ loaded: ListRegisterValue, _ place: Int, _ left: [UInt64]?, _ vcpu: Int, _ run: Run
  ) -> (ListRegisterValue, InferenceRule) {
    let intid = interrupts[place].queued.intid
    if let left {
      for bits in left {
        let value = ListRegisterValue(bits, loaded.format)
        if value.intid(hasGICv2Guest: setting.hasGICv2Guest) == intid { return (value, .registersShown) }
      }
    }
    if INTID.isBanked(intid), vcpus[vcpu].fired & 1 << intid != 0, loaded.isHardware {
      return (loaded.empty, .physicalTimerFired)
    }
    if vcpus[vcpu].ended.contains(intid) { return (loaded.empty, .endNotified) }
    if let found = handlerOutcome(loaded, intid, vcpu) { return found }
    // The end of a level-sensitive SPI would have shown: it is pending still, or active.
    if showsEnds, loaded.asksAtEnd, INTID.isSPI(intid), interrupts[place].known.contains(.trigger) {
      return (loaded, .undecided)
    }
    return (guess(loaded, run), .undecided)
  }

  /// A guess at what an unknown register holds: a guest that is interrupted a few instructions behind its
  /// entry, sooner than it takes to handle an interrupt, has taken none.
  private func guess(_ loaded: ListRegisterValue, _ run: Run) -> ListRegisterValue {
    let isShort = handlingTime == 0 || run.length < handlingTime
    return run.reason == .interrupt && run.isNear && isShort ? loaded : loaded.empty
  }

  private func takeBack(
    _ value: ListRegisterValue, _ place: Int, _ rule: InferenceRule, _ vcpu: Int, _ out: inout HypervisorOutput
  ) {
    rules[Int(rule.rawValue)] += 1
    interrupts[place].rule = rule
    if !rule.decides { vcpus[vcpu].doubtful.append(place) }
    if rule == .physicalTimerFired || rule == .endNotified { learnTaken(place, vcpu: vcpu) }
    if rule == .endNotified { interrupts[place].known.insert(.trigger) }
    tell(place, vcpu, rule, isPending: value.isPending, isActive: value.isActive)
    let effects = interrupts[place].queued.fold(
      value,
      hasGICv2Guest: setting.hasGICv2Guest,
      policy: policy,
      // A timer that the guest has not handled stays asserted; a probe's or a witness's word about the line is in what
      // the hypervisor injects next.
      physicalLine: true
    )
    report(value, place, vcpu, rule, out)
    interrupts[place].register = -1
    if !value.isValid { requeueLate(place, vcpu) }
    interrupts[place].isLineSampled = rule.decides && effects.contains(.sampledLine)
    let isDoubtful = interrupts[place].isLineSampled || rule.decides && vcpus[vcpu].unpruned.contains(place)
    if isDoubtful { vcpus[vcpu].doubtful.append(place) }
  }

  private func report(
    _ value: ListRegisterValue, _ place: Int, _ vcpu: Int, _ rule: InferenceRule, _ out: borrowing HypervisorOutput
  ) {
    guard !value.isValid, rule != .undecided else { return }
    out.emit(
      .lrEmptied, provenance: rule == .shown ? .derived : .inferred, domain: domain, pe: UInt32(vcpu),
      intid: interrupts[place].queued.intid, priority: UInt32(interrupts[place].queued.priority),
      Transition.Operands<Transition.ListRegister>(index: Int(max(0, interrupts[place].register)), value: value.bits))
  }

  /// The hypervisor found, as it took a vCPU's interrupts back, that the guest had ended a level-sensitive SPI
  /// (`kvm_ack_irq`).
  func noteEnd(_ place: Int, _ vcpu: Int) {
    if vcpus[vcpu].isInside { vcpus[vcpu].ended.append(interrupts[place].queued.intid) }
    if !interrupts[place].queued.traits.contains(.hardware) {
      interrupts[place].queued.traits.insert(.level)
      interrupts[place].known.insert(.trigger)
    }
    let owner = Int(interrupts[place].owner)
    guard owner != vcpu || interrupts[place].register < 0 else { return }
    if vcpus[vcpu].isInside { vcpus[vcpu].endedOutside += 1 }
    // It was not where the model has it: on another vCPU's list, or active without a register.
    learnTaken(place, vcpu: vcpu)
    for other in vcpus.indices { vcpus[other].doubtful.removeAll { $0 == place } }
    interrupts[place].rule = .endNotified
    interrupts[place].queued.isActive = false
    interrupts[place].queued.traits.remove(.latched)
    // The list is pruned as the vCPU leaves its guest. What is due again by then stays where it stands.
    if owner >= 0, owner != vcpu || vcpus[vcpu].isInside && Int(interrupts[place].wanted) != owner {
      vcpus[owner].list.removeAll { $0 == place }
      interrupts[place].owner = -1
    }
    queue(place)
  }
}

extension ListRegisterValue {
  /// The same register with its interrupt gone.
  var empty: ListRegisterValue {
    ListRegisterValue(bits & ~(Self.pendingBit(format) | Self.activeBit(format)), format)
  }
}
