import InterruptTrace

/// Evidence of what a guest did that comes after its exit.
extension Guest {
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
    let pc = vcpus[vcpu].exitPC
    return waits.contains { $0.pc == pc && $0.count >= Self.waitsOfIdleLoop }
  }

  /// The vCPU's wait has lasted. A CPU that its guest stops for good waits once in vain, and then finds at each of its waits
  /// that an interrupt is pending, which it does not take: only who comes back to wait there is in an idle loop.
  private func countWait(_ vcpu: Int) {
    let pc = vcpus[vcpu].exitPC
    guard vcpus[vcpu].waitPC == pc else {
      vcpus[vcpu].waitPC = pc
      return
    }
    if let at = waits.firstIndex(where: { $0.pc == pc }) {
      waits[at].count += 1
    } else if waits.count < Self.waitLimit {
      waits.append((pc, 1))
    }
  }

  private static var waitLimit: Int { 64 }
  private static var waitsOfIdleLoop: Int { 3 }

  /// Whether an interrupt may be on the list still, though the guest that ran had nothing pending in its registers: it may
  /// have been raised too late for them.
  private func mayComeStill(_ place: Int, _ vcpu: Int) -> Bool {
    interrupts[place].lateAt == vcpus[vcpu].entryEvent
  }

  /// The vCPU had blocked after its exit for a wait: that was WFI, whether or not the capture says so. `hasWaited` is false
  /// if something was pending at once.
  func wake(_ vcpu: UInt32, hasWaited: Bool, _ out: borrowing HypervisorOutput) {
    guard holds(vcpu), !vcpus[Int(vcpu)].isInside else { return }
    if hasWaited, vcpus[Int(vcpu)].exitClass == Self.wait { countWait(Int(vcpu)) }
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
    let isUntouched = asserted && deadline == vcpus[number].deadlines[timer]
    // The guest was not interrupted, but ran into an instruction that traps, and not in a handler's end.
    let isTrap = vcpus[number].exitClass != 0 && !vcpus[number].isDeactivating
    if interrupts[place].isLineSampled {
      takeSample(place, number)
      interrupts[place].queued.traits.set(.line, to: asserted && !masked)
    } else if masked {
      settle(place, pending: false, active: true, .timerMasked, out)
    } else if isUntouched {
      let isSure = isTrap && vcpus[number].exitClass != Self.wait
      settle(place, pending: true, active: false, isSure ? .timerHighAtTrap : .timerUntouched, out)
    } else {
      settle(place, pending: false, active: false, isTrap && !asserted ? .timerLowAtTrap : .timerReprogrammed, out)
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
    // Of one that is not active the injection that follows decides.
    guard !interrupts[place].isLineSampled else { return }
    settle(place, pending: false, active: false, .timerLineLow, out)
  }

  /// The level is shown of an interrupt that is pending if its line is high.
  func takeSample(_ place: Int, _ vcpu: Int) {
    guard interrupts[place].isLineSampled else { return }
    interrupts[place].isLineSampled = false
    vcpus[vcpu].doubtful.removeAll { $0 == place }
  }

  /// The guest's write of `ICC_DIR_EL1` or `GICC_DIR` trapped. It is shown before it is carried out: what another CPU does
  /// until the thread's next event may come first.
  func startDeactivation(intid: UInt32, vcpu: UInt32) {
    if holds(vcpu) { vcpus[Int(vcpu)].deactivating = intid }
  }

  /// The guest's last exit was for a deactivation.
  func noteDeactivation(_ vcpu: UInt32) {
    if holds(vcpu) { vcpus[Int(vcpu)].isDeactivating = true }
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
    // What the list register of a vCPU in its guest holds is not deactivated by every kernel that means to.
    guard !vcpus[owner].isInside || interrupts[place].register < 0 && !vcpus[owner].doubtful.contains(place) else {
      return noteUnpruned(place, owner)
    }
    vcpus[owner].doubtful.removeAll { $0 == place }
    settle(place, pending: false, active: false, .deactivationTrapped, out)
    guard interrupts[place].owner >= 0, !vcpus[owner].isInside else { return }
    noteUnpruned(place, owner)
    if interrupts[place].raisedAt > vcpus[owner].exitEvent { doubtRank(place) }
  }

  private func noteUnpruned(_ place: Int, _ vcpu: Int) {
    if !vcpus[vcpu].unpruned.contains(place) { vcpus[vcpu].unpruned.append(place) }
  }

  /// KVM prunes the vCPU's list before it enters its guest, if a deactivation asked for that. Only a probe shows when.
  func prunePending(_ vcpu: Int) {
    guard !vcpus[vcpu].unpruned.isEmpty else { return }
    vcpus[vcpu].unpruned.removeAll(keepingCapacity: true)
    prune(vcpu)
  }

  func settle(
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
    interrupts[place].isLineSampled = false
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

  func tell(_ place: Int, _ vcpu: Int, _ rule: InferenceRule, isPending: Bool, isActive: Bool) {
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
