import InterruptTrace

/// How PEs are named: by linear number, with the affinity beside it where that is another number.
public struct PENaming: Sendable {
  private var affinities: [UInt64: UInt32] = [:]

  /// The naming that a topology implies. O(entries).
  public init(_ topology: Topology) {
    for entry in topology.entries where entry.key == .affinity {
      let affinity = UInt32(truncatingIfNeeded: entry.value)
      if affinity != entry.index { affinities[UInt64(entry.domain) << 32 | UInt64(entry.index)] = affinity }
    }
  }

  /// The affinity of a PE, if it is not its number.
  public func affinity(of pe: UInt32, domain: UInt16 = 0) -> UInt32? { affinities[UInt64(domain) << 32 | UInt64(pe)] }

  /// `3`, `16 (1.0)` where the affinity is another number, `–` for no PE.
  public func text(_ pe: UInt32, domain: UInt16 = 0) -> String {
    guard pe != PE.none else { return "–" }
    guard let affinity = affinity(of: pe, domain: domain) else { return "\(pe)" }
    var levels = [affinity >> 24, affinity >> 16 & 255, affinity >> 8 & 255, affinity & 255]
    while levels.count > 2, levels[0] == 0 { levels.removeFirst() }
    return "\(pe) (\(levels.map(String.init).joined(separator: ".")))"
  }

  /// The members of a JSON object that name a PE; `null` for no PE.
  public func json(_ pe: UInt32, domain: UInt16 = 0) -> [ValueTree.Member] {
    guard pe != PE.none else { return [.init("pe", .unknown)] }
    var members = [ValueTree.Member("pe", .number(UInt64(pe)))]
    if let affinity = affinity(of: pe, domain: domain) { members.append(.init("affinity", .number(UInt64(affinity)))) }
    return members
  }
}
