/// One PE's virtual interface: `GICH_*`, and `GICV_*` that a guest sees of it (IHI 0048B, chapter 5).
struct GICv2VirtualInterface {
  /// `GICV_*`; its active priorities are `GICH_APR`.
  var interface: GICv2Interface
  /// `GICH_HCR`.
  var control: UInt32 = 0
  /// `GICH_LR`.
  private(set) var lists = InlineArray<64, UInt32>(repeating: 0)
  /// List registers implemented, 1 to 64.
  private(set) var count: Int
  /// List registers that the capture has written or shown.
  var knownLists: UInt64 = 0

  /// List registers whose state is pending, or active and pending.
  private(set) var pending: UInt64 = 0
  /// List registers whose state is active, or active and pending.
  private(set) var active: UInt64 = 0
  /// List registers whose interrupt has ended and asks for a maintenance interrupt: `GICH_EISR`.
  private(set) var ended: UInt64 = 0
  /// The list register of the highest priority that is pending and not active; -1 if there is none.
  private(set) var highestList = -1
  private var highestIsStale = false
  /// Who runs.
  var guest = GuestPresence()
  /// The maintenance interrupt as it was when it was last looked at.
  var maintenance = false
  /// What the last ``TransitionKind/virtualControl`` said: known bits in 31:16, their values in 15:0.
  var reportedControl: UInt32 = 0

  init(preemptionBits: Int, count: Int) {
    interface = GICv2Interface(preemptionBits: preemptionBits, isVirtual: true)
    self.count = count
  }

  /// So many list registers are implemented: what others hold is nothing.
  mutating func setCount(_ count: Int) {
    self.count = count
    (pending, active, ended) = (0, 0, 0)
    for list in 0..<count { self[list] = GICv2ListRegister(value: lists[list]) }
    highestIsStale = true
  }

  /// List registers that exist, as a mask.
  @inline(__always) var implemented: UInt64 { count >= 64 ? .max : (1 &<< UInt64(count)) &- 1 }

  /// Whether every list register has been written or shown.
  var knowsLists: Bool { knownLists & implemented == implemented }

  /// List registers that are valid.
  @inline(__always) var valid: UInt64 { pending | active }

  /// `GICH_ELRSR`: neither valid nor asking for a maintenance interrupt (IHI 0048B, 5.3.6).
  @inline(__always) var empty: UInt64 { ~(valid | ended) & implemented }

  @inline(__always) subscript(list: Int) -> GICv2ListRegister {
    get { GICv2ListRegister(value: lists[list]) }
    set {
      lists[list] = newValue.value
      let bit = 1 &<< UInt64(list) & implemented
      pending = newValue.isPending ? pending | bit : pending & ~bit
      active = newValue.isActive ? active | bit : active & ~bit
      ended = newValue.isEnded ? ended | bit : ended & ~bit
      highestIsStale = true
    }
  }

  /// The list register of the highest priority that is pending, the lowest index among equals; -1 if there is none.
  @inline(__always) mutating func highest() -> Int {
    if highestIsStale {
      highestList = computeHighest()
      highestIsStale = false
    }
    return highestList
  }

  func computeHighest() -> Int {
    var best = -1
    var priority: UInt32 = 0x100
    var rest = pending & ~active
    while rest != 0 {
      let list = rest.trailingZeroBitCount
      rest &= rest &- 1
      if self[list].priority < priority {
        best = list
        priority = self[list].priority
      }
    }
    return best
  }

  /// The rank of the highest pending virtual interrupt.
  @inline(__always) mutating func highestPending() -> GICv2Pending {
    let list = highest()
    return list < 0 ? .none : self[list].rank
  }

  /// The list register whose interrupt a guest ends or deactivates; -1 if none is active with that INTID. An SGI is
  /// named with its source (IHI 0048B, 5.5.5).
  func activeList(_ value: UInt32, comparesSource: Bool) -> Int {
    let intid = value & 0x3FF
    var rest = active
    while rest != 0 {
      let list = rest.trailingZeroBitCount
      rest &= rest &- 1
      let entry = self[list]
      guard entry.intid == intid else { continue }
      if comparesSource, intid < 16, !entry.isHardware, entry.source != value >> 10 & 7 { continue }
      return list
    }
    return -1
  }

  /// The first list register that holds the INTID of another, see ``Departures/firstListRegisterOfINTID``.
  func firstList(like list: Int) -> Int {
    var rest = valid
    while rest != 0 {
      let other = rest.trailingZeroBitCount
      rest &= rest &- 1
      if self[other].intid == self[list].intid { return other }
    }
    return list
  }

  /// `GICH_MISR` (IHI 0048B, 5.3.4): why a maintenance interrupt is asked for.
  var maintenanceStatus: UInt32 {
    let group0 = interface.control & GICv2Control.enableGroup0 != 0
    return MaintenanceConditions(
      control: control, hasEnded: ended != 0, isUnderflow: valid & (valid &- 1) == 0,
      hasPending: pending & ~active != 0,
      group0: group0, group1: interface.control & GICv2Control.enableGroup1 != 0, group0Disabled: !group0
    ).status
  }

  /// The maintenance interrupt: any reason, while the interface is enabled.
  var asksForMaintenance: Bool { control & HypervisorControl.enable != 0 && maintenanceStatus != 0 }

  /// `GICH_VMCR` (IHI 0048B, 5.3.3): what a hypervisor saves and restores of `GICV_*`.
  var machineControl: UInt32 {
    interface.control & 0x21F | interface.aliasedBinaryPoint << 18 | interface.binaryPoint << 21
      | (interface.priorityMask >> 3 & 0x1F) << 27
  }
}
