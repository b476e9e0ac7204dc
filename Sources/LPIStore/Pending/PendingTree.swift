/// Many pending keys of one PE: a B+ tree.
///
/// Keys that come in order fill their leaves, so a key costs 4 to 6 bytes however the INTIDs lie; the lowest is taken from
/// the first leaf without a search. Leaves that empty are freed and thin neighbours are joined. A pointer to the top
/// node, which is a ``PendingBranch``: whoever holds it calls ``release(_:)``.
@frozen
@usableFromInline struct PendingTree: BitwiseCopyable {
  @usableFromInline var top: PendingBranch

  @inlinable @inline(__always) init(_ base: UnsafeMutableRawPointer) {
    top = PendingBranch(base)
  }

  /// A tree of ascending keys, at most a leaf's capacity squared; there is one at least.
  static func make(_ keys: UnsafeMutablePointer<UInt32>, count: Int, _ memory: inout Int) -> PendingTree {
    let top = PendingBranch.make(height: 1, &memory)
    var first = 0
    while first < count {
      let leaf = PendingLeaf.make(&memory)
      leaf.count = Swift.min(count - first, PendingLeaf.capacity)
      leaf.keys.update(from: keys + first, count: leaf.count)
      top.insert(keys[first], leaf.base, at: top.count)
      first += leaf.count
    }
    return PendingTree(top.base)
  }

  // MARK: One key

  @usableFromInline func contains(_ key: UInt32) -> Bool {
    var node = top
    while node.height > 1 { node = PendingBranch(node.children[node.index(key)]) }
    let leaf = PendingLeaf(node.children[node.index(key)])
    let index = leaf.keys.lowerBound(key, count: leaf.count)
    return index < leaf.count && leaf.keys[index] == key
  }

  /// Adds a key. Returns false if it is there.
  mutating func insert(_ key: UInt32, _ memory: inout Int) -> Bool {
    var split: Split?
    let isNew = PendingTree.insert(key, below: top, &split, &memory)
    if let split {
      let higher = PendingBranch.make(height: top.height + 1, &memory)
      higher.insert(0, top.base, at: 0)
      higher.insert(split.key, split.node, at: 1)
      top = higher
    }
    return isNew
  }

  /// What a full node gave away: a new node to its right, and the lowest key there.
  private struct Split {
    var key: UInt32
    var node: UnsafeMutableRawPointer
  }

  private static func insert(
    _ key: UInt32, below node: PendingBranch, _ split: inout Split?, _ memory: inout Int
  ) -> Bool {
    let index = node.index(key)
    var childSplit: Split?
    let isNew =
      node.height == 1
      ? insert(key, in: PendingLeaf(node.children[index]), &childSplit, &memory)
      : insert(key, below: PendingBranch(node.children[index]), &childSplit, &memory)
    guard let childSplit else { return isNew }
    if node.count < PendingBranch.capacity {
      node.insert(childSplit.key, childSplit.node, at: index + 1)
      return isNew
    }
    // A child that was split off at the end goes into a node of its own, so that keys in order fill their nodes.
    if index + 1 == node.count {
      let upper = PendingBranch.make(height: node.height, &memory)
      upper.insert(childSplit.key, childSplit.node, at: 0)
      split = Split(key: childSplit.key, node: upper.base)
      return isNew
    }
    let upper = node.split(&memory)
    if index < node.count {
      node.insert(childSplit.key, childSplit.node, at: index + 1)
    } else {
      upper.insert(childSplit.key, childSplit.node, at: index - node.count + 1)
    }
    split = Split(key: upper.keys[0], node: upper.base)
    return isNew
  }

  @inline(__always)
  private static func insert(_ key: UInt32, in leaf: PendingLeaf, _ split: inout Split?, _ memory: inout Int) -> Bool {
    let count = leaf.count
    var index = count
    if leaf.keys[count &- 1] >= key {
      index = leaf.keys.lowerBound(key, count: count)
      if leaf.keys[index] == key { return false }
    }
    if count < PendingLeaf.capacity {
      leaf.insert(key, at: index)
    } else if index == count {
      let upper = PendingLeaf.make(&memory)
      upper.insert(key, at: 0)
      split = Split(key: key, node: upper.base)
    } else {
      let upper = leaf.split(&memory)
      if index <= leaf.count { leaf.insert(key, at: index) } else { upper.insert(key, at: index - leaf.count) }
      split = Split(key: upper.keys[0], node: upper.base)
    }
    return true
  }

  /// Takes out a key. Returns false if it is not there. A tree without keys must be released.
  mutating func remove(_ key: UInt32, _ memory: inout Int) -> Bool {
    let isRemoved = PendingTree.remove(key, below: top, &memory)
    lower(&memory)
    return isRemoved
  }

  private static func remove(_ key: UInt32, below node: PendingBranch, _ memory: inout Int) -> Bool {
    let index = node.index(key)
    if node.height > 1 {
      let child = PendingBranch(node.children[index])
      guard remove(key, below: child, &memory) else { return false }
      if child.count == 0 {
        child.release(&memory)
        node.remove(at: index)
      }
      return true
    }
    let leaf = PendingLeaf(node.children[index])
    let place = leaf.keys.lowerBound(key, count: leaf.count)
    guard place < leaf.count, leaf.keys[place] == key else { return false }
    leaf.remove(at: place)
    if leaf.count < PendingLeaf.capacity / 4 { thin(node, index, &memory) }
    return true
  }

