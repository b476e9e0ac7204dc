import InterruptTrace

/// Registers of GICv2's Distributor with a byte for each INTID: targets of SPIs, sources of SGIs (IHI 0048B, 4.3.12, 4.3.16
/// and 4.3.17).
extension GICv2 {
  func ownValue(_ field: InterruptField, first: Int, pe: Int, nonSecure: Bool) -> Learned<UInt32> {
    var answer = Learned<UInt32>.certain(0)
    for n in 0..<4 {
      let byte = field == .target ? target(first + n, pe, nonSecure) : source(first + n, pe, nonSecure)
      answer.value |= UInt32(byte.value) << UInt32(n * 8)
      answer.known &= ~(UInt32(~byte.known) << UInt32(n * 8))
    }
    return answer
  }

  mutating func setOwn(
    _ register: InterruptRegister, first: Int, _ bits: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool
  ) {
    for n in 0..<4 where lanes.bit(n * 8) {
      let value = UInt8(truncatingIfNeeded: bits >> UInt32(n * 8))
      if register.field == .target {
        writeTargets(first + n, value, pe: pe, nonSecure: nonSecure)
      } else {
        writePendingSGI(first + n, value, pe: pe, set: register.effect == .set, nonSecure: nonSecure)
      }
    }
  }

  mutating func learnOwn(_ field: InterruptField, first: Int, _ seen: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool) {
    for n in 0..<4 where lanes.bit(n * 8) {
      let (intid, value) = (first + n, UInt8(truncatingIfNeeded: seen >> UInt32(n * 8)))
      guard field == .target ? maySetTarget(intid, pe, nonSecure) : !isHidden(intid, pe, nonSecure) else { continue }
      if field == .target {
        guard intid >= INTID.firstSPI, intid < distributor.implementedLimit,
          !bank(pe, intid >> 5).pointee.knownTarget.bit(intid & 31)
        else { continue }
        setTargets(intid, value)
      } else {
        distributor.sources[pe << 4 | intid] = value
        distributor.openSources[pe].setBit(intid, to: false)
        setLatch(pe, intid, on: planes(pe, intid), to: value != 0)
      }
    }
  }

  /// Whether an access certainly does not see an interrupt: a Non-secure one, of Group 0. Of one whose group is not known it
  /// is taken to see what it is about.
  func isHidden(_ intid: Int, _ pe: Int, _ nonSecure: Bool) -> Bool {
    nonSecure && bank(pe, intid >> 5).pointee.group.knows(intid & 31) && group(pe, intid) == .group0
  }

  /// Whether an access certainly sees it.
  private func isReached(_ intid: Int, _ pe: Int, _ nonSecure: Bool) -> Bool {
    !nonSecure || bank(pe, intid >> 5).pointee.group.knows(intid & 31)
  }

  private func source(_ intid: Int, _ pe: Int, _ nonSecure: Bool) -> Learned<UInt8> {
    guard !isHidden(intid, pe, nonSecure) else { return .certain(0) }
    let sources = distributor.sources[pe << 4 | intid]
    guard bank(pe, 0).pointee.latch.knows(intid), isReached(intid, pe, nonSecure) else { return Learned(sources) }
    return Learned(sources, known: distributor.openSources[pe].bit(intid) ? sources : 0xFF)
  }

  private func target(_ intid: Int, _ pe: Int, _ nonSecure: Bool) -> Learned<UInt8> {
    guard intid < distributor.implementedLimit, hasTargets else { return .certain(0) }
    // Each PE reads its own number.
    if intid < INTID.firstSPI { return .certain(1 << UInt8(pe)) }
    guard maySetTarget(intid, pe, nonSecure) else { return .certain(0) }
    let isKnown =
      bank(pe, intid >> 5).pointee.knownTarget.bit(intid & 31)
      && (departures.contains(.targetsIgnoreGroups) || isReached(intid, pe, nonSecure))
    return Learned(distributor.targets[intid], known: isKnown ? 0xFF : 0)
  }

