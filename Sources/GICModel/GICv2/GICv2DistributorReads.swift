import InterruptTrace

/// Reads of `GICD_*` (IHI 0048B, 4.3), byte by byte as writes.
extension GICv2 {
  mutating func readDistributor(_ event: Event) {
    let pe = accessor(event)
    let index = distributorMap.index(at: event.offset)
    let check = PredictionLedger.check(gicv2Distributor: index)
    switch distributorMap.role(index) {
    case .reserved: compareReserved(event, check: check)
    case .type:
      learnType(event)
      compareIdentification(event, check: check)
    case .implementer, .identification: compareIdentification(event, check: check)
    default:
      let nonSecure = isNonSecure(event, pe: pe)
      var first = value(event, pe: pe, nonSecure: nonSecure)
      if accessorIsAssumed, isBanked(event.offset) {
        learnAccessor(event)
        first.known = 0
      }
      if first.expected != event.b, mayBeOtherView(event), isOtherView(event, pe: pe, nonSecure: nonSecure) {
        differ(check, expected: first.expected, seen: event.b, isTaught: true, pe: event.pe)
        return
      }
      let verdict = compare(check, expected: first.expected, seen: event.b, known: first.known, pe: event.pe)
      if verdict != .disagreed, first.known != .max { learn(event, pe: pe, nonSecure: nonSecure) }
    }
  }

  /// A reserved offset, or one that the device refused, reads as zero; a device of one's own may have something there.
  mutating func compareReserved(_ event: Event, check: Int) {
    let isCertain = event.flags.contains(.refused) || departures.contains(.resetIsKnown)
    compare(check, expected: 0, seen: event.b, known: isCertain ? .max : 0, pe: event.pe)
  }

  /// Whether the other Security state's view explains the value; then it was that.
  private mutating func isOtherView(_ event: Event, pe: Int, nonSecure: Bool) -> Bool {
    guard value(event, pe: pe, nonSecure: !nonSecure).expected == event.b else { return false }
    correctSecurity(pe: pe, nonSecure: !nonSecure)
    return true
  }

  /// What a read returns, and which bits of that are known; bits beyond the access count as known.
  private func value(_ event: Event, pe: Int, nonSecure: Bool) -> (expected: UInt64, known: UInt64) {
    var (expected, known): (UInt64, UInt64) = (0, .max)
    for byte in 0..<event.size {
      let part = value(byte: event.offset &+ UInt32(byte), pe: pe, nonSecure: nonSecure)
      expected |= UInt64(part.expected) << UInt64(byte * 8)
      known &= ~(UInt64(~part.known) << UInt64(byte * 8))
    }
    return (expected, known)
  }

  private func value(byte offset: UInt32, pe: Int, nonSecure: Bool) -> (expected: UInt8, known: UInt8) {
    let index = distributorMap.index(at: offset)
    guard index >= 0 else { return (0, 0xFF) }
    let at = Int(offset &- distributorMap.start(index))
    switch distributorMap.role(index) {
    case .control:
      if departures.contains(.isGICv3) { return legacyControlValue(at, nonSecure: nonSecure) }
      guard at == 0 else { return (0, 0xFF) }
      let known = distributor.knownControl
      return nonSecure
        ? (UInt8(distributor.control >> 1 & 1), known & 2 != 0 ? 0xFF : 0xFE)
        : (UInt8(distributor.control & 0b11), UInt8(truncatingIfNeeded: known) | 0xFC)
    case .priority: return priorityValue(at, pe: pe, nonSecure: nonSecure)
    case .target: return targetValue(at, pe: pe, nonSecure: nonSecure)
    case .configuration: return configurationValue(at * 4, pe: pe, nonSecure: nonSecure)
    case .nonSecureAccess:
      guard !nonSecure, hasTwoSecurityStates, !departures.contains(.hasNoNSACR) else { return (0, 0xFF) }
      return (
        UInt8(truncatingIfNeeded: distributor.nonSecureAccess[at < 4 ? pe : 8 + at / 4] >> UInt32(at % 4 * 8)), 0xFF
      )
    case .setPendingSGI, .clearPendingSGI:
      guard !nonSecure || distributor.isGroup1(pe, at) else { return (0, 0xFF) }
      return (distributor.sources[pe << 4 | at], distributor.knownLatch[pe << 5].bit(at) ? 0xFF : 0)
    case let role: return bitsValue(role, at * 8, pe: pe, nonSecure: nonSecure)
    }
  }

