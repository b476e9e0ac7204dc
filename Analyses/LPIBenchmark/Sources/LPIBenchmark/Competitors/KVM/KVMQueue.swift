/// A vCPU's list of pending interrupts (`ap_list`): in order of arrival, sorted when somebody looks at its head.
struct KVMQueue: BitwiseCopyable {
  var head: UnsafeMutablePointer<KVMInterrupt>?
  var tail: UnsafeMutablePointer<KVMInterrupt>?
  var count = 0
  var isSorted = true

  mutating func append(_ interrupt: UnsafeMutablePointer<KVMInterrupt>, pe: UInt32) {
    interrupt.pointee.pe = pe
    interrupt.pointee.next = nil
    interrupt.pointee.previous = tail
    if let tail {
      if tail.pointee.key > interrupt.pointee.key { isSorted = false }
      tail.pointee.next = interrupt
    } else {
      head = interrupt
      isSorted = true
    }
    tail = interrupt
    count += 1
  }

  mutating func unlink(_ interrupt: UnsafeMutablePointer<KVMInterrupt>) {
    let next = interrupt.pointee.next
    let previous = interrupt.pointee.previous
    if let previous { previous.pointee.next = next } else { head = next }
    if let next { next.pointee.previous = previous } else { tail = previous }
    interrupt.pointee.pe = .max
    count -= 1
  }

  /// A merge sort that only relinks, as the kernel's `list_sort`.
  mutating func sort() {
    if isSorted { return }
    isSorted = true
    head = KVMQueue.sorted(head, count)
    var previous: UnsafeMutablePointer<KVMInterrupt>?
    var next = head
    while let interrupt = next {
      interrupt.pointee.previous = previous
      previous = interrupt
      next = interrupt.pointee.next
    }
    tail = previous
  }

  private static func sorted(
    _ first: UnsafeMutablePointer<KVMInterrupt>?, _ count: Int
  ) -> UnsafeMutablePointer<KVMInterrupt>? {
    if count <= 1 {
      first?.pointee.next = nil
      return first
    }
    var middle = first
    for _ in 0..<count / 2 { middle = middle?.pointee.next }
    var right = sorted(middle, count - count / 2)
    var left = sorted(first, count / 2)
    var head: UnsafeMutablePointer<KVMInterrupt>?
    var last: UnsafeMutablePointer<KVMInterrupt>?
    while let a = left ?? right {
      let lower: UnsafeMutablePointer<KVMInterrupt>
      if let l = left, right == nil || l.pointee.key <= right.unsafelyUnwrapped.pointee.key {
        lower = l
        left = l.pointee.next
      } else {
        lower = right ?? a
        right = lower.pointee.next
      }
      if let last { last.pointee.next = lower } else { head = lower }
      last = lower
    }
    last?.pointee.next = nil
    return head
  }
}
