import InterruptTrace

/// Which list registers of each PE hold an interrupt.
struct ListRegistersHeld {
  private var held: [UInt64: UInt64] = [:]

  /// List registers in use on a PE.
  func count(domain: UInt16, pe: UInt32) -> Int { (held[Self.key(domain, pe)] ?? 0).nonzeroBitCount }

  /// Takes in a transition; the number in use on its PE if that has changed by it.
  mutating func changed(by t: Transition) -> Int? {
    let key = Self.key(t.domain, t.pe)
    let bit = UInt64(1) << (t.listRegister.index & 63)
    let before = held[key] ?? 0
    var after = before
    switch t.kind {
    case .lrFilled: after |= bit
    case .lrEmptied: after &= ~bit
    default: return nil
    }
    held[key] = after
    return after == before ? nil : after.nonzeroBitCount
  }

  private static func key(_ domain: UInt16, _ pe: UInt32) -> UInt64 { UInt64(domain) << 32 | UInt64(pe) }
}
