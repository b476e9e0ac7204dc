/// Many pending keys of one PE: per level a 64-way tree over the INTID whose leaves are bits.
///
/// Root (one per tree): which levels are there, and a node each. Two layers of nodes: which of 64 children are there, and
/// the children. Then ``PendingBlock``s of 4096 INTIDs. The lowest key takes five count-trailing-zeros; memory goes
/// back as parts empty, so it follows what is pending now. A pointer: whoever holds it calls ``release(_:)``.
@frozen
@usableFromInline
struct PendingTree: BitwiseCopyable {
  @usableFromInline let base: UnsafeMutableRawPointer

  @inlinable @inline(__always)
  init(_ base: UnsafeMutableRawPointer) {
    self.base = base
  }

  /// Two words of level bits, then the nodes.
  static var byteSize: Int { 16 + PendingKey.levelCount * 8 }

  static func make(_ memory: inout Int) -> PendingTree {
    let base = HeapBytes.allocate(byteSize)
    base.storeBytes(of: 0, as: UInt64.self)
    base.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
    memory += HeapBytes.cost(byteSize)
    return PendingTree(base)
  }

  @inlinable @inline(__always)
  var masks: UnsafeMutablePointer<UInt64> { base.assumingMemoryBound(to: UInt64.self) }

  @inlinable @inline(__always)
  var nodes: UnsafeMutablePointer<PendingNode> { (base + 16).assumingMemoryBound(to: PendingNode.self) }

  @inlinable @inline(__always)
  func hasLevel(_ level: Int) -> Bool { masks[level &>> 6] &>> UInt64(level & 63) & 1 != 0 }

  /// Adds a key. Returns false if it is there.
  func insert(_ key: UInt32, _ memory: inout Int) -> Bool {
    let level = Int(key >> 24)
    if !hasLevel(level) {
      nodes[level] = PendingNode.make(&memory)
      masks[level &>> 6] |= 1 &<< UInt64(level & 63)
    }
    let middle = nodes[level].makeChild(Int(key >> 18) & 63, &memory)
    return middle.insert(key, &memory)
  }

  @usableFromInline
  func contains(_ key: UInt32) -> Bool {
    let level = Int(key >> 24)
    guard level < PendingKey.levelCount, hasLevel(level) else { return false }
    let upper = Int(key >> 18) & 63
    let middle = Int(key >> 12) & 63
    guard nodes[level].has(upper), nodes[level].child(upper).has(middle) else { return false }
    return nodes[level].child(upper).block(middle).contains(key)
  }

  /// Takes out a key. Returns false if it is not there.
  func remove(_ key: UInt32, _ memory: inout Int) -> Bool {
    let level = Int(key >> 24)
    let upper = Int(key >> 18) & 63
    let middle = Int(key >> 12) & 63
    guard level < PendingKey.levelCount, hasLevel(level) else { return false }
    let node = nodes[level]
    guard node.has(upper) else { return false }
    let child = node.child(upper)
    guard child.has(middle) else { return false }
    let block = child.block(middle)
    guard block.remove(key) else { return false }
    if block.occupied == 0 { prune(level, node, upper, child, middle, &memory) }
    return true
  }

  /// Takes out the lowest key; there is one.
  @usableFromInline
  func takeFirst(_ memory: inout Int) -> UInt32 {
    let level = masks[0] != 0 ? masks[0].trailingZeroBitCount : 64 &+ masks[1].trailingZeroBitCount
    let node = nodes[level]
    let upper = node.mask.trailingZeroBitCount
    let child = node.child(upper)
    let middle = child.mask.trailingZeroBitCount
    let block = child.block(middle)
    let low = block.takeFirst()
    if block.occupied == 0 { prune(level, node, upper, child, middle, &memory) }
    return UInt32(truncatingIfNeeded: level &<< 24 | upper &<< 18 | middle &<< 12 | low)
  }

  /// Frees an empty block and the nodes it was the last in.
  private func prune(
    _ level: Int,
    _ node: PendingNode,
    _ upper: Int,
    _ child: PendingNode,
    _ middle: Int,
    _ memory: inout Int
  ) {
    child.block(middle).release(&memory)
    child.mask &= ~(1 << UInt64(middle))
    guard child.mask == 0 else { return }
    child.release(&memory)
    node.mask &= ~(1 << UInt64(upper))
    guard node.mask == 0 else { return }
    node.release(&memory)
    masks[level >> 6] &= ~(1 << UInt64(level & 63))
  }

  /// Calls `body` with each key from `first` to below `end`, ascending, until it returns false. Returns false if it did.
  @inlinable
  func forEach(from first: UInt32, to end: UInt32, _ body: (UInt32) -> Bool) -> Bool {
    for level in 0..<PendingKey.levelCount where hasLevel(level) {
      let levelFirst = UInt32(truncatingIfNeeded: level &<< 24)
      if levelFirst >= end { break }
      if levelFirst | 0xFF_FFFF < first { continue }
      let node = nodes[level]
      for upper in 0..<64 where node.has(upper) {
        let child = node.child(upper)
        for middle in 0..<64 where child.has(middle) {
          let blockFirst = levelFirst | UInt32(truncatingIfNeeded: upper &<< 18 | middle &<< 12)
          if blockFirst >= end { return true }
          if blockFirst | 0xFFF < first { continue }
          let ended = child.block(middle).forEach { low in
            let key = blockFirst | low
            if key < first { return true }
            return key < end && body(key)
          }
          if !ended { return false }
        }
      }
    }
    return true
  }

  func forEachNode(_ body: (PendingNode, Int) -> Void) {
    for level in 0..<PendingKey.levelCount where hasLevel(level) { body(nodes[level], level) }
  }

  func release(_ memory: inout Int) {
    forEachNode { node, _ in node.releaseAll(depth: 0, &memory) }
    memory -= HeapBytes.cost(PendingTree.byteSize)
    HeapBytes.release(base)
  }

  func copy() -> PendingTree {
    var unused = 0
    let duplicate = PendingTree.make(&unused)
    duplicate.masks[0] = masks[0]
    duplicate.masks[1] = masks[1]
    forEachNode { node, level in duplicate.nodes[level] = node.copy(depth: 0) }
    return duplicate
  }

  var memory: Int {
    var sum = HeapBytes.cost(PendingTree.byteSize)
    forEachNode { node, _ in sum += node.memory(depth: 0) }
    return sum
  }

  func brokenInvariant() -> String? {
    if masks[0] | masks[1] == 0 { return "an empty pending tree is allocated" }
    var broken: String?
    forEachNode { node, _ in broken = broken ?? node.brokenInvariant(depth: 0) }
    return broken
  }
}
