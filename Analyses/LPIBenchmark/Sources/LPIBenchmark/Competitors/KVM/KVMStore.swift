import LPIStore

/// KVM's structure: an object per LPI, an index that finds it, and the objects linked into their vCPU's list.
///
/// An object is on one list at most. KVM has no more; the rare LPI that is pending on further PEs is noted apart.
struct KVMStore<Name: LPIStoreName, Index: KVMIndex & ~Copyable>: ~Copyable, LPIStore {
  private var index = Index()
  private var queues = PETable(empty: KVMQueue())
  /// PE to INTIDs that are pending there, but whose object is on another PE's list.
  private var extra: [UInt32: Set<UInt32>] = [:]
  private let limit: UInt32
  private(set) var count = 0

  static var name: String { Name.name }

  init(peCount: Int, intidBits: Int) {
    limit = LPILimits.intidLimit(bits: intidBits)
  }

  private init(limit: UInt32) {
    self.limit = limit
  }

  deinit {
    index.forEach { interrupt in
      interrupt.deallocate()
      return true
    }
  }

  private func isLPI(_ intid: UInt32) -> Bool { intid >= LPILimits.firstINTID && intid < limit }

  private mutating func make(_ intid: UInt32) -> UnsafeMutablePointer<KVMInterrupt> {
    if let interrupt = index.find(intid) { return interrupt }
    let interrupt = UnsafeMutablePointer<KVMInterrupt>.allocate(capacity: 1)
    interrupt.initialize(to: KVMInterrupt(intid: intid))
    index.insert(interrupt)
    count += 1
    return interrupt
  }

  private func isExtra(_ intid: UInt32, _ pe: UInt32) -> Bool { !extra.isEmpty && extra[pe]?.contains(intid) == true }

  private mutating func removeExtra(_ intid: UInt32, _ pe: UInt32) -> Bool {
    if extra.isEmpty || extra[pe]?.remove(intid) == nil { return false }
    if extra[pe]?.isEmpty == true { extra[pe] = nil }
    return true
  }

  private mutating func drop(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    index.remove(interrupt)
    interrupt.deallocate()
    count -= 1
  }

  private mutating func dropIfEmpty(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    let intid = interrupt.pointee.intid
    if interrupt.pointee.bits != 0 || interrupt.pointee.pe != .max { return }
    if extra.contains(where: { $0.value.contains(intid) }) { return }
    drop(interrupt)
  }

  // MARK: Records

  func record(_ intid: UInt32) -> LPIRecord {
    guard isLPI(intid), let interrupt = index.find(intid) else { return LPIRecord() }
    return LPIRecord(bits: interrupt.pointee.bits)
  }

  mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
    let bits = record.bits & 0xFF00_00FF_FFFF_09FF
    guard isLPI(intid), bits != 0 || index.find(intid) != nil else { return }
    let interrupt = make(intid)
    interrupt.pointee.bits = bits
    let key = LPIKey.key(intid, bits)
    if interrupt.pointee.pe != .max, key != interrupt.pointee.key {
      interrupt.pointee.key = key
      queues.at(interrupt.pointee.pe)?.pointee.isSorted = false
    }
    if bits == 0 { dropIfEmpty(interrupt) }
  }

  mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    var changed = record(intid)
    changed.property = property
    changed.isKnown = isKnown
    setRecord(intid, changed)
  }

  @discardableResult
  mutating func remove(_ intid: UInt32) -> Bool {
    guard isLPI(intid), let interrupt = index.find(intid) else { return false }
    if interrupt.pointee.pe != .max { queues.at(interrupt.pointee.pe)?.pointee.unlink(interrupt) }
    for pe in extra.keys { _ = removeExtra(intid, pe) }
    drop(interrupt)
    return true
  }

  // MARK: Pending

  @discardableResult
  mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), pe < LPILimits.peLimit else { return false }
    let interrupt = make(intid)
    if interrupt.pointee.pe == pe || isExtra(intid, pe) { return false }
    if interrupt.pointee.pe != .max {
      extra[pe, default: []].insert(intid)
    } else {
      interrupt.pointee.key = LPIKey.key(intid, interrupt.pointee.bits)
      queues.make(pe).pointee.append(interrupt, pe: pe)
    }
    return true
  }

  @discardableResult
  mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), let interrupt = index.find(intid) else { return false }
    if interrupt.pointee.pe == pe, let queue = queues.at(pe) {
      queue.pointee.unlink(interrupt)
    } else if !removeExtra(intid, pe) {
      return false
    }
    if interrupt.pointee.bits == 0 { dropIfEmpty(interrupt) }
    return true
  }

  @inline(__always)
  private func first(_ pe: UInt32) -> UInt32 {
    var first = UInt32.max
    if let queue = queues.at(pe) {
      queue.pointee.sort()
      if let head = queue.pointee.head { first = head.pointee.key }
    }
    return extra.isEmpty ? first : min(first, extraKeys(pe).min() ?? .max)
  }

  private func extraKeys(_ pe: UInt32) -> [UInt32] {
    (extra[pe] ?? []).map { LPIKey.key($0, record($0).bits) }
  }

  func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    let first = first(pe)
    if first >= LPIKey.firstIneligible { return nil }
    return (UInt8(truncatingIfNeeded: first >> 22) & 0xFC, first & 0xFF_FFFF)
  }

  mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    let first = first(pe)
    if first >= LPIKey.firstIneligible { return nil }
    let intid = first & 0xFF_FFFF
    if let queue = queues.at(pe), let head = queue.pointee.head, head.pointee.intid == intid {
      queue.pointee.unlink(head)
    } else {
      clearPending(intid, pe: pe)
    }
    return (UInt8(truncatingIfNeeded: first >> 22) & 0xFC, intid)
  }

  func isPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), let interrupt = index.find(intid) else { return false }
    return pe != .max && interrupt.pointee.pe == pe || isExtra(intid, pe)
  }

  func pendingPEs(_ intid: UInt32) -> [UInt32] {
    guard isLPI(intid), let interrupt = index.find(intid) else { return [] }
    let others = extra.filter { $0.value.contains(intid) }.keys
    return (interrupt.pointee.pe == .max ? Array(others) : others + [interrupt.pointee.pe]).sorted()
  }

  mutating func movePending(from source: UInt32, to destination: UInt32) {
    guard source != destination, destination < LPILimits.peLimit, pendingCount(pe: source) > 0 else { return }
    let target = queues.make(destination)
    if let queue = queues.at(source) {
      while let interrupt = queue.pointee.head {
        queue.pointee.unlink(interrupt)
        _ = removeExtra(interrupt.pointee.intid, destination)
        target.pointee.append(interrupt, pe: destination)
      }
    }
    for intid in extra.removeValue(forKey: source) ?? [] where !isPending(intid, pe: destination) {
      extra[destination, default: []].insert(intid)
    }
  }

  mutating func clearAllPending(pe: UInt32) {
    var intids: [UInt32] = []
    forEachPending(pe: pe) {
      intids.append($0)
      return true
    }
    for intid in intids { clearPending(intid, pe: pe) }
  }

  func pendingCount(pe: UInt32) -> Int { (queues.at(pe)?.pointee.count ?? 0) + (extra[pe]?.count ?? 0) }

  private func pendingKeys(_ pe: UInt32) -> [UInt32] {
    var keys = extraKeys(pe)
    var next = queues.at(pe)?.pointee.head
    while let interrupt = next {
      keys.append(interrupt.pointee.key)
      next = interrupt.pointee.next
    }
    return keys.sorted()
  }

  func unknownPendingCount(pe: UInt32) -> Int { pendingKeys(pe).count { $0 >> 24 == 64 } }

  func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    for key in pendingKeys(pe) where !body(key & 0xFF_FFFF) { return }
  }

  func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    for key in pendingKeys(pe) where key >> 24 == 64 && !body(key & 0xFF_FFFF) { return }
  }

  // MARK: The whole

  func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
    index.forEach { body($0.pointee.intid, LPIRecord(bits: $0.pointee.bits)) }
  }

  var memoryInUse: Int { count * 48 + index.memoryInUse + queues.memoryInUse }

  borrowing func copy() -> KVMStore {
    var duplicate = KVMStore(limit: limit)
    forEachRecord { intid, record in
      duplicate.setRecord(intid, record)
      for pe in pendingPEs(intid) { duplicate.setPending(intid, pe: pe) }
      return true
    }
    return duplicate
  }

  func checkInvariants() -> String? { nil }
}
