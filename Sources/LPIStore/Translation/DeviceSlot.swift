/// One device of a ``PackedTranslationStore``: 16 bytes, and its entries elsewhere.
@frozen
@usableFromInline struct DeviceSlot: BitwiseCopyable {
  @usableFromInline var device: UInt32
  /// Entries in the array; 0 if there is none.
  @usableFromInline var capacity: UInt16
  /// EventID bits plus one; 0 in an empty slot.
  @usableFromInline var tag: UInt8
  @usableFromInline var userFlags: UInt8
  /// The array, or (bit 0 set) an ``EventDirectory``, or 0.
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

  @inlinable @inline(__always) var isPaged: Bool { table & 1 != 0 }

  func accepts(_ event: UInt32) -> Bool { !isEmpty && event < 1 << UInt32(eventBits) }

  @inlinable @inline(__always) func entry(_ event: UInt32) -> TranslationEntry {
    if event < UInt32(capacity) { return array[Int(event)] }
    if !isPaged { return TranslationEntry() }
    return directory.entry(event)
  }

  /// Calls `body` with each entry by EventID, until it returns false.
  @inlinable func forEach(_ body: (UInt32, TranslationEntry) -> Bool) {
    if isPaged { return directory.forEach(body) }
    for event in 0..<Int(capacity) where array[event].bits != 0 {
      if !body(UInt32(truncatingIfNeeded: event), array[event]) { return }
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
    let old = array[Int(event)]
    array[Int(event)] = entry
    return old
  }

  /// Removes an event's entry, and returns it.
  mutating func remove(_ event: UInt32) -> TranslationEntry {
    let old = entry(event)
    if old.bits == 0 { return old }
    if isPaged { directory.remove(event) } else { array[Int(event)] = TranslationEntry() }
    return old
  }

  /// A quarter more than needed, at most one per event; odd, so that the allocator's rounding wastes nothing.
  private mutating func growArray(_ needed: Int) {
    let old = Int(capacity)
    let grown = Swift.max(needed, Swift.min(old + old / 4, 1 << eventBits)) | 1
    let memory =
      table == 0
      ? HeapBytes.allocate(grown * 8)
      : HeapBytes.reallocate(UnsafeMutableRawPointer(array), grown * 8)
    let array = memory.bindMemory(to: TranslationEntry.self, capacity: grown)
    (array + old).update(repeating: TranslationEntry(), count: grown - old)
    table = UInt(bitPattern: array)
    capacity = UInt16(grown)
  }

  private mutating func makePaged() {
    var directory = EventDirectory.make()
    for event in 0..<Int(capacity) where array[event].bits != 0 {
      _ = directory.replace(UInt32(event), with: array[event])
    }
    if capacity != 0 { HeapBytes.release(array) }
    capacity = 0
    table = directory.tagged
  }

  func release() {
    if isPaged {
      directory.release()
    } else if table != 0 {
      HeapBytes.release(array)
    }
  }

  func copy() -> DeviceSlot {
    var duplicate = self
    if isPaged {
      duplicate.table = directory.copy().tagged
    } else if table != 0 {
      let array = HeapBytes.allocate(Int(capacity) * 8)
      array.copyMemory(from: self.array, byteCount: Int(capacity) * 8)
      duplicate.table = UInt(bitPattern: array)
    }
    return duplicate
  }

  /// What the table costs.
  var memory: Int {
    if isPaged { return directory.memory }
    return table == 0 ? 0 : HeapBytes.cost(Int(capacity) * 8)
  }

  func brokenInvariant() -> String? {
    if isPaged { return capacity == 0 ? directory.brokenInvariant() : "it has an array and pages" }
    return (capacity == 0) == (table == 0) ? nil : "its array's size is wrong"
  }
}
