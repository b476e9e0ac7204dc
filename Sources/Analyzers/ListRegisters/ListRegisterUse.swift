/// How list registers were used.
public struct ListRegisterUse: Sendable {
  /// By domain and PE.
  public var banks: [ListRegisterBank] = []
  /// Of all PEs together.
  public var overTime = OccupancyOverTime()
  /// Interrupts that waited for a list register, as the model of a hypervisor has it: each wait, in ns.
  public var waits = LatencyDistribution()
  /// Interrupts that were first listed at the entry after one at which more were waiting than there are list registers.
  /// *Inferred*: how long they had waited is not shown, but not longer than these spans, in ns.
  public var possibleWaits = LatencyDistribution()
  /// Still waiting at the end.
  public var waitingAtEnd: UInt64 = 0
  /// Nothing.
  public init() {}
}

/// The list registers of one PE.
public struct ListRegisterBank: Sendable {
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16 = 0
  /// Linear number of the PE.
  public var pe: UInt32 = 0
  /// Time with n list registers in use, in ns, while the virtual CPU interface was enabled: the guest ran, or the
  /// hypervisor leaves it enabled. In use is what is pending or active.
  public var timeEnabled: [UInt64] = []
  /// The same, whether or not it was enabled.
  public var time: [UInt64] = []
  /// Entries into a guest for which list registers were needed: times the virtual CPU interface was enabled. Where the
  /// hypervisor leaves it enabled, times the guest used its interface, or an exception return to it is shown, after list
  /// registers had been written.
  public var entries: UInt64 = 0
  /// Entries after which at most n list registers were in use, up to the exit.
  public var entriesByMost: [UInt64] = []
  /// Entries with more interrupts than list registers. *Inferred*: the hypervisor had filled all of them, and asked for a
  /// maintenance interrupt at underflow, when nothing is pending any more, or for ends that hit no list register (UIE, NPIE,
  /// LRENPIE of `ICH_HCR_EL2`).
  public var entriesWithMoreWaiting: UInt64 = 0
  /// Writes of list registers, zeros included.
  public var writes: UInt64 = 0
  /// Loads of an interrupt.
  public var fills: UInt64 = 0
  /// Valid list registers that another interrupt was written over, though the hypervisor had not read them.
  public var overwritten: UInt64 = 0
  /// Ends of interrupts that were in no list register. LPIs, which have no active state, are not counted.
  public var endsWithoutListRegister: UInt64 = 0
  /// Times an interrupt found no list register, as the model of a hypervisor has it.
  public var overflows: UInt64 = 0
  /// Maintenance interrupts: rising edges.
  public var maintenance: UInt64 = 0
  /// The same by cause, in the order of ``MaintenanceCause``; one interrupt may have several.
  public var maintenanceByCause = [UInt64](repeating: 0, count: 8)
  /// Nothing.
  public init() {}

  /// The share of `times` with n list registers in use.
  public static func shares(_ times: [UInt64]) -> [Double] {
    let total = times.reduce(0.0) { $0 + Double($1) }
    return times.map { total == 0 ? 0 : Double($0) / total }
  }
  /// The most list registers ever in use.
  public var most: Int { time.lastIndex { $0 > 0 } ?? 0 }
}

/// Why a maintenance interrupt is asserted, by bit of `ICH_MISR_EL2` (IHI 0069H, 12.4.7; IHI 0048B, 5.3.4).
public enum MaintenanceCause: UInt8, Sendable, CaseIterable {
  /// EOI: an interrupt ended whose list register asks for it.
  case end
  /// U: at most one list register is valid.
  case underflow
  /// LRENP: an interrupt ended that is in no list register.
  case entryNotPresent
  /// NP: no list register is pending.
  case noPending
  /// VGrp0E: the guest has Group 0 enabled.
  case group0Enabled
  /// VGrp0D: the guest has Group 0 disabled.
  case group0Disabled
  /// VGrp1E: the guest has Group 1 enabled.
  case group1Enabled
  /// VGrp1D: the guest has Group 1 disabled.
  case group1Disabled

  /// The manual's name, which scripts depend on.
  public var name: String {
    switch self {
    case .end: "EOI"
    case .underflow: "U"
    case .entryNotPresent: "LRENP"
    case .noPending: "NP"
    case .group0Enabled: "VGrp0E"
    case .group0Disabled: "VGrp0D"
    case .group1Enabled: "VGrp1E"
    case .group1Disabled: "VGrp1D"
    }
  }
}

/// List registers in use over time, of all PEs together, in equal spans.
public struct OccupancyOverTime: Sendable {
  /// Start of the first span, in ns since the capture's epoch.
  public var start: UInt64 = 0
  /// Length of a span in ns.
  public var width: UInt64 = 1
  /// Time × list registers in use in each span, in ns.
  public var used: [UInt64] = []
  /// The most in use on one PE in each span.
  public var most: [UInt8] = []
  /// No spans.
  public init() {}
}
