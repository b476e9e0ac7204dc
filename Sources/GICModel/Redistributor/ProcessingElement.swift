import InterruptTrace

/// One PE's Redistributor and CPU interface.
struct ProcessingElement {
  // MARK: Redistributor (IHI 0069H, 12.10)

  /// Aff3.Aff2.Aff1.Aff0.
  var affinity: UInt32 = 0
  var control: UInt32 = 0
  var waker: UInt32 = 6
  var status: UInt32 = 0
  var propertyBase: UInt64 = 0
  var pendingBase: UInt64 = 0
  var virtualPropertyBase: UInt64 = 0
  var virtualPendingBase: UInt64 = 0
  /// The vPEID last written to `GICR_VSGIR`; nothing was if `.max`.
  var virtualSGISelect: UInt32 = .max
  var nonSecureAccess: UInt32 = 0

  var group: UInt32 = 0
  var groupModifier: UInt32 = 0
  var enabled: UInt32 = 0
  /// The pending latch of SGIs and PPIs.
  var pending: UInt32 = 0
  var active: UInt32 = 0
  var level: UInt32 = 0
  /// SGIs are always edge-triggered.
  var edge: UInt32 = 0x0000_FFFF
  var priority = InlineArray<32, UInt8>(repeating: 0)

  var knownGroup: UInt32 = 0
  var knownGroupModifier: UInt32 = 0
  var knownEnabled: UInt32 = 0
  var knownPending: UInt32 = 0
  var knownActive: UInt32 = 0
  var knownLevel: UInt32 = 0
  var knownEdge: UInt32 = 0x0000_FFFF
  var knownPriority: UInt32 = 0
  /// SGIs and PPIs that have ever been touched, for state reports.
  var touched: UInt32 = 0
  /// ``Known`` registers of this PE.
  var known: Known = []

  // MARK: CPU interface (IHI 0069H, 12.2)

  var priorityMask: UInt32 = 0
  /// `ICC_BPR0`, Secure `ICC_BPR1`, Non-secure `ICC_BPR1`.
  var binaryPoint = InlineArray<3, UInt32>(repeating: 0)
  /// `ICC_IGRPEN0`, Secure `ICC_IGRPEN1`, Non-secure `ICC_IGRPEN1`.
  var groupEnable = InlineArray<3, UInt32>(repeating: 0)
  /// Active priorities of the three groups, four words each.
  var activePriorities = InlineArray<12, UInt32>(repeating: 0)
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

  /// What is known about the PE's Security state.
  var security = SecurityBelief.unknown
  /// At EL3, whether banked registers are the Non-secure copies (`SCR_EL3.NS`).
  var bankAtEL3IsNonSecure = false
  /// The controller has read LPI configuration from memory again, and has not shown since what it found.
  var configurationIsReread = false
  /// Nothing has shown what the LPI pending table in memory held when this PE began to use it.
  var pendingTableIsUnknown = true
  /// The exception level, where the capture shows it; 0xFF if not.
  var exceptionLevel: UInt8 = 0xFF
  /// Target of the last generated SGI that waits for its effects, see `sgiPending`.
  var sgiSource: UInt32 = PE.none

  /// `ICH_*`, `ICV_*`, list registers.
  var virtual = VirtualInterface(type: 0x90B8_0003, typeIsKnown: false, hasNonMaskable: false)

  /// The group of an SGI or PPI.
  @inline(__always)
  func group(of intid: Int, oneSecurityState: Bool) -> InterruptGroup {
    if group.bit(intid) { return .group1NonSecure }
    if oneSecurityState { return .group0 }
    return groupModifier.bit(intid) ? .group1Secure : .group0
  }

  /// SGIs and PPIs that are pending: latched, or level-sensitive with the line high.
  @inline(__always) var pendingNow: UInt32 { pending | (level & ~edge) }
}

/// A pending interrupt with what decides its rank.
struct PendingInterrupt: Equatable {
  var intid: UInt32
  /// 0xFF if there is none: priority 0xFF is never signalled, for no priority mask lets it through.
  var priority: UInt32
  var group: InterruptGroup

  static var none: PendingInterrupt { PendingInterrupt(intid: 1023, priority: 0xFF, group: .group0) }
  @inline(__always) var isNone: Bool { priority >= 0xFF }
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
  static let control = Known(rawValue: 1 << 0)
  static let waker = Known(rawValue: 1 << 1)
  static let propertyBase = Known(rawValue: 1 << 2)
  static let pendingBase = Known(rawValue: 1 << 3)
  static let priorityMask = Known(rawValue: 1 << 4)
  static let binaryPoint0 = Known(rawValue: 1 << 5)
  static let binaryPoint1S = Known(rawValue: 1 << 6)
  static let binaryPoint1NS = Known(rawValue: 1 << 7)
  static let groupEnable0 = Known(rawValue: 1 << 8)
  static let groupEnable1S = Known(rawValue: 1 << 9)
  static let groupEnable1NS = Known(rawValue: 1 << 10)
  static let cpuControlS = Known(rawValue: 1 << 11)
  static let cpuControlNS = Known(rawValue: 1 << 12)
  static let cpuControlEL3 = Known(rawValue: 1 << 13)
  static let activePriorities = Known(rawValue: 1 << 14)
  static let virtualPropertyBase = Known(rawValue: 1 << 15)
  static let virtualPendingBase = Known(rawValue: 1 << 16)
  static let cpuControlConstants = Known(rawValue: 1 << 17)
  static let virtualControlConstants = Known(rawValue: 1 << 18)

  /// The binary point register of a group.
  static func binaryPoint(_ group: InterruptGroup) -> Known { Known(rawValue: binaryPoint0.rawValue << group.rawValue) }
  /// The group enable register of a group.
  static func groupEnable(_ group: InterruptGroup) -> Known { Known(rawValue: groupEnable0.rawValue << group.rawValue) }
}
