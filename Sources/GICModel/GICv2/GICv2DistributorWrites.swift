import InterruptTrace

/// Writes of `GICD_*` (IHI 0048B, 4.3).
///
/// Every register but `GICD_SGIR` holds a bit, a field or a byte for each INTID, so that a write is the writes of its
/// bytes, lowest first.
extension GICv2 {
  mutating func writeDistributor(_ event: Event) {
    let pe = accessor(event)
    let nonSecure = isNonSecure(event, pe: pe)
    applyDeferred()
    defer { if accessorIsAssumed { doubtBanked(event) } }
    if distributorMap.role(distributorMap.index(at: event.offset)) == .softwareInterrupt {
      if event.size == 4 {
        writeSoftwareInterrupt(UInt32(truncatingIfNeeded: event.b), sender: pe, nonSecure: nonSecure)
      }
      return
    }
    if departures.contains(.isGICv3), writeMessageBasedSPI(event, nonSecure: nonSecure) { return }
    if departures.contains(.writesBytewise), event.size > 1 {
      writeInSteps(event, pe: pe, nonSecure: nonSecure)
      return
    }
    for byte in 0..<event.size {
      write(byte: UInt8(truncatingIfNeeded: event.b >> UInt64(byte * 8)), event, byte, pe: pe, nonSecure: nonSecure)
    }
  }

  /// Keeps what each byte led to, if it led to anything.
  private mutating func writeInSteps(_ event: Event, pe: Int, nonSecure: Bool) {
    var changed = false
    for pe in 0..<peCount { _ = highest(pe) }
    steps.begin(count: event.size)
    for byte in 0..<event.size {
      write(byte: UInt8(truncatingIfNeeded: event.b >> UInt64(byte * 8)), event, byte, pe: pe, nonSecure: nonSecure)
      for pe in 0..<peCount {
        if interfaces[pe].highestIsStale { changed = true }
        let pending = highest(pe)
        steps.set(byte, pe, .init(pending: pending, lines: lines(pe, pending)))
      }
    }
    if !changed { steps.end() }
  }

  private mutating func write(byte value: UInt8, _ event: Event, _ byte: Int, pe: Int, nonSecure: Bool) {
    let offset = event.offset &+ UInt32(byte)
    let index = distributorMap.index(at: offset)
    guard index >= 0 else { return }
    let at = Int(offset &- distributorMap.start(index))
    switch distributorMap.role(index) {
    case .control: if at == 0 { writeControl(UInt32(value), nonSecure: nonSecure) }
    case .priority: writePriority(at, value, pe: pe, nonSecure: nonSecure)
    case .target: writeTargets(at, value, pe: pe, nonSecure: nonSecure)
    case .configuration: writeConfiguration(at * 4, value, pe: pe, nonSecure: nonSecure)
    case .nonSecureAccess:
      guard !nonSecure, hasTwoSecurityStates, !departures.contains(.hasNoNSACR) else { return }
      let (field, shift) = (at < 4 ? pe : 8 + at / 4, UInt32(at % 4 * 8))
      let old = distributor.nonSecureAccess[field]
      distributor.nonSecureAccess[field] = old & ~(0xFF << shift) | UInt32(value) << shift
    case .setPendingSGI: writePendingSGI(at, value, pe: pe, set: true, nonSecure: nonSecure)
    case .clearPendingSGI: writePendingSGI(at, value, pe: pe, set: false, nonSecure: nonSecure)
    case let role: writeBits(role, at * 8, value, pe: pe, nonSecure: nonSecure)
    }
  }

  /// `GICD_CTLR`. From Non-secure state bit 0 is EnableGrp1 (IHI 0048B, 4.3.1).
  private mutating func writeControl(_ value: UInt32, nonSecure: Bool) {
    if nonSecure {
      distributor.control = distributor.control & ~2 | (value & 1) << 1
      distributor.knownControl |= 2
    } else {
      if departures.contains(.isGICv3), value & Distributor.disableSecurity != 0 { hasTwoSecurityStates = false }
      distributor.control = value & 0b11
      distributor.knownControl = .max
    }
    reportDistributorControl()
    refreshAll()
  }

