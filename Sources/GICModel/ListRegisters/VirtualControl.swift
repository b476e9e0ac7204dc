import InterruptTrace

/// Fields of `ICH_HCR_EL2` (IHI 0069H, 12.4.5) and of `GICH_HCR`, which has the lower ones (IHI 0048B, 5.3.1).
enum HypervisorControl {
  /// En: the virtual CPU interface works.
  static var enable: UInt32 { 1 << 0 }
  /// UIE: underflow maintenance.
  static var underflow: UInt32 { 1 << 1 }
  /// LRENPIE: maintenance when an ended interrupt was in no list register.
  static var entryNotPresent: UInt32 { 1 << 2 }
  /// NPIE: maintenance when no list register is pending.
  static var noPending: UInt32 { 1 << 3 }
  static var group0Enabled: UInt32 { 1 << 4 }
  static var group0Disabled: UInt32 { 1 << 5 }
  static var group1Enabled: UInt32 { 1 << 6 }
  static var group1Disabled: UInt32 { 1 << 7 }
  /// vSGIEOICount (GICv4.1): ends of virtual SGIs are not counted.
  static var ignoresEndOfSGI: UInt32 { 1 << 8 }
  /// EOIcount: five bits.
  static var endCountShift: UInt32 { 27 }
  static var endCount: UInt32 { 0x1F << endCountShift }
  static var oneEnd: UInt32 { 1 << endCountShift }
  /// All of `GICH_HCR`.
  static var writableInGICH: UInt32 { 0xFF | endCount }
  /// What the architecture lets software write: En to vSGIEOICount, TC, TALL0, TALL1, TSEI, TDIR, DVIM, EOIcount.
  static var writable: UInt32 { 0xF800_FDFF }
  /// The same without vSGIEOICount and DVIM, see ``Departures/hasNoVirtualSGIControl``.
  static var writableWithoutVirtualSGIs: UInt32 { 0xF800_7CFF }
}

/// Fields of `ICH_VMCR_EL2` (IHI 0069H, 12.4.8), which the `ICV_*` registers are views of.
enum VirtualMachineControl {
  /// VENG0.
  static var enableGroup0: UInt32 { 1 << 0 }
  /// VENG1.
  static var enableGroup1: UInt32 { 1 << 1 }
  /// VAckCtl: only with legacy operation.
  static var acknowledgeControl: UInt32 { 1 << 2 }
  /// VFIQEn: Group 0 is signalled as virtual FIQ; always so with system registers.
  static var fiqEnable: UInt32 { 1 << 3 }
  /// VCBPR: `ICV_BPR0_EL1` counts for both groups.
  static var commonBinaryPoint: UInt32 { 1 << 4 }
  /// VEOIM: priority drop and deactivation are two writes.
  static var endMode: UInt32 { 1 << 9 }
  static var binaryPoint1Shift: UInt32 { 18 }
  static var binaryPoint0Shift: UInt32 { 21 }
  static var priorityMaskShift: UInt32 { 24 }
  /// All fields.
  static var writable: UInt32 { 0xFFFC_021F }
}

/// `ICH_MISR_EL2` and `GICH_MISR` (IHI 0069H, 12.4.7; IHI 0048B, 5.3.4): the conditions that hold and that the hypervisor
/// asks for, each at the place of its enable in ``HypervisorControl``; bit 0 says that an interrupt has ended.
struct MaintenanceConditions {
  var control: UInt32
  var hasEnded: Bool
  var isUnderflow: Bool
  var hasPending: Bool
  var group0: Bool
  var group1: Bool
  /// What decides VGrp0D: of the architecture, whether Group 0 is enabled.
  var group0Disabled: Bool

  static var end: UInt32 { 1 << 0 }
  private static var asked: UInt32 { 0xFE }

  @inline(__always) var status: UInt32 {
    var holding: UInt32 = hasEnded ? Self.end : 0
    guard control & Self.asked != 0 else { return holding }
    var conditions: UInt32 = isUnderflow ? HypervisorControl.underflow : 0
    if control & HypervisorControl.endCount != 0 { conditions |= HypervisorControl.entryNotPresent }
    if !hasPending { conditions |= HypervisorControl.noPending }
    if group0 { conditions |= HypervisorControl.group0Enabled }
    if group0Disabled { conditions |= HypervisorControl.group0Disabled }
    conditions |= group1 ? HypervisorControl.group1Enabled : HypervisorControl.group1Disabled
    holding |= control & conditions
    return holding
  }
}

/// What every architecture reports of a virtual interface.
extension Predicting where Self: ~Copyable {
  /// Reports what a guest's interface lets through, if that is not what was reported last: the priority mask in 7:0, the
  /// group enables in 9:8. `reported` has the known bits in 31:16, their values in 15:0.
  @inline(__always) func report(_ control: Learned<UInt32>, _ pe: Int, since reported: inout UInt32) {
    let bits = control.value & control.known
    guard reported != control.known << 16 | bits else { return }
    reported = control.known << 16 | bits
    emit(.virtualControl, pe: pe, a: UInt64(bits), b: UInt64(control.known))
  }

  /// Reports that the hypervisor turned the interface on or off.
  @inline(__always) func reportVirtualEnable(_ pe: Int, from old: UInt32, to new: UInt32, listRegisters: Int) {
    guard (old ^ new) & HypervisorControl.enable != 0 else { return }
    let isOn = new & HypervisorControl.enable != 0
    let kind = isOn ? TransitionKind.virtualInterfaceEnabled : .virtualInterfaceDisabled
    reportVirtualInterface(kind, pe, isOn ? new : old, listRegisters: listRegisters)
  }

  func reportVirtualInterface(_ kind: TransitionKind, _ pe: Int, _ control: UInt32, listRegisters: Int) {
    let operands = Transition.Operands<Transition.VirtualInterfaceSwitch>(
      control: control, listRegisters: listRegisters)
    emit(kind, pe: pe, a: operands.a, b: operands.b)
  }
}
