import InterruptTrace

/// What happens to interrupts in the Distributor: lines, latches, enables, active states (IHI 0048B, 3.2 and 4.3).
extension GICv2 {
  /// All PEs, as a set of planes.
  static var allPlanes: UInt8 { 0xFF }

  /// Recomputes the candidates of a word: of one PE for SGIs and PPIs, of all for SPIs.
  @inline(__always)
  mutating func refresh(_ pe: Int, word: Int) {
    if word == 0 {
      if distributor.refresh(pe, 0) { interfaces[pe].highestIsStale = true }
    } else {
      for pe in 0..<peCount where distributor.refresh(pe, word) { interfaces[pe].highestIsStale = true }
    }
  }

  /// Looks at what a guest's deactivation left, see ``Departures/virtualEndDefersPhysical``.
  @inline(__always)
  mutating func applyDeferred() {
    if deferredWords != 0 { refreshDeferred() }
  }

  @inline(never)
  private mutating func refreshDeferred() {
    while deferredWords != 0 {
      let word = deferredWords.lowestBit
      deferredWords &= deferredWords &- 1
      for pe in 0..<(word == 0 ? peCount : 1) { refresh(pe, word: word) }
    }
  }

  /// The PE to report for an interrupt: its own, or for an SPI the one it targets, if that is one.
  @inline(__always)
  func reportedPE(_ pe: Int, _ intid: Int) -> UInt32 {
    if intid < 32 { return UInt32(pe) }
    let targets = distributor.targets[intid]
    return targets.nonzeroBitCount == 1 ? UInt32(targets.trailingZeroBitCount) : PE.none
  }

  @inline(__always)
  func priority(_ pe: Int, _ intid: Int) -> UInt32 {
    UInt32(distributor.priority[GICv2Distributor.priorityIndex(pe, intid)])
  }

  /// Whether an interrupt is pending; an SPI on any PE.
  @inline(__always)
  func isPending(_ pe: Int, _ intid: Int) -> Bool { distributor.pendingWord(pe, intid &>> 5).bit(intid & 31) }

  /// The planes on which an SPI latches: all, or where each PE has its own state, those it targets now.
  @inline(__always)
  func latchPlanes(_ intid: Int) -> UInt8 {
    departures.contains(.sharedStatePerPE) ? distributor.targets[intid] : Self.allPlanes
  }

  // MARK: Lines

  /// An input changed its level. A rising edge latches an edge-triggered interrupt; a level-sensitive one is pending
  /// while its line is high (IHI 0048B, 1.4.2).
  @inline(__always)
  mutating func setLine(pe: Int, intid: Int, level: Bool) {
    let (word, bit) = (intid &>> 5, intid & 31)
    let row = GICv2Distributor.row(pe, word)
    let was = isPending(pe, intid)
    let rose = level && !distributor.level[row].bit(bit)
    distributor.level[row].setBit(bit, to: level)
    distributor.knownLevel[row].setBit(bit, to: true)
    distributor.touched[row].setBit(bit, to: true)
    emit(
      level ? .lineRaised : .lineLowered, pe: reportedPE(pe, intid), intid: UInt32(intid),
      priority: priority(pe, intid))
    if rose, distributor.edge[row].bit(bit) {
      setLatch(intid, on: intid < 32 ? 1 &<< UInt8(pe) : latchPlanes(intid), to: true)
      if was { reportMerged(pe, intid, cause: .line) }
    }
    reportPending(pe, intid, was: was, cause: .line)
    refresh(pe, word: word)
  }

  // MARK: Pending

  /// Sets or clears latches.
  @inline(__always)
  func setLatch(_ intid: Int, on planes: UInt8, to value: Bool) {
    let (word, bit) = (intid &>> 5, intid & 31)
    var rest = planes
    while rest != 0 {
      let plane = GICv2Distributor.plane(rest.trailingZeroBitCount, word)
      rest &= rest &- 1
      distributor.latch[plane].setBit(bit, to: value)
      distributor.knownLatch[plane].setBit(bit, to: true)
    }
  }

  /// Reports a change of an interrupt's pending state.
  @inline(__always)
  func reportPending(_ pe: Int, _ intid: Int, was: Bool, cause: PendingCause) {
    let isNow = isPending(pe, intid)
    guard isNow != was else { return }
    emit(
      isNow ? .pending : .pendingCleared, pe: reportedPE(pe, intid), intid: UInt32(intid),
      priority: priority(pe, intid), a: UInt64(cause.rawValue), b: UInt64(PE.none))
  }

