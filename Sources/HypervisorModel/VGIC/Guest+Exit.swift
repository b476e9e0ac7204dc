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
    vcpus[vcpu].loaded = 0
    prune(vcpu)
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

  /// A guess at what a register holds of which nothing tells: a guest that is interrupted a few instructions behind its
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
    _ = interrupts[place].queued.fold(
      value,
      hasGICv2Guest: setting.hasGICv2Guest,
      policy: policy,
      // A timer that the guest has not handled stays asserted; a probe's or a witness's word about the line is in what
      // the hypervisor injects next.
      physicalLine: true
    )
    report(value, place, vcpu, rule, out)
    interrupts[place].register = -1
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
    // It was not where the model has it: on another vCPU's list, or active without a register.
    learnTaken(place, vcpu: vcpu)
    for other in vcpus.indices { vcpus[other].doubtful.removeAll { $0 == place } }
    if owner >= 0 {
      vcpus[owner].list.removeAll { $0 == place }
      interrupts[place].owner = -1
    }
    interrupts[place].rule = .endNotified
    interrupts[place].queued.isActive = false
    interrupts[place].queued.traits.remove(.latched)
    queue(place)
  }

  // MARK: Evidence that comes after the exit

  /// The guest waits: nothing is pending, nothing is being handled; if it waits where its idle loop does. A CPU that a guest
  /// stops for good waits in a handler.
  func rest(_ vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    guard holds(vcpu), vcpus[Int(vcpu)].exitClass == Self.wait, waitsInIdleLoop(Int(vcpu)) else { return }
    let ran = vcpus[Int(vcpu)].ranFor
    if vcpus[Int(vcpu)].hadInterrupts, ran > 0 {
      handlingTime = handlingTime == 0 ? ran : handlingTime - handlingTime / 16 + ran / 16
      vcpus[Int(vcpu)].hadInterrupts = false
    }
    for place in vcpus[Int(vcpu)].doubtful where !mayComeStill(place, Int(vcpu)) {
      settle(place, pending: false, active: false, .idleGuest, out)
    }
    clearList(Int(vcpu))
    ruleOut(Int(vcpu))
    prune(Int(vcpu))
  }

  /// Whether the vCPU's last exit was at an instruction at which the guest has waited often.
  private func waitsInIdleLoop(_ vcpu: Int) -> Bool {
    // Told twice of one wait: as it traps, and as the vCPU wakes.
    guard vcpus[vcpu].countedWait != vcpus[vcpu].exitEvent else { return vcpus[vcpu].isIdle }
    vcpus[vcpu].countedWait = vcpus[vcpu].exitEvent
    let pc = vcpus[vcpu].exitPC
    var seen = 0
    if let at = waits.firstIndex(where: { $0.pc == pc }) {
      seen = waits[at].count
      waits[at].count += 1
    } else if waits.count < Self.waitLimit {
      waits.append((pc, 1))
    }
    vcpus[vcpu].isIdle = seen >= Self.waitsOfIdleLoop
    return vcpus[vcpu].isIdle
  }

  private static var waitLimit: Int { 64 }
  private static var waitsOfIdleLoop: Int { 3 }

  /// Whether an interrupt may be on the list still, though the guest that ran had nothing pending in its registers: it may
  /// have been raised too late for them.
  private func mayComeStill(_ place: Int, _ vcpu: Int) -> Bool {
    interrupts[place].lateAt == vcpus[vcpu].entryEvent
  }

  /// The vCPU had blocked after its exit for a wait: that was WFI, whether or not the capture says so.
  func wake(_ vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    guard holds(vcpu), !vcpus[Int(vcpu)].isInside else { return }
    rest(vcpu, out)
  }

  /// A trapped WFI or WFE (ESR_EL2.EC).
  private static var wait: UInt32 { 1 }

  /// A timer was taken off the hardware: its state tells what the guest did with its interrupt.
  func saveTimer(
    _ timer: Int, intid: UInt32, vcpu: UInt32, control: UInt32, deadline: UInt64, _ out: borrowing HypervisorOutput
  ) {
    guard holds(vcpu), timer < 4 else { return }
    let number = Int(vcpu)
    vcpus[number].areTimersLoaded = false
    defer { vcpus[number].deadlines[timer] = deadline }
    guard let place = knownPlace(intid, vcpu: vcpu),
      vcpus[number].doubtful.contains(place)
    else { return }
    let (masked, asserted) = (control & 2 != 0, control & 4 != 0 && control & 1 != 0)
    if masked {
      settle(place, pending: false, active: true, .timerMasked, out)
    } else if asserted && deadline == vcpus[number].deadlines[timer] {
      settle(place, pending: true, active: false, .timerUntouched, out)
    } else {
      settle(place, pending: false, active: false, .timerReprogrammed, out)
    }
    prune(number)
  }

  /// A physical timer's handler ran behind the exit, while the guest's timers were still on the hardware: the interrupt was
  /// inactive, so the guest had ended it. Its line rises with the injection that follows.
  func fireOutside(intid: UInt32, vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    let number = Int(vcpu)
    guard let place = knownPlace(intid, vcpu: vcpu),
      let at = vcpus[number].doubtful.firstIndex(of: place)
    else { return }
    vcpus[number].doubtful.remove(at: at)
    settle(place, pending: false, active: false, .physicalTimerFired, out)
    learnTaken(place, vcpu: number)
  }

  /// The hypervisor has computed a timer's line and it is low: what was pending no longer is.
  func lowerTimer(intid: UInt32, vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    guard holds(vcpu), let place = knownPlace(intid, vcpu: vcpu) else { return }
    let number = Int(vcpu)
    guard vcpus[number].doubtful.contains(place), !interrupts[place].queued.isActive else { return }
    settle(place, pending: false, active: false, .timerLineLow, out)
  }

  /// The guest's write of `ICC_DIR_EL1` or `GICC_DIR` trapped. It is shown before it is carried out: what another CPU does
  /// until the thread's next event may come first.
  func startDeactivation(intid: UInt32, vcpu: UInt32) {
    if holds(vcpu) { vcpus[Int(vcpu)].deactivating = intid }
  }

  /// The vCPU's thread goes on.
  @inline(__always) func finishDeactivation(_ vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    guard vcpu < vcpus.count, vcpus[Int(vcpu)].deactivating != INTID.none else { return }
    let intid = vcpus[Int(vcpu)].deactivating
    vcpus[Int(vcpu)].deactivating = INTID.none
    deactivate(intid: intid, vcpu: vcpu, out)
  }

  /// The guest's write of `ICC_DIR_EL1` trapped (Linux from 6.19). An interrupt on no list is left alone; an SPI may be on
  /// another vCPU's.
  func deactivate(intid: UInt32, vcpu: UInt32, _ out: borrowing HypervisorOutput) {
    guard let place = knownPlace(intid, vcpu: vcpu) else { return }
    // One that is guessed to have ended is on none either, and this tells that it has.
    let owner = Int(interrupts[place].owner >= 0 ? interrupts[place].owner : interrupts[place].target)
    guard owner >= 0, owner < vcpus.count else { return }
    guard interrupts[place].owner >= 0 || vcpus[owner].doubtful.contains(place) else { return }
    vcpus[owner].doubtful.removeAll { $0 == place }
    settle(place, pending: false, active: false, .deactivationTrapped, out)
    if !vcpus[owner].isInside { prune(owner) }
  }

  private func settle(
    _ place: Int, pending: Bool, active: Bool, _ rule: InferenceRule, _ out: borrowing HypervisorOutput
  ) {
    out.emit(
      .guestOutcome, provenance: rule.decides ? .inferred : .assumed, domain: domain,
      pe: UInt32(bitPattern: interrupts[place].owner >= 0 ? interrupts[place].owner : interrupts[place].target),
      intid: interrupts[place].queued.intid, priority: UInt32(interrupts[place].queued.priority),
      Transition.Operands<Transition.GuestOutcome>(isPending: pending, isActive: active, rule: rule.rawValue))
    rules[Int(rule.rawValue)] += 1
    interrupts[place].rule = rule
    let vcpu = Int(interrupts[place].owner >= 0 ? interrupts[place].owner : interrupts[place].target)
    if rule.decides { vcpus[vcpu].doubtful.removeAll { $0 == place } }
    tell(place, vcpu, rule, isPending: pending, isActive: active)
    interrupts[place].queued.isActive = active
    let isPending = pending || isFresh(place, vcpu)
    defer { if pending || active { stay(place) } }
    if interrupts[place].queued.isMappedLevel {
      interrupts[place].queued.traits.set(.line, to: isPending)
    } else if !isPending, !interrupts[place].queued.traits.contains(.level) {
      interrupts[place].queued.traits.remove(.latched)
      interrupts[place].queued.sources = 0
    }
    queue(place)
  }

  private func tell(_ place: Int, _ vcpu: Int, _ rule: InferenceRule, isPending: Bool, isActive: Bool) {
    onOutcome?(
      InferredOutcome(
        domain: domain, vcpu: UInt32(vcpu), entry: vcpus[vcpu].entryEvent, intid: interrupts[place].queued.intid,
        rule: rule, isPending: isPending, isActive: isActive))
  }

  /// What has not ended has never left its vCPU's list: it stands where it stood at the exit, before what was queued since.
  private func stay(_ place: Int) {
    let vcpu = Int(interrupts[place].owner)
    guard vcpu >= 0, let rank = vcpus[vcpu].listAtExit.firstIndex(of: place),
      let at = vcpus[vcpu].list.firstIndex(of: place)
    else { return }
    vcpus[vcpu].list.remove(at: at)
    let before = vcpus[vcpu].listAtExit[..<rank]
    let behind = vcpus[vcpu].list.lastIndex { before.contains($0) }.map { $0 + 1 } ?? 0
    vcpus[vcpu].list.insert(place, at: behind)
  }
}

extension ListRegisterValue {
  /// The same register with its interrupt gone.
  var empty: ListRegisterValue {
    ListRegisterValue(bits & ~(Self.pendingBit(format) | Self.activeBit(format)), format)
  }
}
