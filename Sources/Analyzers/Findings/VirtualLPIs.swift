import InterruptTrace

/// A vPE as an ITS knows it (IHI 0069H, 5.2.5 and 6).
struct VirtualPERecord: BitwiseCopyable {
  var pendingTable: UInt64 = .max
  /// VMAPP; `.max` if the capture does not show it.
  var mappedEvent: UInt64 = .max
  /// The PE that it is resident on; ``PE/none`` for none.
  var residentOn: UInt32 = PE.none
  /// When it last became resident, or stopped being so.
  var residencyAt = Moment()
  var wasResident = false
}

/// What a message leads to, if that is a virtual LPI.
struct VirtualMapping: BitwiseCopyable {
  var intid: UInt32 = INTID.none
  var vPE: UInt32 = .max
  /// 1023 for none.
  var doorbell: UInt32 = INTID.spurious
  /// VMAPTI; `.max` if only a table entry shows it.
  var event: UInt64 = .max
}

/// A virtual LPI of a vPE.
struct VirtualLPIRecord: BitwiseCopyable {
  var isPending = false
  var since = Moment()
  var last = Moment()
  var count: UInt64 = 0
  var message: UInt64 = .max
  /// Messages that led to no interrupt, the last of them, and its ``ITSFault``.
  var dropped: UInt64 = 0
  var droppedAt = Moment()
  var droppedFault: UInt8 = 0

  /// The last message came to nothing.
  var isDropped: Bool { dropped > 0 && (last.event == .max || droppedAt.event > last.event) }
}

/// Virtual LPIs by their own names: vPE and vINTID. Memory follows the number of vPEs, mapped events and vLPIs.
struct VirtualLPIs: ~Copyable {
  var vPEs = LiveTable(VirtualPERecord())
  /// By `DeviceID << 32 | EventID`.
  var mappings = LiveTable(VirtualMapping())
  /// By `vPEID << 32 | vINTID`.
  var lpis = DenseTable(VirtualLPIRecord())
  /// The interrupt translation entry that an ITS read last: EventID, and what it holds if that is virtual.
  var lastEntry: (event: UInt32, mapping: VirtualMapping)?

  init() {}

  init(copying other: borrowing VirtualLPIs) {
    vPEs = LiveTable(copying: other.vPEs)
    mappings = LiveTable(copying: other.mappings)
    lpis = DenseTable(copying: other.lpis)
    lastEntry = other.lastEntry
  }

  var footprint: Int { vPEs.footprint + mappings.footprint + lpis.footprint }

  /// The vPE whose table a PE has, or nil.
  func resident(_ isWanted: (VirtualPERecord) -> Bool) -> UInt32? {
    var found: UInt32?
    vPEs.forEach { if isWanted($1.pointee) { found = UInt32(truncatingIfNeeded: $0) } }
    return found
  }
}

extension FindingsAnalyzer {
  // MARK: Commands and table entries

  mutating func virtualCommandRead(_ opcode: UInt8, _ event: Event, _ more: Event?, _ number: UInt64) {
    guard let more, event.flags.isDisjoint(with: .operandsHidden) else { return }
    let vPE = UInt32(truncatingIfNeeded: event.b >> 32) & 0xFFFF
    if opcode == ITSOpcode.vmapp {
      let record = virtualLPIs.vPEs.insert(UInt64(vPE))
      record.pointee.mappedEvent = number
      record.pointee.pendingTable = more.b & 0x000F_FFFF_FFFF_0000
      return
    }
    let message = event.a & ~0xFFFF_FFFF | event.b & 0xFFFF_FFFF
    let mapping = virtualLPIs.mappings.insert(message)
    let doorbell = UInt32(truncatingIfNeeded: more.a >> 32)
    switch opcode {
    case ITSOpcode.vmapti:
      mapping.pointee.intid = UInt32(truncatingIfNeeded: more.a)
      mapping.pointee.doorbell = doorbell
    case ITSOpcode.vmapi:
      mapping.pointee.intid = UInt32(truncatingIfNeeded: event.b)
      mapping.pointee.doorbell = doorbell
    default: if more.a & 1 != 0 { mapping.pointee.doorbell = doorbell }
    }
    mapping.pointee.vPE = vPE
    mapping.pointee.event = number
    virtualCommandEvent = number
  }

