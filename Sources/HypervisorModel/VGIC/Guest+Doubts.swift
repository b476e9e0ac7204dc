import InterruptTrace

/// What the capture does not decide about an entry.
extension Guest {
  /// The doubts about what the policy put into the list registers of a vCPU.
  func doubts(_ vcpu: Int, _ outcome: ListRegisterOutcome, isTold: Bool, event: UInt64) -> ClassDoubts {
    var doubts = ClassDoubts()
    if isTruncated || !vcpus[vcpu].isListKnown { doubts.insert(.start) }
    for place in vcpus[vcpu].doubtful { doubts[kind(place)].insert(.outcome) }
    for place in vcpus[vcpu].list where !interrupts[place].queued.isActive && !isEnableKnown(place) {
      doubts[kind(place)].insert(.configuration)
    }
    if unrouted.places.contains(where: { mayBeFor($0, vcpu) }) { doubts[.spi].insert(.route) }
    for injection in vcpus[vcpu].injections where mayBeLate(injection, vcpu) {
      doubts[kind(injection.place)].insert(.late)
      interrupts[injection.place].lateAt = event
    }
    crowd(vcpu, outcome, isTold, &doubts)
    return doubts
  }

  private func kind(_ place: Int) -> RegisterClass { RegisterClass(interrupts[place].queued.intid) }

  /// Whether the capture shows that the interrupt is on its vCPU's list when it is pending.
  private func isEnableKnown(_ place: Int) -> Bool { interrupts[place].known.isSuperset(of: .listing) }

  /// There are as many interrupts as registers, or more: which of them have one depends on what else there may be, and on
  /// priorities.
  private func crowd(_ vcpu: Int, _ outcome: ListRegisterOutcome, _ isTold: Bool, _ doubts: inout ClassDoubts) {
    var maybe = 0
    for place in vcpus[vcpu].doubtful where interrupts[place].wanted != Int32(vcpu) { maybe += 1 }
    for place in unrouted.places where mayBeFor(place, vcpu) && interrupts[place].wanted != Int32(vcpu) { maybe += 1 }
    let mayHide = !isTold && !isGICv2 && outcome.wanted + maybe >= setting.count
    // Among those of one priority the order counts in which several CPUs queued them, which is not shown to the instruction.
    let isOver = outcome.wanted + maybe > setting.count
    vcpus[vcpu].isCrowded = mayHide || isOver
    guard mayHide || isOver else { return }
    for place in vcpus[vcpu].list where interrupts[place].wanted == Int32(vcpu) {
      doubts[kind(place)].insert(.displaced)
    }
    guard isOver else { return }
    for place in vcpus[vcpu].doubtful { doubts[kind(place)].insert(.displaced) }
    for place in unrouted.places { doubts[kind(place)].insert(.displaced) }
  }

  // MARK: Late injections

  /// Another CPU injects the interrupt, and has not gone on before the entry: it may be queued behind the fill. A line that
  /// falls asks the vCPU for nothing; it is not known before which of the vCPU's steps it fell.
  private func mayBeLate(_ injection: RecentInjection, _ vcpu: Int) -> Bool {
    guard activity.hasFinished(injection) else { return true }
    if case .line(false) = injection.change { return !activity.hasMovedOn(vcpus[vcpu].cpu, since: injection.event) }
    return !activity.showsIPIs && !activity.hasMovedOn(vcpus[vcpu].cpu, since: injection.event)
  }

  /// Injections that may, or may not, have come before the fill.
  func doubtLate(_ late: [RecentInjection], _ vcpu: Int, event: UInt64, _ doubts: inout ClassDoubts) {
    for injection in late {
      doubts[kind(injection.place)].insert(.late)
      interrupts[injection.place].lateAt = event
      if !vcpus[vcpu].doubtful.contains(injection.place) { vcpus[vcpu].doubtful.append(injection.place) }
    }
  }

  // MARK: SPIs whose target is not shown

  /// An interrupt was raised; no event may have shown for which vCPU.
  func noteRaised(_ place: Int, event: UInt64) {
    interrupts[place].raisedAt = event
    doubtRank(place)
    guard !interrupts[place].known.contains(.target) else { return }
    interrupts[place].notOn = 0
    if unrouted.count < Self.unroutedLimit { unrouted.insert(place) }
  }

  /// It is due again, and its list may have been pruned since its end: then it stands at the end of the list now.
  func doubtRank(_ place: Int) {
    let owner = Int(interrupts[place].owner)
    guard !showsPrunes, owner >= 0, vcpus[owner].unpruned.contains(place) else { return }
    if !vcpus[owner].doubtful.contains(place) { vcpus[owner].doubtful.append(place) }
  }

  private static var unroutedLimit: Int { 1024 }

  private func mayBeFor(_ place: Int, _ vcpu: Int) -> Bool {
    vcpu >= 64 || interrupts[place].notOn & 1 << UInt64(vcpu) == 0
  }

  /// A vCPU has nothing pending: what came before its last run is not for it.
  func ruleOut(_ vcpu: Int) {
    guard !unrouted.isEmpty, vcpu < 64 else { return }
    let entry = vcpus[vcpu].entryEvent
    for place in unrouted.places where entry != .max && interrupts[place].raisedAt < entry {
      interrupts[place].notOn |= 1 << UInt64(vcpu)
    }
    pruneUnrouted()
  }

  /// Forgets those whose target is known by now, and those that are not pending for any vCPU.
  func pruneUnrouted() {
    guard !unrouted.isEmpty else { return }
    let all: UInt64 = vcpus.count >= 64 ? .max : 1 << UInt64(vcpus.count) - 1
    unrouted.removeAll { place in
      if interrupts[place].known.contains(.target) { return true }
      guard vcpus.count < 64, interrupts[place].notOn & all == all, !interrupts[place].queued.traits.contains(.line)
      else { return false }
      clear(place)
      return true
    }
  }
}
