import InterruptTrace

/// Where an implementation departs from the architecture, or chooses one of the behaviours that it allows. Each is a fact
/// about what an emulator answers; the model's default is the architecture.
///
/// Those of GICv2 are declared in `Departures+GICv2.swift`, those of GICv3 and GICv4 in `Departures+GICv3.swift` and
/// `Departures+GICv3Virtual.swift`, those of both here. Bits are numbered across these files.
struct Departures: OptionSet {
  var rawValue: UInt64

  /// `ICC_PMR_EL1` keeps bits above 7:0, and priorities are compared with them (IHI 0069H, 12.2.19: RES0).
  static let priorityMaskIsWide = Self(rawValue: 1 << 17)
  /// It is a GICv3 or later. With affinity routing off, `GICD_CTLR` has bits that GICv2's has not, and there are
  /// message-based SPIs.
  static let isGICv3 = Self(rawValue: 1 << 24)
  /// All of the implementation's reset values are known where the capture starts at reset.
  static let resetIsKnown = Self(rawValue: 1 << 25)

  /// The departures of the implementation that a topology names, or of `profile` in its place.
  init(topology: Topology, profile: Topology.Profile?) {
    self = Self.of(profile ?? topology.profile)
    if topology.architecture != .v2 { insert(.isGICv3) }
  }

  init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The departures of a profile.
  private static func of(_ profile: Topology.Profile) -> Self {
    switch profile {
    case .arch: []
    case .qemu7:
      qemu.union([
        .priorityMaskIsWide, .endReachesOnePE, .setPendingFollowsTargets, .countsLinesWithoutPrivate,
        .listRegistersKeepNonMaskable,
      ])
    case .qemu10: qemu.union([.targetsMovePending])
    case .kvm: kvm
    }
  }

  /// What QEMU 7.2 and 10.0 have in common.
  private static let qemu: Self = [
    .resetIsKnown,
    // GICv2
    .sharedStatePerPE, .clearPendingReachesAllPEs, .keepsAbsentTargets, .targetsIgnoreGroups, .configurationIsShared,
    .sgisAlwaysEnabled, .sgirIgnoresGroups, .groupsForwardedTogether, .hasNoNSACR, .writesBytewise,
    .acknowledgesEitherGroup, .comparesWholePriority, .highestPendingIsMasked, .hasNoAliases, .hasNoBypass,
    .virtualEndDefersPhysical, .hasListRegisterTooMany, .firstListRegisterOfINTID, .sgiNeedsNoSource,
    .hardwareSGIHasSource, .virtualAliasedPointIsLow, .hasEightPriorityBits, .hasFourListRegisters,
    // GICv3 and GICv4
    .hasOnlyAffinityRouting, .lpisHave16Bits, .activeStateIgnoresNSACR, .looksAtTriggersLate, .keepsReservedRouteBits,
    .hasNo1OfN, .redistributorControlIsFixed, .enableLPIsIsClearable, .hasNoProcessorSelection,
    .enablingLPIsAgainRereads, .rereadsLPIConfiguration, .commandsCompleteAtOnce, .commandReaderIsWritable,
    .itsIDsHave16Bits, .mapdAlwaysChecksSize, .invallReachesAllPEs, .ignoresEndOfReserved, .endShowsBothSteps,
    .binaryPointMinimumComesFirst, .el3ControlShowsNonSecureTwice, .nonMaskableRunsAsNonSecure,
    // Virtual interface of GICv3, vPEs
    .listRegistersKeepReservedBits, .hasNoVirtualSGIControl, .countsEveryVirtualEnd, .group0DisabledFollowsGroup1,
    .virtualPriorityMaskKeepsReservedBits, .hasNoLegacyGuests, .pendingTablesAreNeverDirty, .residencyIsNeverUnseen,
  ]

  /// KVM's virtual controller.
  private static let kvm: Self = [
    .uniprocessorTargetsAreWritable, .sgisAlwaysEnabled, .hasNoNSACR, .hasNoBypass,
    .hasOnlyAffinityRouting, .redistributorControlIsFixed, .disablingLPIsForgetsPending, .commandsCompleteAtOnce,
    .residencyIsNeverUnseen,
  ]
}
