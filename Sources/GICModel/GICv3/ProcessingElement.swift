import InterruptTrace

/// One PE's Redistributor and CPU interface.
struct ProcessingElement {
  // MARK: Redistributor (IHI 0069H, 12.10)

  /// Aff3.Aff2.Aff1.Aff0.
  var affinity: UInt32 = 0
  /// `GICR_CTLR`.
  var control = Learned<UInt32>()
  /// `GICR_WAKER`: asleep.
  var waker = Learned<UInt32>(6)
  var propertyBase = Learned<UInt64>()
  var pendingBase = Learned<UInt64>()
  /// `GICR_PENDBASER` when EnableLPIs was set last, 0 if it never was.
  var usedPendingBase: UInt64 = 0
  var virtualPropertyBase = Learned<UInt64>()
  var virtualPendingBase: UInt64 = 0
  /// The vPEID last written to `GICR_VSGIR`; nothing was if `.max`.
  var virtualSGISelect: UInt32 = .max
  /// ``Known`` registers of this PE.
  var known: Known = []

  // MARK: CPU interface (IHI 0069H, 12.2)

  var priorityMask: UInt32 = 0
  /// What `priorityMask` is if ``takesFIQsToEL3`` is other than assumed.
  var otherPriorityMask: UInt32 = 0
  /// `ICC_BPR0`, Secure `ICC_BPR1`, Non-secure `ICC_BPR1`.
  var binaryPoint = InlineArray<3, UInt32>(repeating: 0)
  /// `ICC_IGRPEN0`, Secure `ICC_IGRPEN1`, Non-secure `ICC_IGRPEN1`.
  var groupEnable = InlineArray<3, UInt32>(repeating: 0)
  /// Active priorities of the three groups, four words each.
  var activePriorities = InlineArray<12, UInt32>(repeating: 0)
  /// The priority from which on, group by group, it is not known which are active: 0 if none is, 256 if all are.
  var activeIsUnknownFrom = InlineArray<3, UInt32>(repeating: 0)
  /// NMI of `ICC_AP1R0_EL1`: groups of which a non-maskable interrupt is active.
  var activeNonMaskable: UInt32 = 0
  /// `ICC_IAR1_EL1` leaves non-maskable interrupts to `ICC_NMIAR1_EL1`, as `SCTLR_ELx.NMI` asks for.
  var takesNonMaskable = true
  /// `ICC_CTLR_EL1`, Secure and Non-secure.
  var cpuControl = InlineArray<2, UInt32>(repeating: 0)
  var cpuControlEL3: UInt32 = 0

  // MARK: What follows from the above

  /// The highest-priority pending interrupt; meaningful when `priority` is below 0xFF.
  var highest = PendingInterrupt.none
  /// `highest` must be recomputed before it is used.
  var highestIsStale = true
  /// Running priority: that of the highest active priority bit, 0xFF if idle.
  var runningPriority: UInt32 = 0xFF
  /// The group of the running priority.
  var runningGroup = InterruptGroup.group0

  // MARK: What was reported last

  var reportedConditions = DeliveryConditions.none
  var reportedLines: CPULines = []
  var reportedHighest = UInt32.max

  /// An LPI that became pending with its configuration unknown, until the capture shows what came of it; 0 for none.
  var unconfiguredLPI: UInt32 = 0

  /// An interrupt of unknown priority was acknowledged: the running priority is a guess until nothing runs.
  var runningIsGuessed = false

  /// Active priorities of which it is not known whose they are.
  var activeOfSomeGroup = InlineArray<4, UInt32>(repeating: 0)

