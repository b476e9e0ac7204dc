// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// The default translation store: devices by hash, each with the entries up to its highest event.
///
/// Eight DeviceIDs in a row are hashed as one and lie in a row, so functions of a slot share cache lines. A device's entries
/// are an array (8 bytes each) while its events are dense, and packed pages when they are not; a single one is in the
/// device's slot. A lookup costs two
/// dependent loads; one of the device that was looked up last saves the hash. So even lookups are for one thread at a time.
@frozen public struct PackedTranslationStore: ~Copyable {
  /// A power of two of them, at least 8, at most five eighths full.
  /// In front of them lies the pointer to the slot last found.
  @usableFromInline var slots: UnsafeMutablePointer<DeviceSlot>
  @usableFromInline var slotMask: Int
  /// Random and odd: no capture can be made whose devices collide on purpose.
  @usableFromInline let hashFactor: UInt64
  /// Number of mapped devices.
  public internal(set) var deviceCount: Int
  /// Number of entries.
  public internal(set) var eventCount: Int
  /// Bytes of the devices' tables.
  @usableFromInline var tableMemory: Int
  /// `DeviceID << 16 | EventID` to doorbell INTID: only GICv4.0 has one per event.
  @usableFromInline var doorbells: [UInt64: UInt32]

  init(slotCount: Int, hashFactor: UInt64) {
    slots = PackedTranslationStore.makeSlots(slotCount)
    slotMask = slotCount - 1
    self.hashFactor = hashFactor
    deviceCount = 0
    eventCount = 0
    tableMemory = 0
    doorbells = [:]
  }

  @inlinable deinit {
    release()
  }

  @usableFromInline func release() {
    for index in 0...slotMask { slots[index].release() }
    HeapBytes.release(slots - 1)
  }

  static func makeSlots(_ count: Int) -> UnsafeMutablePointer<DeviceSlot> {
    let base = HeapBytes.allocate((count + 1) * MemoryLayout<DeviceSlot>.stride)
      .bindMemory(to: DeviceSlot.self, capacity: count + 1)
    base.initialize(repeating: DeviceSlot(), count: count + 1)
    UnsafeMutableRawPointer(base).storeBytes(of: base + 1, as: UnsafeMutablePointer<DeviceSlot>.self)
    return base + 1
  }

  /// The slot last found; where it is not that of the device sought, or empty, it is of no use.
  @usableFromInline var last: UnsafeMutablePointer<DeviceSlot> {
    @inlinable @inline(__always)
    get { UnsafeMutableRawPointer(slots - 1).load(as: UnsafeMutablePointer<DeviceSlot>.self) }
    @inlinable @inline(__always) nonmutating set {
      UnsafeMutableRawPointer(slots - 1).storeBytes(of: newValue, as: UnsafeMutablePointer<DeviceSlot>.self)
    }
  }

  /// To the next row, and one aside in it. Odd, so that every slot is reached.
  @usableFromInline static var step: Int { @inlinable @inline(__always) get { 9 } }

  /// Where a device's slot is looked for first. The next place is ``step`` further on, and so forth.
  ///
  /// Eight DeviceIDs in a row share a row of eight slots, turned by a part of the hash: DeviceIDs that are all multiples
  /// of eight would else compete for an eighth of the slots.
  @inlinable @inline(__always) func home(_ device: UInt32) -> Int {
    var hash = UInt64(device &>> 3) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash &>> 32) &* hashFactor
    let row = Int(truncatingIfNeeded: hash &>> 32) & slotMask & ~7
    return row | Int(truncatingIfNeeded: UInt64(device) &+ hash &>> 61) & 7
  }

  /// The slot of a device, or the empty one where it would be.
  @inlinable @inline(__always) func find(_ device: UInt32) -> UnsafeMutablePointer<DeviceSlot> {
    var index = home(device)
    while true {
      let slot = slots + index
      if slot.pointee.device == device || slot.pointee.isEmpty { return slot }
      index = (index &+ PackedTranslationStore.step) & slotMask
    }
  }
}

extension PackedTranslationStore: TranslationStore {
  /// `packed`.
  public static var name: String { "packed" }

  /// An empty store.
  public init() {
    self.init(slotCount: 8, hashFactor: UInt64.random(in: 0...UInt64.max) | 1)
  }

  public mutating func mapDevice(_ device: UInt32, eventBits: Int, userFlags: UInt8) {
    unmapDevice(device)
    if (deviceCount + 1) * 8 > (slotMask + 1) * 5 { rehash((slotMask + 1) * 2) }
    find(device).pointee = DeviceSlot(device: device, eventBits: eventBits, userFlags: userFlags)
    deviceCount += 1
  }

  @discardableResult public mutating func unmapDevice(_ device: UInt32) -> Bool {
    let slot = find(device)
    if slot.pointee.isEmpty { return false }
    var removed = 0
    slot.pointee.forEach { event, entry in
      removed += 1
      if entry.hasDoorbell { doorbells[PackedTranslationStore.key(device, event)] = nil }
      return true
    }
    eventCount -= removed
    deviceCount -= 1
    tableMemory -= slot.pointee.memory
    slot.pointee.release()
    close(slot - slots)
    if slotMask >= 16, deviceCount * 8 < slotMask { rehash((slotMask + 1) / 2) }
    return true
  }

