/// One value per PE, made when first asked for: what hypervisors keep in their array of vCPUs.
struct PETable<Value: BitwiseCopyable>: ~Copyable {
  var base: UnsafeMutablePointer<Value>
  var count: Int
  let empty: Value

  init(empty: Value) {
    self.empty = empty
    count = 64
    base = .allocate(capacity: 64)
    base.initialize(repeating: empty, count: 64)
  }

  deinit {
    base.deallocate()
  }

  /// The PE's value; nil if it was never made.
  @inline(__always)
  func at(_ pe: UInt32) -> UnsafeMutablePointer<Value>? { Int(pe) < count ? base + Int(pe) : nil }

  /// The PE's value. The PE is below 65536.
  @inline(__always)
  mutating func make(_ pe: UInt32) -> UnsafeMutablePointer<Value> {
    if Int(pe) >= count { grow(Int(pe) + 1) }
    return base + Int(pe)
  }

  mutating func grow(_ needed: Int) {
    let larger = max(needed, count * 2)
    let new = UnsafeMutablePointer<Value>.allocate(capacity: larger)
    new.initialize(repeating: empty, count: larger)
    new.update(from: base, count: count)
    base.deallocate()
    base = new
    count = larger
  }

  var memoryInUse: Int { count * MemoryLayout<Value>.stride + 16 }
}
