/// An inner node of a ``PendingTree``: up to 60 children, and the lowest key each may hold.
///
/// A count (u16), the height above the leaves (u16; 1 is just above), from byte 8 the keys, from byte 248 the children. The
/// first key is not looked at: the first child takes everything below the second.
@frozen
@usableFromInline struct PendingBranch: BitwiseCopyable {
  @usableFromInline let base: UnsafeMutableRawPointer

  @inlinable @inline(__always) init(_ base: UnsafeMutableRawPointer) {
    self.base = base
  }

  static var capacity: Int { 60 }
  static var byteSize: Int { 8 + capacity * 12 }

  static func make(height: Int, _ memory: inout Int) -> PendingBranch {
    let base = HeapBytes.allocate(byteSize)
    base.storeBytes(of: UInt64(height) << 16, as: UInt64.self)
    memory += HeapBytes.cost(byteSize)
    return PendingBranch(base)
  }

  func release(_ memory: inout Int) {
    memory -= HeapBytes.cost(PendingBranch.byteSize)
    HeapBytes.release(base)
  }

  @inlinable @inline(__always) var count: Int {
    get { Int(base.load(as: UInt16.self)) }
    nonmutating set { base.storeBytes(of: UInt16(truncatingIfNeeded: newValue), as: UInt16.self) }
  }

  @inlinable @inline(__always) var height: Int { Int(base.load(fromByteOffset: 2, as: UInt16.self)) }

  @inlinable @inline(__always)
  var keys: UnsafeMutablePointer<UInt32> { (base + 8).assumingMemoryBound(to: UInt32.self) }

  @inlinable @inline(__always) var children: UnsafeMutablePointer<UnsafeMutableRawPointer> {
    (base + 248).assumingMemoryBound(to: UnsafeMutableRawPointer.self)
  }

  /// Index of the child that holds a key if any does.
  @inlinable @inline(__always) func index(_ key: UInt32) -> Int {
    // The last child whose lowest key is not above: one less than the first above.
    (keys + 1).lowerBound(key &+ 1, count: count &- 1)
  }

  /// Adds a child at an index; the node is not full.
  func insert(_ key: UInt32, _ child: UnsafeMutableRawPointer, at index: Int) {
    let after = count - index
    (keys + index + 1).update(from: keys + index, count: after)
    (children + index + 1).update(from: children + index, count: after)
    keys[index] = key
    children[index] = child
    count += 1
  }

  /// Takes out the child at an index.
  func remove(at index: Int) {
    let after = count - index - 1
    (keys + index).update(from: keys + index + 1, count: after)
    (children + index).update(from: children + index + 1, count: after)
    count -= 1
  }

  /// Moves the upper half to a new node.
  func split(_ memory: inout Int) -> PendingBranch {
    let upper = PendingBranch.make(height: height, &memory)
    let kept = count / 2
    upper.keys.update(from: keys + kept, count: count - kept)
    upper.children.update(from: children + kept, count: count - kept)
    upper.count = count - kept
    count = kept
    return upper
  }
}
