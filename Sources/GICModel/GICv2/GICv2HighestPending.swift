import InterruptTrace

/// Which interrupt a PE would be signalled: the highest priority, the lowest INTID among equals (IHI 0048B, 3.3).
extension GICv2 {
  /// The highest-priority pending interrupt of a PE, recomputed if something changed.
  @inline(__always) mutating func highest(_ pe: Int) -> GICv2Pending {
    if interfaces[pe].highestIsStale { refreshHighest(pe) }
    return interfaces[pe].highest
  }

  @inline(never) private mutating func refreshHighest(_ pe: Int) {
    interfaces[pe].highest = computeHighest(pe)
    interfaces[pe].highestIsStale = false
  }

  func computeHighest(_ pe: Int) -> GICv2Pending {
    if departures.contains(.acknowledgesEitherGroup), interfaces[pe].interface.control & 0b11 == 0 { return .none }
    var best = GICv2Pending.none
    var words = distributor.candidateSummary[pe]
    while words != 0 {
      let word = words.lowestBit
      words &= words &- 1
      let bank = bank(pe, word)
      var bits = distributor.candidates[GICv2Distributor.plane(pe, word)]
      while bits != 0 {
        let bit = bits.lowestBit
        bits &= bits &- 1
        let priority = UInt32(bank.priority(bit))
        if priority < best.priority {
          best.intid = UInt32(word &<< 5 | bit)
          best.priority = priority
        }
      }
    }
    if !best.isNone { best.isGroup1 = group(pe, Int(best.intid)) != .group0 }
    return best
  }

  /// The interrupt request lines of a PE for its highest pending interrupt (IHI 0048B, 2.3 and 4.4.1).
  @inline(__always) func lines(_ pe: Int, _ pending: GICv2Pending) -> CPULines {
    guard interfaces[pe].interface.signals(pending, departures),
      distributor.control.value & (pending.isGroup1 ? 2 : 1) != 0
    else { return [] }
    return interfaces[pe].interface.line(pending)
  }

  /// The INTID that a read of an acknowledge or highest-pending register shows for `pending`, without a source
  /// (IHI 0048B, 3.4.2 and tables 3-1, 4-39): Non-secure accesses see Group 1 only, and so does an aliased register;
  /// the others see Group 1 only if `GICC_CTLR.AckCtl` is set, else 1022.
  func visible(_ pending: GICv2Pending, control: UInt32, isAlias: Bool, nonSecure: Bool) -> UInt32 {
    if pending.isNone { return INTID.spurious }
    if !pending.isGroup1 { return nonSecure || isAlias ? INTID.spurious : pending.intid }
    if nonSecure || isAlias || control & GICv2Control.acknowledgeControl != 0 { return pending.intid }
    return INTID.nonMaskable
  }

  /// An INTID as `GICC_IAR` returns it: an SGI with the lowest of the sources that it is pending from.
  @inline(__always) func withSource(_ intid: UInt32, pe: Int) -> UInt32 {
    guard intid < 16 else { return intid }
    let sources = distributor.sources[pe &<< 4 | Int(intid)]
    return sources == 0 ? intid : intid | UInt32(sources.trailingZeroBitCount) &<< 10
  }

  /// What `GICC_HPPIR` and `GICC_AHPPIR` return (IHI 0048B, 4.4.7).
  mutating func highestPendingValue(_ pe: Int, isAlias: Bool, nonSecure: Bool) -> UInt32 {
    var pending = highest(pe)
    let interface = interfaces[pe].interface
    let isMasked = departures.contains(.highestPendingIsMasked)
    if isMasked, pending.priority >= interface.priorityMask { pending = .none }
    let intid = visible(pending, control: interface.control, isAlias: isAlias, nonSecure: nonSecure)
    return isMasked ? intid : withSource(intid, pe: pe)
  }
}
