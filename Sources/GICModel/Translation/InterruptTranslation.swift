import InterruptTrace
import LPIStore

/// The controller's ITSes. A controller without one holds nothing.
struct InterruptTranslation: ~Copyable {
  /// Most ITSes that events can name.
  static var limit: Int { 16 }

  let units: UnsafeMutablePointer<InterruptTranslationService>
  /// What each of them has in its device table and ITTs.
  let stores: UnsafeMutablePointer<PackedTranslationStore>
  private(set) var count = 0
  /// Whether the tables were empty at first, as the capture began at reset, so that an entry never mapped is known to be
  /// invalid.
  private(set) var startsEmpty: Bool
  /// Collections that the ITS itself holds: `GITS_TYPER.HCC`.
  var heldCollections: UInt32

  init(topology: Topology) {
    units = .allocate(capacity: Self.limit)
    stores = .allocate(capacity: Self.limit)
    startsEmpty = topology[.startsAtReset] == true
    heldCollections = UInt32((topology[.gitsTyper] ?? 0) >> 24 & 0xFF)
  }

  private init(copying other: borrowing InterruptTranslation) {
    units = .allocate(capacity: Self.limit)
    units.initialize(from: other.units, count: other.count)
    stores = .allocate(capacity: Self.limit)
    for unit in 0..<other.count { (stores + unit).initialize(to: other.stores[unit].copy()) }
    count = other.count
    startsEmpty = other.startsEmpty
    heldCollections = other.heldCollections
  }

  /// An independent copy. O(devices, events and collections).
  func copy() -> InterruptTranslation { InterruptTranslation(copying: self) }

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    archive.value(&startsEmpty)
    archive.value(&heldCollections)
    let number = archive.number(count)
    if number > count { _ = unit(number - 1) }
    for unit in 0..<count {
      units[unit].archive(&archive)
      stores[unit].archive(&archive)
    }
  }

  deinit {
    units.deinitialize(count: count)
    units.deallocate()
    stores.deinitialize(count: count)
    stores.deallocate()
  }

  /// What the tables of an ITS hold is not known any more.
  mutating func forgetTables(_ unit: Int) {
    startsEmpty = false
    units[unit].forgetTables()
    stores[unit].forget()
  }

  /// Nothing is known of any ITS any more.
  mutating func forget() {
    for unit in 0..<count {
      units[unit].forget()
      forgetTables(unit)
    }
    startsEmpty = false
  }

  /// Makes an ITS exist; its index is below 16 by the event's layout.
  @inline(__always) mutating func unit(_ index: Int) -> Int {
    while count <= index & 15 {
      let unseen = startsEmpty ? Collection.unmapped : Collection.unknown
      (units + count).initialize(to: InterruptTranslationService(unseenCollection: unseen))
      (stores + count).initialize(to: PackedTranslationStore())
      count += 1
    }
    return index & 15
  }
}

/// One ITS: its registers, and what the commands have put into its tables (IHI 0069H, chapter 5).
struct InterruptTranslationService {
  /// `GITS_CTLR`: Enabled in bit 0, Quiescent in bit 31.
  var control = Learned<UInt32>(1 << 31)
  /// `GITS_CBASER`.
  var commandBase = Learned<UInt64>()
  /// `GITS_CWRITER`.
  var commandWriter = Learned<UInt64>()
  /// `GITS_CREADR`.
  var commandReader = Learned<UInt64>()
  var tableBase = InlineArray<8, Learned<UInt64>>(repeating: Learned())
  /// Bits of `GITS_BASERn` that the implementation fixes (type and entry size), once read.
  var tableBaseConstants = InlineArray<8, UInt64>(repeating: 0)

  /// `GITS_BASERn.Indirect` of the device table is set.
  var deviceTableHasTwoLevels = false

  /// ITT address by DeviceID.
  private(set) var ittAddresses: [UInt32: UInt64] = [:]
  /// DeviceID by ITT address, for table entries that name only the table; nil until the capture shows one.
  private var devicesByITT: [UInt64: UInt32]?
  /// PE by ICID: a linear PE number, ``Collection/unmapped`` or ``Collection/unknown``.
  var collections: [UInt32] = []
  /// What a collection is that no command has named.
  private(set) var unseenCollection: UInt32
  /// The capture shows the entries that the ITS reads.
  var showsTables = false
  /// vPE table by vPEID.
  var vPEs: [UInt32: VirtualPE] = [:]
  /// The vPE whose table entry the last command changed, and the entry before.
  var changedVPE: (id: UInt32, before: VirtualPE?)?

  /// What the last command or MSI changed, as it was before: table reads that the capture prints for it show this.
  var before: EntryBefore?
  /// An entry as it was before a MOVI whose collections are not known to be mapped: without them the command fails.
  var tentativeMove: EntryBefore?
  /// The device whose table entry was seen last.
  var lastDevice: UInt32 = 0
  /// The slot of the command queue that will be fetched next, once one fetch has been seen.
  var nextFetch: UInt64?
  /// An MSI or a command whose translation the capture has not shown yet.
  var unresolved: UnresolvedTranslation?

  init(unseenCollection: UInt32) { self.unseenCollection = unseenCollection }

  /// Writes or reads it. Which devices have an ITT at an address is looked up again.
  mutating func archive(_ archive: inout StateArchive) {
    archive.value(&control)
    archive.value(&commandBase)
    archive.value(&commandWriter)
    archive.value(&commandReader)
    archive.value(&tableBase)
    archive.value(&tableBaseConstants)
    archive.value(&deviceTableHasTwoLevels)
    archive.dictionary(&ittAddresses)
    archive.array(&collections)
    archive.value(&unseenCollection)
    archive.value(&showsTables)
    archive.dictionary(&vPEs)
    archive.value(&changedVPE)
    archive.value(&before)
    archive.value(&tentativeMove)
    archive.value(&lastDevice)
    archive.value(&nextFetch)
    archive.value(&unresolved)
  }

