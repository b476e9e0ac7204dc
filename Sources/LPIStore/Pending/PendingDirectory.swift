import Glibc

/// PE to ``PendingQueue``: an array over all PEs in reserved address space, of which only touched pages exist (128 PEs each).
@frozen
@usableFromInline struct PendingDirectory: ~Copyable {
  /// Zero bytes are empty queues. Not readable while ``readable`` is 0.
  @usableFromInline var queues: UnsafeMutablePointer<PendingQueue>
  /// PEs below this can be looked up: 0 until the first LPI, then all.
  @usableFromInline var readable: UInt32
  /// Bytes allocated, the queues' arrays and trees included.
  @usableFromInline var memory: Int
  /// Which pages have been written, one bit each.
  @usableFromInline var touched: InlineArray<8, UInt64>

  @usableFromInline static var byteSize: Int { Int(LPILimits.peLimit) * MemoryLayout<PendingQueue>.stride }
  @usableFromInline static var pesPerPage: Int { 4096 / MemoryLayout<PendingQueue>.stride }

  @inlinable init() {
    queues = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    readable = 0
    memory = 0
    touched = .init(repeating: 0)
  }

  @inlinable deinit {
    release()
  }

  @usableFromInline func release() {
    if readable == 0 { return }
    var unused = 0
    forEach { _, queue in queue.pointee.release(&unused) }
    munmap(queues, PendingDirectory.byteSize)
  }

  /// The PE's queue; nil if no PE ever had an LPI, or the PE is out of range. Perhaps empty, and then not to be written.
  @inlinable @inline(__always)
  func queue(_ pe: UInt32) -> UnsafeMutablePointer<PendingQueue>? { pe < readable ? queues + Int(pe) : nil }

  /// The PE's queue, which will be written. The PE is within limits.
  @usableFromInline mutating func makeQueue(_ pe: UInt32) -> UnsafeMutablePointer<PendingQueue> {
    if readable == 0 {
      let size = PendingDirectory.byteSize
      let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
      guard let pages, pages != MAP_FAILED else { HeapBytes.outOfMemory(size) }
      queues = pages.bindMemory(to: PendingQueue.self, capacity: Int(LPILimits.peLimit))
      readable = LPILimits.peLimit
    }
    let page = Int(pe) / PendingDirectory.pesPerPage
    if touched[page >> 6] >> UInt64(page & 63) & 1 == 0 {
      touched[page >> 6] |= 1 << UInt64(page & 63)
      memory += 4096
    }
    return queues + Int(pe)
  }

  /// Calls `body` with each PE whose queue is in written memory, ascending.
  func forEach(_ body: (UInt32, UnsafeMutablePointer<PendingQueue>) -> Void) {
    for page in 0..<512 where touched[page >> 6] >> UInt64(page & 63) & 1 != 0 {
      let first = page * PendingDirectory.pesPerPage
      for pe in first..<first + PendingDirectory.pesPerPage { body(UInt32(pe), queues + pe) }
    }
  }

  var mappedMemory: Int {
    var pages = 0
    for word in 0..<8 { pages += touched[word].nonzeroBitCount }
    return pages * 4096
  }

  borrowing func copy() -> PendingDirectory {
    var duplicate = PendingDirectory()
    forEach { pe, queue in
      let copied = duplicate.makeQueue(pe)
      if queue.pointee.count > 0 { copied.pointee = queue.pointee.copy() }
    }
    var kept = duplicate.memory
    duplicate.forEach { _, queue in kept += queue.pointee.memory }
    duplicate.memory = kept
    return duplicate
  }

  func brokenInvariant() -> String? {
    var found = mappedMemory
    var broken: String?
    forEach { pe, queue in
      found += queue.pointee.memory
      if let inQueue = queue.pointee.brokenInvariant() { broken = broken ?? "PE \(pe): \(inQueue)" }
    }
    if let broken { return broken }
    return found == memory ? nil : "\(found) bytes of pending state found, \(memory) counted"
  }
}
