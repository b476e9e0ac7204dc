/// What is pending on one PE, in the order of acknowledgement: 32 bytes when at most one LPI is.
///
/// The first key stands alone (`hot`), so that one LPI coming and going touches nothing else. Up to 126 more are a sorted
/// array, beyond that a ``PendingTree``. A plain value that owns memory: whoever holds it calls ``release(_:)``. All zero
/// bytes are the empty queue.
@frozen
@usableFromInline struct PendingQueue: BitwiseCopyable {
  /// The lowest key's complement; 0 if nothing is pending.
  @usableFromInline var hotComplement: UInt32
  /// Keys, the hot one included.
  @usableFromInline var count: UInt32
  /// Keys of unknown configuration.
  @usableFromInline var unknownCount: UInt32
  /// Where the array's first key is.
  @usableFromInline var head: UInt8
  /// Keys in the array.
  @usableFromInline var length: UInt8
  /// Room in the array; 0 if there is none.
  @usableFromInline var capacity: UInt8
  /// Whether `storage` is a tree.
  @usableFromInline var isTree: Bool
  /// The array or the tree.
  @usableFromInline var storage: UnsafeMutableRawPointer?
  /// Keeps the queue at half a cache line.
  @usableFromInline var reserved: UInt

  /// The lowest key; ``PendingKey/none`` if nothing is pending.
  @inlinable @inline(__always) var hot: UInt32 {
    get { ~hotComplement }
    set { hotComplement = ~newValue }
  }

  @usableFromInline static var arrayLimit: Int { 126 }

  @inlinable init() {
    hotComplement = 0
    count = 0
    unknownCount = 0
    head = 0
    length = 0
    capacity = 0
    isTree = false
    storage = nil
    reserved = 0
  }

  /// Adds a key. Returns false if it is there.
  mutating func insert(_ key: UInt32, _ memory: inout Int) -> Bool {
    guard insertEligible(key, &memory) else { return false }
    if key >> 24 == PendingKey.unknownLevel { unknownCount &+= 1 }
    return true
  }

  /// The same for a key whose configuration is known.
  @inlinable @inline(__always) mutating func insertEligible(_ key: UInt32, _ memory: inout Int) -> Bool {
    if count != 0 { return insertAnother(key, &memory) }
    hot = key
    count = 1
    return true
  }

  @usableFromInline @inline(never)
  mutating func insertAnother(_ key: UInt32, _ memory: inout Int) -> Bool {
    let first = hot
    if key == first { return false }
    let behind = Swift.max(key, first)
    let end = Int(head) &+ Int(length)
    // LPIs mostly come in the order of their INTIDs. A tree has no capacity.
    if end < Int(capacity), length == 0 || behind > keys[Int(length) &- 1] {
      keys[Int(length)] = behind
      length &+= 1
    } else if !insertBehind(behind, &memory) {
      return false
    }
    hot = Swift.min(key, first)
    count &+= 1
    return true
  }

  /// Takes out a key. Returns false if it is not there.
  mutating func remove(_ key: UInt32, _ memory: inout Int) -> Bool {
    if key == hot {
      if count == 0 { return false }
      removeHot(&memory)
    } else {
      if count <= 1 || !removeBehind(key, &memory) { return false }
    }
    if key >> 24 == PendingKey.unknownLevel { unknownCount &-= 1 }
    return true
  }

  /// Takes out the lowest key; there is one.
  @inlinable @inline(__always) mutating func removeHot(_ memory: inout Int) {
    count &-= 1
    if count == 0 {
      hot = PendingKey.none
    } else if length > 1 {
      hot = keys[0]
      head &+= 1
      length &-= 1
    } else {
      hot = takeFirstBehind(&memory)
    }
  }

  @usableFromInline func contains(_ key: UInt32) -> Bool {
    if key == hot { return key != PendingKey.none }
    if count <= 1 { return false }
    if isTree { return tree.contains(key) }
    let index = lowerBound(key)
    return index < Int(length) && keys[index] == key
  }

  /// Calls `body` with each key from `first` to below `end`, ascending, until it returns false.
  @inlinable func forEach(from first: UInt32 = 0, to end: UInt32 = .max, _ body: (UInt32) -> Bool) {
    if count == 0 { return }
    if hot >= first, hot < end, !body(hot) { return }
    if count == 1 { return }
    if isTree {
      _ = tree.forEach(from: first, to: end, body)
      return
    }
    var index = first == 0 ? 0 : lowerBound(first)
    while index < Int(length) {
      let key = keys[index]
      if key >= end || !body(key) { return }
      index &+= 1
    }
  }
}

// MARK: - Behind the hot key

