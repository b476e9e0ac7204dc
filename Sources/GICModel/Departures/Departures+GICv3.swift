/// Where an implementation of GICv3 or GICv4 departs from IHI 0069H, or chooses one of the behaviours that it allows:
/// Distributor, Redistributors, ITS and CPU interface.
extension Departures {
  // MARK: Distributor

  /// Affinity routing cannot be switched off: the ARE bits of `GICD_CTLR` are RAO/WI (12.9.4 allows that).
  static let hasOnlyAffinityRouting = Self(rawValue: 1 << 28)
  /// `GICD_TYPER.ITLinesNumber` does not count the word of SGIs and PPIs, so one word more is implemented than it says
  /// (12.9.38: 32 × (ITLinesNumber + 1) INTIDs, SGIs and PPIs included).
  static let countsLinesWithoutPrivate = Self(rawValue: 1 << 29)
  /// Where the capture does not show `GICD_TYPER.IDbits`, INTIDs have 16 bits (12.9.38: up to 24).
  static let lpisHave16Bits = Self(rawValue: 1 << 30)
  /// A Non-secure write of `GICD_ISACTIVER` or `GICD_ICACTIVER` is not let through by any level of `GICD_NSACR`, though a
  /// read is (12.9.31: from level 2 on both are).
  static let activeStateIgnoresNSACR = Self(rawValue: 1 << 31)
  /// A write of `GICD_ICFGR` does not select the highest pending interrupt again; the next cause that does notices the new
  /// trigger (12.9.9: what is pending follows from the trigger at once).
  static let looksAtTriggersLate = Self(rawValue: 1 << 32)
  /// `GICD_IROUTER` keeps its reserved bits (12.9.22: RES0).
  static let keepsReservedRouteBits = Self(rawValue: 1 << 33)
  /// There is no 1-of-N distribution: `GICD_TYPER.No1N` is set, and `GICD_IROUTER.Interrupt_Routing_Mode` has no effect
  /// (12.9.22 and 12.9.38 allow that).
  static let hasNo1OfN = Self(rawValue: 1 << 34)

  // MARK: Redistributors

  /// The bits of `GICR_CTLR` that software does not set are known before the capture shows them (12.11.2: CES, IR, RWP and UWP
  /// are the implementation's, or change by themselves).
  static let redistributorControlIsFixed = Self(rawValue: 1 << 35)
  /// `GICR_CTLR.CES` is set where there are LPIs: EnableLPIs can be cleared (12.11.2: IMPLEMENTATION DEFINED).
  static let enableLPIsIsClearable = Self(rawValue: 1 << 36)
  /// `GICR_CTLR` has no DPG0, DPG1NS and DPG1S: `GICR_TYPER.DPGS` is 0 (12.11.37 allows that).
  static let hasNoProcessorSelection = Self(rawValue: 1 << 37)
  /// A write that sets `GICR_CTLR.EnableLPIs` while it is set reads the tables in memory again (12.11.2: no effect).
  static let enablingLPIsAgainRereads = Self(rawValue: 1 << 38)
  /// Clearing `GICR_CTLR.EnableLPIs` makes no LPI pending any more; otherwise the pending table in memory holds the pending
  /// state on (12.11.2).
  static let disablingLPIsForgetsPending = Self(rawValue: 1 << 39)
  /// The configuration of LPIs is not cached: it is read when an LPI becomes pending, and that of every pending LPI when
  /// another has to be selected. Software that changes a byte without INV is noticed then (5.1.1 allows any time).
  static let rereadsLPIConfiguration = Self(rawValue: 1 << 40)

  // MARK: ITS

  /// The ITS carries out its commands before the write of `GITS_CWRITER` returns, and its registers show that (12.19:
  /// `GITS_CREADR` follows when it likes); it carries out none while `GITS_CWRITER` points beyond the queue.
  static let commandsCompleteAtOnce = Self(rawValue: 1 << 41)
  /// `GITS_CREADR` can be written while there is one Security state (12.19: read-only).
  static let commandReaderIsWritable = Self(rawValue: 1 << 42)
  /// Where the capture does not show `GITS_TYPER`, an EventID and a DeviceID have 16 bits (12.19: up to 32).
  static let itsIDsHave16Bits = Self(rawValue: 1 << 43)
  /// MAPD checks Size even if it unmaps the device (5.3: Size means nothing with V clear).
  static let mapdAlwaysChecksSize = Self(rawValue: 1 << 44)
  /// INVALL reads the configuration of the LPIs of every PE again, and no collection table entry (5.3: those of the
  /// collection's PE).
  static let invallReachesAllPEs = Self(rawValue: 1 << 45)

  // MARK: CPU interface

  /// An end of interrupt for an SPI that is not implemented is ignored (12.2.9: UNPREDICTABLE).
  static let ignoresEndOfReserved = Self(rawValue: 1 << 46)
  /// With EOImode 0, what is pending is selected again after the priority drop and once more after the deactivation, and
  /// both are shown (4.1.1: one write does both).
  static let endShowsBothSteps = Self(rawValue: 1 << 47)
  /// A write of `ICC_BPR0_EL1` or `ICC_BPR1_EL1` is raised to the minimum before its reserved bits are dropped (12.2.4: RES0 bits
  /// are ignored).
  static let binaryPointMinimumComesFirst = Self(rawValue: 1 << 48)
  /// `ICC_CTLR_EL3` reads CBPR_EL1NS and EOImode_EL1NS in the place of CBPR_EL1S and EOImode_EL1S too (12.2.7: each has its
  /// own).
  static let el3ControlShowsNonSecureTwice = Self(rawValue: 1 << 49)
  /// With one Security state, `ICC_RPR_EL1` shows in NMI_NS (bit 62) that a non-maskable interrupt is active
  /// ("ICC_RPR_EL1, Interrupt Controller Running Priority Register": in NMI, bit 63).
  static let nonMaskableRunsAsNonSecure = Self(rawValue: 1 << 60)
}
