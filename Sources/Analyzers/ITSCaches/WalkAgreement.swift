/// The table reads that a capture shows against those that the walks have, walk by walk.
struct WalkAgreement {
  private static let tables = ITSCacheTable.allCases.count
  private var walked = InlineArray<5, UInt32>(repeating: 0)
  private var shown = InlineArray<5, UInt32>(repeating: 0)
  /// Bit n is set if a count of table n is not 0.
  private var touched: UInt8 = 0
  private var isOpen = false
  private var isCounted = false
  private var totals = InlineArray<5, ITSCaches.Agreement> { ITSCaches.Agreement(table: ITSCacheTable.allCases[$0]) }

  /// A walk begins: what was shown since the last began belongs to that.
  mutating func begins(isCounted: Bool) {
    close()
    isOpen = true
    self.isCounted = isCounted
  }

  @inline(__always) mutating func walks(_ table: ITSCacheTable) {
    walked[Int(table.rawValue)] &+= 1
    touched |= 1 << table.rawValue
  }

  @inline(__always) mutating func shows(_ table: ITSCacheTable) {
    shown[Int(table.rawValue)] &+= 1
    touched |= 1 << table.rawValue
  }

  private mutating func close() {
    while touched != 0 {
      let n = touched.trailingZeroBitCount
      touched &= touched &- 1
      if isOpen, isCounted {
        totals[n].walked &+= UInt64(walked[n])
        totals[n].shown &+= UInt64(shown[n])
        if walked[n] == shown[n] { totals[n].agreed &+= 1 } else { totals[n].differed &+= 1 }
      }
      walked[n] = 0
      shown[n] = 0
    }
  }

  /// Tables whose reads the capture shows at all.
  var rows: [ITSCaches.Agreement] {
    var copy = self
    copy.close()
    return (0..<Self.tables).map { copy.totals[$0] }.filter { $0.shown > 0 }
  }
}