  /// Frees an empty leaf, or joins a thin one with a neighbour where together they leave room.
  private static func thin(_ node: PendingBranch, _ index: Int, _ memory: inout Int) {
    let leaf = PendingLeaf(node.children[index])
    if leaf.count == 0 {
      leaf.release(&memory)
      node.remove(at: index)
      return
    }
    let left = index + 1 < node.count ? index : index - 1
    guard left >= 0, left + 1 < node.count else { return }
    let lower = PendingLeaf(node.children[left])
    let upper = PendingLeaf(node.children[left + 1])
    guard lower.count + upper.count <= PendingLeaf.capacity * 3 / 4 else { return }
    lower.append(upper)
    upper.release(&memory)
    node.remove(at: left + 1)
  }

  /// Takes a level away while the top has a single node below.
  private mutating func lower(_ memory: inout Int) {
    while top.height > 1, top.count == 1 {
      let child = PendingBranch(top.children[0])
      top.release(&memory)
      top = child
    }
  }

  /// Takes out the lowest key; there is one.
  mutating func takeFirst(_ memory: inout Int) -> UInt32 {
    var node = top
    while node.height > 1 { node = PendingBranch(node.children[0]) }
    let leaf = PendingLeaf(node.children[0])
    let key = leaf.keys[0]
    if leaf.count == 1 {
      _ = remove(key, &memory)
    } else {
      leaf.head &+= 1
      leaf.count &-= 1
    }
    return key
  }

  // MARK: The whole

  /// Calls `body` with each key from `first` to below `end`, ascending, until it returns false. Returns false if it did.
  @inlinable func forEach(from first: UInt32, to end: UInt32, _ body: (UInt32) -> Bool) -> Bool {
    PendingTree.forEach(below: top, from: first, to: end, body)
  }

  @inlinable
  static func forEach(below node: PendingBranch, from first: UInt32, to end: UInt32, _ body: (UInt32) -> Bool) -> Bool {
    for index in node.index(first)..<node.count {
      if index > 0, node.keys[index] >= end { return true }
      if node.height > 1 {
        if !forEach(below: PendingBranch(node.children[index]), from: first, to: end, body) { return false }
      } else {
        let leaf = PendingLeaf(node.children[index])
        for place in leaf.keys.lowerBound(first, count: leaf.count)..<leaf.count {
          let key = leaf.keys[place]
          if key >= end { return true }
          if !body(key) { return false }
        }
      }
    }
    return true
  }

  func release(_ memory: inout Int) { PendingTree.release(top, &memory) }

  private static func release(_ node: PendingBranch, _ memory: inout Int) {
    for index in 0..<node.count {
      if node.height > 1 {
        release(PendingBranch(node.children[index]), &memory)
      } else {
        PendingLeaf(node.children[index]).release(&memory)
      }
    }
    node.release(&memory)
  }

  func copy() -> PendingTree { PendingTree(PendingTree.copy(top).base) }

  private static func copy(_ node: PendingBranch) -> PendingBranch {
    let duplicate = PendingBranch(HeapBytes.allocate(PendingBranch.byteSize))
    duplicate.base.copyMemory(from: node.base, byteCount: PendingBranch.byteSize)
    for index in 0..<node.count {
      if node.height > 1 {
        duplicate.children[index] = copy(PendingBranch(node.children[index])).base
      } else {
        let leaf = HeapBytes.allocate(PendingLeaf.byteSize)
        leaf.copyMemory(from: node.children[index], byteCount: PendingLeaf.byteSize)
        duplicate.children[index] = leaf
      }
    }
    return duplicate
  }

  /// What the tree costs, counted afresh.
  var memory: Int { PendingTree.memory(top) }

  private static func memory(_ node: PendingBranch) -> Int {
    var sum = HeapBytes.cost(PendingBranch.byteSize)
    for index in 0..<node.count {
      sum += node.height > 1 ? memory(PendingBranch(node.children[index])) : HeapBytes.cost(PendingLeaf.byteSize)
    }
    return sum
  }

  func brokenInvariant() -> String? { PendingTree.brokenInvariant(top, from: 0, to: .max) }

  private static func brokenInvariant(_ node: PendingBranch, from first: UInt32, to end: UInt32) -> String? {
    guard node.count > 0, node.count <= PendingBranch.capacity else {
      return "a pending branch has \(node.count) children"
    }
    for index in 0..<node.count {
      let low = index == 0 ? first : node.keys[index]
      let high = index + 1 < node.count ? node.keys[index + 1] : end
      guard low >= first, low < high, high <= end else { return "a pending branch's keys are not ascending" }
      if node.height > 1 {
        let child = PendingBranch(node.children[index])
        guard child.height == node.height - 1 else { return "a pending branch is at the wrong height" }
        if let broken = brokenInvariant(child, from: low, to: high) { return broken }
      } else {
        let leaf = PendingLeaf(node.children[index])
        guard leaf.count > 0, leaf.head + leaf.count <= PendingLeaf.capacity else {
          return "a pending leaf's size is wrong"
        }
        guard leaf.keys[0] >= low, leaf.keys[leaf.count - 1] < high else { return "a pending key is in the wrong leaf" }
      }
    }
    return nil
  }
}
