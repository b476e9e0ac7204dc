import InterruptTrace
import LPIStore

/// Writes of `GICD_*` (IHI 0069H, 12.9).
extension GICv3 where Store: ~Copyable {
  mutating func writeDistributor(_ event: Event) {
    let index = distributorMap.index(at: event.offset)
    let role = distributorMap.role(index)
    let nonSecure = isNonSecure(event)
    let word = Int((event.offset &- distributorMap.start(index < 0 ? 0 : index)) &>> 2) & 31
    let value = UInt32(truncatingIfNeeded: event.b)
    if role.holdsSharedInterrupts, distributor.isReserved(word: sharedWord(event, role)) { return }
    switch role {
    case .control: writeDistributorControl(value, nonSecure: nonSecure)
    case .setSPI, .clearSPI: writeMessageBasedSPI(event, set: role == .setSPI, nonSecure: nonSecure)
    case .group:
      guard !nonSecure, word != 0 else { return }
      reportGroups(word: word, group: value, modifier: distributor.groupModifier[word])
      distributor.group[word] = value
      distributor.knownGroup[word] = distributor.implementedMask(word)
      refreshShared(word: word, always: .max)
    case .groupModifier:
      guard !nonSecure, word != 0, !distributor.hasOneSecurityState else { return }
      reportGroups(word: word, group: distributor.group[word], modifier: value)
      distributor.groupModifier[word] = value
      distributor.knownGroupModifier[word] = distributor.implementedMask(word)
      refreshShared(word: word, always: .max)
    case .setEnable:
      changeEnable(word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: 4), to: true)
    case .clearEnable:
      changeEnable(word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: 4), to: false)
    case .setPending:
      changePending(word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: 1), set: true)
    case .clearPending:
      changePending(word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: 2), set: false)
    case .setActive:
      changeActive(
        word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: activeAccess), to: true)
    case .clearActive:
      changeActive(
        word: word, bits: value & visibleMask(word: word, nonSecure: nonSecure, nsacr: activeAccess), to: false)
    case .priority: writeSharedPriority(event, nonSecure: nonSecure)
    case .configuration: writeSharedConfiguration(event, nonSecure: nonSecure)
    case .nonSecureAccess:
      guard !nonSecure, !distributor.hasOneSecurityState else { return }
      distributor.nonSecureAccess[Int((event.offset &- distributorMap.start(index)) &>> 2) & 63] = value
    case .router: writeRouter(event, nonSecure: nonSecure)
    default: break
    }
  }

  /// `GICD_NSACR` level that lets Non-secure software change active state (IHI 0069H, 12.9.31); 4 is none.
  private var activeAccess: UInt32 { departures.contains(.activeStateIgnoresNSACR) ? 4 : 2 }

  private mutating func writeDistributorControl(_ value: UInt32, nonSecure: Bool) {
    let writable: UInt32
    if distributor.hasOneSecurityState {
      writable = Distributor.enableGroup0 | Distributor.enableGroup1NonSecure
    } else if nonSecure {
      writable = Distributor.enableGroup1NonSecure
    } else {
      writable =
        Distributor.enableGroup0 | Distributor.enableGroup1NonSecure | Distributor.enableGroup1Secure
        | Distributor.disableSecurity
    }
    // Where affinity routing can be off, it can be switched on; back it goes by a reset only (IHI 0069H, 12.9.4).
    let routing = affinityRouting(setBy: value, nonSecure: nonSecure)
    var control = distributor.control & ~writable | value & writable | routing
    if !distributor.hasOneSecurityState, control & Distributor.disableSecurity != 0 {
      // Setting DS makes EnableGrp1S and ARE_NS RES0; only a reset clears it again (IHI 0069H, 12.9.4).
      control &= ~(Distributor.enableGroup1Secure | Distributor.affinityRoutingNonSecure)
    }
    distributor.control = control
    distributor.knownControl |= writable | routing
    reportDistributorControl()
    refreshAllShared()
  }

  /// The ARE bits of `GICD_CTLR` that a write sets: ARE_S takes ARE_NS with it.
  private func affinityRouting(setBy value: UInt32, nonSecure: Bool) -> UInt32 {
    let (one, two) = (Distributor.affinityRoutingSecure, Distributor.affinityRoutingNonSecure)
    if distributor.hasOneSecurityState { return value & one }
    if nonSecure { return value & one != 0 ? two : 0 }
    return value & one != 0 ? one | two : value & two
  }

  /// `GICD_SETSPI_*` and `GICD_CLRSPI_*`: message-based SPIs (IHI 0069H, 12.9.34).
  private mutating func writeMessageBasedSPI(_ event: Event, set: Bool, nonSecure: Bool) {
    let intid = Int(event.b & 0x3FF)
    let isSecureRegister = event.offset & 0x10 != 0
    guard intid >= 32, intid < 1020, !(isSecureRegister && nonSecure) else { return }
    let (word, bit) = (intid >> 5, intid & 31)
    guard !distributor.isReserved(word: word) else { return }
    guard visibleMask(word: word, nonSecure: nonSecure, nsacr: set ? 1 : 2).bit(bit) else { return }
    if distributor.edge[word].bit(bit) {
      changePending(word: word, bits: 1 << UInt32(bit), set: set)
    } else {
      // For a level-sensitive interrupt the pair of registers stands for its line.
      setSharedLine(intid: intid, level: set)
    }
  }

  private mutating func writeSharedPriority(_ event: Event, nonSecure: Bool) {
    let first = Int(event.offset &- 0x400)
    for n in 0..<min(event.size, 4) {
      let intid = first + n
      guard intid >= 32, intid < 1020 else { continue }
      var value = UInt8(truncatingIfNeeded: event.b >> UInt64(n * 8))
      if nonSecure {
        guard distributor.group(of: intid) == .group1NonSecure else { continue }
        value = 0x80 | value >> 1
      }
      let old = distributor.priority[intid]
      distributor.priority[intid] = value
      if value != old { reportPriority(reportedPE(intid), intid, from: old, to: value) }
      if distributor.implementedMask(intid >> 5) != 0 {
        distributor.knownPriority[intid >> 5].setBit(intid & 31, to: true)
      }
      staleTargets(of: intid)
    }
  }

  private mutating func writeSharedConfiguration(_ event: Event, nonSecure: Bool) {
    let first = (Int(event.offset &- 0xC00) & ~3) * 4
    guard first >= 32, first < 1020 else { return }
    for n in 0..<16 {
      let intid = first + n
      let (word, bit) = (intid >> 5, intid & 31)
      guard !nonSecure || distributor.group(of: intid) == .group1NonSecure else { continue }
      let was = distributor.isPending(intid)
      let isEdge = event.b >> UInt64(n * 2 + 1) & 1 != 0
      if isEdge != distributor.edge[word].bit(bit) {
        emit(.triggerChanged, pe: reportedPE(intid), intid: UInt32(intid), a: isEdge ? 1 : 0)
      }
      distributor.edge[word].setBit(bit, to: isEdge)
      if distributor.implementedMask(word) != 0 { distributor.knownEdge[word].setBit(bit, to: true) }
      reportPending(shared: intid, was: was, cause: .register)
    }
    if departures.contains(.looksAtTriggersLate) {
      distributor.unseenTriggers.setBit(first >> 5, to: true)
    } else {
      refreshShared(word: first >> 5)
    }
  }

  private mutating func writeRouter(_ event: Event, nonSecure: Bool) {
    let intid = Int((event.offset &- 0x6000) / 8)
    guard intid >= 32, intid < 1020, visibleMask(word: intid >> 5, nonSecure: nonSecure, nsacr: 3).bit(intid & 31)
    else { return }
    // Aff3 in 39:32, Interrupt_Routing_Mode in 31, Aff2 to Aff0 in 23:0; the rest is RES0 (IHI 0069H, 12.9.22).
    let mask: UInt64 = departures.contains(.keepsReservedRouteBits) ? .max : 0xFF_80FF_FFFF
    distributor.router[intid] = merge(distributor.router[intid], event) & mask
    if distributor.implementedMask(intid >> 5) != 0, event.size == 8 {
      distributor.knownRoute[intid >> 5].setBit(intid & 31, to: true)
    }
    reroute(intid)
    if distributor.unseenTriggers != 0 { seeTrigger(of: intid) }
  }
}
