// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import LPIStore

/// The translation store that defines what is right: a dictionary of dictionaries.
public struct ReferenceTranslationStore: ~Copyable, TranslationStore {
  /// `reference`.
  public static var name: String { "reference" }

  private struct Device {
    var eventBits: Int
    var userFlags: UInt8
    var entries: [UInt32: TranslationEntry] = [:]
    var doorbells: [UInt32: UInt32] = [:]
  }

  private var devices: [UInt32: Device] = [:]

  /// An empty store.
  public init() {}

  private init(devices: [UInt32: Device]) {
    self.devices = devices
  }

  public mutating func mapDevice(_ device: UInt32, eventBits: Int, userFlags: UInt8) {
    devices[device] = Device(eventBits: min(max(eventBits, 0), 16), userFlags: userFlags)
  }

  @discardableResult
  public mutating func unmapDevice(_ device: UInt32) -> Bool { devices.removeValue(forKey: device) != nil }

  public func device(_ device: UInt32) -> (eventBits: Int, userFlags: UInt8)? {
    devices[device].map { ($0.eventBits, $0.userFlags) }
  }

  public func lookup(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    devices[device]?.entries[event] ?? TranslationEntry()
  }

  @discardableResult
  public mutating func map(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, doorbell: UInt32?) -> Bool {
    guard let bits = devices[device]?.eventBits, event < 1 << UInt32(bits) else { return false }
    var entry = entry
    if entry.bits == 0 {
      unmap(device, event)
      return true
    }
    // `hasDoorbell`, which only a store sets.
    entry.bits = entry.bits & ~(1 << 43) | (doorbell != nil ? 1 << 43 : 0)
    devices[device]?.entries[event] = entry
    devices[device]?.doorbells[event] = doorbell
    return true
  }

  @discardableResult public mutating func unmap(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    devices[device]?.doorbells[event] = nil
    return devices[device]?.entries.removeValue(forKey: event) ?? TranslationEntry()
  }

  public func doorbell(_ device: UInt32, _ event: UInt32) -> UInt32? { devices[device]?.doorbells[event] }

  public func forEachDevice(_ body: (UInt32, Int) -> Bool) {
    for device in devices.keys.sorted() where !body(device, devices[device]?.eventBits ?? 0) { return }
  }

  public func forEachEvent(_ device: UInt32, _ body: (UInt32, TranslationEntry) -> Bool) {
    let entries = devices[device]?.entries ?? [:]
    for event in entries.keys.sorted() where !body(event, lookup(device, event)) { return }
  }

  public var deviceCount: Int { devices.count }

  public var eventCount: Int { devices.values.reduce(0) { $0 + $1.entries.count } }

  public var memoryInUse: Int { devices.values.reduce(0) { $0 + 64 + $1.entries.capacity * 16 } }

  public borrowing func copy() -> ReferenceTranslationStore { ReferenceTranslationStore(devices: devices) }

  public func checkInvariants() -> String? { nil }
}