extension PendingQueue {
  @inlinable @inline(__always) var keys: UnsafeMutablePointer<UInt32> {
    storage.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self) + Int(head)
  }

  @inlinable @inline(__always) var tree: PendingTree {
    get { PendingTree(storage.unsafelyUnwrapped) }
    set { storage = newValue.top.base }
  }

  /// Index of the first array key that is not below `key`.
  @inlinable @inline(__always) func lowerBound(_ key: UInt32) -> Int { keys.lowerBound(key, count: Int(length)) }

  /// Adds a key while a lower one stays hot. Returns false if it is there.
  mutating func insertBehind(_ key: UInt32, _ memory: inout Int) -> Bool {
    if isTree { return tree.insert(key, &memory) }
    var index = Int(length)
    if index > 0, keys[index &- 1] >= key {
      index = lowerBound(key)
      if keys[index] == key { return false }
    }
    if Int(head) &+ Int(length) == Int(capacity), !makeRoom(&memory) { return tree.insert(key, &memory) }
    let keys = self.keys
    if index < Int(length) >> 1, head > 0 {
      (keys - 1).update(from: keys, count: index)
      head &-= 1
      keys[index &- 1] = key
    } else {
      (keys + index + 1).update(from: keys + index, count: Int(length) &- index)
      keys[index] = key
    }
    length &+= 1
    return true
  }

  /// Makes room for a key at the array's end. Returns false when the keys have become a tree instead.
  private mutating func makeRoom(_ memory: inout Int) -> Bool {
    if head > 0, length == 0 || Int(head) >= Int(capacity) >> 2 {
      let keys = self.keys
      (keys - Int(head)).update(from: keys, count: Int(length))
      head = 0
      return true
    }
    if Int(capacity) >= PendingQueue.arrayLimit {
      let tree = PendingTree.make(keys, count: Int(length), &memory)
      releaseArray(&memory)
      self.tree = tree
      isTree = true
      return false
    }
    // 6, 14, 30, 62, 126 keys: allocations whose rounding wastes nothing.
    let grown = capacity == 0 ? 6 : Swift.min(Int(capacity) * 2 + 2, PendingQueue.arrayLimit)
    if let storage {
      self.storage = HeapBytes.reallocate(storage, grown * 4)
      memory -= HeapBytes.cost(Int(capacity) * 4)
    } else {
      storage = HeapBytes.allocate(grown * 4)
    }
    capacity = UInt8(grown)
    memory += HeapBytes.cost(grown * 4)
    return true
  }

  private mutating func releaseArray(_ memory: inout Int) {
    if let storage, !isTree {
      memory -= HeapBytes.cost(Int(capacity) * 4)
      HeapBytes.release(storage)
    }
    storage = nil
    head = 0
    length = 0
    capacity = 0
  }

  /// Takes out the lowest key behind the hot one; there is one.
  @usableFromInline @inline(never)
  mutating func takeFirstBehind(_ memory: inout Int) -> UInt32 {
    if isTree {
      let first = tree.takeFirst(&memory)
      if count == 1 { dropTree(&memory) }
      return first
    }
    let first = keys[0]
    head &+= 1
    length &-= 1
    if length == 0 { arrayEmptied(&memory) }
    return first
  }

  /// Takes out a key that is not the hot one; there are others. Returns false if it is not there.
  mutating func removeBehind(_ key: UInt32, _ memory: inout Int) -> Bool {
    if isTree {
      guard tree.remove(key, &memory) else { return false }
      count &-= 1
      if count == 1 { dropTree(&memory) }
      return true
    }
    let keys = self.keys
    let index = lowerBound(key)
    if index == Int(length) || keys[index] != key { return false }
    count &-= 1
    if index < Int(length) >> 1 {
      (keys + 1).update(from: keys, count: index)
      head &+= 1
    } else {
      (keys + index).update(from: keys + index + 1, count: Int(length) &- index &- 1)
    }
    length &-= 1
    if length == 0 { arrayEmptied(&memory) }
    return true
  }

  /// A large array goes back when it is empty; a small one stays for the next burst.
  private mutating func arrayEmptied(_ memory: inout Int) {
    head = 0
    if capacity > 62 { releaseArray(&memory) }
  }

  private mutating func dropTree(_ memory: inout Int) {
    tree.release(&memory)
    storage = nil
    isTree = false
  }
}

// MARK: - The whole

extension PendingQueue {
  /// Frees what the queue owns, and empties it.
  @usableFromInline mutating func release(_ memory: inout Int) {
    if isTree { dropTree(&memory) } else { releaseArray(&memory) }
    self = PendingQueue()
  }

  @usableFromInline func copy() -> PendingQueue {
    guard let storage else { return self }
    var duplicate = self
    if isTree {
      duplicate.tree = tree.copy()
    } else {
      let array = HeapBytes.allocate(Int(capacity) * 4)
      array.copyMemory(from: storage, byteCount: Int(capacity) * 4)
      duplicate.storage = array
    }
    return duplicate
  }

  /// What the queue's array or tree costs, counted afresh.
  var memory: Int {
    if isTree { return tree.memory }
    return storage == nil ? 0 : HeapBytes.cost(Int(capacity) * 4)
  }
}
