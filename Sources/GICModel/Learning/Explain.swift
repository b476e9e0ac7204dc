import InterruptTrace

extension GICv3 where Store: ~Copyable {
  /// The state of a PE and of the interrupts concerned, in one line.
  func explain(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> String {
    if PredictionLedger.isVirtual(check), Int(pe) < peCount { return explainVirtual(Int(pe)) }
    var parts: [String] = []
    if Int(pe) < peCount {
      let element = pes[Int(pe)]
      parts.append("PE \(pe): PMR \(hex(element.priorityMask)), RPR \(hex(element.runningPriority))")
      parts.append("IGRPEN0/1S/1NS \(element.groupEnable[0])/\(element.groupEnable[1])/\(element.groupEnable[2])")
      parts.append("HPPI \(element.highest.intid) prio \(hex(element.highest.priority))")
      if !hasOneSecurityState { parts.append("security \(element.security)") }
    }
    parts.append("GICD_CTLR \(hex(distributor.control.value))")
    for intid in intids(of: check, expected: expected, seen: seen, pe: pe) {
      parts.append(describe(intid: intid, pe: pe))
    }
    return parts.joined(separator: "; ")
  }

  /// The interrupts that a prediction is about: the values themselves where they are INTIDs, for a line what is pending.
  private func intids(of check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> [UInt32] {
    let all: Set<UInt64>
    switch PredictionLedger.describe(check).kind {
    case .acknowledge, .highestPending: all = [expected, seen]
    case .line: all = Int(pe) < peCount ? [UInt64(pes[Int(pe)].highest.intid)] : []
    default: all = []
    }
    return all.sorted().filter { $0 < 1020 || $0 >= 8192 && $0 < 1 << 24 }.map { UInt32($0) }
  }

  private func describe(intid: UInt32, pe: UInt32) -> String {
    if INTID.isSPI(intid) || Int(pe) < peCount && intid < INTID.firstSPI {
      let (n, bit) = (Int(intid), Int(intid) & 31)
      let bank = bank(Int(pe), n >> 5)
      var text = "INTID \(intid): enabled \(bank.pointee.enabled[bit]), pending \(bank.pointee.isPending(bit))"
      text += ", active \(bank.pointee.active[bit]), priority \(hex(UInt32(bank.pointee.priority[bit])))"
      return INTID.isSPI(intid) ? text + ", route PE \(distributor.route[n])" : text
    }
    let record = lpis.record(intid)
    return
      "LPI \(intid): pending \(lpis.isPending(intid, pe: pe)), configuration \(record.isKnown ? hex(UInt32(record.property)) : "unknown")"
  }
}
