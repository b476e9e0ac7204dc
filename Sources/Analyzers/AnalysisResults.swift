import InterruptTrace

/// What the analyzers found.
public struct AnalysisResults: Sendable {
  /// Events by kind.
  public var eventKinds: [(kind: EventKind, count: UInt64)] = []
  /// Totals.
  public var summary = Summary()
  /// What interrupts waited for while they were pending, by class and cause.
  public var waits: [WaitCount] = []
  /// What guests' interrupts waited for from being listed to the guest's acknowledge, by class and cause.
  public var virtualWaits: [VirtualWaitCount] = []
  /// The interrupts that took longest from becoming pending to their end, the worst first.
  public var worst: [LongInterrupt] = []
  /// By domain, PE and INTID.
  public var acknowledges: [AcknowledgeCount] = []
  /// By class and stage.
  public var latency: [ClassLatency] = []
  /// From becoming pending to the end, over time and by class.
  public var latencyOverTime: [ClassLatencySeries] = []
  /// By INTID and stage; SGIs and PPIs of all PEs together.
  public var latencyByINTID: [KeyedLatency] = []
  /// By the acknowledging PE and stage.
  public var latencyByPE: [KeyedLatency] = []
  /// By DeviceID and stage: LPIs only.
  public var latencyByDevice: [KeyedLatency] = []
  /// What the latencies leave out.
  public var exclusions = LatencyExclusions()
  /// By domain, PE, reason and INTID.
  public var spurious: [SpuriousCount] = []
  /// The first thousand gaps.
  public var gaps: [Gap] = []
  /// All gaps.
  public var gapCount: UInt64 = 0
  /// Events known to be lost in them.
  public var lostEvents: UInt64 = 0
  /// Acknowledges over time.
  public var activity = Activity()
  /// What guests did with their virtual interrupts.
  public var virtual = VirtualInterrupts()
  /// How list registers were used.
  public var listRegisters = ListRegisterUse()
  /// What ITSes looked up in their tables, and what caches make of it.
  public var its: [ITSCaches] = []
  /// What went wrong, the worst first.
  public var findings: [Finding] = []
  /// The first answer of the controller that contradicts what the capture showed before it; nil if none does. The capture
  /// may lack events before it.
  public var contradictionEvent: UInt64?
  /// What was acknowledged and has not ended by the end of the capture, by domain and PE, the innermost last.
  public var runningAtEnd: [RunningInterrupt] = []
  /// Occurrences that found no room in ``findings``.
  public var unlistedFindings: UInt64 = 0
  /// What found no room: the rest beyond ``AnalysisLimits``.
  public var unfollowed = UnfollowedCounts()
  /// What a hypervisor's own tracing says of each guest.
  public var kvm: [GuestActivity] = []
  /// What a kernel's own tracing says of its interrupts.
  public var kernel = KernelActivity()

  /// The INTIDs that were acknowledged, the busiest first; equal ones in the order of INTIDs.
  public var busiest: [(domain: UInt16, intid: UInt32, count: UInt64)] {
    var sums: [UInt64: UInt64] = [:]
    for row in acknowledges { sums[UInt64(row.domain) << 32 | UInt64(row.intid), default: 0] += row.count }
    return sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      (UInt16(truncatingIfNeeded: $0.key >> 32), UInt32(truncatingIfNeeded: $0.key), $0.value)
    }
  }

  /// The latencies of all classes together in one stage.
  public func latency(of stage: LatencyStage) -> LatencyDistribution {
    var sum = LatencyDistribution()
    for row in latency where row.stage == stage { sum = sum.merged(with: row.distribution) }
    return sum
  }
}
