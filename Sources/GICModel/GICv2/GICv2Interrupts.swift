import InterruptTrace

/// Where GICv2's interrupts go, and who has to look at them again. What happens to them is common to all architectures
/// (`Interrupts/Bank+Change.swift`).
extension GICv2: InterruptController {
  @inline(__always) var hasOneSecurityState: Bool { !hasTwoSecurityStates }
  var startsAtReset: Bool { topology[.startsAtReset] == true }
  func viewIsSure(_ pe: Int) -> Bool { interfaces[pe].viewIsSure }
  /// Implemented bits of a priority.
  @inline(__always) var writablePriority: UInt8 { 0xFF &<< UInt8(8 &- priorityBits) }
  /// Whether SGIs can be disabled is for the implementation to say: only a read tells (IHI 0048B, 4.3.5).
  var sgiEnables: (fixed: UInt32, doubtful: UInt32) {
    (departures.contains(.sgisAlwaysEnabled) ? 0xFFFF : 0, 0xFFFF)
  }
  var sgisWithSources: UInt32 { 0xFFFF }
  var namingTouches: Bool { true }
  var hasNonMaskable: Bool? { false }
  var hasNSACR: Bool { !departures.contains(.hasNoNSACR) }
  /// The lower bit of a field tells 1-N from N-N on some early implementations (IHI 0048B, 4.3.13).
  var knowsModelBits: Bool { departures.contains(.resetIsKnown) }

  @inline(__always) func bank(_ pe: Int, _ word: Int) -> UnsafeMutablePointer<InterruptBank> { banks.at(pe, word) }

  func implemented(_ word: Int) -> UInt32 {
    let count = distributor.implementedLimit - word * 32
    return count >= 32 ? .max : count <= 0 ? 0 : (1 << UInt32(count)) - 1
  }

  func certainlyImplemented(_ word: Int) -> UInt32 { .max }

  /// Its own PE, or for an SPI the one it targets, if that is one.
  @inline(__always) func reportedPE(_ pe: Int, _ intid: Int) -> UInt32 {
    if intid < INTID.firstSPI { return UInt32(pe) }
    let target = target(distributor.targets[intid])
    return target == PE.none - 1 ? PE.none : target
  }

  @inline(__always) func activePE(_ pe: Int, _ intid: Int) -> UInt32 {
    intid < INTID.firstSPI ? UInt32(pe) : distributor.activeOn[intid]
  }

  // MARK: Latches and active states, and the planes they lie in

  /// Sets or clears a latch on some PEs.
  @inline(__always) func setLatch(_ pe: Int, _ intid: Int, on pes: UInt8, to value: Bool) {
    GICv2Distributor.set(distributor.latch, intid, on: pes, to: value)
    let word = intid &>> 5
    bank(pe, word).pointee.latch = GICv2Distributor.joined(distributor.latch, pe, word)
  }

  /// Sets or clears an active state on some PEs.
  @inline(__always) func setActive(_ pe: Int, _ intid: Int, on pes: UInt8, to value: Bool) {
    GICv2Distributor.set(distributor.active, intid, on: pes, to: value)
    let word = intid &>> 5
    bank(pe, word).pointee.active = GICv2Distributor.joined(distributor.active, pe, word)
  }

  /// The planes of an interrupt: its PE's, or all.
  @inline(__always) func planes(_ pe: Int, _ intid: Int) -> UInt8 {
    intid < INTID.firstSPI ? 1 &<< UInt8(pe) : GICv2Distributor.allPlanes
  }

  /// The planes that a PE's acknowledge is about: where each PE has its own state, its own.
  @inline(__always) func ownPlanes(_ pe: Int, _ intid: Int) -> UInt8 {
    departures.contains(.sharedStatePerPE) ? 1 &<< UInt8(pe) : planes(pe, intid)
  }

  /// An SPI latches on all PEs, or where each has its own state, on those it targets now.
  @inline(__always) func setLatch(_ pe: Int, _ intid: Int, to value: Bool) {
    let isTargeted = value && intid >= INTID.firstSPI && departures.contains(.sharedStatePerPE)
    setLatch(pe, intid, on: isTargeted ? distributor.targets[intid] : planes(pe, intid), to: value)
    if isTargeted, !bank(pe, intid &>> 5).pointee.knownTarget.bit(intid & 31) { doubtLatch(intid) }
  }