  /// What is known about the PE's Security state.
  var security = SecurityBelief.unknown
  /// At EL3, whether banked registers are the Non-secure copies (`SCR_EL3.NS`).
  var bankAtEL3IsNonSecure = false
  /// `SCR_EL3.FIQ` in bit 0: where FIQs are taken to EL3, Non-secure accesses see priorities shifted (IHI 0069H, 4.8.1). No
  /// capture shows it; what `ICC_PMR_EL1` and `ICC_RPR_EL1` return to such accesses tells.
  var takesFIQsToEL3 = Learned<UInt8>(1)
  /// The controller has read LPI configuration from memory again, and has not shown since what it found.
  var configurationIsReread = false
  /// Nothing has shown what the LPI pending table in memory held when this PE began to use it.
  var pendingTableIsUnknown = true
  /// The PE whose pending LPIs a MOVALL brought here if both had LPIs enabled, which nothing has shown; or ``PE/none``.
  var openMove = PE.none
  /// The exception level, where the capture shows it; 0xFF if not.
  var exceptionLevel: UInt8 = 0xFF
  /// Whether it left EL3 is a guess: the line of an exception return names no PE.
  var levelIsGuess = false
  /// What the controller had reacted to last when the capture showed the highest pending interrupt.
  var evaluatedCause = UInt64.max
  /// The last write that enabled a group that was enabled.
  var enabledAgain: UInt64 = 0
  /// Target of the last generated SGI that waits for its effects, see `sgiPending`.
  var sgiSource: UInt32 = PE.none

  /// `ICH_*`, `ICV_*`, list registers.
  var virtual = VirtualInterface(type: 0x90B8_0003, typeIsKnown: false, hasNonMaskable: false)
}

/// A pending interrupt with what decides its rank.
struct PendingInterrupt: Equatable {
  var intid: UInt32
  /// 0xFF if there is none: priority 0xFF is never signalled, for no priority mask lets it through.
  var priority: UInt32
  var group: InterruptGroup
  var isNonMaskable = false

  static var none: PendingInterrupt { PendingInterrupt(intid: 1023, priority: 0xFF, group: .group0) }
  @inline(__always) var isNone: Bool { priority >= 0xFF }

  /// Whether it comes before another: by priority, a non-maskable one before a maskable one, by INTID.
  func outranks(_ other: PendingInterrupt) -> Bool {
    (priority, isNonMaskable ? 0 : 1, intid) < (other.priority, other.isNonMaskable ? 0 : 1, other.intid)
  }
}

/// What is known about the Security state in which a PE runs.
enum SecurityBelief: UInt8 {
  /// Nothing tells.
  case unknown
  /// Secure EL0 to EL2.
  case secure
  /// Non-secure.
  case nonSecure
  /// EL3.
  case el3
}

/// Registers of a PE that the capture has written or shown.
struct Known: OptionSet {
  var rawValue: UInt32
  static let priorityMask = Known(rawValue: 1 << 4)
  static let binaryPoint0 = Known(rawValue: 1 << 5)
  static let binaryPoint1S = Known(rawValue: 1 << 6)
  static let binaryPoint1NS = Known(rawValue: 1 << 7)
  static let groupEnable0 = Known(rawValue: 1 << 8)
  static let groupEnable1S = Known(rawValue: 1 << 9)
  static let groupEnable1NS = Known(rawValue: 1 << 10)
  /// EOImode of `ICC_CTLR_EL1`.
  static let cpuControlS = Known(rawValue: 1 << 11)
  static let cpuControlNS = Known(rawValue: 1 << 12)
  static let cpuControlEL3 = Known(rawValue: 1 << 13)
  /// CBPR of `ICC_CTLR_EL1`, which with two Security states only EL3 sets.
  static let commonBinaryPointS = Known(rawValue: 1 << 14)
  static let commonBinaryPointNS = Known(rawValue: 1 << 15)
  static let virtualPendingBase = Known(rawValue: 1 << 16)
  static let cpuControlConstants = Known(rawValue: 1 << 17)
  static let virtualControlConstants = Known(rawValue: 1 << 18)

  /// The binary point register of a group.
  static func binaryPoint(_ group: InterruptGroup) -> Known { Known(rawValue: binaryPoint0.rawValue << group.rawValue) }
  /// The group enable register of a group.
  static func groupEnable(_ group: InterruptGroup) -> Known { Known(rawValue: groupEnable0.rawValue << group.rawValue) }
}
