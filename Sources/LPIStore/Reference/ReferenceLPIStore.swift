// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// The store that defines what is right: a dictionary of records and a set of INTIDs per PE, searched in full.
///
/// For tests; every query costs O(pending on the PE) or more.
public struct ReferenceLPIStore: ~Copyable, LPIStore {
  /// `reference`.
  public static var name: String { "reference" }

  private var records: [UInt32: LPIRecord] = [:]
  private var pending: [UInt32: Set<UInt32>] = [:]
  /// The PEs of each pending INTID.
  private var places: [UInt32: Set<UInt32>] = [:]
  private let limit: UInt32

  /// An empty store.
  public init(peCount: Int, intidBits: Int) {
    limit = LPILimits.intidLimit(bits: intidBits)
  }

  private init(copying other: borrowing ReferenceLPIStore) {
    records = other.records
    pending = other.pending
    places = other.places
    limit = other.limit
  }

  private func isLPI(_ intid: UInt32) -> Bool { intid >= LPILimits.firstINTID && intid < limit }

  public func pendingPEs(_ intid: UInt32) -> [UInt32] { (places[intid] ?? []).sorted() }

  private mutating func unplace(_ intid: UInt32, _ pe: UInt32) {
    places[intid]?.remove(pe)
    if places[intid]?.isEmpty == true { places[intid] = nil }
  }

  /// An LPI that is pending has a record, even if nothing else is known.
  private mutating func settle(_ intid: UInt32) {
    let record = record(intid)
    records[intid] = record.bits == 0 && places[intid] == nil ? nil : record
  }

  public func record(_ intid: UInt32) -> LPIRecord { records[intid] ?? LPIRecord() }

  public mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
    guard isLPI(intid) else { return }
    records[intid] = record.visible
    settle(intid)
  }

  public mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    var changed = record(intid)
    changed.property = property
    changed.isKnown = isKnown
    setRecord(intid, changed)
  }

  @discardableResult public mutating func remove(_ intid: UInt32) -> Bool {
    for pe in pendingPEs(intid) { pending[pe]?.remove(intid) }
    places[intid] = nil
    return records.removeValue(forKey: intid) != nil
  }

  @discardableResult public mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    guard isLPI(intid), pe < LPILimits.peLimit else { return false }
    let isNew = pending[pe, default: []].insert(intid).inserted
    places[intid, default: []].insert(pe)
    settle(intid)
    return isNew
  }

  @discardableResult public mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    let was = pending[pe]?.remove(intid) != nil
    unplace(intid, pe)
    settle(intid)
    return was
  }

  public func isPending(_ intid: UInt32, pe: UInt32) -> Bool { pending[pe]?.contains(intid) ?? false }

  public func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    let eligible = (pending[pe] ?? []).filter { record($0).isKnown && record($0).isEnabled }
    return eligible.map { (priority: record($0).priority, intid: $0) }.min {
      ($0.priority, $0.intid) < ($1.priority, $1.intid)
    }
  }

  public mutating func movePending(from source: UInt32, to destination: UInt32) {
    guard source != destination, destination < LPILimits.peLimit, let moved = pending.removeValue(forKey: source) else {
      return
    }
    pending[destination, default: []].formUnion(moved)
    for intid in moved {
      unplace(intid, source)
      places[intid, default: []].insert(destination)
      settle(intid)
    }
  }

  public mutating func clearAllPending(pe: UInt32) {
    for intid in pending.removeValue(forKey: pe) ?? [] {
      unplace(intid, pe)
      settle(intid)
    }
  }

  public func pendingCount(pe: UInt32) -> Int { pending[pe]?.count ?? 0 }

  public func unknownPendingCount(pe: UInt32) -> Int { (pending[pe] ?? []).filter { !record($0).isKnown }.count }

  public func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    func rank(_ intid: UInt32) -> (Int, UInt8, UInt32) {
      let record = record(intid)
      if !record.isKnown { return (1, 0, intid) }
      return record.isEnabled ? (0, record.priority, intid) : (2, 0, intid)
    }
    for intid in (pending[pe] ?? []).sorted(by: { rank($0) < rank($1) }) where !body(intid) { return }
  }

  public func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
    for intid in (pending[pe] ?? []).sorted() where !record(intid).isKnown && !body(intid) { return }
  }

  public func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
    for intid in records.keys.sorted() where !body(intid, record(intid)) { return }
  }

  public var count: Int { records.count }

  public var memoryInUse: Int {
    records.capacity * 16 + pending.values.reduce(0) { $0 + $1.capacity * 5 }
  }

  public borrowing func copy() -> ReferenceLPIStore {
    ReferenceLPIStore(copying: self)
  }

  public func checkInvariants() -> String? {
    for (intid, record) in records where record.bits == 0 && places[intid] == nil {
      return "INTID \(intid): nothing is known of it"
    }
    return nil
  }
}