  mutating func entryRead(_ event: Event, _ more: Event?) {
    guard event.flags.isDisjoint(with: .tableFault), event.entryIsValid else { return }
    switch event.table {
    case .vPE:
      let record = virtualLPIs.vPEs.insert(event.a & 0xFFFF)
      record.pointee.pendingTable = event.b & 0x000F_FFFF_FFFF_0000
    case .interruptTranslation:
      guard let more else { return }
      let isPhysical = event.b >> 41 & 1 != 0
      var mapping = VirtualMapping()
      if !isPhysical {
        mapping.intid = UInt32(truncatingIfNeeded: more.a)
        mapping.vPE = UInt32(truncatingIfNeeded: more.b) & 0xFFFF
        mapping.doorbell = UInt32(truncatingIfNeeded: more.b >> 32)
      }
      virtualLPIs.lastEntry = (UInt32(truncatingIfNeeded: event.b), mapping)
    default: break
    }
  }

  /// What a message leads to, if that is known to be a virtual LPI. Inlined, as what is not and does not mutate gets a copy of
  /// all of this.
  @inline(__always) func virtualMapping(of message: UInt64) -> VirtualMapping? {
    if let mapping = virtualLPIs.mappings.find(message)?.pointee { return mapping.intid == INTID.none ? nil : mapping }
    guard let entry = virtualLPIs.lastEntry, entry.event == UInt32(truncatingIfNeeded: message),
      entry.mapping.intid != INTID.none
    else { return nil }
    return entry.mapping
  }

  // MARK: Pending state and residency

  mutating func virtualLPI(_ t: Transition) {
    advance(to: t.event)
    switch t.kind {
    case .virtualPending, .virtualMerged:
      guard let mapping = virtualMapping(of: t.pending.source) else { return }
      let record = virtualLPIs.lpis.insert(UInt64(mapping.vPE) << 32 | UInt64(t.intid))
      if !record.pointee.isPending { record.pointee.since = Moment(t) }
      record.pointee.isPending = true
      record.pointee.last = Moment(t)
      record.pointee.count &+= 1
      record.pointee.message = t.pending.source
    case .virtualPendingCleared:
      virtualLPIs.lpis.forEach { key, record in
        if UInt32(truncatingIfNeeded: key) == t.intid { record.pointee.isPending = false }
      }
    case .vPEResident, .vPENonresident:
      let table = t.residency.pendingTable & 0x000F_FFFF_FFFF_0000
      guard let vPE = virtualLPIs.resident({ $0.pendingTable == table }) else { return }
      let record = virtualLPIs.vPEs.insert(UInt64(vPE))
      record.pointee.residentOn = t.kind == .vPEResident ? t.pe : PE.none
      record.pointee.residencyAt = Moment(t)
      if t.kind == .vPEResident { record.pointee.wasResident = true }
    default: break
    }
  }

  /// The guest on a PE took a virtual LPI.
  @inline(never) mutating func tookVirtualLPI(_ t: Transition) {
    guard let vPE = virtualLPIs.resident({ $0.residentOn == t.pe }) else { return }
    virtualLPIs.lpis.find(UInt64(vPE) << 32 | UInt64(t.intid))?.pointee.isPending = false
  }

  // MARK: Findings

  static func virtualName(_ intid: UInt32, _ vPE: UInt32) -> String { "vLPI \(intid) of vPE \(vPE)" }

