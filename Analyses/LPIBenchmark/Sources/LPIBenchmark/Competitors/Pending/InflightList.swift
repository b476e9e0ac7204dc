/// A linked list of keys per PE, kept sorted by walking from its head: Xen's list of interrupts in flight.
///
/// Xen's list links the interrupts themselves, so it takes one out without a walk; this one walks.
struct InflightList: ~Copyable, PendingOrder {
  struct Node: BitwiseCopyable {
    var key: UInt32
    var next: UnsafeMutablePointer<Node>?
  }

  struct List: BitwiseCopyable {
    var head: UnsafeMutablePointer<Node>?
    var count = 0
  }

  var lists: PETable<List>
  var free: UnsafeMutablePointer<Node>?
  var nodeCount = 0

  /// Nothing pending.
  init(limit: UInt32) {
    lists = PETable(empty: List())
  }

  deinit {
    for pe in 0..<lists.count { InflightList.release(lists.base[pe].head) }
    InflightList.release(free)
  }

  private static func release(_ first: UnsafeMutablePointer<Node>?) {
    var next = first
    while let node = next {
      next = node.pointee.next
      node.deallocate()
    }
  }

  /// O(n).
  mutating func insert(_ key: UInt32, pe: UInt32) -> Bool {
    let list = lists.make(pe)
    var previous: UnsafeMutablePointer<Node>?
    var next = list.pointee.head
    while let node = next, node.pointee.key < key {
      previous = node
      next = node.pointee.next
    }
    if let next, next.pointee.key == key { return false }
    let node = take()
    node.pointee = Node(key: key, next: next)
    if let previous { previous.pointee.next = node } else { list.pointee.head = node }
    list.pointee.count &+= 1
    return true
  }

  mutating func take() -> UnsafeMutablePointer<Node> {
    if let node = free {
      free = node.pointee.next
      return node
    }
    nodeCount += 1
    return .allocate(capacity: 1)
  }

  /// O(n).
  mutating func remove(_ key: UInt32, pe: UInt32) -> Bool {
    guard let list = lists.at(pe) else { return false }
    var previous: UnsafeMutablePointer<Node>?
    var next = list.pointee.head
    while let node = next, node.pointee.key < key {
      previous = node
      next = node.pointee.next
    }
    guard let node = next, node.pointee.key == key else { return false }
    if let previous { previous.pointee.next = node.pointee.next } else { list.pointee.head = node.pointee.next }
    list.pointee.count &-= 1
    node.pointee.next = free
    free = node
    return true
  }

  /// O(1).
  func first(pe: UInt32) -> UInt32 { lists.at(pe)?.pointee.head?.pointee.key ?? .max }

  /// O(n).
  func contains(_ key: UInt32, pe: UInt32) -> Bool {
    var next = lists.at(pe)?.pointee.head
    while let node = next, node.pointee.key < key { next = node.pointee.next }
    return next?.pointee.key == key
  }

  /// O(1).
  func count(pe: UInt32) -> Int { lists.at(pe)?.pointee.count ?? 0 }

  /// Ascending.
  func forEach(pe: UInt32, _ body: (UInt32) -> Bool) {
    var next = lists.at(pe)?.pointee.head
    while let node = next, body(node.pointee.key) { next = node.pointee.next }
  }

  /// Bytes allocated.
  var memoryInUse: Int { lists.memoryInUse + nodeCount * 32 }

  /// An independent copy.
  borrowing func copy() -> InflightList {
    var duplicate = InflightList(limit: 0)
    for pe in 0..<lists.count {
      var keys: [UInt32] = []
      forEach(pe: UInt32(pe)) {
        keys.append($0)
        return true
      }
      for key in keys.reversed() { _ = duplicate.insert(key, pe: UInt32(pe)) }
    }
    return duplicate
  }
}
