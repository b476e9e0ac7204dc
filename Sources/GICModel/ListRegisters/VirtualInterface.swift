import InterruptTrace

/// One PE's virtual CPU interface: the hypervisor's registers `ICH_*`, of which the guest's `ICV_*` are views, and what
/// follows from them (IHI 0069H, chapter 6, 12.3 and 12.4).
struct VirtualInterface {
  /// Index that stands for a virtual LPI where list registers are numbered, as QEMU prints it.
  static var virtualLPIIndex: Int32 { 16 }

  // MARK: Registers

  /// `ICH_HCR_EL2`.
  var hypervisorControl: UInt32 = 0
  /// `ICH_VMCR_EL2`.
  private(set) var machineControl: UInt32 = 0
  /// `ICH_AP0R<n>_EL2` in 0 to 3, `ICH_AP1R<n>_EL2` in 4 to 7.
  var activePriorities = InlineArray<8, UInt32>(repeating: 0)
  /// `ICH_AP1R0_EL2.NMI`.
  var nonMaskableIsActive = false
  private(set) var listRegisters = InlineArray<16, ListRegister>(repeating: ListRegister())

  // MARK: What the implementation is

  /// `ICH_VTR_EL2`.
  private(set) var type: UInt32
  /// The capture has shown ``type`` on this PE, or the user has given it.
  var typeIsKnown: Bool
  /// 1 to 16.
  private(set) var listRegisterCount = 4
  /// Virtual priority bits, 4 to 8.
  private(set) var priorityBits: UInt32 = 5
  /// Virtual preemption bits, 5 to 7.
  private(set) var preemptionBits: UInt32 = 5
  /// Bits of `ICV_CTLR_EL1` that the implementation fixes.
  var controlConstants: UInt32 = 0
  /// Whether list registers hold the non-maskable property (FEAT_GICv3_NMI).
  let hasNonMaskable: Bool

  // MARK: What the capture has shown

  var known = KnownVirtual()
  /// Anything was accessed: the PE has a virtual interface worth reporting.
  var isInUse = false

  /// Who runs.
  var guest = GuestPresence()

  // MARK: Legacy operation

  /// The guest uses `GICV_*`, as one does for which `ICC_SRE_EL1.SRE` is 0; see ``ListRegister/reportedINTID(isLegacy:)``.
  private(set) var isLegacy = false
  /// Nothing has been loaded for another guest since the last access showed which registers the guest uses.
  var legacyIsKnown = true

  // MARK: The highest-priority virtual LPI of the resident vPE

  /// Place of the resident vPE's pending table in ``VirtualPendingTables``; -1 if no vPE is resident.
  var residentTable: Int32 = -1
  var virtualLPI: UInt32 = 0
  /// Of a virtual LPI always; of a virtual SGI as configured.
  var virtualLPIIsGroup1 = true
  /// Nothing shows whether `GICR_VPENDBASER.PendingLast` is set.
  var pendingLastIsUnknown = false
  /// 0xFF if no virtual LPI is pending and enabled.
  var virtualLPIPriority: UInt32 = 0xFF
  var virtualLPIIsStale = false

  // MARK: What follows, see ``refresh()``

  /// List registers by state, a bit each: valid, exactly pending, ended with maintenance wanted, empty.
  private(set) var valid: UInt32 = 0
  private(set) var pending: UInt32 = 0
  private(set) var ended: UInt32 = 0
  private(set) var empty: UInt32 = 0xFFFF
  /// Priority of the highest active priority bit; 0xFF if there is none.
  var runningPriority: UInt32 = 0xFF
  /// The list register of the highest-priority pending virtual interrupt, ``virtualLPIIndex``, or -1 if there is none.
  var best: Int32 = -1
  /// Virtual IRQ and FIQ.
  var lines: CPULines = []
  /// ``best`` and ``lines`` must be recomputed.
  var isStale = true
  /// The maintenance interrupt, as last computed.
  var maintenance = false
  /// What the last ``TransitionKind/virtualControl`` said: known bits in 31:16, their values in 15:0.
  var reportedControl: UInt32 = 0

  init(type: UInt32, typeIsKnown: Bool, hasNonMaskable: Bool) {
    self.type = type
    self.typeIsKnown = typeIsKnown
    self.hasNonMaskable = hasNonMaskable
    setType(type)
    reset()
  }

  // MARK: Implementation

  /// `ICH_VTR_EL2`: ListRegs 4:0, SEIS 22, A3V 21, IDbits 25:23, PREbits 28:26, PRIbits 31:29.
  mutating func setType(_ type: UInt32) {
    self.type = type
    listRegisterCount = min(Int(type & 0x1F) + 1, 16)
    priorityBits = min(max((type >> 29) + 1, 4), 8)
    setPreemptionBits(min(max((type >> 26 & 7) + 1, 5), 7))
    controlConstants =
      (type >> 29) << 8 | (type >> 23 & 7) << 11 | (type >> 22 & 1) << 14 | (type >> 21 & 1) << 15
    for n in listRegisterCount..<16 where listRegisters[n].isValid { setListRegister(n, ListRegister()) }
    refreshRunningPriority()
  }

  private mutating func setPreemptionBits(_ bits: UInt32) {
    let before = Int(preemptionBits)
    preemptionBits = bits
    guard before != Int(bits) else { return }
    for first in [0, 4] {
      let words = InlineArray<4, UInt32> { activePriorities[first + $0] }
      let moved = ActivePriorities.moved(words, from: before, to: Int(bits))
      for word in 0..<4 { activePriorities[first + word] = moved[word] }
    }
    for isGroup1 in [false, true] { setBinaryPoint(group1: isGroup1, binaryPoint(group1: isGroup1)) }
  }

