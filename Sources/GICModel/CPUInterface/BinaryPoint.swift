import InterruptTrace

/// `ICC_BPR0_EL1` and `ICC_BPR1_EL1` (IHI 0069H, 4.8.2).
extension GICv3 where Store: ~Copyable {
  /// Smallest binary point of a group: preemption bits leave no room below (IHI 0069H, 4.8.2).
  func minimumBinaryPoint(_ group: InterruptGroup) -> UInt32 {
    UInt32(7 - preemptionBits) + (group == .group1NonSecure ? 1 : 0)
  }

  /// The group whose binary point a register is, and whether it is Non-secure Group 1's view of Group 0's: below EL3
  /// CBPR lets Group 0's count for both.
  private func binaryPoint(of event: Event, pe: Int) -> (group: InterruptGroup, isView: Bool) {
    let group = event.register == .ICC_BPR0_EL1 ? InterruptGroup.group0 : group1(pe)
    let bank = group == .group1Secure ? 0 : 1
    guard group != .group0, pes[pe].security != .el3, pes[pe].cpuControl[bank] & 1 != 0 else { return (group, false) }
    return (.group0, group == .group1NonSecure)
  }

  /// Whether it is known which binary point a register is: CBPR is.
  private func knowsBinaryPointRegister(_ register: SystemRegister, pe: Int) -> Bool {
    startsAtReset || register == .ICC_BPR0_EL1
      || pes[pe].known.contains(group1(pe) == .group1Secure ? .commonBinaryPointS : .commonBinaryPointNS)
  }

  mutating func writeBinaryPoint(_ event: Event, pe: Int) {
    let (group, isView) = binaryPoint(of: event, pe: pe)
    if isView { return }
    defer {
      if !knowsBinaryPointRegister(event.register, pe: pe) {
        pes[pe].known.subtract([.binaryPoint0, .binaryPoint(group1(pe))])
      }
    }
    let minimum = minimumBinaryPoint(group)
    var value = max(UInt32(truncatingIfNeeded: event.b) & 7, minimum)
    if departures.contains(.binaryPointMinimumComesFirst) { value = UInt32(max(event.b, UInt64(minimum)) & 7) }
    pes[pe].binaryPoint[Int(group.rawValue)] = value
    pes[pe].known.insert(.binaryPoint(group))
  }

  mutating func readBinaryPoint(_ event: Event, pe: Int, check: Int) {
    let (group, isView) = binaryPoint(of: event, pe: pe)
    let at = Int(group.rawValue)
    let point = min(pes[pe].binaryPoint[at] + (isView ? 1 : 0), 7)
    if isTaught(check, UInt64(point), .binaryPoint(group), event, seen: event.b & 7) {
      pes[pe].binaryPoint[at] = UInt32(event.b & 7) - (isView && event.b & 7 > 0 ? 1 : 0)
    }
    // The view shows 7 for 6 and for 7.
    if knowsBinaryPointRegister(event.register, pe: pe), !isView || event.b & 7 != 7 {
      pes[pe].known.insert(.binaryPoint(group))
    }
  }
}
