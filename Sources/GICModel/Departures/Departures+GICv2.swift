/// Where an implementation of GICv2 departs from IHI 0048B, or chooses one of the behaviours that it allows.
extension Departures {
  // MARK: Distributor

  /// Pending latch and active state of an SPI exist once for each PE: an edge latches on the PEs that `GICD_ITARGETSR`
  /// names at that moment, and the PE that acknowledges takes only its own (IHI 0048B, 1.4.3 has one state, 1-N).
  static let sharedStatePerPE = Self(rawValue: 1 << 0)
  /// End of interrupt and deactivation clear the active state of an SPI on the PE that writes only.
  static let endReachesOnePE = Self(rawValue: 1 << 1)
  /// `GICD_ISPENDR` latches on the PEs that `GICD_ITARGETSR` names, PPIs included; for those that is nobody, or after
  /// any write of `GICD_ITARGETSR0` to 7 everybody (4.3.7: banked).
  static let setPendingFollowsTargets = Self(rawValue: 1 << 2)
  /// `GICD_ICPENDR0` clears a PPI's latch on every PE (4.3.8: banked).
  static let clearPendingReachesAllPEs = Self(rawValue: 1 << 3)
  /// A write of `GICD_ITARGETSR` moves a pending latch to the new targets.
  static let targetsMovePending = Self(rawValue: 1 << 4)
  /// `GICD_ITARGETSR` keeps the bits of PEs that do not exist (4.3.12: RAZ/WI).
  static let keepsAbsentTargets = Self(rawValue: 1 << 5)
  /// `GICD_ITARGETSR` of Group 0 interrupts can be read and written from Non-secure state (4.3.12: RAZ/WI).
  static let targetsIgnoreGroups = Self(rawValue: 1 << 61)
  /// With one PE `GICD_ITARGETSR` is read-write all the same (4.3.12 allows RAZ/WI).
  static let uniprocessorTargetsAreWritable = Self(rawValue: 1 << 6)
  /// The trigger of a PPI is configured for all PEs at once (4.3.13: banked), and is writable.
  static let configurationIsShared = Self(rawValue: 1 << 7)
  /// SGIs are always enabled (4.3.5 allows that).
  static let sgisAlwaysEnabled = Self(rawValue: 1 << 8)
  /// `GICD_SGIR` ignores the group and NSATT, and takes the reserved filter for all PEs (4.3.15).
  static let sgirIgnoresGroups = Self(rawValue: 1 << 9)
  /// `GICD_CTLR` withholds interrupts only when both groups are disabled (4.3.1: each group by its bit): while one is
  /// enabled, those of the other are selected and can be acknowledged, though they raise no line.
  static let groupsForwardedTogether = Self(rawValue: 1 << 10)
  /// `GICD_NSACR` does not exist (4.3.14: optional).
  static let hasNoNSACR = Self(rawValue: 1 << 11)
  /// An access of several bytes is carried out byte by byte, and what follows is re-evaluated after each of them.
  static let writesBytewise = Self(rawValue: 1 << 12)

  /// A write of `GICD_SPENDSGIR` makes an SGI pending even if it names no source (4.3.17). To acknowledge one that is
  /// pending from nobody ends the emulator.
  static let sgiNeedsNoSource = Self(rawValue: 1 << 13)

  // MARK: CPU interface

  /// While one group is enabled in `GICC_CTLR`, interrupts of the other can be acknowledged too (4.4.4).
  static let acknowledgesEitherGroup = Self(rawValue: 1 << 14)
  /// Preemption compares the whole priority with the running priority, not the group priority (3.3.3).
  static let comparesWholePriority = Self(rawValue: 1 << 15)
  /// `GICC_HPPIR` is subject to the priority mask, and has no source for an SGI (4.4.7).
  static let highestPendingIsMasked = Self(rawValue: 1 << 16)
  /// `GICC_AIAR`, `GICC_AEOIR`, `GICC_AHPPIR` and their virtual counterparts do not exist (4.4.9 to 4.4.11).
  static let hasNoAliases = Self(rawValue: 1 << 18)
  /// `GICC_CTLR` has no bypass disable bits (2.3.2: optional).
  static let hasNoBypass = Self(rawValue: 1 << 19)

  // MARK: Virtual interface

  /// When a guest deactivates a hardware interrupt, the physical side is looked at again only when something physical
  /// happens next.
  static let virtualEndDefersPhysical = Self(rawValue: 1 << 20)
  /// A virtual SGI is acknowledged with a source even if its list register names a physical interrupt in that place.
  static let hardwareSGIHasSource = Self(rawValue: 1 << 21)
  /// The smallest value of `GICV_ABPR`, unlike that in `GICH_VMCR`, does not follow from the preemption bits.
  static let virtualAliasedPointIsLow = Self(rawValue: 1 << 22)
  /// The register behind the last list register can be written and read, and does nothing.
  static let hasListRegisterTooMany = Self(rawValue: 1 << 23)
  /// What a guest's acknowledge, end or deactivation does is done to the first list register that holds the INTID, in
  /// whatever state (5.2.3: two with one INTID are UNPREDICTABLE).
  static let firstListRegisterOfINTID = Self(rawValue: 1 << 59)

  // MARK: Size, where the capture does not show it

  /// All eight priority bits are implemented (3.3.1 asks for four to eight; GIC-400 and its like have five).
  static let hasEightPriorityBits = Self(rawValue: 1 << 26)
  /// There are four list registers (5.2 allows up to 64).
  static let hasFourListRegisters = Self(rawValue: 1 << 27)
}