  /// List registers that exist, a bit each.
  @inline(__always) var implemented: UInt32 { (1 &<< UInt32(listRegisterCount)) &- 1 }

  /// The smallest binary point of Group 0; that of Group 1 is one more.
  @inline(__always) var minimumBinaryPoint: UInt32 { 7 &- preemptionBits }

  /// Active priorities registers in use for each group.
  @inline(__always) var activePriorityWords: Int { 1 &<< Int(preemptionBits &- 5) }

  // MARK: Reset

  /// Everything off, the smallest binary points (IHI 0069H, 12.4).
  mutating func reset() {
    hypervisorControl = 0
    machineControl = 0
    setMachineControl(VirtualMachineControl.fiqEnable)
    activePriorities = InlineArray(repeating: 0)
    nonMaskableIsActive = false
    listRegisters = InlineArray(repeating: ListRegister())
    guest = GuestPresence()
    runningPriority = 0xFF
    valid = 0
    pending = 0
    ended = 0
    empty = 0xFFFF
    isStale = true
  }

  /// The capture begins at reset. What the architecture leaves unknown then, some controllers reset too.
  mutating func knowReset(registersAreReset: Bool) {
    known = registersAreReset ? .all : KnownVirtual(control: true, activePriorities: .max)
  }

  // MARK: Changing registers

  /// `ICH_VMCR_EL2` as given, but for binary points below the smallest.
  @inline(__always) mutating func setMachineControl(_ value: UInt32) {
    machineControl = value
    setBinaryPoint(group1: false, binaryPoint(group1: false))
    setBinaryPoint(group1: true, binaryPoint(group1: true))
    isStale = true
  }

  @inline(__always) mutating func setMachineControl(_ value: UInt32, mask: UInt32) {
    machineControl = machineControl & ~mask | value & mask
    isStale = true
  }

  /// A group's binary point as it is kept.
  @inline(__always) func binaryPoint(group1: Bool) -> UInt32 {
    machineControl &>> (group1 ? VirtualMachineControl.binaryPoint1Shift : VirtualMachineControl.binaryPoint0Shift) & 7
  }

  /// Values below the smallest set the smallest (12.3.3, 12.3.4).
  @inline(__always) mutating func setBinaryPoint(group1: Bool, _ value: UInt32) {
    let shift = group1 ? VirtualMachineControl.binaryPoint1Shift : VirtualMachineControl.binaryPoint0Shift
    let point = max(value & 7, minimumBinaryPoint &+ (group1 ? 1 : 0))
    setMachineControl(point &<< shift, mask: 7 &<< shift)
  }

  /// The same where the capture shows it.
  mutating func learnBinaryPoint(group1: Bool, _ value: UInt32) {
    setBinaryPoint(group1: group1, value)
    known.machineControl |=
      7 << (group1 ? VirtualMachineControl.binaryPoint1Shift : VirtualMachineControl.binaryPoint0Shift)
  }

  @inline(__always) var priorityMask: UInt32 { machineControl &>> VirtualMachineControl.priorityMaskShift }
  @inline(__always) var endIsSplit: Bool { machineControl & VirtualMachineControl.endMode != 0 }
  @inline(__always) var hasCommonBinaryPoint: Bool {
    machineControl & VirtualMachineControl.commonBinaryPoint != 0
  }

  @inline(__always) func isEnabled(group1: Bool) -> Bool {
    machineControl & (group1 ? VirtualMachineControl.enableGroup1 : VirtualMachineControl.enableGroup0) != 0
  }

  /// Gives a list register a value and keeps the summaries right.
  @inline(__always) mutating func setListRegister(_ n: Int, _ value: ListRegister) {
    listRegisters[n] = value
    valid.setBit(n, to: value.isValid)
    pending.setBit(n, to: value.isPending)
    ended.setBit(n, to: value.hasEnded)
    empty.setBit(n, to: value.isEmpty)
    isStale = true
  }

  /// Gives an active priorities register a value; `at` as in ``activePriorities``.
  @inline(__always) mutating func setActivePriorities(_ at: Int, _ value: UInt32) {
    activePriorities[at] = value
    refreshRunningPriority()
  }

  mutating func setNonMaskableActive(_ value: Bool) {
    nonMaskableIsActive = value
    refreshRunningPriority()
  }

  /// The guest showed which registers it uses.
  @inline(__always) mutating func setLegacy(_ value: Bool) {
    legacyIsKnown = true
    if isLegacy != value {
      isLegacy = value
      isStale = true
    }
  }

  /// Something outside of this structure changed what can be signalled.
  @inline(__always) mutating func invalidate() { isStale = true }
}

/// What of a PE's virtual interface the capture has written or shown.
struct KnownVirtual: Equatable {
  /// `ICH_HCR_EL2`.
  var control = false
  /// Bits of `ICH_VMCR_EL2`.
  var machineControl: UInt32 = 0
  /// Active priorities registers, a bit each.
  var activePriorities: UInt8 = 0
  /// Low halves of the list registers in bits 15:0, high halves in 31:16.
  var listRegisters: UInt32 = 0

  static var all: KnownVirtual {
    KnownVirtual(control: true, machineControl: .max, activePriorities: .max, listRegisters: .max)
  }
}
