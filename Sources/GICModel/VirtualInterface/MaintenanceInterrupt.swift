import InterruptTrace

extension VirtualInterface {
  /// `ICH_MISR_EL2` (IHI 0069H, 12.4.7): the conditions that hold and that `ICH_HCR_EL2` asks for.
  @inline(__always) func maintenanceStatus(_ departures: Departures) -> UInt32 {
    let (group0, group1) = (isEnabled(group1: false), isEnabled(group1: true))
    let valid = valid & implemented
    return MaintenanceConditions(
      control: hypervisorControl, hasEnded: ended & implemented != 0, isUnderflow: valid & (valid &- 1) == 0,
      hasPending: pending & implemented != 0, group0: group0, group1: group1,
      group0Disabled: departures.contains(.group0DisabledFollowsGroup1) ? !group1 : !group0
    ).status
  }

  /// Bits of `ICH_MISR_EL2` that follow from what the capture has shown.
  func knownMaintenanceStatus() -> UInt32 {
    guard known.control else { return 0 }
    var bits = HypervisorControl.entryNotPresent
    if known.listRegisters >> 16 & implemented == implemented {
      bits |= MaintenanceConditions.end | HypervisorControl.underflow | HypervisorControl.noPending
    }
    let enables = VirtualMachineControl.enableGroup0 | VirtualMachineControl.enableGroup1
    if known.machineControl & enables == enables { bits |= 0xF0 }
    return bits | ~0xFF
  }
}

/// The maintenance interrupt (IHI 0069H, 6.3 and 12.4.7).
extension GICv3 where Store: ~Copyable {
  /// Recomputes the maintenance interrupt of a PE and reports a change.
  @inline(__always) mutating func refreshMaintenance(_ pe: Int) {
    let status = pes[pe].virtual.maintenanceStatus(departures)
    let level = status != 0 && pes[pe].virtual.hypervisorControl & HypervisorControl.enable != 0
    guard level != pes[pe].virtual.maintenance else { return }
    pes[pe].virtual.maintenance = level
    emit(.maintenance, pe: pe, a: level ? 1 : 0, b: UInt64(status))
  }

  /// The level of the maintenance interrupt, as the controller computed it. The PPI that it drives is an input of the
  /// Redistributor and comes as one.
  mutating func observeMaintenance(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    pes[pe].virtual.isInUse = true
    let isKnown =
      shown.isSuperset(of: [.guest, .hypervisor]) && pes[pe].virtual.knownMaintenanceStatus() == .max
    let verdict = compare(
      PredictionLedger.check(.maintenance), expected: pes[pe].virtual.maintenance ? 1 : 0, seen: event.a & 1,
      known: isKnown ? .max : 0, pe: event.pe)
    if verdict == .taught { pes[pe].virtual.maintenance = event.a & 1 != 0 }
  }
}