  /// On which PEs an SPI is pending is not known, as its targets are not.
  @inline(never) private func doubtLatch(_ intid: Int) {
    forget(.pending, 0, word: intid >> 5, 1 << UInt32(intid & 31))
  }

  func forget(_ field: InterruptField, _ pe: Int, word: Int, _ mask: UInt32) {
    for plane in word == 0 ? pe..<pe + 1 : 0..<GICv2Distributor.peLimit {
      if field == .active {
        distributor.active[GICv2Distributor.plane(plane, word)].forget(mask)
      } else {
        distributor.latch[GICv2Distributor.plane(plane, word)].forget(mask)
      }
    }
    bank(pe, word).pointee.latch = GICv2Distributor.joined(distributor.latch, pe, word)
    bank(pe, word).pointee.active = GICv2Distributor.joined(distributor.active, pe, word)
  }

  func hasOneState(_ field: InterruptField, word: Int) -> Bool {
    word == 0 ? field == .active || latchPEs(0).count == 1 : !departures.contains(.sharedStatePerPE)
  }

  func latchPEs(_ pe: Int) -> Range<Int> {
    departures.isDisjoint(with: [.setPendingFollowsTargets, .clearPendingReachesAllPEs])
      ? pe..<pe + 1 : 0..<GICv2Distributor.peLimit
  }

  /// An SPI that is shown to be active may be so on one PE only.
  func learnActive(_ pe: Int, _ intid: Int, _ value: Bool) {
    guard value, INTID.isSPI(intid), departures.contains(.sharedStatePerPE), peCount > 1 else {
      return setActive(pe, intid, to: value)
    }
    let (word, bit) = (intid >> 5, intid & 31)
    for plane in 0..<GICv2Distributor.peLimit where !distributor.active[GICv2Distributor.plane(plane, word)].knows(bit)
    {
      distributor.active[GICv2Distributor.plane(plane, word)].assume(bit, true)
    }
    bank(pe, word).pointee.active.know(bit, true)
  }

  /// From whom an SGI is pending, another register tells.
  func learnLatch(_ pe: Int, _ intid: Int, _ value: Bool) {
    if value, INTID.isSPI(intid), departures.contains(.sharedStatePerPE), peCount > 1 {
      setLatch(pe, intid, on: distributor.targets[intid], to: true)
      return doubtLatch(intid)
    }
    setLatch(pe, intid, on: planes(pe, intid), to: value)
    guard INTID.isSGI(intid) else { return }
    let at = pe << 4 | intid
    if !value {
      distributor.sources[at] = 0
    } else if distributor.sources[at] == 0 {
      distributor.sources[at] = 1
      distributor.openSources[pe].setBit(intid, to: true)
      forget(.pending, pe, word: 0, 1 << UInt32(intid))
    }
  }

  /// Of other PEs that shows nothing.
  func learnPending(on pe: Int, _ intid: Int) {
    guard INTID.isSPI(intid), departures.contains(.sharedStatePerPE), peCount > 1 else {
      return learnLatch(pe, intid, true)
    }
    setLatch(pe, intid, on: ownPlanes(pe, intid), to: true)
    doubtLatch(intid)
  }

  func setActive(_ pe: Int, _ intid: Int, to value: Bool) {
    setActive(pe, intid, on: planes(pe, intid), to: value)
  }

  @inline(__always) func setActiveOn(_ pe: Int, _ intid: Int, to value: Bool) {
    setActive(pe, intid, on: ownPlanes(pe, intid), to: value)
  }

  func isActiveOn(_ pe: Int, _ intid: Int) -> Bool {
    distributor.active[GICv2Distributor.plane(pe, intid >> 5)][intid & 31]
  }

  func isPendingOn(_ pe: Int, _ intid: Int) -> Bool {
    let (bank, word) = (bank(pe, intid >> 5), intid >> 5)
    let levels = bank.pointee.level.value & ~bank.pointee.edge.value
    return (distributor.latch[GICv2Distributor.plane(pe, word)].value | levels).bit(intid & 31)
  }

  func latchPEs(_ pe: Int, _ intid: Int, to value: Bool) -> UInt8? {
    if value { return departures.contains(.setPendingFollowsTargets) ? distributor.targets[intid] : nil }
    return departures.contains(.clearPendingReachesAllPEs) ? GICv2Distributor.allPlanes : nil
  }

