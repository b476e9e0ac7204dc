import InterruptTrace

/// A domain, a PE and an INTID in one word, for tables. INTIDs have at most 24 bits (IHI 0069H, 2.2).
struct InterruptKey: Equatable {
  private static let noPE: UInt32 = 0xFF_FFFF

  var rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }

  @inline(__always) init(domain: UInt16, pe: UInt32, intid: UInt32) {
    rawValue = UInt64(domain) << 48 | UInt64(pe & Self.noPE) << 24 | UInt64(intid & 0xFF_FFFF)
  }

  /// The interrupt itself: SGIs and PPIs are private to a PE, all others belong to the domain.
  @inline(__always) static func interrupt(domain: UInt16, pe: UInt32, intid: UInt32) -> InterruptKey {
    InterruptKey(domain: domain, pe: INTID.isPrivate(intid) ? pe : PE.none, intid: intid)
  }

  var domain: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 48) }
  var pe: UInt32 {
    let pe = UInt32(truncatingIfNeeded: rawValue >> 24) & Self.noPE
    return pe == Self.noPE ? PE.none : pe
  }
  var intid: UInt32 { UInt32(truncatingIfNeeded: rawValue) & 0xFF_FFFF }
}

extension Transition {
  /// The key of the interrupt itself.
  @inline(__always) var interruptKey: UInt64 { InterruptKey.interrupt(domain: domain, pe: pe, intid: intid).rawValue }
}