  /// The ITS was reset: its registers are taken to be as after reset.
  mutating func forget() {
    control = Learned(1 << 31)
    commandBase = Learned(commandBase.value)
    commandWriter = Learned(commandWriter.value)
    commandReader = Learned(commandReader.value)
    nextFetch = nil
    for n in 0..<8 { tableBase[n].known = 0 }
  }

  /// What memory holds in place of the tables is not known.
  mutating func forgetTables() {
    unresolved = nil
    before = nil
    unseenCollection = Collection.unknown
    if showsTables { for icid in collections.indices { collections[icid] = Collection.unknown } }
  }

  /// Whether an MSI has to wait for the entries that the capture shows next: what its own is, is not known.
  func isDoubtful(_ entry: TranslationEntry) -> Bool { showsTables && !entry.isKnown }

  /// The PE of a collection.
  @inline(__always) func collection(_ icid: UInt32) -> UInt32 {
    Int(icid) < collections.count ? collections[Int(icid)] : unseenCollection
  }

  /// Entries that a flat or two-level table holds (IHI 0069H, 5.2.1 and 12.19). Nil if no `GITS_BASERn` of that kind
  /// has been shown to be valid.
  func entryLimit(of table: ITSTable) -> UInt64? {
    let type: UInt64 =
      switch table {
      case .device: 1
      case .vPE: 2
      case .collection: 4
      case .interruptTranslation: 0
      }
    for n in 0..<8 where tableBase[n].known != 0 && tableBaseConstants[n] >> 56 & 7 == type && type != 0 {
      let base = tableBase[n].value
      guard base >> 63 != 0 else { return nil }
      let entrySize = (base >> 48 & 0x1F) + 1
      let pageSize: UInt64 = [4096, 16384, 65536, 65536][Int(base >> 8 & 3)]
      let bytes = ((base & 0xFF) + 1) * pageSize
      let isIndirect = base >> 62 & 1 != 0
      return isIndirect ? bytes / 8 * (pageSize / entrySize) : bytes / entrySize
    }
    return nil
  }

  /// Takes note of what `GITS_BASERn` of the device table says.
  mutating func noteTableBase(_ n: Int) {
    if tableBaseConstants[n] >> 56 & 7 == 1 { deviceTableHasTwoLevels = tableBase[n][62] }
  }

  /// A device has its ITT at an address.
  mutating func setITT(of device: UInt32, to address: UInt64) {
    ittAddresses[device] = address
    devicesByITT?[address] = device
  }

  /// A device has no ITT any more. Whether it had one.
  mutating func removeITT(of device: UInt32) -> Bool {
    guard let old = ittAddresses.removeValue(forKey: device) else { return false }
    if devicesByITT?[old] == device { devicesByITT?[old] = nil }
    return true
  }

  /// The device whose ITT lies at an address. Of several that were given the same one before the capture showed the first
  /// entry, the one with the highest DeviceID.
  mutating func device(ofITT address: UInt64) -> UInt32? {
    if devicesByITT == nil {
      devicesByITT = Dictionary(ittAddresses.map { ($0.value, $0.key) }, uniquingKeysWith: max)
    }
    return devicesByITT?[address]
  }

  mutating func setCollection(_ icid: UInt32, to pe: UInt32) {
    while collections.count <= Int(icid & 0xFFFF) { collections.append(unseenCollection) }
    collections[Int(icid & 0xFFFF)] = pe
  }
}

/// Values of a collection beside a PE's number.
enum Collection {
  /// MAPC with V = 0.
  static var unmapped: UInt32 { PE.none - 1 }
  /// Nothing has shown it.
  static var unknown: UInt32 { PE.none }
}

/// A vPE table entry (GICv4).
struct VirtualPE {
  /// The PE whose Redistributor the vPE is mapped to.
  var pe: UInt32
  /// Address of its virtual pending table in bytes.
  var pendingTable: UInt64
  /// INTID bits minus one.
  var size: UInt8
  /// Its place in ``VirtualPendingTables``; -1 if there are too many.
  var table: Int32
  /// Default doorbell (GICv4.1).
  var doorbell: UInt32?
}

/// An event of a device, which the device's ITT translates.
struct DeviceEvent: Equatable {
  var device: UInt32
  var event: UInt32

  /// DeviceID in 63:32, EventID in 31:0.
  @inline(__always) var key: UInt64 { UInt64(device) << 32 | UInt64(event) }
}

/// A device's ITE as it was before the last command changed it.
struct EntryBefore {
  var at: DeviceEvent
  var entry: TranslationEntry
  var doorbell: UInt32?
}

/// An MSI or INT, CLEAR, DISCARD … whose entry is not known yet.
struct UnresolvedTranslation {
  var at: DeviceEvent
  var opcode: UInt8
  var cause: PendingCause
  /// MOVI's new collection, VMOVI's new vPE, VMOVP's new PE.
  var collection: UInt32 = 0
  /// VMOVI's doorbell.
  var doorbell: UInt32?
  /// The entry itself was known; what is not, is where its collection or vPE leads.
  var entryIsKnown = false
}

/// What is not known of a device that was mapped before the capture began.
enum DeviceKnowledge {
  /// It is there, but nothing has shown its table entry.
  static var guessed: UInt8 { 1 << 0 }
  /// Its table entry was shown, but not what its ITT holds.
  static var older: UInt8 { 1 << 1 }
}
