// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// The default store: records packed by population count, pending state in the order of acknowledgement.
///
/// Memory follows what exists: about 9 bytes per LPI where INTIDs are dense, 13 where a million are strewn over 24 bits;
/// 32 bytes per PE that ever had an LPI, and about 4 per LPI that waits behind another.
///
/// What is pending is the business of each PE's ``PendingQueue`` alone, as each Redistributor has its own pending table. A
/// record only remembers in which queue it was last put (its *place*), so that a change of its configuration finds
/// it there: an acknowledgement touches the queue and no record. A queue is its PE's as long as no MOVALL exchanges two
/// (``QueueAssignment``).
@frozen public struct PackedLPIStore: ~Copyable {
  @usableFromInline var records: RecordDirectory
  @usableFromInline var pending: PendingDirectory
  /// INTIDs that may be pending on more than one PE, with these PEs.
  @usableFromInline var several: [UInt32: [UInt16]]
  /// Which queue is a PE's.
  @usableFromInline var queues: QueueAssignment

  @usableFromInline
  init(
    records: consuming RecordDirectory, pending: consuming PendingDirectory, several: [UInt32: [UInt16]],
    queues: QueueAssignment
  ) {
    self.records = records
    self.pending = pending
    self.several = several
    self.queues = queues
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
      records: RecordDirectory(intidBits: intidBits), pending: PendingDirectory(), several: [:],
      queues: QueueAssignment())
  }

  // MARK: Records

  @inlinable @inline(__always) public func record(_ intid: UInt32) -> LPIRecord {
    guard let slot = records.slot(intid) else { return LPIRecord() }
    return LPIRecord(bits: slot.pointee).visible
  }

  @inlinable public mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
    guard isLPI(intid) else { return }
    if let slot = records.slot(intid) {
      store(intid, slot, LPIRecord(bits: slot.pointee).replacingCallerFields(with: record))
    } else if record.bits & LPIRecord.callerFields != 0 {
      records.insert(intid).pointee = record.bits & LPIRecord.callerFields
    }
  }

  @inlinable public mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    var changed = record(intid)
    changed.property = property
    changed.isKnown = isKnown
    setRecord(intid, changed)
  }

  @discardableResult public mutating func remove(_ intid: UInt32) -> Bool {
    guard let slot = records.slot(intid) else { return false }
    let record = LPIRecord(bits: slot.pointee)
    if record.isPlaced { unplace(intid, record) }
    records.remove(intid, at: slot)
    return true
  }

  // MARK: Pending

  @inlinable @inline(__always)
  @discardableResult public mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    let pe = queues.queue(of: pe)
    // Where there is a record and a queue, the INTID and the PE are within limits.
    if let slot = records.slot(intid), let queue = pending.queue(pe) {
      let bits = slot.pointee
      if bits & (LPIRecord.eligible | LPIRecord.placeFields) == LPIRecord.eligible | LPIRecord.place(pe) {
        return queue.pointee.insertEligible(PendingKey.eligible(intid, bits), &pending.memory)
      }
    }
    return setPendingSlowly(intid, queueOf: pe)
  }

  @inlinable @inline(__always)
  @discardableResult public mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard let queue = pending.queue(queues.queue(of: pe)) else { return false }
    let key = queue.pointee.hot
    if key < PendingKey.firstIneligible, PendingKey.intid(key) == intid {
      queue.pointee.removeHot(&pending.memory)
      return true
    }
    return clearPendingSlowly(intid, queue)
  }

  @inlinable @inline(__always) public mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    guard let queue = pending.queue(queues.queue(of: pe)) else { return nil }
    let key = queue.pointee.hot
    if key >= PendingKey.firstIneligible { return nil }
    queue.pointee.removeHot(&pending.memory)
    return (PendingKey.priority(key), PendingKey.intid(key))
  }

  @inlinable @inline(__always) public func isPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard let queue = pending.queue(queues.queue(of: pe)), queue.pointee.count != 0 else { return false }
    if PendingKey.intid(queue.pointee.hot) == intid { return true }
    if queue.pointee.count == 1 { return false }
    guard let slot = records.slot(intid) else { return false }
    return queue.pointee.contains(PendingKey.key(intid, LPIRecord(bits: slot.pointee)))
  }

  @inlinable @inline(__always) public func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    guard let queue = pending.queue(queues.queue(of: pe)), queue.pointee.hot < PendingKey.firstIneligible else {
      return nil
    }
    return (PendingKey.priority(queue.pointee.hot), PendingKey.intid(queue.pointee.hot))
  }

  @inlinable public func pendingCount(pe: UInt32) -> Int {
    guard let queue = pending.queue(queues.queue(of: pe)) else { return 0 }
    return Int(queue.pointee.count)
  }

  @inlinable public func unknownPendingCount(pe: UInt32) -> Int {
    guard let queue = pending.queue(queues.queue(of: pe)) else { return 0 }
    return Int(queue.pointee.unknownCount)
  }

  @inlinable public func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    pending.queue(queues.queue(of: pe))?.pointee.forEach { body(PendingKey.intid($0)) }
  }

  @inlinable public func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    guard let queue = pending.queue(queues.queue(of: pe)), queue.pointee.unknownCount != 0 else { return }
    queue.pointee.forEach(from: PendingKey.unknownLevel << 24, to: PendingKey.disabledLevel << 24) {
      body(PendingKey.intid($0))
    }
  }

  // MARK: The whole

  @inlinable public func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
    records.forEach { body($0, LPIRecord(bits: $1).visible) }
  }

  @inlinable public var count: Int { records.count }

  public var memoryInUse: Int {
    // A dictionary entry's key, value and share of the map, and its array.
    records.memory + pending.memory + several.capacity * 16 + several.values.reduce(0) { $0 + 48 + $1.capacity * 2 }
      + queues.memory
  }

  public var mappedMemory: Int { records.mappedMemory + pending.mappedMemory }

  public borrowing func copy() -> PackedLPIStore {
    PackedLPIStore(records: records.copy(), pending: pending.copy(), several: several, queues: queues)
  }
}
