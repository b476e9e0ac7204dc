/// Pages of 512 8-byte records, made when first used: Xen's table of host LPIs.
struct TwoLevelTable: ~Copyable, LPIRecordTable {
  let pages: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
  let pageCount: Int
  var recordCount: Int

  /// An empty table; one pointer per 512 INTIDs.
  init(limit: UInt32) {
    pageCount = (Int(limit) + 511) / 512
    pages = .allocate(capacity: pageCount)
    pages.initialize(repeating: nil, count: pageCount)
    recordCount = 0
  }

  deinit {
    for index in 0..<pageCount { pages[index]?.deallocate() }
    pages.deallocate()
  }

  /// Two loads.
  @inline(__always)
  func bits(_ intid: UInt32) -> UInt64 {
    guard let page = pages[Int(intid >> 9)] else { return 0 }
    return page[Int(intid & 511)]
  }

  /// Makes the page if need be. Pages stay.
  mutating func setBits(_ intid: UInt32, _ bits: UInt64) {
    let page: UnsafeMutablePointer<UInt64>
    if let there = pages[Int(intid >> 9)] {
      page = there
    } else {
      if bits == 0 { return }
      page = .allocate(capacity: 512)
      page.initialize(repeating: 0, count: 512)
      pages[Int(intid >> 9)] = page
    }
    recordCount += (bits != 0 ? 1 : 0) - (page[Int(intid & 511)] != 0 ? 1 : 0)
    page[Int(intid & 511)] = bits
  }

  /// By INTID.
  func forEach(_ body: (UInt32, UInt64) -> Bool) {
    for index in 0..<pageCount {
      guard let page = pages[index] else { continue }
      for low in 0..<512 where page[low] != 0 {
        if !body(UInt32(index * 512 + low), page[low]) { return }
      }
    }
  }

  /// Records.
  var count: Int { recordCount }

  /// Bytes allocated.
  var memoryInUse: Int {
    var sum = pageCount * 8 + 16
    for index in 0..<pageCount where pages[index] != nil { sum += 4096 + 16 }
    return sum
  }

  /// An independent copy.
  borrowing func copy() -> TwoLevelTable {
    var duplicate = TwoLevelTable(limit: UInt32(pageCount * 512))
    forEach { intid, bits in
      duplicate.setBits(intid, bits)
      return true
    }
    return duplicate
  }
}