  /// A byte of a register with one bit for each INTID.
  private mutating func writeBits(_ role: RegisterRole, _ first: Int, _ value: UInt8, pe: Int, nonSecure: Bool) {
    guard first < distributor.implementedLimit else { return }
    let (word, shift) = (first &>> 5, UInt32(first & 31))
    let row = GICv2Distributor.row(pe, word)
    if role == .group {
      guard !nonSecure else { return }
      let mask = UInt32(0xFF) << shift
      let before = distributor.group[row]
      distributor.group[row] = before & ~mask | UInt32(value) << shift
      reportGroups(before ^ distributor.group[row], pe, word: word)
      distributor.knownGroup[row] |= mask
      refreshRank(pe, word: word)
      return
    }
    var bits = UInt32(value) << shift
    guard bits != 0 else { return }
    if nonSecure { bits &= visibleToNonSecure(pe, word: word, level: nonSecureLevel(role)) }
    switch role {
    case .setEnable: changeEnable(pe, word: word, bits: bits, to: true)
    case .clearEnable: changeEnable(pe, word: word, bits: bits, to: false)
    case .setPending: changePending(pe, word: word, bits: bits, to: true)
    case .clearPending: changePending(pe, word: word, bits: bits, to: false)
    case .setActive: changeActive(pe, word: word, bits: bits, to: true)
    case .clearActive: changeActive(pe, word: word, bits: bits, to: false)
    default: break
    }
  }

  /// `GICD_ISPENDR`, `GICD_ICPENDR`. SGIs have their own registers (IHI 0048B, 4.3.7).
  private mutating func changePending(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    var rest = word == 0 ? bits & ~0xFFFF : bits
    while rest != 0 {
      let intid = word &<< 5 | rest.lowestBit
      rest &= rest &- 1
      changePending(
        intid: intid, on: value ? setPendingPlanes(pe, intid) : clearPendingPlanes(pe, intid), to: value,
        cause: .register)
    }
  }

  private func setPendingPlanes(_ pe: Int, _ intid: Int) -> UInt8 {
    if departures.contains(.setPendingFollowsTargets) { return distributor.targets[intid] }
    return intid < 32 ? 1 &<< UInt8(pe) : latchPlanes(intid)
  }

  private func clearPendingPlanes(_ pe: Int, _ intid: Int) -> UInt8 {
    intid < 32 && !departures.contains(.clearPendingReachesAllPEs) ? 1 &<< UInt8(pe) : Self.allPlanes
  }

  private mutating func writePriority(_ intid: Int, _ value: UInt8, pe: Int, nonSecure: Bool) {
    guard intid < distributor.implementedLimit, !nonSecure || distributor.isGroup1(pe, intid) else { return }
    // The Non-secure view is the upper half of the range, shifted (IHI 0048B, 3.6.2).
    let priority = (nonSecure ? 0x80 | value >> 1 : value) & priorityMask
    let at = GICv2Distributor.priorityIndex(pe, intid)
    if distributor.priority[at] != priority {
      let old = UInt64(distributor.priority[at])
      emit(.priorityChanged, pe: reportedPE(pe, intid), intid: UInt32(intid), priority: UInt32(priority), a: old)
    }
    distributor.priority[at] = priority
    distributor.knownPriority[GICv2Distributor.row(pe, intid >> 5)].setBit(intid & 31, to: true)
    refreshRank(pe, word: intid >> 5)
  }

  /// Implemented bits of a priority.
  var priorityMask: UInt8 { 0xFF &<< UInt8(8 &- priorityBits) }

  private mutating func writeTargets(_ intid: Int, _ value: UInt8, pe: Int, nonSecure: Bool) {
    guard intid < distributor.implementedLimit else { return }
    if intid < 32 {
      // Read-only (IHI 0048B, 4.3.12); but see `setPendingFollowsTargets`.
      if departures.contains(.setPendingFollowsTargets), peCount > 1 { distributor.targets[intid] = 0xFF }
      return
    }
    guard peCount > 1 || departures.contains(.uniprocessorTargetsAreWritable) else { return }
    guard !nonSecure || distributor.isGroup1(pe, intid) || nonSecureAccess(pe, intid) == 3 else { return }
    let existing = UInt8(truncatingIfNeeded: (1 << UInt32(peCount)) &- 1)
    setTargets(intid, departures.contains(.keepsAbsentTargets) ? value : value & existing)
  }