  /// Whether a PPI's trigger can be changed is for the implementation to say: only a read tells.
  func triggers(_ pe: Int, _ intid: Int) -> (pes: Range<Int>, areKnown: Bool) {
    if intid >= INTID.firstSPI { return (pe..<pe + 1, true) }
    return departures.contains(.configurationIsShared) ? (0..<GICv2Distributor.peLimit, true) : (pe..<pe + 1, false)
  }

  // MARK: What has to be looked at again

  @inline(__always) mutating func refresh(_ pe: Int, intid: Int) { refresh(pe, word: intid &>> 5) }

  /// Recomputes the candidates of a word: of one PE for SGIs and PPIs, of all for SPIs.
  @inline(__always) mutating func refresh(_ pe: Int, word: Int) {
    let bank = bank(pe, word)
    if word == 0 {
      if distributor.refresh(pe, 0, bank) { interfaces[pe].highestIsStale = true }
    } else {
      for pe in 0..<peCount where distributor.refresh(pe, word, bank) { interfaces[pe].highestIsStale = true }
    }
  }

  /// Something that decides the rank of a word's interrupts changed.
  mutating func refreshRank(_ pe: Int, word: Int) {
    refresh(pe, word: word)
    for pe in word == 0 ? pe..<pe + 1 : 0..<peCount { interfaces[pe].highestIsStale = true }
  }

  mutating func refreshLearned(_ pe: Int, word: Int, since before: InterruptBank) { refreshRank(pe, word: word) }

  mutating func refreshPriorities(_ pe: Int, word: Int) { refreshRank(pe, word: word) }

  mutating func refreshTriggers(_ pe: Int, word: Int) {
    for pe in word == 0 ? 0..<peCount : 0..<1 { refresh(pe, word: word) }
  }

  /// Looks at what a guest's deactivation left, see ``Departures/virtualEndDefersPhysical``.
  @inline(__always) mutating func applyDeferred() {
    if deferredWords != 0 { refreshDeferred() }
  }

  @inline(never) private mutating func refreshDeferred() {
    while deferredWords != 0 {
      let word = deferredWords.lowestBit
      deferredWords &= deferredWords &- 1
      for pe in 0..<(word == 0 ? peCount : 1) { refresh(pe, word: word) }
    }
  }

  // MARK: What is known

  func showsConfiguration(_ intid: Int) -> Bool { shown.contains(.distributor) }

  /// Changes of an SPI's pending state, and of a PPI's, come from lines, registers and acknowledges.
  func knowsLatch(_ pe: Int, _ intid: Int) -> Bool {
    shown.isSuperset(of: [.lines, .distributor, .interface])
      && distributor.latch[GICv2Distributor.plane(pe, intid >> 5)].knows(intid & 31)
  }

  func knowsActive(_ pe: Int, _ intid: Int) -> Bool {
    shown.contains(.interface) && showsGuestsWhole
      && distributor.active[GICv2Distributor.plane(pe, intid >> 5)].knows(intid & 31)
  }

  /// Whether everything that could be pending on a PE is known.
  func knowsAllPending(_ pe: Int) -> Bool {
    shown.isSuperset(of: [.lines, .distributor, .interface])
      && (0..<InterruptBanks.wordCount).allSatisfy { word in
        distributor.latch[GICv2Distributor.plane(pe, word)].known == .max && bank(pe, word).pointee.level.known == .max
      }
  }

  func knowsInterface(_ pe: Int, _ register: GICv2Interface.Known) -> Bool {
    shown.contains(.interface) && interfaces[pe].interface.known.isSuperset(of: register)
  }

  /// Whether a group's enable in `GICC_CTLR` is known: that of Group 1 also where Non-secure software alone has set it.
  func knowsGroupEnable(_ pe: Int, isGroup1: Bool) -> Bool {
    knowsInterface(pe, .control) || isGroup1 && hasTwoSecurityStates && knowsInterface(pe, .nonSecureControl)
  }

  func knowsControl(_ bits: UInt32) -> Bool {
    shown.contains(.distributor) && distributor.control.known & bits == bits
  }

  /// Whether what a guest may change in `GICH_*` follows from what the capture shows.
  var knowsGuests: Bool { shown.isSuperset(of: [.hypervisor, .guest]) }
}