  func reportMerged(_ pe: Int, _ intid: Int, cause: PendingCause, source: UInt32 = PE.none) {
    emit(
      .merged, pe: reportedPE(pe, intid), intid: UInt32(intid), priority: priority(pe, intid),
      a: UInt64(cause.rawValue), b: UInt64(source))
  }

  /// Sets or clears the latch of a PPI on some PEs, each of which has its own, or of an SPI.
  mutating func changePending(intid: Int, on planes: UInt8, to value: Bool, cause: PendingCause) {
    if intid < 32 {
      var rest = planes
      while rest != 0 {
        let pe = rest.trailingZeroBitCount
        rest &= rest &- 1
        changeLatch(pe, intid, on: 1 &<< UInt8(pe), to: value, cause: cause)
      }
    } else {
      changeLatch(0, intid, on: planes, to: value, cause: cause)
    }
  }

  private mutating func changeLatch(_ pe: Int, _ intid: Int, on planes: UInt8, to value: Bool, cause: PendingCause) {
    let was = isPending(pe, intid)
    setLatch(intid, on: planes, to: value)
    distributor.touched[GICv2Distributor.row(pe, intid &>> 5)].setBit(intid & 31, to: true)
    if value, was { reportMerged(pe, intid, cause: cause) }
    reportPending(pe, intid, was: was, cause: cause)
    refresh(pe, word: intid &>> 5)
  }

  // MARK: Enables

  /// Enables or disables interrupts of a word.
  mutating func changeEnable(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    let row = GICv2Distributor.row(pe, word)
    let before = distributor.enabled[row]
    let fixed: UInt32 = word == 0 && departures.contains(.sgisAlwaysEnabled) ? 0xFFFF : 0
    distributor.enabled[row] = (value ? before | bits : before & ~bits) | fixed
    var changed = before ^ distributor.enabled[row]
    distributor.touched[row] |= changed
    // What becomes known counts as a change; but whether SGIs can be disabled is for the implementation to say (4.3.5):
    // only a read tells.
    changed |= bits & ~distributor.knownEnabled[row] & (word == 0 ? ~0xFFFF : .max)
    distributor.knownEnabled[row] |= bits
    if word == 0, fixed == 0 { distributor.knownEnabled[row] &= ~(bits & 0xFFFF) }
    while changed != 0 {
      let intid = word &<< 5 | changed.lowestBit
      changed &= changed &- 1
      emit(value ? .enabled : .disabled, pe: reportedPE(pe, intid), intid: UInt32(intid))
    }
    refresh(pe, word: word)
  }

  // MARK: Active states

  /// Sets or clears active states.
  @inline(__always)
  func setActive(_ intid: Int, on planes: UInt8, to value: Bool) {
    let (word, bit) = (intid &>> 5, intid & 31)
    var rest = planes
    while rest != 0 {
      let plane = GICv2Distributor.plane(rest.trailingZeroBitCount, word)
      rest &= rest &- 1
      distributor.active[plane].setBit(bit, to: value)
      distributor.knownActive[plane].setBit(bit, to: true)
    }
  }

  /// Activates or deactivates interrupts of a word, by register.
  mutating func changeActive(_ pe: Int, word: Int, bits: UInt32, to value: Bool) {
    let planes = word == 0 ? 1 &<< UInt8(pe) : Self.allPlanes
    var rest = bits
    while rest != 0 {
      let intid = word &<< 5 | rest.lowestBit
      rest &= rest &- 1
      if value {
        let was = distributor.stateWord(distributor.active, pe, word).bit(intid & 31)
        setActive(intid, on: planes, to: true)
        if !was { emit(.activated, pe: reportedPE(pe, intid), intid: UInt32(intid)) }
      } else {
        clearActive(pe, intid, on: planes)
      }
    }
    distributor.touched[GICv2Distributor.row(pe, word)] |= bits
    refresh(pe, word: word)
  }

  /// Clears an active state and reports it, if it was set. The candidates of its word are stale then.
  @inline(__always)
  func clearActive(_ pe: Int, _ intid: Int, on planes: UInt8) {
    let was = distributor.stateWord(distributor.active, pe, intid &>> 5).bit(intid & 31)
    setActive(intid, on: planes, to: false)
    guard was, !distributor.stateWord(distributor.active, pe, intid &>> 5).bit(intid & 31) else { return }
    emit(
      .deactivated, pe: intid < 32 ? UInt32(pe) : distributor.activeOn[intid], intid: UInt32(intid),
      a: isPending(pe, intid) ? 1 : 0)
  }
}