  /// Sends an SPI elsewhere; a change takes effect on an interrupt that is pending (IHI 0048B, 4.3.12).
  mutating func setTargets(_ intid: Int, _ value: UInt8) {
    let (word, bit) = (intid >> 5, intid & 31)
    let old = distributor.targets[intid]
    distributor.targets[intid] = value
    for pe in 0..<GICv2Distributor.peLimit {
      distributor.targeted[GICv2Distributor.plane(pe, word)].setBit(bit, to: value >> UInt8(pe) & 1 != 0)
    }
    let row = GICv2Distributor.row(0, word)
    distributor.knownTargets[row].setBit(bit, to: true)
    distributor.touched[row].setBit(bit, to: true)
    if departures.contains(.targetsMovePending), distributor.stateWord(distributor.latch, 0, word).bit(bit) {
      setLatch(intid, on: Self.allPlanes, to: false)
      setLatch(intid, on: value, to: true)
    }
    refresh(0, word: word)
    guard value != old else { return }
    emit(
      .retargeted, pe: reportedPE(0, intid), intid: UInt32(intid), a: UInt64(Self.target(old)),
      b: UInt64(Self.target(value)))
  }

  /// The PE that an SPI goes to, as ``TransitionKind/retargeted`` names it: no PE, one, or one of several.
  private static func target(_ targets: UInt8) -> UInt32 {
    switch targets.nonzeroBitCount {
    case 0: PE.none
    case 1: UInt32(targets.trailingZeroBitCount)
    default: PE.none - 1
    }
  }

  /// A byte of `GICD_ICFGR`: two bits for each INTID, the upper of which is the trigger (IHI 0048B, 4.3.13).
  private mutating func writeConfiguration(_ first: Int, _ value: UInt8, pe: Int, nonSecure: Bool) {
    guard first >= 16, first < distributor.implementedLimit else { return }
    let isShared = first >= 32 || departures.contains(.configurationIsShared)
    for n in 0..<4 {
      let intid = first + n
      guard !nonSecure || distributor.isGroup1(pe, intid) else { continue }
      let isEdge = value >> UInt8(n * 2 + 1) & 1 != 0
      let pes = first < 32 && isShared ? 0..<GICv2Distributor.peLimit : pe..<pe + 1
      for pe in pes { configure(pe, intid, isEdge: isEdge, isKnown: isShared) }
    }
  }

  private mutating func configure(_ pe: Int, _ intid: Int, isEdge: Bool, isKnown: Bool) {
    let row = GICv2Distributor.row(pe, intid >> 5)
    let was = isPending(pe, intid)
    if isEdge != distributor.edge[row].bit(intid & 31), pe < peCount {
      emit(.triggerChanged, pe: reportedPE(pe, intid), intid: UInt32(intid), a: isEdge ? 1 : 0)
    }
    distributor.edge[row].setBit(intid & 31, to: isEdge)
    // Whether a PPI's trigger can be changed is for the implementation to say: only a read tells.
    distributor.knownEdge[row].setBit(intid & 31, to: isKnown)
    if pe < peCount { reportPending(pe, intid, was: was, cause: .register) }
    refresh(pe, word: intid >> 5)
  }

  /// Reports interrupts of a word whose group changed.
  private func reportGroups(_ changed: UInt32, _ pe: Int, word: Int) {
    var rest = changed
    while rest != 0 {
      let intid = word &<< 5 | rest.lowestBit
      rest &= rest &- 1
      let now = distributor.isGroup1(pe, intid) ? InterruptGroup.group1NonSecure : .group0
      let before = distributor.isGroup1(pe, intid) ? InterruptGroup.group0 : .group1NonSecure
      emit(
        .groupChanged, pe: reportedPE(pe, intid), intid: UInt32(intid), a: UInt64(now.rawValue),
        b: UInt64(before.rawValue))
    }
  }

  /// Something that decides the rank of a word's interrupts changed.
  mutating func refreshRank(_ pe: Int, word: Int) {
    refresh(pe, word: word)
    for pe in word == 0 ? pe..<pe + 1 : 0..<peCount { interfaces[pe].highestIsStale = true }
  }

  // MARK: Non-secure accesses

  /// The value of a `GICD_NSACR` field that opens a register to Non-secure state (IHI 0048B, table 4-16); 4 for never.
  func nonSecureLevel(_ role: RegisterRole) -> UInt32 {
    switch role {
    case .setPending: 1
    case .clearPending, .setActive, .clearActive: 2
    default: 4
    }
  }

  /// Interrupts of a word that a Non-secure access may see: Group 1, and what `GICD_NSACR` opens.
  func visibleToNonSecure(_ pe: Int, word: Int, level: UInt32) -> UInt32 {
    var mask = distributor.group[GICv2Distributor.row(pe, word)]
    guard level < 4, !departures.contains(.hasNoNSACR) else { return mask }
    for bit in 0..<32 where nonSecureAccess(pe, word * 32 + bit) >= level { mask.setBit(bit, to: true) }
    return mask
  }
}
