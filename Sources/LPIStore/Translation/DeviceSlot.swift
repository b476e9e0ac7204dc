/// One device of a ``PackedTranslationStore``: 16 bytes, and its entries elsewhere. Where event 0 is the only one, as of a
/// device with a single message, its entry is in the slot.
@frozen
@usableFromInline struct DeviceSlot: BitwiseCopyable {
  @usableFromInline var device: UInt32
  /// Entries in the array; 1 if the only one is in ``table``, 0 if there is none.
  @usableFromInline var capacity: UInt16
  /// EventID bits plus one; 0 in an empty slot.
  @usableFromInline var tag: UInt8
  @usableFromInline var userFlags: UInt8
  /// The array, or the only entry, or without either (bit 0 set) an ``EventDirectory``, or 0.
  @usableFromInline var table: UInt

  @inlinable @inline(__always) init() {
    device = 0
    capacity = 0
    tag = 0
    userFlags = 0
    table = 0
  }

  init(device: UInt32, eventBits: Int, userFlags: UInt8) {
    self.init()
    self.device = device
    self.userFlags = userFlags
    tag = UInt8(Swift.min(Swift.max(eventBits, 0), 16)) + 1
  }

  @inlinable @inline(__always) var isEmpty: Bool { tag == 0 }

  @usableFromInline var eventBits: Int { Int(tag) - 1 }

  @inlinable @inline(__always) var array: UnsafeMutablePointer<TranslationEntry> {
    UnsafeMutablePointer(bitPattern: table).unsafelyUnwrapped
  }

  @inlinable @inline(__always) var directory: EventDirectory { EventDirectory(tagged: table) }

  @inlinable @inline(__always) var isPaged: Bool { capacity == 0 && table != 0 }

  @inlinable @inline(__always) var hasArray: Bool { capacity > 1 }

  /// The entry of an event below ``capacity``.
  @inlinable @inline(__always) func listed(_ event: Int) -> TranslationEntry {
    hasArray ? array[event] : TranslationEntry(bits: UInt64(table))
  }

  private mutating func setListed(_ event: Int, _ entry: TranslationEntry) {
    if hasArray { array[event] = entry } else { table = UInt(entry.bits) }
  }

  func accepts(_ event: UInt32) -> Bool { !isEmpty && event < 1 << UInt32(eventBits) }

  @inlinable @inline(__always) func entry(_ event: UInt32) -> TranslationEntry {
    if event < UInt32(capacity) { return listed(Int(event)) }
    if !isPaged { return TranslationEntry() }
    return directory.entry(event)
  }

  /// Calls `body` with each entry by EventID, until it returns false.
  @inlinable func forEach(_ body: (UInt32, TranslationEntry) -> Bool) {
    if isPaged { return directory.forEach(body) }
    for event in 0..<Int(capacity) {
      let entry = listed(event)
      if entry.bits != 0, !body(UInt32(truncatingIfNeeded: event), entry) { return }
    }
  }

  /// Sets an entry, not zero, of an event that the device accepts; returns the one before.
  mutating func replace(_ event: UInt32, with entry: TranslationEntry) -> TranslationEntry {
    if !isPaged, event >= UInt32(capacity) {
      if event < 1024, event < 2 * UInt32(capacity) + 32 { growArray(Int(event) + 1) } else { makePaged() }
    }
    if isPaged {
      var directory = self.directory
      defer { table = directory.tagged }
      return directory.replace(event, with: entry)
    }
    let old = listed(Int(event))
    setListed(Int(event), entry)
    return old
  }

  /// Removes an event's entry, and returns it.
  mutating func remove(_ event: UInt32) -> TranslationEntry {
    let old = entry(event)
    if old.bits == 0 { return old }
    if isPaged { directory.remove(event) } else { setListed(Int(event), TranslationEntry()) }
    return old
  }

  /// A quarter more than needed, at most one per event; odd, so that the allocator's rounding wastes nothing.
  private mutating func growArray(_ needed: Int) {
    let old = Int(capacity)
    let grown = Swift.max(needed, Swift.min(old + old / 4, 1 << eventBits)) | 1
    if grown == 1 {
      capacity = 1
      return
    }
    let memory =
      hasArray ? HeapBytes.reallocate(UnsafeMutableRawPointer(array), grown * 8) : HeapBytes.allocate(grown * 8)
    let array = memory.bindMemory(to: TranslationEntry.self, capacity: grown)
    if old == 1 { array[0] = listed(0) }
    (array + old).update(repeating: TranslationEntry(), count: grown - old)
    table = UInt(bitPattern: array)
    capacity = UInt16(grown)
  }

  private mutating func makePaged() {
    var directory = EventDirectory.make()
    forEach { event, entry in
      _ = directory.replace(event, with: entry)
      return true
    }
    if hasArray { HeapBytes.release(array) }
    capacity = 0
    table = directory.tagged
  }

  func release() {
    if isPaged {
      directory.release()
    } else if hasArray {
      HeapBytes.release(array)
    }
  }

  func copy() -> DeviceSlot {
    var duplicate = self
    if isPaged {
      duplicate.table = directory.copy().tagged
    } else if hasArray {
      let array = HeapBytes.allocate(Int(capacity) * 8)
      array.copyMemory(from: self.array, byteCount: Int(capacity) * 8)
      duplicate.table = UInt(bitPattern: array)
    }
    return duplicate
  }

  /// What the table costs.
  var memory: Int {
    if isPaged { return directory.memory }
    return hasArray ? HeapBytes.cost(Int(capacity) * 8) : 0
  }

  func brokenInvariant() -> String? {
    if isPaged { return table & 1 != 0 ? directory.brokenInvariant() : "its pages have no tag" }
    return hasArray && table == 0 ? "its array is missing" : nil
  }
}
