/// An ITS's translations: (DeviceID, EventID) to ``TranslationEntry``.
///
/// DeviceIDs have 32 bits, EventIDs up to 16, as many as the device was mapped with (MAPD). Events outside of a mapped
/// device's range are absent: lookups give the zero entry, writes return false. Nothing traps.
public protocol TranslationStore: ~Copyable {
  /// The name that users choose the store by.
  static var name: String { get }

  /// An empty store.
  init()

  // MARK: Devices

  /// Maps a device with an empty translation table for `2^eventBits` events (MAPD, V = 1).
  ///
  /// Whatever it was mapped to before is gone. `eventBits` above 16 is taken for 16.
  mutating func mapDevice(_ device: UInt32, eventBits: Int, userFlags: UInt8)

  /// Unmaps a device and its events (MAPD, V = 0). Returns false if it was not mapped.
  @discardableResult mutating func unmapDevice(_ device: UInt32) -> Bool

  /// The EventID width and user flags of a mapped device; nil if it is not mapped.
  func device(_ device: UInt32) -> (eventBits: Int, userFlags: UInt8)?

  // MARK: Events

  /// The entry of an event; all zero if there is none.
  func lookup(_ device: UInt32, _ event: UInt32) -> TranslationEntry

  /// Replaces the entry of an event. A zero entry removes it, and an entry replaces its doorbell too.
  ///
  /// - Parameter doorbell: the INTID that wakes the vPE; nil for none.
  /// - Returns: false if the device is not mapped or the event is out of its range.
  @discardableResult
  mutating func map(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, doorbell: UInt32?) -> Bool

  /// Removes the entry of an event (DISCARD), and returns what it was; all zero if there was none.
  @discardableResult mutating func unmap(_ device: UInt32, _ event: UInt32) -> TranslationEntry

  /// The doorbell of an event's entry; nil if it has none.
  func doorbell(_ device: UInt32, _ event: UInt32) -> UInt32?

  // MARK: The whole

  /// Calls `body` with each mapped device and its EventID width, by DeviceID, until it returns false.
  func forEachDevice(_ body: (UInt32, Int) -> Bool)

  /// Calls `body` with each entry of one device, by EventID, until it returns false.
  func forEachEvent(_ device: UInt32, _ body: (UInt32, TranslationEntry) -> Bool)

  /// Number of mapped devices.
  var deviceCount: Int { get }

  /// Number of entries.
  var eventCount: Int { get }

  /// Bytes allocated, the allocator's overhead included.
  var memoryInUse: Int { get }

  /// An independent copy.
  borrowing func copy() -> Self

  /// Describes the first broken invariant; nil if there is none. Slow.
  func checkInvariants() -> String?
}

extension TranslationStore where Self: ~Copyable {
  /// Calls `body` with each entry by DeviceID and EventID, until it returns false.
  @inlinable public func forEach(_ body: (UInt32, UInt32, TranslationEntry) -> Bool) {
    var goesOn = true
    forEachDevice { device, _ in
      forEachEvent(device) { event, entry in
        goesOn = body(device, event, entry)
        return goesOn
      }
      return goesOn
    }
  }
}
