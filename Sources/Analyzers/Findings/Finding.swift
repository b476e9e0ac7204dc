/// Something that went wrong with an interrupt, or looks as if it did.
public struct Finding: Sendable, Equatable {
  /// One condition of the chain that explains a finding.
  public struct Link: Sendable, Equatable {
    /// What held, in plain words.
    public var text: String
    /// Number of the event that made it so; nil if it follows from no single one.
    public var event: UInt64?
    /// A condition, with its evidence.
    public init(_ text: String, event: UInt64? = nil) {
      self.text = text
      self.event = event
    }
  }

  /// What went wrong.
  public var kind: FindingKind
  /// How bad it is.
  public var severity: FindingSeverity
  /// How sure it is.
  public var certainty: FindingCertainty
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// Whether the interrupt is one that a guest sees, in list registers: INTID and PE are then those of its virtual interface.
  public var isVirtual = false
  /// The interrupt; nil if none is known, as for an MSI without a translation.
  public var intid: UInt32?
  /// The device of an MSI or a command.
  public var deviceID: UInt32?
  /// The device's event.
  public var eventID: UInt32?
  /// Linear number of the PE; nil if it concerns no single one.
  public var pe: UInt32?
  /// How often it happened.
  public var count: UInt64
  /// Number of the event where it first showed.
  public var firstEvent: UInt64
  /// Number of the event where it last showed.
  public var lastEvent: UInt64
  /// When it first showed, in ns since the capture's epoch.
  public var firstTime: UInt64
  /// When it last showed.
  public var lastTime: UInt64
  /// What happened, in one sentence.
  public var summary: String
  /// Why it is so: the conditions that hold, from the cause to the effect.
  public var chain: [Link]
  /// A command that shows where it happened, to be pasted into a shell.
  public var next: String
  /// What to check, in one sentence.
  public var advice: String

  /// The interrupt's class, where there is an interrupt.
  public var interruptClass: InterruptClass? { intid.map(InterruptClass.init(intid:)) }
}

/// What can be found. The names are what scripts depend on.
public enum FindingKind: UInt8, Sendable, CaseIterable {
  /// An MSI that led to no interrupt.
  case unmappedMSI
  /// An ITS command that was refused, or never read.
  case commandError
  /// Pending and never acknowledged.
  case stuckPending
  /// Acknowledged and never ended.
  case stuckActive
  /// Several edges that became one interrupt.
  case coalescedEdge
  /// Pending state that software took away.
  case discardedPending
  /// Acknowledges that returned no interrupt.
  case spuriousAcknowledge
  /// An acknowledge that returned an interrupt that should not have been.
  case unexpectedAcknowledge
  /// An end of another interrupt than the one that runs.
  case wrongEOI
  /// Ended with EOImode set, and never deactivated.
  case missingDeactivate
  /// The same interrupt over and over.
  case storm
  /// An LPI's configuration changed in memory without INV.
  case staleLPIConfiguration
  /// Sent to a PE that cannot take it.
  case misrouted
  /// Delayed because no list register was free.
  case overflowDelay
  /// Kept waiting while others were taken.
  case starved
  /// The machine was reset; no interrupt is concerned, but for those that ran.
  case reset
  /// An access that the architecture forbids, ignores or calls UNPREDICTABLE.
  case misuse
  /// Writes that had no effect.
  case ignoredWrite
  /// A kernel's interrupts that no handler of their line handled.
  case unhandled

  /// The stable name.
  public var name: String {
    switch self {
    case .unmappedMSI: "unmapped-msi"
    case .commandError: "command-error"
    case .stuckPending: "stuck-pending"
    case .stuckActive: "stuck-active"
    case .coalescedEdge: "coalesced-edge"
    case .discardedPending: "discarded-pending"
    case .spuriousAcknowledge: "spurious-acknowledge"
    case .unexpectedAcknowledge: "unexpected-acknowledge"
    case .wrongEOI: "wrong-eoi"
    case .missingDeactivate: "missing-deactivate"
    case .storm: "storm"
    case .staleLPIConfiguration: "stale-lpi-configuration"
    case .misrouted: "misrouted"
    case .overflowDelay: "overflow-delay"
    case .starved: "starved"
    case .reset: "reset"
    case .misuse: "misuse"
    case .ignoredWrite: "ignored-write"
    case .unhandled: "unhandled"
    }
  }
}

/// How bad a finding is.
public enum FindingSeverity: UInt8, Sendable, CaseIterable, Comparable {
  /// An interrupt is lost, or a PE can take none any more.
  case error
  /// Something that works only by luck, or late.
  case warning
  /// Worth knowing; may well be as intended.
  case note

  /// The stable name.
  public var name: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .note: "note"
    }
  }

  /// The worse comes first.
  public static func < (left: FindingSeverity, right: FindingSeverity) -> Bool { left.rawValue < right.rawValue }
}

/// How sure a finding is.
public enum FindingCertainty: UInt8, Sendable, CaseIterable {
  /// The capture shows every condition.
  case certain
  /// One condition is inferred, or judged by how long something took.
  case likely
  /// It depends on what happened before the capture began, or in a gap.
  case unknownBeforeCapture

  /// The stable name.
  public var name: String {
    switch self {
    case .certain: "certain"
    case .likely: "likely"
    case .unknownBeforeCapture: "unknown-before-capture"
    }
  }
}
