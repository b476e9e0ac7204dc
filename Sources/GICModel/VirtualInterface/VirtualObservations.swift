import InterruptTrace

/// What the capture shows of the virtual CPU interfaces, beside register reads.
extension GICv3 where Store: ~Copyable {
  /// Brings the highest-priority pending virtual interrupt and the virtual lines of a PE up to date.
  @inline(__always) mutating func refreshVirtual(_ pe: Int) {
    if pes[pe].virtual.isStale { refreshStaleVirtual(pe) }
  }

  @inline(never) private mutating func refreshStaleVirtual(_ pe: Int) {
    if pes[pe].virtual.virtualLPIIsStale { refreshVirtualLPI(pe) }
    pes[pe].virtual.refresh()
  }

  /// The highest-priority pending virtual interrupt, as the controller computed it: the index of its list register or
  /// 16 for a virtual LPI, and apart from that the best virtual LPI of the resident vPE.
  @inline(__always) mutating func observeVirtualHighestPending(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    refreshVirtual(pe)
    let seenIndex = Int32(truncatingIfNeeded: event.a)
    let seenPriority = UInt32(truncatingIfNeeded: event.b >> 32) & 0xFFFF
    let priority = pes[pe].virtual.virtualLPIPriority
    if pes[pe].virtual.best == seenIndex,
      priority >= 0xFF
        ? seenPriority >= 0xFF
        : priority == seenPriority && pes[pe].virtual.virtualLPI == UInt32(truncatingIfNeeded: event.b)
    {
      ledger.count(PredictionLedger.check(.virtualHighestPending), .agreed)
    } else {
      differVirtualHighestPending(event, pe: pe, index: seenIndex, priority: seenPriority)
    }
  }

  @inline(never)
  private mutating func differVirtualHighestPending(_ event: Event, pe: Int, index: Int32, priority: UInt32) {
    let seenLPI = priority >= 0xFF ? nil : (intid: UInt32(truncatingIfNeeded: event.b), priority: priority)
    let expected = packVirtualHighest(
      pes[pe].virtual.best, lpi: pes[pe].virtual.virtualLPIPriority >= 0xFF ? nil : pes[pe].virtual.virtualLPI)
    let lpiIsTaught = reconcileVirtualLPI(pe, seen: seenLPI)
    let isTaught = reconcileVirtualHighest(pe, seen: index) && lpiIsTaught
    differ(
      PredictionLedger.check(.virtualHighestPending), expected: expected,
      seen: packVirtualHighest(index, lpi: seenLPI?.intid), isTaught: isTaught, pe: event.pe)
  }

  /// An observation as it stands in reports: index in 31:0, virtual LPI or 0 in 63:32.
  private func packVirtualHighest(_ index: Int32, lpi: UInt32?) -> UInt64 {
    UInt64(UInt32(bitPattern: index)) | UInt64(lpi ?? 0) << 32
  }

  /// Virtual interrupt requests to a PE.
  @inline(__always) mutating func observeVirtualLines(_ event: Event, pe: Int, seen: CPULines, shown: CPULines) {
    refreshVirtual(pe)
    let expected = pes[pe].virtual.lines.intersection(shown)
    if expected == seen.intersection([.virq, .vfiq]) {
      countLines(shown.intersection([.virq, .vfiq]))
    } else {
      let virtual: CPULines = [.virq, .vfiq]
      differVirtualLines(
        pe: pe, expected: expected, seen: seen.intersection(virtual), shown: shown.intersection(virtual))
    }
  }

  @inline(never)
  private mutating func differVirtualLines(pe: Int, expected: CPULines, seen: CPULines, shown: CPULines) {
    let isTaught = reconcileVirtualLines(pe, seen: seen, shown: shown)
    differLines(pe: pe, expected, seen, shown: shown, isTaught: isTaught)
  }

  /// The state that predictions about a virtual interface follow from, in one line.
  func explainVirtual(_ pe: Int) -> String {
    let virtual = pes[pe].virtual
    var parts = [
      "ICH_HCR \(hex(virtual.hypervisorControl)), ICH_VMCR \(hex(virtual.machineControl))",
      "virtual RPR \(hex(virtual.runningPriority)), best \(virtual.best)",
    ]
    for n in 0..<virtual.listRegisterCount where virtual.valid.bit(n) {
      parts.append("LR\(n) \(hex(virtual.listRegisters[n].bits))")
    }
    if virtual.virtualLPIPriority < 0xFF {
      parts.append("vLPI \(virtual.virtualLPI) prio \(hex(virtual.virtualLPIPriority))")
    }
    return parts.joined(separator: "; ")
  }
}