  /// With one PE `GICD_ITARGETSR` is RAZ/WI.
  private var hasTargets: Bool { peCount > 1 || departures.contains(.uniprocessorTargetsAreWritable) }

  private func maySetTarget(_ intid: Int, _ pe: Int, _ nonSecure: Bool) -> Bool {
    departures.contains(.targetsIgnoreGroups) || !isHidden(intid, pe, nonSecure) || nonSecureAccess(pe, intid) == 3
  }

  private mutating func writeTargets(_ intid: Int, _ value: UInt8, pe: Int, nonSecure: Bool) {
    guard intid < distributor.implementedLimit else { return }
    if intid < INTID.firstSPI {
      // Read-only; but see `setPendingFollowsTargets`.
      if departures.contains(.setPendingFollowsTargets), peCount > 1 { distributor.targets[intid] = 0xFF }
      return
    }
    guard hasTargets, maySetTarget(intid, pe, nonSecure) else { return }
    setTargets(intid, departures.contains(.keepsAbsentTargets) ? value : value & existingPEs)
  }

  /// PEs that exist, as a set.
  var existingPEs: UInt8 { UInt8(truncatingIfNeeded: (1 << UInt32(peCount)) &- 1) }

  /// Sends an SPI elsewhere; a change takes effect on an interrupt that is pending.
  mutating func setTargets(_ intid: Int, _ value: UInt8) {
    let (word, bit) = (intid >> 5, intid & 31)
    let old = distributor.targets[intid]
    distributor.targets[intid] = value
    for pe in 0..<GICv2Distributor.peLimit {
      distributor.targeted[GICv2Distributor.plane(pe, word)].setBit(bit, to: value >> UInt8(pe) & 1 != 0)
    }
    bank(0, word).pointee.knownTarget.setBit(bit, to: true)
    bank(0, word).pointee.touched.setBit(bit, to: true)
    let latch = bank(0, word).pointee.latch
    if departures.contains(.targetsMovePending), latch[bit] || !latch.knows(bit) {
      setLatch(0, intid, on: GICv2Distributor.allPlanes, to: false)
      setLatch(0, intid, on: value, to: latch[bit])
      if !latch.knows(bit) { GICv2Distributor.forget(distributor.latch, intid, on: value) }
      bank(0, word).pointee.latch = GICv2Distributor.joined(distributor.latch, 0, word)
    }
    refresh(0, word: word)
    guard value != old else { return }
    report(.retargeted, 0, intid, a: UInt64(target(old)), b: UInt64(target(value)))
  }

  /// The PE that an SPI goes to, as ``TransitionKind/retargeted`` names it: no PE that exists, one, or one of several.
  @inline(__always) func target(_ targets: UInt8) -> UInt32 {
    let existing = targets & countedPEs
    return switch existing.nonzeroBitCount {
    case 0: PE.none
    case 1: UInt32(existing.trailingZeroBitCount)
    default: PE.none - 1
    }
  }

  /// Sends an SPI to a PE too, where nothing has shown that it does not go there.
  mutating func aim(_ intid: Int, at pe: Int) -> Bool {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    guard !distributor.targeted[GICv2Distributor.plane(pe, intid >> 5)].bit(bit), !knowsTarget(intid) else {
      return false
    }
    setTargets(intid, distributor.targets[intid] | 1 << UInt8(pe))
    bank.pointee.knownTarget.setBit(bit, to: false)
    return true
  }

  /// `GICD_NSACR`'s field of an interrupt (IHI 0048B, 4.3.14). PPIs have none.
  func nonSecureAccess(_ pe: Int, _ intid: Int) -> UInt32 {
    !hasNSACR || INTID.isPPI(intid) ? 0 : bank(pe, intid >> 5).pointee.nonSecureAccess(intid & 31)
  }
}
