/// One LPI as an object of its own, linked into its vCPU's list of pending interrupts: the shape of KVM's `struct vgic_irq`.
///
/// 48 bytes of heap; the kernel's is more than twice that. No lock, no reference count.
struct KVMInterrupt: BitwiseCopyable {
  var bits: UInt64
  var intid: UInt32
  /// Its key while it is queued.
  var key: UInt32
  var next: UnsafeMutablePointer<KVMInterrupt>?
  var previous: UnsafeMutablePointer<KVMInterrupt>?
  /// The PE whose list it is on; `UInt32.max` if on none.
  var pe: UInt32

  init(intid: UInt32) {
    bits = 0
    self.intid = intid
    key = 0
    next = nil
    previous = nil
    pe = .max
  }
}

/// INTID to ``KVMInterrupt``.
protocol KVMIndex: ~Copyable {
  init()
  func find(_ intid: UInt32) -> UnsafeMutablePointer<KVMInterrupt>?
  mutating func insert(_ interrupt: UnsafeMutablePointer<KVMInterrupt>)
  mutating func remove(_ interrupt: UnsafeMutablePointer<KVMInterrupt>)
  func forEach(_ body: (UnsafeMutablePointer<KVMInterrupt>) -> Bool)
  var memoryInUse: Int { get }
}

/// KVM up to 6.8: a list of all LPIs, walked for each lookup.
struct KVMListIndex: ~Copyable, KVMIndex {
  private struct Link: BitwiseCopyable {
    var interrupt: UnsafeMutablePointer<KVMInterrupt>
    var next: UnsafeMutablePointer<Link>?
  }

  private var head: UnsafeMutablePointer<Link>?
  private var count = 0

  init() {}

  deinit {
    var next = head
    while let link = next {
      next = link.pointee.next
      link.deallocate()
    }
  }

  func find(_ intid: UInt32) -> UnsafeMutablePointer<KVMInterrupt>? {
    var next = head
    while let link = next {
      if link.pointee.interrupt.pointee.intid == intid { return link.pointee.interrupt }
      next = link.pointee.next
    }
    return nil
  }

  mutating func insert(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    let link = UnsafeMutablePointer<Link>.allocate(capacity: 1)
    link.initialize(to: Link(interrupt: interrupt, next: head))
    head = link
    count += 1
  }

  mutating func remove(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    var previous: UnsafeMutablePointer<Link>?
    var next = head
    while let link = next {
      if link.pointee.interrupt == interrupt {
        if let previous { previous.pointee.next = link.pointee.next } else { head = link.pointee.next }
        link.deallocate()
        count -= 1
        return
      }
      previous = link
      next = link.pointee.next
    }
  }

  func forEach(_ body: (UnsafeMutablePointer<KVMInterrupt>) -> Bool) {
    var all: [UnsafeMutablePointer<KVMInterrupt>] = []
    var next = head
    while let link = next {
      all.append(link.pointee.interrupt)
      next = link.pointee.next
    }
    all.sort { $0.pointee.intid < $1.pointee.intid }
    for interrupt in all where !body(interrupt) { return }
  }

  // The kernel's link is inside the interrupt.
  var memoryInUse: Int { count * 32 }
}

/// KVM from 6.9: an xarray of the LPIs.
struct KVMXArrayIndex: ~Copyable, KVMIndex {
  private var tree = RadixTree()

  init() {}

  @inline(__always)
  func find(_ intid: UInt32) -> UnsafeMutablePointer<KVMInterrupt>? {
    UnsafeMutablePointer(bitPattern: UInt(tree[UInt64(intid)]))
  }

  mutating func insert(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    tree.set(UInt64(interrupt.pointee.intid), UInt64(UInt(bitPattern: interrupt)))
  }

  mutating func remove(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) { tree.set(UInt64(interrupt.pointee.intid), 0) }

  func forEach(_ body: (UnsafeMutablePointer<KVMInterrupt>) -> Bool) {
    tree.forEach { _, word in body(UnsafeMutablePointer(bitPattern: UInt(word)).unsafelyUnwrapped) }
  }

  var memoryInUse: Int { tree.memoryInUse }
}
