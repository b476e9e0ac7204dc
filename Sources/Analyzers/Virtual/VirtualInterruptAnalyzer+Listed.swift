import HypervisorModel
import InterruptTrace

/// Interrupts in list registers, and those that were taken out of one unfinished.
extension VirtualInterruptAnalyzer {
  // MARK: Keys

  private static func slotKey(_ t: Transition) -> UInt64 {
    UInt64(t.domain) << 48 | UInt64(t.pe & 0xFF_FFFF) << 8 | t.listRegister.index & 0xFF
  }

  /// An interrupt that a list register holds. An SGI of a GICv2 guest is another one for each source (IHI 0048B, 5.3.8).
  private static func identity(_ t: Transition, _ value: ListRegisterValue) -> UInt64 {
    let source = INTID.isSGI(t.intid) && !(value.format == .gich && value.isHardware) ? UInt32(value.source) << 16 : 0
    // An SGI's or a PPI's bits 23:16 are free for the source.
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: t.intid)
    return key.rawValue | UInt64(source)
  }

  // MARK: List registers

  @inline(__always) mutating func entered(_ t: Transition) {
    let asked = HypervisorControlBits(rawValue: t.virtualInterface.control)
    if !asked.asksForRegisters { interfaces.at(t).pointee.entries &+= 1 }
  }

  /// The vCPU that the list registers stand for may be another one from now on.
  mutating func loadedVCPU(_ t: Transition, _ isCounted: Bool) {
    let interface = interfaces.at(t)
    interface.pointee.loads &+= 1
    interface.pointee.load.begin()
    for index in 0..<64 as Range<UInt64> {
      guard let slot = slots.find(Self.slotKey(t) | index), slot.pointee.isUsed else { continue }
      if !slot.pointee.isInactive { close(slot.pointee.life, .listedAgain, isCounted) }
      slot.pointee.life.forgetMoments()
      slot.pointee.listedIsKnown = false
      slot.pointee.injectionIsKnown = false
      slot.pointee.acknowledgeIsKnown = false
    }
  }

  /// Whether an interrupt that was taken out may have been withdrawn before it is listed again.
  private mutating func wasLeftOut(_ before: Listed, _ t: Transition) -> Bool {
    !before.isAcknowledged && before.life.pe == t.pe && interfaces.at(t).pointee.entries &- before.entries > 1
  }

  /// Whether another vCPU may have had the PE since an interrupt was taken out there.
  private func isStale(_ before: Listed) -> Bool {
    interfaces.find(domain: before.life.domain, pe: before.life.pe)?.pointee.loads != before.loads
  }

  mutating func filled(_ t: Transition, _ isCounted: Bool) {
    let value = ListRegisterValue(t.listRegister)
    let identity = Self.identity(t, value)
    let slot = slots.insert(Self.slotKey(t))
    if slot.pointee.isUsed, slot.pointee.identity == identity {
      // Made pending behind the one that is in service, or active by the hypervisor itself.
      if value.isActive, !slot.pointee.isAcknowledged { slot.pointee.isAcknowledged = true }
      return
    }
    var isKnown = !interfaces.at(t).pointee.load.isRestoring
    if let before = unlisted.find(identity)?.pointee {
      unlisted.remove(identity)
      if isStale(before) {
        isKnown = false
      } else if before.isAcknowledged == value.isActive {
        slot.pointee = before
        slot.pointee.life.pe = t.pe
        if wasLeftOut(before, t) {
          slot.pointee.listedIsKnown = false
          slot.pointee.injectionIsKnown = false
          slot.pointee.life.forgetListing()
        }
        if isCounted { counts.relisted += 1 }
        return
      }
      close(before.life, .listedAgain, isCounted)
      if isCounted { counts.exclusions.endUnknown += 1 }
    }
    if slot.pointee.isUsed, !slot.pointee.isInactive { close(slot.pointee.life, .listedAgain, isCounted) }
    // What a read of the list register showed was loaded some time before.
    isKnown = isKnown && t.provenance != .observed && t.provenance != .assumed && !value.isActive
    slot.pointee = Listed(
      identity: identity, life: InterruptLife(ofGuest: t), isUsed: true, listedIsKnown: isKnown,
      isAcknowledged: value.isActive)
    if isKnown { slot.pointee.life.list(t, register: t.listRegister.index) }
    if isCounted { counts.listed += 1 }
    guard value.isHardware else { return }
    if isCounted { counts.hardwareLinked += 1 }
    link(slot, t, UInt32(value.physicalINTID), isCounted)
  }

  private mutating func link(
    _ slot: UnsafeMutablePointer<Listed>, _ t: Transition, _ intid: UInt32, _ isCounted: Bool
  ) {
    recorder.link(t, to: intid)
    guard let moments = physical.find(domain: t.domain, pe: t.pe, intid: intid), moments.isAcknowledged else {
      if isCounted { counts.exclusions.physicalUnknown += 1 }
      return
    }
    guard slot.pointee.listedIsKnown else { return }
    record(.physicalAcknowledgeToListed, from: moments.acknowledged, t, isCounted)
    guard moments.hasPending else {
      if isCounted { counts.exclusions.physicalUnknown += 1 }
      return
    }
    slot.pointee.injected = moments.pending
    slot.pointee.injectionIsKnown = true
    record(.physicalToListed, from: moments.pending, t, isCounted)
  }

  mutating func emptied(_ t: Transition, _ isCounted: Bool) {
    let key = Self.slotKey(t)
    guard let slot = slots.find(key) else { return }
    var listed = slot.pointee
    slots.remove(key)
    let interface = interfaces.at(t)
    guard !interface.pointee.load.isRestoring else { return }
    // What is found gone the guest has ended, which the capture does not show.
    if t.provenance == .observed {
      if !listed.isInactive { close(listed.life, .listedAgain, isCounted) }
      return
    }
    (listed.entries, listed.loads) = (interface.pointee.entries, interface.pointee.loads)
    if listed.isUsed, !listed.isInactive || ListRegisterValue(t.listRegister).isPending {
      unlisted.insert(listed.identity).pointee = listed
    }
  }

  mutating func acknowledged(_ t: Transition, _ isCounted: Bool) {
    if isCounted {
      counts.acknowledges += 1
      counts.acknowledgesByClass[Int(InterruptClass(intid: t.intid).rawValue)] += 1
      recorder.acknowledged(t)
    }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed,
      UInt32(truncatingIfNeeded: slot.pointee.identity) & 0xFFFF == t.intid & 0xFFFF
    else { return acknowledgedDirectly(t, isCounted) }
    if slot.pointee.listedIsKnown {
      record(.listedToAcknowledge, from: slot.pointee.life.listedTime, t, isCounted)
    } else if isCounted {
      counts.exclusions.startUnknown += 1
    }
    if slot.pointee.acknowledgeIsKnown {
      close(slot.pointee.life, .acknowledgedAgain, isCounted)
      slot.pointee.life = InterruptLife(ofGuest: t)
    }
    slot.pointee.life.acknowledge(t)
    slot.pointee.isAcknowledged = true
    slot.pointee.acknowledgeIsKnown = true
    slot.pointee.isInactive = false
  }

  mutating func ended(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.endOfInterrupts += 1 }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed else { return endedDirectly(t, isCounted) }
    let listed = slot.pointee
    guard listed.acknowledgeIsKnown, !listed.hasEnded else {
      if isCounted { counts.exclusions.acknowledgeUnknown += 1 }
      return
    }
    slot.pointee.hasEnded = true
    slot.pointee.life.end(t)
    record(.acknowledgeToEOI, from: listed.life.acknowledgeTime, t, isCounted)
    if listed.listedIsKnown { record(.listedToEOI, from: listed.life.listedTime, t, isCounted) }
    if listed.injectionIsKnown { record(.physicalToEOI, from: listed.injected, t, isCounted) }
  }

  mutating func deactivated(_ t: Transition, _ isCounted: Bool) {
    if isCounted { counts.deactivations += 1 }
    guard let slot = slots.find(Self.slotKey(t)), slot.pointee.isUsed else { return }
    if slot.pointee.acknowledgeIsKnown {
      record(.acknowledgeToDeactivate, from: slot.pointee.life.acknowledgeTime, t, isCounted)
    }
    slot.pointee.life.deactivate(t)
    close(slot.pointee.life, .ended, isCounted)
    // If it was active and pending, the next one waits in the list register from now on.
    slot.pointee = Listed(
      identity: slot.pointee.identity, life: InterruptLife(ofGuest: t), isUsed: true, listedIsKnown: true,
      isInactive: true)
    slot.pointee.life.list(t, register: t.listRegister.index)
  }
}