  /// vLPIs that are pending for a vPE which runs nowhere, and nothing calls it.
  func reportVirtualLPIs(_ log: FindingLog) {
    for (key, number) in virtualLPIs.lpis.sorted() {
      let record = virtualLPIs.lpis[number].pointee
      guard record.isPending else { continue }
      let (vPE, intid) = (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
      guard let owner = virtualLPIs.vPEs.find(UInt64(vPE))?.pointee, owner.residentOn == PE.none, !owner.wasResident,
        let mapping = virtualMapping(of: record.message), mapping.doorbell == INTID.spurious,
        elapsed(since: record.since) >= thresholds.stuckTime
      else { continue }
      let t = Transition(time: lastTime, event: lastEvent, kind: .virtualPending, intid: intid)
      let isWhole = startsAtReset && !hasGaps
      self.record(
        log, .init(kind: .stuckPending, domain: Domain.physical, intid: intid, reason: vPE, isVirtual: true), t
      ) {
        FindingLog.Description(
          isWhole ? .warning : .note, .likely,
          "\(Self.virtualName(intid, vPE)) is pending, and vPE \(vPE) is resident on no PE and has no doorbell",
          [
            .init(
              "\(Self.source(record.message)) is mapped to it\(mapping.event == .max ? "" : " by VMAPTI"), without a doorbell",
              event: mapping.event == .max ? nil : mapping.event),
            .init("it became pending: \(record.count) MSIs so far", event: record.since.event),
            .init("GICR_VPENDBASER names the pending table of vPE \(vPE) on no PE in this capture"),
          ],
          advice: "check that the vPE is made resident (GICR_VPENDBASER.Valid), or that VMAPTI gives it a doorbell",
          since: record.since)
      }
    }
  }

  // MARK: The ladder

  /// The way of a virtual LPI; nil if the INTID is none of a vPE's.
  func virtualLadder(_ intid: UInt32) -> DeliveryLadder? {
    var found: (vPE: UInt32, record: VirtualLPIRecord)?
    virtualLPIs.lpis.forEach { key, record in
      if UInt32(truncatingIfNeeded: key) == intid { found = (UInt32(key >> 32), record.pointee) }
    }
    var mapping: (message: UInt64, value: VirtualMapping)?
    virtualLPIs.mappings.forEach { if $1.pointee.intid == intid { mapping = ($0, $1.pointee) } }
    guard found != nil || mapping != nil else { return nil }
    let vPE = found?.vPE ?? mapping?.value.vPE ?? 0
    let name = Self.virtualName(intid, vPE)
    let owner = virtualLPIs.vPEs.find(UInt64(vPE))?.pointee ?? VirtualPERecord()
    let message = found?.record.message ?? mapping?.message ?? .max
    let value = mapping?.value ?? virtualMapping(of: message) ?? VirtualMapping()
    let (isPending, count) = (found?.record.isPending ?? false, found?.record.count ?? 0)
    typealias Rung = DeliveryLadder.Rung
    let lost = found.flatMap { $0.record.isDropped ? $0.record : nil }
    let drop = lost.map { droppedText($0.dropped, $0.droppedFault) }
    var rungs = [
      lost != nil
        ? Rung("source", .broken, drop ?? "", event: lost?.droppedAt.event, time: lost?.droppedAt.time)
        : count > 0
          ? Rung(
            "source", .holds, "MSI of \(Self.source(message)), \(count) so far", event: found?.record.last.event,
            time: found?.record.last.time)
          : Rung("source", startsAtReset ? .broken : .unknown, "no MSI for it in this capture"),
      Rung("mapped", .holds, "\(Self.source(message)) is mapped to it by VMAPTI", event: value.event),
      Rung(
        "vpe-mapped", owner.mappedEvent == .max ? .unknown : .holds, "vPE \(vPE) is mapped by VMAPP",
        event: owner.mappedEvent),
      Rung(
        "pending", isPending ? .holds : count > 0 ? .open : .broken,
        isPending ? "pending in the table of vPE \(vPE)" : "not pending",
        event: isPending ? found?.record.since.event : nil,
        time: found?.record.since.time),
    ]
    let isResident = owner.residentOn != PE.none
    rungs.append(
      Rung(
        "resident", isResident ? .holds : .broken,
        isResident ? "vPE \(vPE) is resident on PE \(owner.residentOn)" : "vPE \(vPE) is resident on no PE",
        event: owner.residencyAt.event, time: owner.residencyAt.time))
    let hasDoorbell = value.doorbell != INTID.spurious
    rungs.append(
      Rung(
        "doorbell", isResident ? .open : hasDoorbell ? .holds : .broken,
        hasDoorbell ? "LPI \(value.doorbell) announces it" : "it has none"))
    let conclusion =
      drop.map { "\(name) was not delivered: \($0)." }
      ?? (count == 0
        ? "\(name) was not delivered: no MSI for it came in this capture."
        : !isPending
          ? "\(name) is not pending: the guest took it, or a command cleared it."
          : isResident
            ? "\(name) is pending, and vPE \(vPE) is resident on PE \(owner.residentOn): the guest has not taken it."
            : "\(name) is pending, and vPE \(vPE) is resident on no PE\(hasDoorbell ? "" : " and has no doorbell").")
    return DeliveryLadder(
      domain: Domain.physical, intid: intid, pe: isResident ? owner.residentOn : nil, rungs: rungs,
      conclusion: conclusion)
  }
}
