import Glibc

/// A flat array of 8-byte records over the whole INTID space, in reserved address space: the bytemap of a GICv2-era VGIC, grown
/// to LPIs. Nothing is faster to look up; memory is by touched pages.
struct FlatTable: ~Copyable, LPIRecordTable {
  let base: UnsafeMutablePointer<UInt64>
  let limit: UInt32
  var recordCount: Int

  /// An empty table; reserves 8 bytes per INTID of address space.
  init(limit: UInt32) {
    self.limit = limit
    recordCount = 0
    let memory = mmap(nil, Int(limit) * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("no address space for \(limit) records") }
    base = memory.bindMemory(to: UInt64.self, capacity: Int(limit))
  }

  deinit {
    munmap(base, Int(limit) * 8)
  }

  /// One load.
  @inline(__always)
  func bits(_ intid: UInt32) -> UInt64 { base[Int(intid)] }

  /// One store.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) {
    recordCount += (bits != 0 ? 1 : 0) - (base[Int(intid)] != 0 ? 1 : 0)
    base[Int(intid)] = bits
  }

  /// Walks the whole space, page by page that exists.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    for page in resident() {
      for index in page * 512..<min((page + 1) * 512, Int(limit)) where base[index] != 0 {
        if !body(UInt32(index), base[index]) { return }
      }
    }
  }

  /// Memory pages that exist.
  private func resident() -> [Int] {
    let count = (Int(limit) * 8 + 4095) / 4096
    var map = [UInt8](repeating: 0, count: count)
    guard mincore(base, count * 4096, &map) == 0 else { return Array(0..<count) }
    return (0..<count).filter { map[$0] & 1 != 0 }
  }

  /// Records.
  var count: Int { recordCount }
  /// Bytes of pages that exist.
  var memoryInUse: Int { resident().count * 4096 }
  /// All of them are mapped.
  var mappedMemory: Int { memoryInUse }

  /// An independent copy.
  borrowing func copy() -> FlatTable {
    var duplicate = FlatTable(limit: limit)
    forEach { intid, bits in
      duplicate.setBits(intid, bits)
      return true
    }
    return duplicate
  }
}
