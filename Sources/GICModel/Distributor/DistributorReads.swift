import InterruptTrace
import LPIStore

/// Reads of `GICD_*` (IHI 0069H, 12.9).
extension GICv3 where Store: ~Copyable {
  mutating func readDistributor(_ event: Event) {
    let index = distributorMap.index(at: event.offset)
    let role = distributorMap.role(index)
    guard role != .reserved, !event.flags.contains(.refused) else {
      compareReserved(event)
      return
    }
    let check = PredictionLedger.check(.gicd, index: index)
    let nonSecure = isNonSecure(event)
    if sawLegacyOperation, !distributor.hasOneSecurityState,
      AffinityRouting.disables(role, at: event.offset &- distributorMap.start(index))
    {
      compare(check, expected: 0, seen: event.b, known: 0, pe: event.pe)
      return
    }
    let word = Int((event.offset &- distributorMap.start(index)) &>> 2) & 31
    if role.holdsSharedInterrupts, distributor.isReserved(word: sharedWord(event, role)) {
      compare(check, expected: 0, seen: event.b, pe: event.pe)
      return
    }
    switch role {
    case .control: readDistributorControl(event, check: check, nonSecure: nonSecure)
    case .type:
      learnDistributorType(event)
      compareIdentification(event, check: check)
    case .implementer, .type2, .identification, .status: compareIdentification(event, check: check)
    case .group:
      let mask: UInt32 = nonSecure || word == 0 ? 0 : .max
      learnWord(
        event, check: check, value: distributor.group[word] & mask,
        known: distributor.knownGroup[word] | ~mask
      ) { model, bits in
        model.distributor.group[word] = bits
        model.distributor.knownGroup[word] = .max
        model.refreshShared(word: word, always: .max)
      }
    case .groupModifier:
      let mask: UInt32 = nonSecure || word == 0 || distributor.hasOneSecurityState ? 0 : .max
      learnWord(
        event, check: check, value: distributor.groupModifier[word] & mask,
        known: distributor.knownGroupModifier[word] | ~mask
      ) { model, bits in
        model.distributor.groupModifier[word] = bits
        model.distributor.knownGroupModifier[word] = .max
        model.refreshShared(word: word, always: .max)
      }
    case .setEnable, .clearEnable:
      let mask = visibleMask(word: word, nonSecure: nonSecure, nsacr: 4)
      learnWord(
        event, check: check, value: distributor.enabled[word] & mask,
        known: distributor.knownEnabled[word] | ~mask
      ) { model, bits in
        let before = model.distributor.enabled[word]
        model.distributor.enabled[word] = before & ~mask | bits & mask
        let changed = (before ^ model.distributor.enabled[word]) | mask & ~model.distributor.knownEnabled[word]
        model.reportEnables(changed, model.distributor.enabled[word], word: word, pe: PE.none)
        model.distributor.knownEnabled[word] |= mask
        model.refreshShared(word: word)
      }
    case .setPending, .clearPending:
      let nsacr: UInt32 = role == .setPending ? 1 : 2
      readSharedPending(
        event, check: check, word: word, mask: visibleMask(word: word, nonSecure: nonSecure, nsacr: nsacr))
    case .setActive, .clearActive:
      let mask = visibleMask(word: word, nonSecure: nonSecure, nsacr: 2)
      learnWord(
        event, check: check, value: distributor.active[word] & mask,
        known: distributor.knownActive[word] | ~mask
      ) { model, bits in
        model.distributor.active[word] = model.distributor.active[word] & ~mask | bits & mask
        model.distributor.knownActive[word] |= mask
        model.refreshShared(word: word)
      }
    case .priority: readSharedPriority(event, check: check, nonSecure: nonSecure)
    case .configuration: readSharedConfiguration(event, check: check, nonSecure: nonSecure)
    case .nonSecureAccess:
      let at = Int((event.offset &- distributorMap.start(index)) &>> 2) & 63
      compare(
        check, expected: nonSecure || distributor.hasOneSecurityState ? 0 : UInt64(distributor.nonSecureAccess[at]),
        seen: event.b, pe: event.pe)
    case .router: readRouter(event, check: check, nonSecure: nonSecure)
    default:
      // Write-only registers and those that affinity routing makes RES0.
      compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  /// Compares a word of one bit per INTID; what the capture teaches goes back through `learn`.
  private mutating func learnWord(
    _ event: Event, check: Int, value: UInt32, known: UInt32, learn: (inout Self, UInt32) -> Void
  ) {
    let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 32)
    let expected = (UInt64(value) & mask) >> shift
    let verdict = compare(check, expected: expected, seen: event.b, known: UInt64(known) >> shift, pe: event.pe)
    if verdict == .taught, event.size == 4 { learn(&self, UInt32(truncatingIfNeeded: event.b)) }
  }

  /// SPIs of a word that an access may see: all, or from Non-secure state those of Group 1 and those that `GICD_NSACR`
  /// opens at level `nsacr` (4: none).
  @inline(__always)
  func visibleMask(word: Int, nonSecure: Bool, nsacr: UInt32) -> UInt32 {
    if word == 0 { return 0 }
    guard nonSecure else { return .max }
    var mask = distributor.group[word]
    guard nsacr < 4 else { return mask }
    for bit in 0..<32 {
      let fields = distributor.nonSecureAccess[word * 2 + bit / 16]
      if (fields >> UInt32(bit % 16 * 2)) & 3 >= nsacr { mask.setBit(bit, to: true) }
    }
    return mask
  }

  /// The pending state of a level-sensitive interrupt includes its line (IHI 0069H, 12.9.29).
  private mutating func readSharedPending(_ event: Event, check: Int, word: Int, mask: UInt32) {
    let levels = distributor.level[word] & ~distributor.edge[word]
    let known = distributor.knownPending[word] & (distributor.knownLevel[word] | distributor.edge[word])
    let value = (distributor.pending[word] | levels) & mask
    learnWord(event, check: check, value: value, known: known | ~mask) { model, bits in
      model.distributor.pending[word] = model.distributor.pending[word] & ~mask | bits & mask & ~levels
      model.distributor.knownPending[word] |= mask
      model.refreshShared(word: word)
    }
  }

  private mutating func readDistributorControl(_ event: Event, check: Int, nonSecure: Bool) {
    let value = UInt32(truncatingIfNeeded: event.b)
    let sawDS = value & Distributor.disableSecurity != 0
    if !event.flags.contains(.secure) || sawDS { learnSecurityStates(sawDS ? 1 : 2, known: distributor.knownControl) }
    let view = isNonSecure(event) ? nonSecureControl : distributor.control
    let known =
      distributor.knownControl
      | (isNonSecure(event) ? ~(Distributor.enableGroup1NonSecure | Distributor.affinityRoutingSecure) : 0)
    if compare(check, expected: UInt64(view), seen: event.b, known: UInt64(known), pe: event.pe) == .taught {
      if isNonSecure(event) {
        distributor.control = distributor.control & ~2 | value & 2
      } else {
        distributor.control = value & ~Distributor.registerWritePending
      }
      refreshAllShared()
    }
    // The Non-secure view has only its own bits; that there is one says that there are two Security states.
    distributor.knownControl |=
      isNonSecure(event)
      ? Distributor.enableGroup1NonSecure | Distributor.affinityRoutingNonSecure | Distributor.disableSecurity
      : .max & ~Distributor.registerWritePending
  }

  /// `GICD_CTLR` from Non-secure state: EnableGrp1A and ARE_NS, at bits 1 and 4.
  private var nonSecureControl: UInt32 {
    let are = distributor.control & Distributor.affinityRoutingNonSecure != 0 ? Distributor.affinityRoutingSecure : 0
    return distributor.control & Distributor.enableGroup1NonSecure | are
  }

  /// Corrects the number of Security states when the capture shows it before anything depends on it.
  mutating func learnSecurityStates(_ states: UInt64, known: UInt32) {
    guard known & Distributor.disableSecurity == 0, (states == 1) != distributor.hasOneSecurityState else { return }
    guard topology.entry(.securityStates).map({ $0.source < .header }) ?? true else { return }
    topology.set(.securityStates, to: states, source: .register)
    let enables = distributor.control & 0b111
    distributor.control = Self.resetControl(oneSecurityState: states == 1) | enables
    refreshAllShared()
  }

  private mutating func learnDistributorType(_ event: Event) {
    topology.set(.gicdTyper, to: event.b, source: .register)
    topology.set(.itLinesNumber, to: event.b & 0x1F, source: .register)
    topology.set(.intidBits, to: (event.b >> 19 & 0x1F) + 1, source: .register)
    learnImplementedINTIDs()
  }

  /// Takes the numbers of implemented INTIDs from the topology, and forgets what was kept of SPIs beyond.
  mutating func learnImplementedINTIDs() {
    lpiINTIDBits = min(topology.value(.intidBits) ?? (departures.contains(.lpisHave16Bits) ? 16 : 24), 24)
    guard let lines = topology.value(.itLinesNumber) else { return }
    distributor.wordCount = Int(lines & 0x1F) + (departures.contains(.countsLinesWithoutPrivate) ? 2 : 1)
    var word = distributor.wordCount
    while word < 32 {
      distributor.pending[word] = 0
      distributor.enabled[word] = 0
      distributor.active[word] = 0
      distributor.level[word] = 0
      refreshShared(word: word)
      word += 1
    }
  }

  /// The word of INTIDs that an access to an array of the Distributor begins in.
  func sharedWord(_ event: Event, _ role: RegisterRole) -> Int {
    switch role {
    case .priority: Int(event.offset &- 0x400) >> 5
    case .configuration: Int(event.offset &- 0xC00) >> 3
    case .nonSecureAccess: Int(event.offset &- 0xE00) >> 3
    case .router: Int(event.offset &- 0x6000) >> 8
    default: Int(event.offset & 0x7F) >> 2
    }
  }

  private mutating func readSharedPriority(_ event: Event, check: Int, nonSecure: Bool) {
    let first = Int(event.offset &- 0x400)
    var expected: UInt64 = 0
    var known: UInt64 = 0
    for n in 0..<min(event.size, 4) {
      let intid = first + n
      guard intid >= 32, intid < 1020 else {
        known |= 0xFF << UInt64(n * 8)
        continue
      }
      let value = priorityView(distributor.priority[intid], group: distributor.group(of: intid), nonSecure: nonSecure)
      expected |= UInt64(value) << UInt64(n * 8)
      if distributor.knownPriority[intid >> 5].bit(intid & 31) { known |= 0xFF << UInt64(n * 8) }
    }
    guard compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught else { return }
    for n in 0..<min(event.size, 4) where known >> UInt64(n * 8) & 1 == 0 {
      let intid = first + n
      distributor.priority[intid] = UInt8(truncatingIfNeeded: event.b >> UInt64(n * 8))
      distributor.knownPriority[intid >> 5].setBit(intid & 31, to: true)
      staleTargets(of: intid)
    }
  }

  /// A priority as a Security state sees it (IHI 0069H, 4.8.1).
  func priorityView(_ priority: UInt8, group: InterruptGroup, nonSecure: Bool) -> UInt8 {
    guard nonSecure else { return priority }
    return group == .group1NonSecure ? priority << 1 : 0
  }

  private mutating func readSharedConfiguration(_ event: Event, check: Int, nonSecure: Bool) {
    let first = Int(event.offset &- 0xC00) & ~3
    var expected: UInt64 = 0
    var known: UInt64 = 0x5555_5555
    for n in 0..<16 {
      let intid = first * 4 + n
      guard intid >= 32, intid < 1020, !nonSecure || distributor.group(of: intid) == .group1NonSecure else {
        known |= 0b10 << UInt64(n * 2)
        continue
      }
      if distributor.edge[intid >> 5].bit(intid & 31) { expected |= 0b10 << UInt64(n * 2) }
      if distributor.knownEdge[intid >> 5].bit(intid & 31) { known |= 0b10 << UInt64(n * 2) }
    }
    guard compare(check, expected: expected, seen: event.b, known: known, pe: event.pe) == .taught else { return }
    for n in 0..<16 where known >> UInt64(n * 2 + 1) & 1 == 0 {
      let intid = first * 4 + n
      distributor.edge[intid >> 5].setBit(intid & 31, to: event.b >> UInt64(n * 2 + 1) & 1 != 0)
      distributor.knownEdge[intid >> 5].setBit(intid & 31, to: true)
    }
  }

  private mutating func readRouter(_ event: Event, check: Int, nonSecure: Bool) {
    let intid = Int((event.offset &- 0x6000) / 8)
    guard intid >= 32, intid < 1020 else { return }
    let isVisible = visibleMask(word: intid >> 5, nonSecure: nonSecure, nsacr: 3).bit(intid & 31)
    let known: UInt64 = distributor.knownRoute[intid >> 5].bit(intid & 31) || !isVisible ? .max : 0
    let verdict = compare(
      check, expected: isVisible ? part(distributor.router[intid], event) : 0, seen: event.b, known: known,
      pe: event.pe)
    if verdict == .taught {
      distributor.router[intid] = merge(distributor.router[intid], event)
      reroute(intid)
    }
    if event.size == 8 { distributor.knownRoute[intid >> 5].setBit(intid & 31, to: true) }
  }

  /// Recomputes every word after `GICD_CTLR` changed.
  mutating func refreshAllShared() {
    for word in 1..<32 { refreshShared(word: word) }
    for pe in 0..<peCount { pes[pe].highestIsStale = true }
  }
}
