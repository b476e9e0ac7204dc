import InterruptTrace
import LPIStore

/// The pending tables of vPEs (IHI 0069H, 5.2.6 and 6.2): which virtual LPIs are pending for which vPE.
///
/// A table is known by its address in memory, which both VMAPP and `GICR_VPENDBASER` name. Virtual LPIs of two guests
/// with the same INTID are different interrupts, so each guest has its own ``LPIStore``: guests are told apart by the
/// address of their configuration table (`GICR_VPROPBASER`), which is shown when one of their vPEs becomes resident. A
/// vPE that never was resident is in a space of its own kind, number 0.
struct VirtualPendingTables<Store: LPIStore & ~Copyable>: ~Copyable {
  /// What is kept about one table, beside its pending bits.
  struct Table {
    /// Its address in memory.
    var address: UInt64
    /// The store that holds its pending bits, as PE number `index` of this table.
    var space: Int
    /// Nothing has shown what the table in memory held at first.
    var isUnknown = true
    /// Virtual SGIs (GICv4.1).
    var sgis = VirtualSGIs()
  }

  /// Most tables: a store's PE numbers have 16 bits.
  static var limit: Int { 1 << 16 }
  /// Most guests that are kept apart.
  private static var spaceLimit: Int { 256 }

  private var tables: [Table] = []
  private var places: [UInt64: Int32] = [:]
  private var guests: [UInt64: Int] = [:]
  /// By table.
  var confirmed = ConfirmedLPIs()
  private let spaces: UnsafeMutablePointer<Store>
  private var spaceCount = 0

  private let makeStore: (_ peCount: Int, _ intidBits: Int) -> Store

  init(makeStore: @escaping (_ peCount: Int, _ intidBits: Int) -> Store) {
    self.makeStore = makeStore
    spaces = .allocate(capacity: Self.spaceLimit)
  }

  deinit {
    spaces.deinitialize(count: spaceCount)
    spaces.deallocate()
  }

  /// An independent copy.
  func copy() -> VirtualPendingTables {
    var copy = VirtualPendingTables(makeStore: makeStore)
    copy.tables = tables
    copy.places = places
    copy.guests = guests
    copy.confirmed = confirmed
    for space in 0..<spaceCount { (copy.spaces + space).initialize(to: spaces[space].copy()) }
    copy.spaceCount = spaceCount
    return copy
  }

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    archive.array(&tables)
    archive.dictionary(&places)
    archive.dictionary(&guests)
    confirmed.archive(&archive)
    let count = archive.number(spaceCount)
    while spaceCount < min(count, Self.spaceLimit) { addSpace() }
    for space in 0..<spaceCount { spaces[space].archive(&archive) }
  }

  /// Number of tables.
  var count: Int { tables.count }

  /// What is kept about a table.
  subscript(index: Int32) -> Table {
    get { tables[Int(index)] }
    set { tables[Int(index)] = newValue }
  }

  /// The place of the table at an address, made if need be; -1 if there are too many.
  mutating func place(of address: UInt64) -> Int32 {
    if let known = places[address] { return known }
    guard tables.count < Self.limit else { return -1 }
    if spaceCount == 0 { addSpace() }
    let index = Int32(tables.count)
    tables.append(Table(address: address, space: 0))
    places[address] = index
    return index
  }

  private mutating func addSpace() {
    (spaces + spaceCount).initialize(to: makeStore(0, LPILimits.maximumINTIDBits))
    spaceCount += 1
  }

  /// The table's vPE belongs to the guest with this configuration table: its pending bits move to that guest's store.
  mutating func assign(_ index: Int32, configuration: UInt64) {
    let space: Int
    if let known = guests[configuration] {
      space = known
    } else {
      guard spaceCount < Self.spaceLimit else { return }
      addSpace()
      space = spaceCount - 1
      guests[configuration] = space
    }
    let old = tables[Int(index)].space
    guard old != space else { return }
    let pending = pending(index)
    spaces[old].clearAllPending(pe: UInt32(index))
    tables[Int(index)].space = space
    for intid in pending { spaces[space].setPending(intid, pe: UInt32(index)) }
  }

  // MARK: Virtual LPIs of a table

  /// The store that holds a table's pending bits.
  private func store(_ index: Int32) -> UnsafeMutablePointer<Store> { spaces + tables[Int(index)].space }

  func isPending(_ intid: UInt32, _ index: Int32) -> Bool { store(index).pointee.isPending(intid, pe: UInt32(index)) }

  @discardableResult func setPending(_ intid: UInt32, _ index: Int32) -> Bool {
    store(index).pointee.setPending(intid, pe: UInt32(index))
  }

  @discardableResult func clearPending(_ intid: UInt32, _ index: Int32) -> Bool {
    store(index).pointee.clearPending(intid, pe: UInt32(index))
  }

  /// The virtual LPI that would be signalled first; nil if none is pending with a known configuration that enables it.
  func best(_ index: Int32) -> (priority: UInt8, intid: UInt32)? { store(index).pointee.best(pe: UInt32(index)) }

  func record(_ intid: UInt32, _ index: Int32) -> LPIRecord { store(index).pointee.record(intid) }

  func setConfiguration(_ intid: UInt32, _ index: Int32, property: UInt8, isKnown: Bool) {
    store(index).pointee.setConfiguration(intid, property: property, isKnown: isKnown)
  }

  func setUserFlags(_ intid: UInt32, _ index: Int32, _ flags: UInt8) { store(index).pointee.setUserFlags(intid, flags) }

  /// The capture confirms the configuration of a virtual LPI that is pending.
  mutating func confirm(_ intid: UInt32, _ index: Int32) {
    setUserFlags(intid, index, record(intid, index).userFlags | LPIFlags.confirmed)
    for table in store(index).pointee.pendingPEs(intid) { confirmed.add(intid, table: table) }
  }

  /// Number of virtual LPIs pending in a table whose configuration is not known.
  func unknownPendingCount(_ index: Int32) -> Int { store(index).pointee.unknownPendingCount(pe: UInt32(index)) }

  /// The virtual LPIs pending in a table. O(their number).
  func pending(_ index: Int32) -> [UInt32] { store(index).pointee.allPending(pe: UInt32(index)) }

  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String? {
    for space in 0..<spaceCount {
      if let broken = spaces[space].checkInvariants() { return "virtual LPIs of guest space \(space): \(broken)" }
    }
    for (index, table) in tables.enumerated() {
      if places[table.address] != Int32(index) { return "virtual pending table \(index) is not found by its address" }
      if table.space >= spaceCount { return "virtual pending table \(index) has no store" }
    }
    return nil
  }
}

extension LPIStore where Self: ~Copyable {
  /// The LPIs that are pending on a PE. O(their number).
  func allPending(pe: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    forEachPending(pe: pe) { intid in
      found.append(intid)
      return true
    }
    return found
  }
}
