import InterruptTrace
import LPIStore

/// Reads and writes of `GICR_*` (IHI 0069H, 12.11).
extension GICv3 where Store: ~Copyable {
  mutating func readRedistributor(_ event: Event, pe: Int) {
    let index = redistributorMap.index(at: event.offset)
    let role = redistributorMap.role(index)
    guard role != .reserved, !event.flags.contains(.refused) else {
      compareReserved(event)
      return
    }
    let check = PredictionLedger.check(.gicr, index: index)
    let nonSecure = isNonSecure(event)
    // Words past the first belong to the extended PPI range.
    let isExtended = (event.offset &- redistributorMap.start(index)) >= 4 && event.offset >= 0x10000
    switch role {
    case .control:
      // Bits other than EnableLPIs and DPG are the implementation's or change by themselves.
      let unseen: UInt64 = departures.contains(.redistributorControlIsFixed) ? .max : 1
      let known = pes[pe].known.contains(.control) ? ~(1 << 31 | 1 << 3) : unseen
      if compare(check, expected: UInt64(pes[pe].control), seen: event.b, known: known, pe: event.pe) == .taught {
        pes[pe].control = UInt32(truncatingIfNeeded: event.b)
        pes[pe].highestIsStale = true
      }
      pes[pe].known.insert(.control)
    case .type:
      learnRedistributorType(event, pe: pe)
      compareIdentification(event, check: check)
    case .implementer, .identification, .status: compareIdentification(event, check: check)
    case .waker:
      let known: UInt64 = pes[pe].known.contains(.waker) ? .max : 0
      let expected = nonSecure ? 0 : UInt64(pes[pe].waker)
      if compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught {
        pes[pe].waker = UInt32(truncatingIfNeeded: event.b)
      }
    case .propertyBase: readBase(event, pe: pe, check: check, field: \.propertyBase, known: .propertyBase)
    case .pendingBase: readBase(event, pe: pe, check: check, field: \.pendingBase, known: .pendingBase)
    case .virtualPropertyBase:
      readBase(event, pe: pe, check: check, field: \.virtualPropertyBase, known: .virtualPropertyBase)
    case .virtualPendingBase: readVirtualPendingBase(event, pe: pe, check: check)
    case .virtualSGIPending: readVirtualSGIPending(event, pe: pe, check: check)
    case .setEnable, .clearEnable, .setPending, .clearPending, .setActive, .clearActive, .group, .groupModifier,
      .configuration, .priority, .nonSecureAccess:
      if isExtended, role != .priority, role != .configuration {
        compareIdentification(event, check: check)
      } else {
        readPrivate(event, pe: pe, role: role, check: check, nonSecure: nonSecure)
      }
    default: compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  private mutating func readBase(
    _ event: Event, pe: Int, check: Int, field: WritableKeyPath<ProcessingElement, UInt64>, known: Known
  ) {
    let value = pes[pe][keyPath: field]
    let mask: UInt64 = pes[pe].known.contains(known) ? .max : 0
    if compare(check, expected: part(value, event), seen: event.b, known: mask, pe: event.pe) == .taught {
      pes[pe][keyPath: field] = merge(value, event)
    }
    pes[pe].known.insert(known)
  }

  /// The first read of an SGI and PPI word may teach, as long as nothing was written there.
  private mutating func readPrivate(_ event: Event, pe: Int, role: RegisterRole, check: Int, nonSecure: Bool) {
    let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 32)
    let seen = UInt32(truncatingIfNeeded: event.b << shift)
    let visible = privateMask(pe: pe, nonSecure: nonSecure)
    func compareWord(_ value: UInt32, _ known: UInt32) -> Verdict {
      compare(
        check, expected: (UInt64(value & visible) & mask) >> shift, seen: event.b,
        known: UInt64(known | ~visible) >> shift, pe: event.pe)
    }
    switch role {
    case .group, .groupModifier:
      if nonSecure { return compareReadAsZero(event, check: check) }
    default: break
    }
    switch role {
    case .group:
      if compareWord(pes[pe].group, pes[pe].knownGroup) == .taught { pes[pe].group = seen }
      pes[pe].knownGroup = .max
    case .groupModifier:
      let value = distributor.hasOneSecurityState ? 0 : pes[pe].groupModifier
      if compareWord(value, pes[pe].knownGroupModifier) == .taught { pes[pe].groupModifier = seen }
      pes[pe].knownGroupModifier = .max
    case .setEnable, .clearEnable:
      let before = pes[pe].enabled
      if compareWord(before, pes[pe].knownEnabled) == .taught {
        pes[pe].enabled = before & ~visible | seen & visible
      }
      let changed = (before ^ pes[pe].enabled) | visible & ~pes[pe].knownEnabled
      if changed != 0 { reportEnables(changed, pes[pe].enabled, word: 0, pe: UInt32(pe)) }
      pes[pe].knownEnabled |= visible
    case .setPending, .clearPending:
      let known = pes[pe].knownPending & (pes[pe].knownLevel | pes[pe].edge)
      if compareWord(pes[pe].pendingNow, known) == .taught {
        pes[pe].pending = pes[pe].pending & ~visible | seen & visible
      }
      pes[pe].knownPending |= visible
    case .setActive, .clearActive:
      if compareWord(pes[pe].active, pes[pe].knownActive) == .taught {
        pes[pe].active = pes[pe].active & ~visible | seen & visible
      }
      pes[pe].knownActive |= visible
    case .nonSecureAccess:
      compare(
        check, expected: nonSecure || distributor.hasOneSecurityState ? 0 : UInt64(pes[pe].nonSecureAccess),
        seen: event.b, pe: event.pe)
    case .configuration: readPrivateConfiguration(event, pe: pe, check: check, visible: visible)
    case .priority: readPrivatePriority(event, pe: pe, check: check, nonSecure: nonSecure)
    default: break
    }
    pes[pe].highestIsStale = true
  }

  private mutating func readPrivateConfiguration(_ event: Event, pe: Int, check: Int, visible: UInt32) {
    let first = event.offset & 4 == 0 ? 0 : 16
    guard event.offset < 0x10C08 else { return compareIdentification(event, check: check) }
    var expected: UInt64 = 0
    var known: UInt64 = 0x5555_5555
    for n in 0..<16 {
      if pes[pe].edge.bit(first + n), visible.bit(first + n) { expected |= 0b10 << UInt64(n * 2) }
      if pes[pe].knownEdge.bit(first + n) { known |= 0b10 << UInt64(n * 2) }
    }
    guard compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught else { return }
    for n in 0..<16 {
      pes[pe].edge.setBit(first + n, to: event.b >> UInt64(n * 2 + 1) & 1 != 0)
      pes[pe].knownEdge.setBit(first + n, to: true)
    }
  }

  private mutating func readPrivatePriority(_ event: Event, pe: Int, check: Int, nonSecure: Bool) {
    let first = Int(event.offset &- 0x10400)
    guard first < 32 else { return compareIdentification(event, check: check) }
    var expected: UInt64 = 0
    var known: UInt64 = 0
    for n in 0..<min(event.size, 4) where first + n < 32 {
      let group = pes[pe].group(of: first + n, oneSecurityState: distributor.hasOneSecurityState)
      expected |=
        UInt64(priorityView(pes[pe].priority[first + n], group: group, nonSecure: nonSecure)) << UInt64(n * 8)
      if pes[pe].knownPriority.bit(first + n) { known |= 0xFF << UInt64(n * 8) }
    }
    guard compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught else { return }
    for n in 0..<min(event.size, 4) where first + n < 32 {
      pes[pe].priority[first + n] = UInt8(truncatingIfNeeded: event.b >> UInt64(n * 8))
      pes[pe].knownPriority.setBit(first + n, to: true)
    }
  }

  private mutating func compareReadAsZero(_ event: Event, check: Int) {
    compare(check, expected: 0, seen: event.b, pe: event.pe)
  }

  /// SGIs and PPIs that an access may see. `GICR_NSACR` is about generating SGIs only (IHI 0069H, 12.11.29).
  func privateMask(pe: Int, nonSecure: Bool) -> UInt32 { nonSecure ? pes[pe].group : .max }

  private mutating func learnRedistributorType(_ event: Event, pe: Int) {
    guard event.size == 8, event.offset == 8 else { return }
    topology.set(.gicrTyper, index: UInt32(pe), to: event.b, source: .register)
    topology.set(.affinity, index: UInt32(pe), to: event.b >> 32, source: .register)
    pes[pe].affinity = UInt32(truncatingIfNeeded: event.b >> 32)
  }

  // MARK: Writes

  mutating func writeRedistributor(_ event: Event, pe: Int) {
    let index = redistributorMap.index(at: event.offset)
    let role = redistributorMap.role(index)
    let nonSecure = isNonSecure(event)
    let value = UInt32(truncatingIfNeeded: event.b)
    switch role {
    case .control: writeRedistributorControl(value, pe: pe)
    case .waker:
      guard !nonSecure else { return }
      // ChildrenAsleep follows ProcessorSleep (IHI 0069H, 12.11.42).
      pes[pe].waker = value & 2 != 0 ? 6 : 0
      pes[pe].known.insert(.waker)
      pes[pe].highestIsStale = true
    case .propertyBase:
      pes[pe].propertyBase = merge(pes[pe].propertyBase, event)
      pes[pe].known.insert(.propertyBase)
    case .pendingBase:
      pes[pe].pendingBase = merge(pes[pe].pendingBase, event)
      pes[pe].known.insert(.pendingBase)
    case .virtualPropertyBase:
      pes[pe].virtualPropertyBase = merge(pes[pe].virtualPropertyBase, event)
      pes[pe].known.insert(.virtualPropertyBase)
    case .virtualPendingBase: writeVirtualPendingBase(event, pe: pe)
    case .virtualSGISelect: if isV41 { pes[pe].virtualSGISelect = value & 0xFFFF }
    case .setLPI: setLPI(UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe), cause: .directLPI)
    case .clearLPI: clearLPI(UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe), cause: .directLPI)
    case .invalidateLPI:
      emit(.configurationInvalidated, pe: UInt32(pe), intid: UInt32(truncatingIfNeeded: event.b) & 0xFF_FFFF)
      invalidate(lpi: UInt32(truncatingIfNeeded: event.b), pe: UInt32(pe))
    case .invalidateAll:
      emit(.configurationInvalidated, pe: UInt32(pe))
      invalidateAll(pe: UInt32(pe))
    case .group, .setEnable, .clearEnable, .setPending, .clearPending, .setActive, .clearActive, .groupModifier:
      // Words past the first belong to the extended PPI range.
      guard event.offset == redistributorMap.start(index) else { return }
      writePrivate(role: role, value: value, pe: pe, nonSecure: nonSecure)
    case .priority: writePrivatePriority(event, pe: pe, nonSecure: nonSecure)
    case .configuration:
      guard event.offset == 0x10C04 else { return }
      for n in 0..<16 where privateMask(pe: pe, nonSecure: nonSecure).bit(16 + n) {
        let isEdge = event.b >> UInt64(n * 2 + 1) & 1 != 0
        if isEdge != pes[pe].edge.bit(16 + n) {
          emit(.triggerChanged, pe: UInt32(pe), intid: UInt32(16 + n), a: isEdge ? 1 : 0)
        }
        pes[pe].edge.setBit(16 + n, to: isEdge)
        pes[pe].knownEdge.setBit(16 + n, to: true)
      }
      pes[pe].highestIsStale = true
    case .nonSecureAccess:
      guard !nonSecure, !distributor.hasOneSecurityState else { return }
      pes[pe].nonSecureAccess = value
    default: break
    }
  }

  private mutating func writeRedistributorControl(_ value: UInt32, pe: Int) {
    let was = pes[pe].control & 1 != 0
    let now = value & 1 != 0
    // DPG0, DPG1NS and DPG1S are writable where GICR_TYPER.DPGS says so.
    let writable: UInt32 = departures.contains(.hasNoProcessorSelection) ? 1 : 1 | 0b111 << 24
    pes[pe].control = pes[pe].control & ~writable | value & writable
    pes[pe].known.insert(.control)
    pes[pe].highestIsStale = true
    if was, !now { disableLPIs(pe: UInt32(pe)) }
    if !was, now { enableLPIs(pe: UInt32(pe)) }
    if was, now, departures.contains(.enablingLPIsAgainRereads) { invalidateAll(pe: UInt32(pe)) }
  }

  private mutating func writePrivate(role: RegisterRole, value: UInt32, pe: Int, nonSecure: Bool) {
    let bits = value & privateMask(pe: pe, nonSecure: nonSecure)
    switch role {
    case .group:
      guard !nonSecure else { return }
      let (group, modifier) = (pes[pe].group, pes[pe].groupModifier)
      pes[pe].group = value
      pes[pe].knownGroup = .max
      reportGroups(pe: pe, from: group, modifier)
    case .groupModifier:
      guard !nonSecure, !distributor.hasOneSecurityState else { return }
      let (group, modifier) = (pes[pe].group, pes[pe].groupModifier)
      pes[pe].groupModifier = value
      pes[pe].knownGroupModifier = .max
      reportGroups(pe: pe, from: group, modifier)
    case .setEnable: changeEnable(pe: pe, bits: bits, to: true)
    case .clearEnable: changeEnable(pe: pe, bits: bits, to: false)
    case .setPending: changePending(pe: pe, bits: bits, set: true, cause: .register)
    case .clearPending: changePending(pe: pe, bits: bits, set: false, cause: .register)
    case .setActive: changeActive(pe: pe, bits: bits, to: true)
    case .clearActive: changeActive(pe: pe, bits: bits, to: false)
    default: break
    }
    pes[pe].highestIsStale = true
  }

  private mutating func writePrivatePriority(_ event: Event, pe: Int, nonSecure: Bool) {
    let first = Int(event.offset &- 0x10400)
    for n in 0..<min(event.size, 4) where first + n < 32 {
      var value = UInt8(truncatingIfNeeded: event.b >> UInt64(n * 8))
      if nonSecure {
        let group = pes[pe].group(of: first + n, oneSecurityState: false)
        guard group == .group1NonSecure else { continue }
        value = 0x80 | value >> 1
      }
      let old = pes[pe].priority[first + n]
      pes[pe].priority[first + n] = value
      pes[pe].knownPriority.setBit(first + n, to: true)
      if value != old { reportPriority(UInt32(pe), first + n, from: old, to: value) }
    }
    pes[pe].highestIsStale = true
  }

  /// Reports SGIs and PPIs whose group changed.
  private func reportGroups(pe: Int, from oldGroup: UInt32, _ oldModifier: UInt32) {
    let modifierCounts: UInt32 = distributor.hasOneSecurityState ? 0 : .max
    let (group, modifier) = (pes[pe].group, pes[pe].groupModifier & modifierCounts)
    var changed = (oldGroup ^ group) | (oldModifier & modifierCounts ^ modifier) & ~group
    func packed(_ bit: Int, _ group: UInt32, _ modifier: UInt32) -> UInt64 {
      group.bit(bit) ? 2 : modifier.bit(bit) ? 1 : 0  // `InterruptGroup`
    }
    while changed != 0 {
      let bit = changed.lowestBit
      changed &= changed &- 1
      emit(
        .groupChanged, pe: UInt32(pe), intid: UInt32(bit), a: packed(bit, group, modifier),
        b: packed(bit, oldGroup, oldModifier & modifierCounts))
    }
  }
}
