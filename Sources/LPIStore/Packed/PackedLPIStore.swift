// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// The default store: records packed by population count, pending state in the order of acknowledgement.
///
/// Memory follows what exists: about 9 bytes per LPI where INTIDs are dense, 13 where a million are strewn over 24 bits;
/// 32 bytes per PE that ever had an LPI, and 4 or fewer per LPI that waits behind another. An LPI that comes and goes
/// alone touches one record and its PE's first key.
@frozen
public struct PackedLPIStore: ~Copyable {
  @usableFromInline var records: RecordDirectory
  @usableFromInline var pending: PendingDirectory
  /// INTIDs pending on more than one PE, with these PEs ascending.
  @usableFromInline var several: [UInt32: [UInt16]]

  @usableFromInline
  init(records: consuming RecordDirectory, pending: consuming PendingDirectory, several: [UInt32: [UInt16]]) {
    self.records = records
    self.pending = pending
    self.several = several
  }

  @inlinable @inline(__always)
  func isLPI(_ intid: UInt32) -> Bool { intid >= LPILimits.firstINTID && intid < records.limit }
}

extension PackedLPIStore: LPIStore {
  /// `packed`.
  public static var name: String { "packed" }

  /// An empty store; allocates nothing per INTID or PE.
  public init(peCount: Int, intidBits: Int) {
    self.init(
      records: RecordDirectory(intidBits: intidBits),
      pending: PendingDirectory(peCount: peCount),
      several: [:]
    )
  }

  // MARK: Records

  @inlinable
  public func record(_ intid: UInt32) -> LPIRecord {
    guard let slot = records.slot(intid) else { return LPIRecord() }
    return LPIRecord(bits: slot.pointee)
  }

  @inlinable
  public mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
    guard isLPI(intid) else { return }
    if let slot = records.slot(intid) {
      store(intid, slot, LPIRecord(bits: slot.pointee).replacingCallerFields(with: record))
    } else if record.bits & LPIRecord.callerFields != 0 {
      records.insert(intid).pointee = record.bits & LPIRecord.callerFields
    }
  }

  @inlinable
  public mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    var changed = record(intid)
    changed.property = property
    changed.isKnown = isKnown
    setRecord(intid, changed)
  }

  @discardableResult
  public mutating func remove(_ intid: UInt32) -> Bool {
    guard let slot = records.slot(intid) else { return false }
    let record = LPIRecord(bits: slot.pointee)
    if record.isPending {
      refile(intid, record, from: PendingKey.key(intid, record), to: nil)
      if record.isPendingOnSeveral { several[intid] = nil }
    }
    records.remove(intid, at: slot)
    return true
  }

  // MARK: Pending

  @inlinable
  @discardableResult
  public mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), pe < LPILimits.peLimit else { return false }
    let slot = records.makeSlot(intid)
    let record = LPIRecord(bits: slot.pointee)
    if record.isPending { return setPendingAgain(intid, slot, pe: pe) }
    slot.pointee = record.pending(on: pe).bits
    pending.makeQueue(pe).pointee.insert(PendingKey.key(intid, record), &pending.memory)
    return true
  }

  @inlinable
  @discardableResult
  public mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard let slot = records.slot(intid) else { return false }
    let record = LPIRecord(bits: slot.pointee)
    if record.bits & (LPIRecord.pendingBit | LPIRecord.severalBit) != LPIRecord.pendingBit {
      return record.isPending && clearPendingOfSeveral(intid, slot, pe: pe)
    }
    guard record.pendingPE == pe, let queue = pending.queue(pe) else { return false }
    queue.pointee.remove(PendingKey.key(intid, record), &pending.memory)
    slot.pointee = record.notPending.bits
    if slot.pointee == 0 { records.remove(intid, at: slot) }
    return true
  }

  @inlinable
  public func isPending(_ intid: UInt32, pe: UInt32) -> Bool {
    let record = record(intid)
    if record.isPendingOnSeveral { return isPendingOfSeveral(intid, pe: pe) }
    return record.isPending && record.pendingPE == pe
  }

  @inlinable
  public func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    guard let queue = pending.queue(pe), queue.pointee.hot < PendingKey.firstIneligible else { return nil }
    return (PendingKey.priority(queue.pointee.hot), PendingKey.intid(queue.pointee.hot))
  }

  @inlinable
  public func pendingCount(pe: UInt32) -> Int {
    guard let queue = pending.queue(pe) else { return 0 }
    return Int(queue.pointee.count)
  }

  @inlinable
  public func unknownPendingCount(pe: UInt32) -> Int {
    guard let queue = pending.queue(pe) else { return 0 }
    return Int(queue.pointee.unknownCount)
  }

  @inlinable
  public func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    pending.queue(pe)?.pointee.forEach { body(PendingKey.intid($0)) }
  }

  @inlinable
  public func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    guard let queue = pending.queue(pe), queue.pointee.unknownCount != 0 else { return }
    queue.pointee.forEach(from: PendingKey.unknownLevel << 24, to: PendingKey.disabledLevel << 24) {
      body(PendingKey.intid($0))
    }
  }

  // MARK: The whole

  @inlinable
  public func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
    records.forEach { body($0, LPIRecord(bits: $1)) }
  }

  @inlinable
  public var count: Int { records.count }

  public var memoryInUse: Int {
    // A dictionary entry's key, value and share of the map, and its array.
    records.memory + pending.memory + several.capacity * 16 + several.values.reduce(0) { $0 + 48 + $1.capacity * 2 }
  }

  public borrowing func copy() -> PackedLPIStore {
    PackedLPIStore(records: records.copy(), pending: pending.copy(), several: several)
  }
}
