/// A 64-way radix tree of 64-bit values, as high as its largest key needs: the shape of Linux's xarray and Xen's radix tree.
///
/// A node is 64 words and a count; the lowest nodes hold the values. 0 is an absent value.
struct RadixTree: ~Copyable {
  /// Words 0 to 63: children or values; 64: how many are not zero.
  var root: UnsafeMutablePointer<UInt64>
  /// Bits of the key below the root's.
  var shift: UInt64
  /// Values that are not zero.
  private(set) var count: Int
  private var nodes: Int

  /// An empty tree.
  init() {
    root = RadixTree.makeNode()
    shift = 0
    count = 0
    nodes = 1
  }

  deinit {
    RadixTree.release(root, shift)
  }

  private static func makeNode() -> UnsafeMutablePointer<UInt64> {
    let node = UnsafeMutablePointer<UInt64>.allocate(capacity: 65)
    node.initialize(repeating: 0, count: 65)
    return node
  }

  private static func release(_ node: UnsafeMutablePointer<UInt64>, _ shift: UInt64) {
    if shift > 0 {
      for index in 0..<64 where node[index] != 0 { release(child(node[index]), shift - 6) }
    }
    node.deallocate()
  }

  @inline(__always)
  static func child(_ word: UInt64) -> UnsafeMutablePointer<UInt64> {
    UnsafeMutablePointer(bitPattern: UInt(word)).unsafelyUnwrapped
  }

  /// The value of a key; 0 if there is none.
  subscript(key: UInt64) -> UInt64 {
    var shift = self.shift
    if shift < 58, key >> (shift + 6) != 0 { return 0 }
    var node = root
    while true {
      let word = node[Int(truncatingIfNeeded: key >> shift) & 63]
      if shift == 0 || word == 0 { return word }
      node = RadixTree.child(word)
      shift &-= 6
    }
  }

  /// Replaces the value of a key, and returns the one before.
  @discardableResult
  mutating func set(_ key: UInt64, _ value: UInt64) -> UInt64 {
    if value == 0, self[key] == 0 { return 0 }
    while shift < 58, key >> (shift + 6) != 0 {
      let higher = RadixTree.makeNode()
      if root[64] != 0 {
        higher[0] = UInt64(UInt(bitPattern: root))
        higher[64] = 1
        nodes += 1
      } else {
        root.deallocate()
      }
      root = higher
      shift += 6
    }
    let old = RadixTree.set(root, shift, key, value, &nodes)
    count += (value != 0 ? 1 : 0) - (old != 0 ? 1 : 0)
    return old
  }

  private static func set(
    _ node: UnsafeMutablePointer<UInt64>, _ shift: UInt64, _ key: UInt64, _ value: UInt64, _ nodes: inout Int
  ) -> UInt64 {
    let index = Int(truncatingIfNeeded: key >> shift) & 63
    if shift == 0 {
      let old = node[index]
      node[index] = value
      if (old == 0) != (value == 0) { node[64] = value == 0 ? node[64] - 1 : node[64] + 1 }
      return old
    }
    if node[index] == 0 {
      node[index] = UInt64(UInt(bitPattern: makeNode()))
      node[64] += 1
      nodes += 1
    }
    let below = child(node[index])
    let old = set(below, shift - 6, key, value, &nodes)
    if below[64] == 0 {
      below.deallocate()
      node[index] = 0
      node[64] -= 1
      nodes -= 1
    }
    return old
  }

  /// Calls `body` by key until it returns false.
  func forEach(_ body: (UInt64, UInt64) -> Bool) {
    _ = RadixTree.forEach(root, shift, 0, body)
  }

  private static func forEach(
    _ node: UnsafeMutablePointer<UInt64>, _ shift: UInt64, _ prefix: UInt64, _ body: (UInt64, UInt64) -> Bool
  ) -> Bool {
    for index in 0..<64 where node[index] != 0 {
      let key = prefix | UInt64(index) << shift
      if !(shift == 0 ? body(key, node[index]) : forEach(child(node[index]), shift - 6, key, body)) { return false }
    }
    return true
  }

  /// Bytes allocated.
  var memoryInUse: Int { nodes * 544 }

  /// An independent copy.
  borrowing func copy() -> RadixTree {
    var duplicate = RadixTree()
    forEach { key, value in
      duplicate.set(key, value)
      return true
    }
    return duplicate
  }
}

/// Records as values of a ``RadixTree``.
struct RadixTable: ~Copyable, LPIRecordTable {
  var tree: RadixTree

  /// An empty table.
  init(limit: UInt32) {
    tree = RadixTree()
  }

  init(_ tree: consuming RadixTree) {
    self.tree = tree
  }

  /// One load per 6 bits of the highest INTID.
  func bits(_ intid: UInt32) -> UInt64 { tree[UInt64(intid)] }
  /// Nodes come and go.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) { tree.set(UInt64(intid), bits) }
  /// By INTID.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    tree.forEach { body(UInt32(truncatingIfNeeded: $0), $1) }
  }
  /// Records.
  var count: Int { tree.count }
  /// Bytes allocated.
  var memoryInUse: Int { tree.memoryInUse }
  /// An independent copy.
  borrowing func copy() -> RadixTable { RadixTable(tree.copy()) }
}
