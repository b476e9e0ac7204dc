/// Takes lives that have come to their close; what it gets is valid only while it runs.
public typealias LifeConsumer = (UnsafeBufferPointer<InterruptLife>) throws -> Void

/// Lives that have come to their close and wait for a consumer. Grows to what one batch yields, and no further.
struct LifeBuffer: ~Copyable {
  private var storage: UnsafeMutablePointer<InterruptLife>
  private var capacity = 64
  private(set) var count = 0

  init() { storage = .allocate(capacity: capacity) }

  deinit { storage.deallocate() }

  var lives: UnsafeBufferPointer<InterruptLife> { UnsafeBufferPointer(start: storage, count: count) }

  mutating func append(_ life: InterruptLife) {
    if count == capacity {
      let bigger = UnsafeMutablePointer<InterruptLife>.allocate(capacity: capacity * 2)
      bigger.update(from: storage, count: count)
      storage.deallocate()
      storage = bigger
      capacity *= 2
    }
    storage[count] = life
    count += 1
  }

  mutating func removeAll() { count = 0 }
}