  public func device(_ device: UInt32) -> (eventBits: Int, userFlags: UInt8)? {
    let slot = find(device)
    return slot.pointee.isEmpty ? nil : (slot.pointee.eventBits, slot.pointee.userFlags)
  }

  @inlinable @inline(__always) public func lookup(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    // An empty slot has no room, so it is never mistaken for that of device 0.
    let last = self.last
    if last.pointee.device == device, event < UInt32(last.pointee.capacity) { return last.pointee.listed(Int(event)) }
    let slot = find(device)
    self.last = slot
    return slot.pointee.entry(event)
  }

  @discardableResult
  public mutating func map(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, doorbell: UInt32?) -> Bool {
    let slot = find(device)
    guard slot.pointee.accepts(event) else { return false }
    var entry = entry
    entry.hasDoorbell = false
    if entry.bits == 0 {
      unmap(device, event)
      return true
    }
    entry.hasDoorbell = doorbell != nil
    let before = slot.pointee.memory
    let old = slot.pointee.replace(event, with: entry)
    tableMemory += slot.pointee.memory - before
    if old.bits == 0 { eventCount += 1 }
    if old.hasDoorbell || entry.hasDoorbell { doorbells[PackedTranslationStore.key(device, event)] = doorbell }
    return true
  }

  @discardableResult public mutating func unmap(_ device: UInt32, _ event: UInt32) -> TranslationEntry {
    let slot = find(device)
    let before = slot.pointee.memory
    let old = slot.pointee.remove(event)
    tableMemory += slot.pointee.memory - before
    if old.bits != 0 { eventCount -= 1 }
    if old.hasDoorbell { doorbells[PackedTranslationStore.key(device, event)] = nil }
    return old
  }

  public func doorbell(_ device: UInt32, _ event: UInt32) -> UInt32? {
    guard lookup(device, event).hasDoorbell else { return nil }
    return doorbells[PackedTranslationStore.key(device, event)]
  }

  public func forEachDevice(_ body: (UInt32, Int) -> Bool) {
    var devices: [UInt32] = []
    devices.reserveCapacity(deviceCount)
    for index in 0...slotMask where !slots[index].isEmpty { devices.append(slots[index].device) }
    devices.sort()
    for device in devices where !body(device, find(device).pointee.eventBits) { return }
  }

  @inlinable public func forEachEvent(_ device: UInt32, _ body: (UInt32, TranslationEntry) -> Bool) {
    find(device).pointee.forEach(body)
  }

  public var memoryInUse: Int {
    HeapBytes.cost((slotMask + 2) * MemoryLayout<DeviceSlot>.stride) + tableMemory + doorbells.capacity * 13
  }

  public borrowing func copy() -> PackedTranslationStore {
    var duplicate = PackedTranslationStore(slotCount: slotMask + 1, hashFactor: hashFactor)
    for index in 0...slotMask { duplicate.slots[index] = slots[index].copy() }
    duplicate.deviceCount = deviceCount
    duplicate.eventCount = eventCount
    duplicate.tableMemory = tableMemory
    duplicate.doorbells = doorbells
    return duplicate
  }

  public func checkInvariants() -> String? {
    var devices = 0
    var events = 0
    var memory = 0
    var rung = 0
    for index in 0...slotMask where !slots[index].isEmpty {
      let slot = slots[index]
      devices += 1
      memory += slot.memory
      if find(slot.device) != slots + index { return "device \(slot.device) is not found" }
      slot.forEach { event, entry in
        events += 1
        if entry.hasDoorbell, doorbells[PackedTranslationStore.key(slot.device, event)] != nil { rung += 1 }
        return true
      }
      if let broken = slot.brokenInvariant() { return "device \(slot.device): \(broken)" }
    }
    if devices != deviceCount { return "\(devices) devices found, \(deviceCount) counted" }
    if events != eventCount { return "\(events) entries found, \(eventCount) counted" }
    if memory != tableMemory { return "\(memory) bytes of entries found, \(tableMemory) counted" }
    if rung != doorbells.count { return "\(rung) doorbells found, \(doorbells.count) kept" }
    return nil
  }
}

// MARK: - The hash table

extension PackedTranslationStore {
  static func key(_ device: UInt32, _ event: UInt32) -> UInt64 { UInt64(device) << 16 | UInt64(event & 0xFFFF) }

  private mutating func rehash(_ slotCount: Int) {
    let old = slots
    let oldCount = slotMask + 1
    slots = PackedTranslationStore.makeSlots(slotCount)
    slotMask = slotCount - 1
    for index in 0..<oldCount where !old[index].isEmpty { find(old[index].device).pointee = old[index] }
    HeapBytes.release(old - 1)
  }

  /// Steps from a device's home to a slot.
  private func steps(from home: Int, to index: Int) -> Int {
    // The inverse of 9 modulo 2^64.
    ((index - home) &* Int(bitPattern: 0x8E38_E38E_38E3_8E39)) & slotMask
  }

  /// Empties a slot, and moves those after it so that each is still found from its home.
  private mutating func close(_ index: Int) {
    var hole = index
    var next = index
    while true {
      next = (next + PackedTranslationStore.step) & slotMask
      let slot = slots[next]
      if slot.isEmpty { break }
      if steps(from: home(slot.device), to: next) >= steps(from: hole, to: next) {
        slots[hole] = slot
        hole = next
      }
    }
    slots[hole] = DeviceSlot()
  }
}
