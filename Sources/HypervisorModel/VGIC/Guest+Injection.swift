import InterruptTrace

/// How an injection gets onto a vCPU's list.
extension Guest {
  /// `kvm_vgic_inject_irq`: what the capture shows is an attempt. A level-sensitive interrupt takes a change of its level
  /// only, an edge-triggered one a rising edge only; anything else is ignored without a trace.
  func inject(intid: UInt32, vcpu: UInt32, level: Bool, at event: Event, _ out: inout HypervisorOutput) {
    guard INTID.isBasic(intid), holds(INTID.isBanked(intid) ? vcpu : 0) else { return }
    guard let place = place(intid, vcpu: INTID.isBanked(intid) ? vcpu : 0) else { return }
    refresh(place, vcpu: INTID.isBanked(intid) ? vcpu : 0)
    if interrupts[place].isLineSampled { takeSample(place, Int(vcpu)) }
    let was = interrupts[place].queued.isPending
    let before = remembered(place, .line(level), cpu: event.cpu, out.event)
    if interrupts[place].queued.traits.contains(.level) {
      guard level != interrupts[place].queued.traits.contains(.line) else {
        ignoredInjections += 1
        // Whether the line was high before may be a guess; that it is high now is none.
        if level { noteRaised(place, event: out.event) }
        return
      }
      interrupts[place].queued.traits.set(.line, to: level)
    } else {
      // It may turn out to be level-sensitive.
      interrupts[place].queued.traits.set(.line, to: level)
      guard level else {
        ignoredInjections += 1
        return
      }
      interrupts[place].queued.traits.insert(.latched)
    }
    if level { noteRaised(place, event: out.event) }
    becamePending(place, was: was, cause: .line, out: &out)
    remember(before)
  }

  /// A timer is linked to the physical one of the same INTID (`kvm_vgic_map_phys_irq`).
  func linkTimer(intid: UInt32, vcpu: UInt32) {
    guard INTID.isBanked(intid), holds(vcpu), let place = place(intid, vcpu: vcpu) else { return }
    guard !interrupts[place].queued.traits.contains(.hardware) else { return }
    interrupts[place].known.insert(.trigger)
    interrupts[place].queued.traits.formUnion([.hardware, .level])
    interrupts[place].queued.physicalINTID = UInt16(intid)
  }

  /// Reports a change of the pending state and queues the interrupt if it is due.
  func becamePending(
    _ place: Int, was: Bool, cause: PendingCause, source: UInt32 = PE.none, out: inout HypervisorOutput
  ) {
    let interrupt = interrupts[place]
    let isNow = interrupt.queued.isPending
    if isNow || was {
      let kind: TransitionKind = isNow ? (was ? .merged : .pending) : .pendingCleared
      if isNow && !was { interrupts[place].pendingSince = out.time }
      out.emit(
        kind, domain: domain, pe: UInt32(bitPattern: interrupt.target), intid: interrupt.queued.intid,
        priority: UInt32(interrupt.queued.priority), Transition.Operands<Transition.Pending>(cause, sourcePE: source))
    }
    queue(place)
  }

  /// `vgic_queue_irq_unlock`: on a list already, or for nobody, nothing happens; else it goes to the end of its vCPU's list.
  func queue(_ place: Int) {
    guard interrupts[place].owner < 0 else { return }
    let wanted = interrupts[place].wanted
    guard wanted >= 0, holds(UInt32(wanted)) else { return }
    interrupts[place].owner = wanted
    vcpus[Int(wanted)].list.append(place)
  }

  /// `vgic_prune_ap_list`: what is no longer due leaves the list, what goes elsewhere now moves to that vCPU's.
  func prune(_ vcpu: Int) {
    var kept = 0
    var moved: [Int] = []
    for index in vcpus[vcpu].list.indices {
      let place = vcpus[vcpu].list[index]
      let wanted = interrupts[place].wanted
      if wanted == Int32(vcpu) {
        vcpus[vcpu].list[kept] = place
        kept += 1
      } else {
        interrupts[place].owner = -1
        if wanted >= 0 { moved.append(place) }
      }
    }
    vcpus[vcpu].list.removeLast(vcpus[vcpu].list.count - kept)
    for place in moved { queue(place) }
  }

  // MARK: What the guest's own accesses do

  /// Takes over what the guest's Distributor did of itself: registers written, SGIs of a GICv2, MSIs and commands.
  func follow(_ transition: Transition, _ out: inout HypervisorOutput) {
    let intid = transition.intid
    guard INTID.isBasic(intid) || INTID.isLPI(intid), transition.pe < 4096 || !INTID.isBanked(intid) else {
      return out.append(transition)
    }
    let vcpu = transition.pe < 4096 ? transition.pe : 0
    guard holds(vcpu) else { return }
    switch transition.kind {
    case .pending, .merged:
      guard let place = place(intid, vcpu: vcpu) else { return }
      refresh(place, vcpu: vcpu)
      let was = interrupts[place].queued.isPending
      let sourcePE = transition.pending.sourcePE
      let source: UInt8 = INTID.isSGI(intid) && isGICv2 && sourcePE < 8 ? 1 << UInt8(sourcePE) : 0
      let sender = sourcePE < vcpus.count ? vcpus[Int(sourcePE)].cpu : PE.none
      let before = remembered(place, .latch(source: source), cpu: sender, out.event)
      interrupts[place].queued.traits.insert(.latched)
      interrupts[place].queued.sources |= source
      noteRaised(place, event: out.event)
      if INTID.isLPI(intid) { interrupts[place].target = Int32(vcpu) }
      let cause = transition.pending.cause ?? .register
      becamePending(place, was: was, cause: cause, source: sourcePE, out: &out)
      remember(before)
    case .pendingCleared:
      guard let place = knownPlace(intid, vcpu: vcpu) else { return }
      interrupts[place].queued.traits.remove(.latched)
      interrupts[place].queued.sources = 0
      out.append(transition)
    case .enabled, .disabled, .retargeted, .priorityChanged, .groupChanged, .triggerChanged:
      if let place = knownPlace(intid, vcpu: vcpu) {
        refresh(place, vcpu: vcpu)
        queue(place)
      }
      out.append(transition)
    case .acknowledged, .endOfInterrupt, .spuriousAcknowledge, .mismatchedEnd: break
    default: out.append(transition)
    }
  }

  /// `GICD_CTLR`: whether groups are forwarded may have changed for all.
  func refreshAll() {
    for vcpu in vcpus.indices {
      for place in vcpus[vcpu].list { refresh(place, vcpu: UInt32(vcpu)) }
    }
    for place in interrupts.indices where interrupts[place].owner < 0 && interrupts[place].queued.isPending {
      refresh(place, vcpu: UInt32(max(0, interrupts[place].target)))
      queue(place)
    }
  }
}
