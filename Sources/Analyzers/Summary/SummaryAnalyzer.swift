import InterruptTrace

/// How much of what happened.
public struct Summary: Sendable {
  /// Acknowledges that returned an interrupt.
  public var acknowledges: UInt64 = 0
  /// Acknowledges that returned a special INTID, 1020 to 1023.
  public var spuriousAcknowledges: UInt64 = 0
  /// Ends of interrupts.
  public var endOfInterrupts: UInt64 = 0
  /// Ends that no acknowledge precedes, or of another interrupt than the running one.
  public var mismatchedEnds: UInt64 = 0
  /// MSIs that reached a controller.
  public var msis: UInt64 = 0
  /// Commands that ITSes carried out.
  public var itsCommands: UInt64 = 0
  /// Commands of each opcode.
  public var itsCommandsByOpcode = [UInt64](repeating: 0, count: 256)
  /// MSIs and commands that failed.
  public var itsFaults: UInt64 = 0
  /// SGIs sent, counted per target.
  public var sgisSent: UInt64 = 0
  /// Acknowledges by class, in the order of ``InterruptClass``.
  public var acknowledgesByClass = [UInt64](repeating: 0, count: 4)
  /// Times interrupts became pending, by class.
  public var pendingByClass = [UInt64](repeating: 0, count: 4)
  /// Acknowledges of virtual interrupts.
  public var virtualAcknowledges: UInt64 = 0
  /// Virtual acknowledges that returned a special INTID.
  public var virtualSpuriousAcknowledges: UInt64 = 0
  /// Ends of virtual interrupts.
  public var virtualEndOfInterrupts: UInt64 = 0
  /// Messages of the emulator that the guest did something wrong.
  public var guestErrors: UInt64 = 0
  /// No counts.
  public init() {}
}

/// Counts transitions.
struct SummaryAnalyzer: ~Copyable {
  private var totals = Summary()
  private var acknowledgesByClass = InlineArray<4, UInt64>(repeating: 0)
  private var pendingByClass = InlineArray<4, UInt64>(repeating: 0)

  /// The counts so far.
  var summary: Summary {
    var summary = totals
    for n in 0..<4 {
      summary.acknowledgesByClass[n] = acknowledgesByClass[n]
      summary.pendingByClass[n] = pendingByClass[n]
    }
    return summary
  }

  @inline(__always) mutating func count(_ t: Transition) {
    switch t.kind {
    case .acknowledged:
      totals.acknowledges += 1
      acknowledgesByClass[Int(InterruptClass(intid: t.intid).rawValue)] += 1
    case .pending: pendingByClass[Int(InterruptClass(intid: t.intid).rawValue)] += 1
    case .spuriousAcknowledge: totals.spuriousAcknowledges += 1
    case .endOfInterrupt: totals.endOfInterrupts += 1
    case .mismatchedEnd: totals.mismatchedEnds += 1
    case .msi: totals.msis += 1
    case .itsCommand:
      totals.itsCommands += 1
      totals.itsCommandsByOpcode[Int(t.itsCommand.opcode)] += 1
    // What the capture does not say how to translate may have been translated all right.
    case .itsFault: if t.itsFault.fault != .unknown { totals.itsFaults += 1 }
    case .sgiSent: totals.sgisSent += 1
    case .virtualAcknowledged: totals.virtualAcknowledges += 1
    case .virtualSpuriousAcknowledge: totals.virtualSpuriousAcknowledges += 1
    case .virtualEndOfInterrupt: totals.virtualEndOfInterrupts += 1
    case .guestError: totals.guestErrors += 1
    default: break
    }
  }
}
