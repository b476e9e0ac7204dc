import LPIStore

/// Names a pair of structures.
protocol LPIStoreName {
  /// The name that users choose the store by.
  static var name: String { get }
}

/// A store made of a table of records and an order of what is pending.
///
/// As in the default store, a record remembers where its LPI was last made pending (bits 9, 10 and 55:40), so that a
/// new configuration finds it.
struct ComposedLPIStore<
  Name: LPIStoreName,
  Records: LPIRecordTable & ~Copyable,
  Pending: PendingOrder & ~Copyable
>: ~Copyable, LPIStore {
  var records: Records
  var pending: Pending
  var several: [UInt32: [UInt32]]
  let limit: UInt32

  static var name: String { Name.name }

  init(peCount: Int, intidBits: Int) {
    let limit = LPILimits.intidLimit(bits: intidBits)
    self.init(Records(limit: limit), Pending(limit: limit), [:], limit)
  }

  init(_ records: consuming Records, _ pending: consuming Pending, _ several: [UInt32: [UInt32]], _ limit: UInt32) {
    self.records = records
    self.pending = pending
    self.several = several
    self.limit = limit
  }

  static var placed: UInt64 { get { 1 << 9 } }
  static var severalPlaces: UInt64 { get { 1 << 10 } }
  static var place: UInt64 {
    get { placed | severalPlaces | 0xFFFF << 40 }
  }
  static var visible: UInt64 { get { ~place & ~0xF000 } }

  @inline(__always)
  func isLPI(_ intid: UInt32) -> Bool { intid >= LPILimits.firstINTID && intid < limit }

  @inline(__always)
  func bits(_ intid: UInt32) -> UInt64 { isLPI(intid) ? records.bits(intid) : 0 }

  // MARK: Records

  func record(_ intid: UInt32) -> LPIRecord { LPIRecord(bits: bits(intid) & Self.visible) }

  mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
    guard isLPI(intid) else { return }
    let old = records.bits(intid)
    let new = old & Self.place | record.bits & Self.visible
    records.setBits(intid, new)
    if old & Self.placed != 0 { refile(intid, from: old, to: new) }
  }

  mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    var changed = record(intid)
    changed.property = property
    changed.isKnown = isKnown
    setRecord(intid, changed)
  }

  @discardableResult
  mutating func remove(_ intid: UInt32) -> Bool {
    let old = bits(intid)
    if old == 0 { return false }
    let key = LPIKey.key(intid, old)
    for pe in places(intid, old) { _ = pending.remove(key, pe: pe) }
    several[intid] = nil
    records.setBits(intid, 0)
    return true
  }

  mutating func refile(_ intid: UInt32, from old: UInt64, to new: UInt64) {
    let oldKey = LPIKey.key(intid, old)
    let newKey = LPIKey.key(intid, new)
    if oldKey != newKey {
      for pe in places(intid, new) where pending.remove(oldKey, pe: pe) { _ = pending.insert(newKey, pe: pe) }
    }
    dropIfEmpty(intid, new)
  }

  mutating func dropIfEmpty(_ intid: UInt32, _ bits: UInt64) {
    if bits & Self.visible != 0 || !pendingPEs(intid).isEmpty { return }
    several[intid] = nil
    records.setBits(intid, 0)
  }

  func places(_ intid: UInt32, _ bits: UInt64) -> [UInt32] {
    if bits & Self.severalPlaces != 0 { return several[intid] ?? [] }
    return bits & Self.placed != 0 ? [UInt32(truncatingIfNeeded: bits >> 40) & 0xFFFF] : []
  }

  // MARK: Pending

  @discardableResult
  mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), pe < LPILimits.peLimit else { return false }
    let old = records.bits(intid)
    if old & Self.place != Self.placed | UInt64(pe) << 40 { place(intid, old, on: pe) }
    return pending.insert(LPIKey.key(intid, old), pe: pe)
  }

  mutating func place(_ intid: UInt32, _ old: UInt64, on pe: UInt32) {
    let key = LPIKey.key(intid, old)
    let others = places(intid, old).filter { $0 != pe && pending.contains(key, pe: $0) }
    several[intid] = others.isEmpty ? nil : (others + [pe]).sorted()
    records.setBits(
      intid, old & ~Self.place | Self.placed | (others.isEmpty ? 0 : Self.severalPlaces) | UInt64(pe) << 40)
  }

  @discardableResult
  mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    let first = pending.first(pe: pe)
    if first < LPIKey.firstIneligible, first & 0xFF_FFFF == intid {
      pending.removeFirst(first, pe: pe)
      return true
    }
    let old = bits(intid)
    guard pending.remove(LPIKey.key(intid, old), pe: pe) else { return false }
    if old & Self.visible == 0 { dropIfEmpty(intid, old) }
    return true
  }

  mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    let first = pending.first(pe: pe)
    if first >= LPIKey.firstIneligible { return nil }
    pending.removeFirst(first, pe: pe)
    return (UInt8(truncatingIfNeeded: first >> 22) & 0xFC, first & 0xFF_FFFF)
  }

  func isPending(_ intid: UInt32, pe: UInt32) -> Bool {
    isLPI(intid) && pending.contains(LPIKey.key(intid, records.bits(intid)), pe: pe)
  }

  func pendingPEs(_ intid: UInt32) -> [UInt32] {
    let bits = bits(intid)
    let key = LPIKey.key(intid, bits)
    return places(intid, bits).filter { pending.contains(key, pe: $0) }
  }

  func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    let first = pending.first(pe: pe)
    if first >= LPIKey.firstIneligible { return nil }
    return (UInt8(truncatingIfNeeded: first >> 22) & 0xFC, first & 0xFF_FFFF)
  }

  mutating func movePending(from source: UInt32, to destination: UInt32) {
    guard source != destination, destination < LPILimits.peLimit else { return }
    var keys: [UInt32] = []
    pending.forEach(pe: source) {
      keys.append($0)
      return true
    }
    for key in keys {
      let intid = key & 0xFF_FFFF
      _ = pending.remove(key, pe: source)
      place(intid, records.bits(intid), on: destination)
      _ = pending.insert(key, pe: destination)
    }
  }

  mutating func clearAllPending(pe: UInt32) {
    while true {
      let first = pending.first(pe: pe)
      if first == .max { return }
      clearPending(first & 0xFF_FFFF, pe: pe)
    }
  }

  func pendingCount(pe: UInt32) -> Int { pending.count(pe: pe) }

  func unknownPendingCount(pe: UInt32) -> Int {
    var count = 0
    pending.forEach(pe: pe) { key in
      if key >> 24 == 64 { count += 1 }
      return key >> 24 <= 64
    }
    return count
  }

  func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    pending.forEach(pe: pe) { body($0 & 0xFF_FFFF) }
  }

  func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    pending.forEach(pe: pe) { key in key >> 24 < 64 || key >> 24 == 64 && body(key & 0xFF_FFFF) }
  }

  // MARK: The whole

  func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
    records.forEach { body($0, LPIRecord(bits: $1 & Self.visible)) }
  }

  var count: Int { records.count }
  var memoryInUse: Int { records.memoryInUse + pending.memoryInUse }
  var mappedMemory: Int { records.mappedMemory + pending.mappedMemory }

  borrowing func copy() -> ComposedLPIStore {
    ComposedLPIStore(records.copy(), pending.copy(), several, limit)
  }

  func checkInvariants() -> String? { nil }
}
