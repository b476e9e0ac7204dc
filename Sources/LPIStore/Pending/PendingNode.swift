/// An inner node of a ``PendingTree``: a word that says which of 64 children are there, then the children.
///
/// Children of depth 0 are nodes (262 144 INTIDs each), of depth 1 ``PendingBlock``s (4096 INTIDs each).
@frozen
@usableFromInline
struct PendingNode: BitwiseCopyable {
  @usableFromInline let base: UnsafeMutablePointer<UInt64>

  @inlinable @inline(__always)
  init(_ base: UnsafeMutablePointer<UInt64>) {
    self.base = base
  }

  static var byteSize: Int { 65 * 8 }

  static func make(_ memory: inout Int) -> PendingNode {
    let base = HeapBytes.allocate(byteSize).bindMemory(to: UInt64.self, capacity: 65)
    base[0] = 0
    memory += HeapBytes.cost(byteSize)
    return PendingNode(base)
  }

  @inlinable @inline(__always)
  var mask: UInt64 {
    get { base[0] }
    nonmutating set { base[0] = newValue }
  }

  @inlinable @inline(__always)
  func has(_ index: Int) -> Bool { mask &>> UInt64(index) & 1 != 0 }

  @inlinable @inline(__always)
  func pointer(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    UnsafeMutablePointer(bitPattern: UInt(base[1 &+ index])).unsafelyUnwrapped
  }

  @inlinable @inline(__always)
  func child(_ index: Int) -> PendingNode { PendingNode(pointer(index)) }

  @inlinable @inline(__always)
  func block(_ index: Int) -> PendingBlock { PendingBlock(pointer(index)) }

  func setPointer(_ index: Int, _ pointer: UnsafeMutablePointer<UInt64>) {
    base[1 + index] = UInt64(UInt(bitPattern: pointer))
    mask |= 1 << UInt64(index)
  }

  @inline(__always)
  func makeChild(_ index: Int, _ memory: inout Int) -> PendingNode {
    if !has(index) { setPointer(index, PendingNode.make(&memory).base) }
    return child(index)
  }

  /// Adds a key below this node of depth 1. Returns false if it is there.
  @inline(__always)
  func insert(_ key: UInt32, _ memory: inout Int) -> Bool {
    let middle = Int(key >> 12) & 63
    if !has(middle) { setPointer(middle, PendingBlock.make(&memory).base) }
    let block = block(middle)
    if block.has(key) { return block.insertInPlace(key) }
    let roomy = block.makePlace(key, &memory)
    base[1 &+ middle] = UInt64(UInt(bitPattern: roomy.base))
    return roomy.insertInPlace(key)
  }

  func release(_ memory: inout Int) {
    memory -= HeapBytes.cost(PendingNode.byteSize)
    HeapBytes.release(base)
  }

  func releaseAll(depth: Int, _ memory: inout Int) {
    for index in 0..<64 where has(index) {
      if depth == 0 { child(index).releaseAll(depth: 1, &memory) } else { block(index).release(&memory) }
    }
    release(&memory)
  }

  func copy(depth: Int) -> PendingNode {
    var unused = 0
    let duplicate = PendingNode.make(&unused)
    for index in 0..<64 where has(index) {
      duplicate.setPointer(index, depth == 0 ? child(index).copy(depth: 1).base : block(index).copy().base)
    }
    return duplicate
  }

  func memory(depth: Int) -> Int {
    var sum = HeapBytes.cost(PendingNode.byteSize)
    for index in 0..<64 where has(index) {
      sum += depth == 0 ? child(index).memory(depth: 1) : block(index).memory
    }
    return sum
  }

  func brokenInvariant(depth: Int) -> String? {
    if mask == 0 { return "an empty pending node is allocated" }
    for index in 0..<64 where has(index) {
      if let broken = depth == 0 ? child(index).brokenInvariant(depth: 1) : block(index).brokenInvariant() {
        return broken
      }
    }
    return nil
  }
}
