import InterruptTrace

/// What a read of `GICD_*` teaches: state that nothing has shown yet.
extension GICv2 {
  /// Takes over what a read showed; nothing of it contradicts what is known.
  mutating func learn(_ event: Event, pe: Int, nonSecure: Bool) {
    for byte in 0..<event.size {
      learn(
        byte: event.offset &+ UInt32(byte), UInt8(truncatingIfNeeded: event.b >> UInt64(byte * 8)), pe: pe,
        nonSecure: nonSecure)
    }
  }

  private mutating func learn(byte offset: UInt32, _ seen: UInt8, pe: Int, nonSecure: Bool) {
    let index = distributorMap.index(at: offset)
    guard index >= 0 else { return }
    let at = Int(offset &- distributorMap.start(index))
    switch distributorMap.role(index) {
    case .control:
      guard at == 0 else { return }
      let mask: UInt32 = nonSecure ? 2 : .max
      let value = nonSecure ? UInt32(seen & 1) << 1 : UInt32(seen & 0b11)
      distributor.control = distributor.control & ~mask | value & mask
      distributor.knownControl |= mask
      reportDistributorControl()
      refreshAll()
    case .priority: learnPriority(at, seen, pe: pe, nonSecure: nonSecure)
    case .target:
      guard at >= 32, at < distributor.implementedLimit, !distributor.knownTargets[7 + at >> 5].bit(at & 31),
        !nonSecure || distributor.isGroup1(pe, at)
      else { return }
      setTargets(at, seen)
    case .configuration: learnConfiguration(at * 4, seen, pe: pe, nonSecure: nonSecure)
    case .setPendingSGI, .clearPendingSGI:
      guard !nonSecure || distributor.isGroup1(pe, at) else { return }
      distributor.sources[pe << 4 | at] = seen
      setLatch(at, on: 1 << UInt8(pe), to: seen != 0)
      refresh(pe, word: 0)
    case let role: learnBits(role, at * 8, seen, pe: pe, nonSecure: nonSecure)
    }
  }

  private mutating func learnBits(_ role: RegisterRole, _ first: Int, _ seen: UInt8, pe: Int, nonSecure: Bool) {
    guard first < distributor.implementedLimit else { return }
    let (word, shift) = (first >> 5, UInt32(first & 31))
    let row = GICv2Distributor.row(pe, word)
    var mask = UInt32(0xFF) << shift
    if nonSecure { mask &= visibleToNonSecure(pe, word: word, level: nonSecureLevel(role)) }
    let bits = UInt32(seen) << shift & mask
    let planes = word == 0 ? UInt8(1) << UInt8(pe) : Self.allPlanes
    switch role {
    case .group:
      distributor.group[row] = distributor.group[row] & ~mask | bits
      distributor.knownGroup[row] |= mask
    case .setEnable, .clearEnable:
      let before = distributor.enabled[row]
      distributor.enabled[row] = before & ~mask | bits
      var changed = (before ^ distributor.enabled[row]) | mask & ~distributor.knownEnabled[row]
      while changed != 0 {
        let intid = word << 5 | changed.lowestBit
        changed &= changed &- 1
        let isEnabled = distributor.enabled[row].bit(intid & 31)
        emit(isEnabled ? .enabled : .disabled, pe: reportedPE(pe, intid), intid: UInt32(intid))
      }
      distributor.knownEnabled[row] |= mask
    case .setPending, .clearPending:
      let levels = distributor.level[row] & ~distributor.edge[row]
      for bit in 0..<32 where mask.bit(bit) {
        let intid = word << 5 | bit
        guard !distributor.knownLatch[GICv2Distributor.plane(pe, word)].bit(bit) else { continue }
        setLatch(intid, on: planes, to: bits.bit(bit) && !levels.bit(bit))
        // From whom an SGI is pending, another register tells.
        if intid < 16 { distributor.sources[pe << 4 | intid] = bits.bit(bit) ? 1 : 0 }
      }
    case .setActive, .clearActive:
      for bit in 0..<32 where mask.bit(bit) {
        guard !distributor.knownActive[GICv2Distributor.plane(pe, word)].bit(bit) else { continue }
        setActive(word << 5 | bit, on: planes, to: bits.bit(bit))
      }
    default: break
    }
    refreshRank(pe, word: word)
  }

  private mutating func learnPriority(_ intid: Int, _ seen: UInt8, pe: Int, nonSecure: Bool) {
    guard intid < distributor.implementedLimit, !nonSecure || distributor.isGroup1(pe, intid) else { return }
    let row = GICv2Distributor.row(pe, intid >> 5)
    let at = GICv2Distributor.priorityIndex(pe, intid)
    // The Non-secure view leaves the top bit open: set, if software of that state has written it.
    if nonSecure, distributor.priority[at] << 1 == seen { return }
    distributor.priority[at] = nonSecure ? 0x80 | seen >> 1 : seen
    distributor.knownPriority[row].setBit(intid & 31, to: true)
    refreshRank(pe, word: intid >> 5)
  }

  private mutating func learnConfiguration(_ first: Int, _ seen: UInt8, pe: Int, nonSecure: Bool) {
    guard first < distributor.implementedLimit else { return }
    let row = GICv2Distributor.row(pe, first >> 5)
    for n in 0..<4 where !nonSecure || distributor.isGroup1(pe, first + n) {
      distributor.edge[row].setBit((first + n) & 31, to: seen >> UInt8(n * 2 + 1) & 1 != 0)
      distributor.knownEdge[row].setBit((first + n) & 31, to: true)
    }
    refresh(pe, word: first >> 5)
  }
}
