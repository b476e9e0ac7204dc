/// What a controller does with LPIs: state by INTID, and what is pending on each PE.
///
/// One store holds one INTID namespace: the physical LPIs, or one guest's. Each Redistributor has its own pending
/// table (IHI 0069H section 5.1.2), so pending state is keyed by PE and INTID. An INTID is normally pending on one PE;
/// an INTID that is pending on several is rare, and correct.
///
/// INTIDs run from 8192 to `2^intidBits - 1`, PEs from 0 to 65535. Values outside are taken for absent: reads give
/// the zero record, writes do nothing and return false. Nothing traps.
///
/// An LPI has a record while anything is known of it: a field that is not zero, or that it is pending somewhere.
public protocol LPIStore: ~Copyable {
  /// The name that users choose the store by.
  static var name: String { get }

  /// An empty store.
  ///
  /// - Parameters:
  ///   - peCount: PEs expected; a hint, more may appear.
  ///   - intidBits: INTID width, at most 24; smaller and larger values are clamped.
  init(peCount: Int, intidBits: Int)

  // MARK: Records

  /// The record of an LPI; all zero if there is none.
  func record(_ intid: UInt32) -> LPIRecord

  /// Replaces what the caller owns in a record: configuration, target, mapping, user flags.
  ///
  /// Reserved fields are dropped. A pending LPI takes its new place in the order of acknowledgement.
  mutating func setRecord(_ intid: UInt32, _ record: LPIRecord)

  /// Sets the cached configuration, and whether it is known. A pending LPI takes its new place in the order.
  mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool)

  /// Removes the record and every pending state of an LPI. Returns false if there was nothing.
  @discardableResult mutating func remove(_ intid: UInt32) -> Bool

  // MARK: Pending

  /// Makes an LPI pending on a PE. Returns false if it was pending there already, or cannot be.
  @discardableResult mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool

  /// Makes an LPI not pending on a PE: acknowledge, CLEAR, DISCARD. Returns false if it was not pending there.
  @discardableResult mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool

  /// Whether an LPI is pending on a PE.
  func isPending(_ intid: UInt32, pe: UInt32) -> Bool

  /// The PEs that an LPI is pending on, ascending. Normally there is at most one.
  func pendingPEs(_ intid: UInt32) -> [UInt32]

  /// The LPI that a PE would acknowledge: of those pending there with a known configuration that enables them,
  /// the highest priority (lowest value), and among equals the lowest INTID. Nil if there is none. O(1) in the default store.
  func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)?

  /// Takes the LPI that a PE acknowledges next: ``best(pe:)``, and then it is no longer pending.
  mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)?

  /// Moves everything that is pending on one PE to another (MOVALL, IHI 0069H section 5.3).
  ///
  /// An LPI pending on both is pending once afterwards. Target PEs in the records stay as they are.
  mutating func movePending(from source: UInt32, to destination: UInt32)

  /// Makes everything on a PE not pending.
  mutating func clearAllPending(pe: UInt32)

  /// Number of LPIs pending on a PE, whatever their configuration.
  func pendingCount(pe: UInt32) -> Int

  /// Number of LPIs pending on a PE whose configuration is not known. O(1) in the default store.
  func unknownPendingCount(pe: UInt32) -> Int

  /// Calls `body` for each LPI pending on a PE, until it returns false.
  ///
  /// First the enabled ones in the order of acknowledgement, then those of unknown configuration, then the disabled
  /// ones, both by INTID.
  func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool)

  /// Calls `body` for each LPI pending on a PE whose configuration is not known, by INTID, until it returns false.
  func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool)

  // MARK: The whole

  /// Calls `body` for each record by INTID, until it returns false.
  func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool)

  /// Number of records.
  var count: Int { get }

  /// Bytes allocated, the allocator's overhead included.
  var memoryInUse: Int { get }

  /// Those of ``memoryInUse`` that are mapped pages, not allocations. 0 unless a store says otherwise.
  var mappedMemory: Int { get }

  /// An independent copy.
  borrowing func copy() -> Self

  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String?
}

extension LPIStore where Self: ~Copyable {
  /// None.
  public var mappedMemory: Int { 0 }

  /// Sets whether a translation leads to an LPI.
  @inlinable public mutating func setMapped(_ intid: UInt32, _ isMapped: Bool) {
    var changed = record(intid)
    changed.isMapped = isMapped
    setRecord(intid, changed)
  }

  /// Sets the user flags of an LPI.
  @inlinable public mutating func setUserFlags(_ intid: UInt32, _ userFlags: UInt8) {
    var changed = record(intid)
    changed.userFlags = userFlags
    setRecord(intid, changed)
  }

  /// Takes the LPI that a PE acknowledges next, where a store has no shorter way.
  @inlinable public mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
    guard let taken = best(pe: pe) else { return nil }
    clearPending(taken.intid, pe: pe)
    return taken
  }
}
