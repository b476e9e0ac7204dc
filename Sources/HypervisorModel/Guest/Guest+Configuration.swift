import InterruptTrace

/// How a guest's interrupts are configured, as far as its accesses show it.
extension Guest {
  /// Brings an interrupt's configuration up to date with the guest's Distributor. What is not shown stays as it was: what
  /// Linux sets, which is not relied on.
  func refresh(_ place: Int, vcpu: UInt32) {
    guard interrupts[place].configuration != distributor.changes else { return }
    interrupts[place].configuration = distributor.changes
    let intid = interrupts[place].queued.intid
    guard INTID.isBasic(intid) else { return }
    let shown = distributor.configuration(intid: intid, vcpu: vcpu)
    if let value = shown.priority { setPriority(place, value) }
    if let value = shown.isEnabled { set(place, .enabled, .enabled, value) }
    if let value = shown.isGroup1 { set(place, .group, .group1, value) }
    if interrupts[place].queued.traits.contains(.hardware) {
      interrupts[place].known.insert(.trigger)
    } else if let value = shown.isEdge {
      set(place, .trigger, .level, !value)
    }
    if let value = shown.isForwarded ?? (forwards ? true : nil) { setForwarded(place, value) }
    if INTID.isBanked(intid) {
      interrupts[place].known.formUnion([.target, .routed])
    } else if let target = shown.target, let vcpu = self.vcpu(ofTarget: target) {
      setTarget(place, vcpu)
    }
    if startIsShown, distributor.isLocated(intid) { takeReset(place, intid) }
  }

  /// A GICv2's SPI without a target goes to vCPU 0 (`vgic_mmio_write_target`).
  private func vcpu(ofTarget target: UInt32) -> UInt32? {
    let vcpu = target == PE.none && isGICv2 ? 0 : target
    return vcpu != PE.none && holds(vcpu) ? vcpu : nil
  }

  /// What no access has changed since the guest's start is as at reset. Not the group and the trigger, which a virtual
  /// machine monitor may set before the start; nor what SGIs are enabled.
  private func takeReset(_ place: Int, _ intid: UInt32) {
    let known = interrupts[place].known
    if !known.contains(.priority) { setPriority(place, 0) }
    if !known.contains(.enabled), !INTID.isSGI(intid) { set(place, .enabled, .enabled, false) }
    if !known.contains(.forwarded) { setForwarded(place, false) }
    if !known.contains(.target) { setTarget(place, 0) }
  }

  private func set(
    _ place: Int, _ fact: GuestKnowledge, _ trait: QueuedInterrupt.Traits, _ value: Bool
  ) {
    interrupts[place].queued.traits.set(trait, to: value)
    interrupts[place].known.insert(fact)
  }

  private func setPriority(_ place: Int, _ value: UInt8) {
    interrupts[place].queued.priority = value
    interrupts[place].known.insert(.priority)
  }

  private func setForwarded(_ place: Int, _ value: Bool) {
    interrupts[place].isForwarded = value
    interrupts[place].known.insert(.forwarded)
  }

  private func setTarget(_ place: Int, _ vcpu: UInt32) {
    interrupts[place].target = Int32(vcpu)
    interrupts[place].known.insert(.routed)
    if numbersAreKnown { interrupts[place].known.insert(.target) }
  }

  /// The guest has taken the interrupt, which was on this vCPU's list: it is enabled, and goes there.
  func learnTaken(_ place: Int, vcpu: Int) {
    interrupts[place].known.formUnion([.enabled, .forwarded])
    interrupts[place].queued.traits.insert(.enabled)
    interrupts[place].isForwarded = true
    forwards = true
    guard !interrupts[place].known.contains(.target) else { return }
    interrupts[place].target = Int32(vcpu)
    interrupts[place].known.formUnion([.target, .routed])
    interrupts[place].notOn = 0
  }
}
