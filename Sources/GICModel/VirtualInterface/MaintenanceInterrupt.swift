import InterruptTrace
import LPIStore

extension VirtualInterface {
  /// `ICH_MISR_EL2` (IHI 0069H, 12.4.7): the conditions that hold and that `ICH_HCR_EL2` asks for.
  @inline(__always)
  func maintenanceStatus(_ departures: Departures) -> UInt32 {
    let control = hypervisorControl
    var status: UInt32 = 0
    if ended & implemented != 0 { status |= MaintenanceStatus.end }
    let valid = valid & implemented
    if control & HypervisorControl.underflow != 0, valid & (valid &- 1) == 0 { status |= MaintenanceStatus.underflow }
    if control & HypervisorControl.entryNotPresent != 0, control & HypervisorControl.endCount != 0 {
      status |= MaintenanceStatus.entryNotPresent
    }
    if control & HypervisorControl.noPending != 0, pending & implemented == 0 { status |= MaintenanceStatus.noPending }
    let groups =
      HypervisorControl.group0Enabled | HypervisorControl.group0Disabled | HypervisorControl.group1Enabled
      | HypervisorControl.group1Disabled
    guard control & groups != 0 else { return status }
    let group0 = isEnabled(group1: false)
    let group1 = isEnabled(group1: true)
    if control & HypervisorControl.group0Enabled != 0, group0 { status |= MaintenanceStatus.group0Enabled }
    let enableOfDisabled0 = departures.contains(.group0DisabledFollowsGroup1) ? group1 : group0
    if control & HypervisorControl.group0Disabled != 0, !enableOfDisabled0 {
      status |= MaintenanceStatus.group0Disabled
    }
    if control & HypervisorControl.group1Enabled != 0, group1 { status |= MaintenanceStatus.group1Enabled }
    if control & HypervisorControl.group1Disabled != 0, !group1 { status |= MaintenanceStatus.group1Disabled }
    return status
  }

  /// Bits of `ICH_MISR_EL2` that follow from what the capture has shown.
  func knownMaintenanceStatus() -> UInt32 {
    guard known.control else { return 0 }
    var bits = MaintenanceStatus.entryNotPresent
    if known.listRegisters >> 16 & implemented == implemented {
      bits |= MaintenanceStatus.end | MaintenanceStatus.underflow | MaintenanceStatus.noPending
    }
    let enables = VirtualMachineControl.enableGroup0 | VirtualMachineControl.enableGroup1
    if known.machineControl & enables == enables { bits |= 0xF0 }
    return bits | ~0xFF
  }
}

/// The maintenance interrupt (IHI 0069H, 6.3 and 12.4.7).
extension GICv3 where Store: ~Copyable {
  /// Recomputes the maintenance interrupt of a PE and reports a change.
  @inline(__always)
  mutating func refreshMaintenance(_ pe: Int) {
    let status = pes[pe].virtual.maintenanceStatus(departures)
    let level = status != 0 && pes[pe].virtual.hypervisorControl & HypervisorControl.enable != 0
    guard level != pes[pe].virtual.maintenance else { return }
    pes[pe].virtual.maintenance = level
    emit(.maintenance, pe: UInt32(pe), a: level ? 1 : 0, b: UInt64(status))
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
