/// Up to 60 pending keys in order: a leaf of a ``PendingTree``, 256 bytes of heap.
///
/// A count (u16), the index of the first key (u16), then from byte 8 the keys. Keys are taken from the front without moving
/// the rest.
@frozen
@usableFromInline struct PendingLeaf: BitwiseCopyable {
  @usableFromInline let base: UnsafeMutableRawPointer

  @inlinable @inline(__always) init(_ base: UnsafeMutableRawPointer) {
    self.base = base
  }

  static var capacity: Int { 60 }
  static var byteSize: Int { 8 + capacity * 4 }

  static func make(_ memory: inout Int) -> PendingLeaf {
    let base = HeapBytes.allocate(byteSize)
    base.storeBytes(of: 0, as: UInt64.self)
    memory += HeapBytes.cost(byteSize)
    return PendingLeaf(base)
  }

  func release(_ memory: inout Int) {
    memory -= HeapBytes.cost(PendingLeaf.byteSize)
    HeapBytes.release(base)
  }

  @inlinable @inline(__always) var count: Int {
    get { Int(base.load(as: UInt16.self)) }
    nonmutating set { base.storeBytes(of: UInt16(truncatingIfNeeded: newValue), as: UInt16.self) }
  }

  @inlinable @inline(__always) var head: Int {
    get { Int(base.load(fromByteOffset: 2, as: UInt16.self)) }
    nonmutating set { base.storeBytes(of: UInt16(truncatingIfNeeded: newValue), toByteOffset: 2, as: UInt16.self) }
  }

  @inlinable @inline(__always)
  var keys: UnsafeMutablePointer<UInt32> { (base + (8 &+ head &* 4)).assumingMemoryBound(to: UInt32.self) }

  /// Adds a key at its index; the leaf is not full.
  func insert(_ key: UInt32, at index: Int) {
    let count = self.count
    if index == count, head &+ count < PendingLeaf.capacity {
      keys[count] = key
    } else if head > 0, index < count >> 1 || head &+ count == PendingLeaf.capacity {
      let old = keys
      (old - 1).update(from: old, count: index)
      old[index &- 1] = key
      head &-= 1
    } else {
      let place = keys + index
      (place + 1).update(from: place, count: count &- index)
      place.pointee = key
    }
    self.count = count &+ 1
  }

  /// Takes out the key at an index.
  func remove(at index: Int) {
    let count = self.count &- 1
    let keys = self.keys
    if index < count >> 1 {
      (keys + 1).update(from: keys, count: index)
      head &+= 1
    } else {
      (keys + index).update(from: keys + index + 1, count: count &- index)
    }
    self.count = count
  }

  /// Moves the upper half to a new leaf.
  func split(_ memory: inout Int) -> PendingLeaf {
    let upper = PendingLeaf.make(&memory)
    let kept = count / 2
    upper.keys.update(from: keys + kept, count: count - kept)
    upper.count = count - kept
    count = kept
    return upper
  }

  /// Takes over all keys of the leaf to the right; together they fit.
  func append(_ right: PendingLeaf) {
    if head + count + right.count > PendingLeaf.capacity {
      let start = (base + 8).assumingMemoryBound(to: UInt32.self)
      start.update(from: keys, count: count)
      head = 0
    }
    (keys + count).update(from: right.keys, count: right.count)
    count += right.count
  }
}

extension UnsafeMutablePointer where Pointee == UInt32 {
  /// Index of the first of `count` ascending keys that is not below `key`; a search without branches to predict.
  @inlinable @inline(__always) func lowerBound(_ key: UInt32, count: Int) -> Int {
    var low = 0
    var size = count
    while size > 1 {
      let half = size &>> 1
      low = self[low &+ half &- 1] < key ? low &+ half : low
      size &-= half
    }
    return size == 1 && self[low] < key ? low &+ 1 : low
  }
}