  /// A byte of a register with one bit for each INTID.
  private func bitsValue(
    _ role: RegisterRole, _ first: Int, pe: Int, nonSecure: Bool
  ) -> (expected: UInt8, known: UInt8) {
    guard first < distributor.implementedLimit else { return (0, 0xFF) }
    let (word, shift) = (first >> 5, UInt32(first & 31))
    let row = GICv2Distributor.row(pe, word)
    var bits: UInt32 = 0
    var known: UInt32 = .max
    switch role {
    case .group:
      guard !nonSecure else { return (0, 0xFF) }
      (bits, known) = (distributor.group[row], distributor.knownGroup[row])
    case .setEnable, .clearEnable: (bits, known) = (distributor.enabled[row], distributor.knownEnabled[row])
    case .setPending, .clearPending:
      bits = distributor.pendingWord(pe, word)
      known = distributor.stateWord(distributor.knownLatch, pe, word)
      known &= distributor.knownLevel[row] | distributor.edge[row] & distributor.knownEdge[row]
    case .setActive, .clearActive:
      bits = distributor.stateWord(distributor.active, pe, word)
      known = distributor.stateWord(distributor.knownActive, pe, word)
    default: break
    }
    if nonSecure {
      let visible = visibleToNonSecure(pe, word: word, level: role == .setPending ? 1 : nonSecureLevel(role))
      bits &= visible
      known |= ~visible
    }
    return (UInt8(truncatingIfNeeded: bits >> shift), UInt8(truncatingIfNeeded: known >> shift))
  }

  private func priorityValue(_ intid: Int, pe: Int, nonSecure: Bool) -> (expected: UInt8, known: UInt8) {
    guard intid < distributor.implementedLimit, !nonSecure || distributor.isGroup1(pe, intid) else { return (0, 0xFF) }
    let priority = distributor.priority[GICv2Distributor.priorityIndex(pe, intid)]
    let isKnown = distributor.knownPriority[GICv2Distributor.row(pe, intid >> 5)].bit(intid & 31)
    return (nonSecure ? priority << 1 : priority, isKnown ? knownPriorityBits : 0)
  }

  private func targetValue(_ intid: Int, pe: Int, nonSecure: Bool) -> (expected: UInt8, known: UInt8) {
    guard intid < distributor.implementedLimit else { return (0, 0xFF) }
    guard peCount > 1 || departures.contains(.uniprocessorTargetsAreWritable) else { return (0, 0xFF) }
    // Each PE reads its own number (IHI 0048B, 4.3.12).
    if intid < 32 { return (1 << UInt8(pe), 0xFF) }
    guard !nonSecure || distributor.isGroup1(pe, intid) || nonSecureAccess(pe, intid) == 3 else { return (0, 0xFF) }
    return (distributor.targets[intid], distributor.knownTargets[7 + intid >> 5].bit(intid & 31) ? 0xFF : 0)
  }

  private func configurationValue(_ first: Int, pe: Int, nonSecure: Bool) -> (expected: UInt8, known: UInt8) {
    guard first < distributor.implementedLimit else { return (0, 0xFF) }
    let row = GICv2Distributor.row(pe, first >> 5)
    var (expected, known): (UInt8, UInt8) = (0, 0x55)
    for n in 0..<4 {
      let bit = (first + n) & 31
      if nonSecure, !distributor.isGroup1(pe, first + n) {
        known |= 0b10 << UInt8(n * 2)
        continue
      }
      if distributor.edge[row].bit(bit) { expected |= 0b10 << UInt8(n * 2) }
      if distributor.knownEdge[row].bit(bit) { known |= 0b10 << UInt8(n * 2) }
    }
    // The lower bit of a field tells 1-N from N-N on some early implementations (4.3.13).
    return (expected, departures.contains(.resetIsKnown) ? known : known & 0xAA)
  }

  /// `GICD_TYPER`: lines, PEs, Security Extensions (IHI 0048B, 4.3.2).
  private mutating func learnType(_ event: Event) {
    guard event.size == 4 else { return }
    topology.set(.gicdTyper, to: event.b, source: .register)
    if topology.set(.itLinesNumber, to: event.b & 0x1F, source: .register) { learnLines(event.b) }
    if topology.set(.securityStates, to: event.b & 1 << 10 != 0 ? 2 : 1, source: .register) {
      hasTwoSecurityStates = event.b & 1 << 10 != 0
    }
    let count = Int(event.b >> 5 & 7) + 1
    if topology.set(.peCount, to: UInt64(count), source: .register), count != peCount { setPECount(count) }
  }
}
