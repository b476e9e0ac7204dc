/// PE to ``PendingQueue``: 32 queues are made at once, when the first of their PEs has an LPI.
@frozen
@usableFromInline
struct PendingDirectory: ~Copyable {
  @usableFromInline var chunks: UnsafeMutablePointer<UnsafeMutablePointer<PendingQueue>?>
  @usableFromInline var chunkCount: Int
  /// Bytes allocated, the queues' arrays and trees included.
  @usableFromInline var memory: Int

  @usableFromInline
  init(peCount: Int) {
    chunkCount = 0
    memory = 0
    chunks = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
    if peCount > 0 { grow(to: (Swift.min(peCount, Int(LPILimits.peLimit)) - 1) >> 5) }
  }

  @inlinable
  deinit {
    release()
  }

  @usableFromInline
  func release() {
    var unused = 0
    for index in 0..<chunkCount {
      guard let chunk = chunks[index] else { continue }
      for pe in 0..<32 { chunk[pe].release(&unused) }
      HeapBytes.release(chunk)
    }
    if chunkCount > 0 { HeapBytes.release(chunks) }
  }

  /// The PE's queue; nil if it never had an LPI.
  @inlinable @inline(__always)
  func queue(_ pe: UInt32) -> UnsafeMutablePointer<PendingQueue>? {
    let index = Int(pe >> 5)
    if index >= chunkCount { return nil }
    guard let chunk = chunks[index] else { return nil }
    return chunk + Int(pe & 31)
  }

  /// The PE's queue, made if need be. The PE is within limits.
  @inlinable @inline(__always)
  mutating func makeQueue(_ pe: UInt32) -> UnsafeMutablePointer<PendingQueue> {
    if let queue = queue(pe) { return queue }
    return insert(pe)
  }

  @usableFromInline
  mutating func insert(_ pe: UInt32) -> UnsafeMutablePointer<PendingQueue> {
    let index = Int(pe >> 5)
    if index >= chunkCount { grow(to: index) }
    let size = 32 * MemoryLayout<PendingQueue>.stride
    let chunk = HeapBytes.allocate(size).bindMemory(to: PendingQueue.self, capacity: 32)
    chunk.initialize(repeating: PendingQueue(), count: 32)
    chunks[index] = chunk
    memory += HeapBytes.cost(size)
    return chunk + Int(pe & 31)
  }

  /// Makes room for a chunk's pointer.
  private mutating func grow(to index: Int) {
    let grown = Swift.max(index + 1, chunkCount * 2)
    let size = grown * 8
    let larger = HeapBytes.allocate(size).bindMemory(to: UnsafeMutablePointer<PendingQueue>?.self, capacity: grown)
    larger.initialize(repeating: nil, count: grown)
    if chunkCount > 0 {
      larger.update(from: chunks, count: chunkCount)
      HeapBytes.release(chunks)
      memory -= HeapBytes.cost(chunkCount * 8)
    }
    memory += HeapBytes.cost(size)
    chunks = larger
    chunkCount = grown
  }

  /// Calls `body` with each PE that has a queue.
  func forEach(_ body: (UInt32, UnsafeMutablePointer<PendingQueue>) -> Void) {
    for index in 0..<chunkCount {
      guard let chunk = chunks[index] else { continue }
      for pe in 0..<32 { body(UInt32(index << 5 | pe), chunk + pe) }
    }
  }

  borrowing func copy() -> PendingDirectory {
    var duplicate = PendingDirectory(peCount: chunkCount * 32)
    for index in 0..<chunkCount {
      guard let chunk = chunks[index] else { continue }
      _ = duplicate.insert(UInt32(index << 5))
      for pe in 0..<32 { duplicate.chunks[index].unsafelyUnwrapped[pe] = chunk[pe].copy() }
    }
    duplicate.memory = memory
    return duplicate
  }

  func brokenInvariant() -> String? {
    var found = chunkCount > 0 ? HeapBytes.cost(chunkCount * 8) : 0
    for index in 0..<chunkCount where chunks[index] != nil {
      found += HeapBytes.cost(32 * MemoryLayout<PendingQueue>.stride)
    }
    var broken: String?
    forEach { pe, queue in
      found += queue.pointee.memory
      if let inQueue = queue.pointee.brokenInvariant() { broken = broken ?? "PE \(pe): \(inQueue)" }
    }
    if let broken { return broken }
    return found == memory ? nil : "\(found) bytes of pending state found, \(memory) counted"
  }
}
