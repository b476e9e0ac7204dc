import InterruptTrace

/// What decides whether interrupts reach a PE, reported where it changes.
extension GICv2 {
  /// The groups of `GICD_CTLR` or `GICC_CTLR` as ``InterruptGroup`` numbers them: 0, and 2 for Group 1.
  private static func groups(_ control: UInt32) -> UInt32 { control & 1 | (control >> 1 & 1) << 2 }

  func conditions(_ pe: Int) -> DeliveryConditions {
    let interface = interfaces[pe].interface
    let control = interface.control
    // Group 1 and the Non-secure EOImode are what Non-secure software sees of the register.
    let knownControl: UInt32 =
      interface.known.contains(.control)
      ? 0b1100_1010 : interface.known.contains(.nonSecureControl) && hasTwoSecurityStates ? 0b0100_1000 : 0
    return DeliveryConditions(
      priorityMask: interface.priorityMask,
      groups: Self.groups(control),
      // Without the Security Extensions there is one EOImode.
      flags: hasTwoSecurityStates ? (control >> 10 & 1) << 2 | (control >> 9 & 1) << 3 : (control >> 9 & 1) << 2,
      known: (interface.known.contains(.priorityMask) ? 1 : 0) | knownControl
    )
  }

  mutating func exchangeReported(_ pe: Int, for now: DeliveryConditions) -> DeliveryConditions {
    defer { interfaces[pe].reportedConditions = now }
    return interfaces[pe].reportedConditions
  }

  var groupEnables: Learned<UInt32> {
    Learned(Self.groups(distributor.control.value), known: Self.groups(distributor.control.known))
  }

  // MARK: What the capture shows of a PE

  /// Reports the interrupt requests to a PE that are different from those last reported.
  @inline(__always) mutating func reportLines(_ pe: Int, _ seen: CPULines, shown: CPULines) {
    let now = interfaces[pe].reportedLines.subtracting(shown).union(seen.intersection(shown))
    guard now != interfaces[pe].reportedLines else { return }
    changeReportedLines(pe, to: now)
  }

  private mutating func changeReportedLines(_ pe: Int, to now: CPULines) {
    let changed = now.symmetricDifference(interfaces[pe].reportedLines)
    emit(.cpuLine, pe: pe, a: now.rawValue, b: changed.rawValue)
    interfaces[pe].reportedLines = now
    let bit = UInt8(1) &<< UInt8(pe)
    raisedLines = now.isEmpty ? raisedLines & ~bit : raisedLines | bit
  }

  /// Reports the highest-priority pending interrupt of a PE if it is another than the one last reported.
  @inline(__always) mutating func reportHighest(_ pe: Int, intid: UInt32, priority: UInt32) {
    let now = intid >= 1020 ? UInt32.max : intid
    guard now != interfaces[pe].reportedHighest else { return }
    interfaces[pe].reportedHighest = now
    let bit = UInt8(1) &<< UInt8(pe)
    reportedPending = now == .max ? reportedPending & ~bit : reportedPending | bit
    emit(.highestPending, pe: pe, intid: now, priority: now == .max ? 0xFF : priority)
  }

  /// Reports the lines that an evaluation did not show, and the PEs that it showed nothing pending for: they are low,
  /// and have nothing.
  @inline(never) mutating func reportSilence(_ fell: UInt8, _ none: UInt8) {
    for pe in 0..<peCount {
      let bit = UInt8(1) &<< UInt8(pe)
      if fell & bit != 0 { changeReportedLines(pe, to: []) }
      if none & reportedPending & bit != 0, evaluation.highest & bit == 0 {
        reportHighest(pe, intid: INTID.spurious, priority: 0xFF)
      }
    }
  }
}
