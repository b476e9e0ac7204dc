/// What guests did with their virtual interrupts.
public struct VirtualInterrupts: Sendable {
  /// Virtual interrupts that were listed, not counting how often they were loaded again.
  public var listed: UInt64 = 0
  /// Loads of one that had been listed and taken out again before it ended.
  public var relisted: UInt64 = 0
  /// Of ``listed``, those linked to a physical interrupt.
  public var hardwareLinked: UInt64 = 0
  /// Acknowledges that returned an interrupt.
  public var acknowledges: UInt64 = 0
  /// The same by class of the virtual INTID, in the order of ``InterruptClass``.
  public var acknowledgesByClass = [UInt64](repeating: 0, count: 4)
  /// Acknowledges of directly injected interrupts (GICv4), which are in no list register.
  public var directAcknowledges: UInt64 = 0
  /// Acknowledges that returned a special INTID.
  public var spuriousAcknowledges: UInt64 = 0
  /// Ends of interrupt.
  public var endOfInterrupts: UInt64 = 0
  /// Deactivations.
  public var deactivations: UInt64 = 0
  /// Directly injected interrupts that became pending for a vPE.
  public var directPending: UInt64 = 0
  /// Directly injected interrupts that came while they were pending.
  public var directMerged: UInt64 = 0
  /// By class and stage.
  public var latency: [VirtualLatency] = []
  /// From being listed, or becoming pending for the vPE, to the guest's end of interrupt, over time and by class.
  public var latencyOverTime: [ClassLatencySeries] = []
  /// By virtual INTID, in order.
  public var interrupts: [VirtualInterruptCount] = []
  /// What the latencies leave out.
  public var exclusions = VirtualExclusions()
  /// Nothing.
  public init() {}

  /// The latencies of one stage, by class.
  public func latency(of stage: VirtualStage) -> [VirtualLatency] { latency.filter { $0.stage == stage } }

  /// Whether every deactivation was an end of interrupt itself (EOImode 0).
  public var deactivatesAtEnd: Bool {
    latency(of: .acknowledgeToDeactivate).allSatisfy { deactivated in
      let d = deactivated.distribution
      let ends = latency(of: .acknowledgeToEOI).first { $0.interruptClass == deactivated.interruptClass }?.distribution
      guard let ends, ends.count >= d.count else { return false }
      return d.min >= ends.min && d.max <= ends.max && (d.count < ends.count || d.mean == ends.mean)
    }
  }

  /// Whether a capture has anything virtual to report.
  public var isEmpty: Bool { listed + acknowledges + spuriousAcknowledges + directPending == 0 }
}

/// The latencies of one class of virtual interrupt in one stage.
public struct VirtualLatency: Sendable {
  /// By the virtual INTID.
  public var interruptClass: InterruptClass
  /// Which span.
  public var stage: VirtualStage
  /// The samples.
  public var distribution: LatencyDistribution
}

/// One virtual INTID, of all PEs together.
public struct VirtualInterruptCount: Sendable {
  /// 0 is the physical controller's capture, n is guest n.
  public var domain: UInt16
  /// As the guest sees it.
  public var intid: UInt32
  /// How often a guest acknowledged it.
  public var acknowledges: UInt64
  /// The physical INTID that it was last linked to.
  public var physicalINTID: UInt32?
  /// From being listed, or becoming pending for the vPE, to the guest's end of interrupt: samples, least, mean and
  /// greatest in ns.
  public var toEOI: (count: UInt64, min: UInt64, mean: UInt64, max: UInt64)
}

/// What the latencies of virtual interrupts do not hold.
public struct VirtualExclusions: Equatable, Sendable {
  /// Acknowledged, but listed or pending before the capture shows it, or before its vCPU was loaded again.
  public var startUnknown: UInt64 = 0
  /// Ended or deactivated without an acknowledge in the capture.
  public var acknowledgeUnknown: UInt64 = 0
  /// Hardware-linked, without an acknowledge of the physical interrupt in the capture before: the hypervisor raised it by
  /// itself, as KVM does with a timer of a guest that slept.
  public var physicalUnknown: UInt64 = 0
  /// Listed again although its end was not seen.
  public var endUnknown: UInt64 = 0
  /// Spans that a gap in the capture lies in.
  public var acrossGap: UInt64 = 0
  /// In a list register, or taken out of one unfinished, at the end.
  public var unfinished: UInt64 = 0
  /// No counts.
  public init() {}
}
