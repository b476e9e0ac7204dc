import InterruptTrace

/// One interrupt from becoming pending to its deactivation, as far as the capture shows it.
///
/// Lives are what the latency distributions are made of: ``measured`` says which spans of this one are in them.
public struct InterruptLife: BitwiseCopyable, Equatable, Sendable {
  /// When it became pending, in ns since the capture's epoch; what it means depends on ``Shown/pending``.
  public var pendingTime: UInt64 = 0
  /// The event that made it pending.
  public var pendingEvent: UInt64 = 0
  /// When a PE acknowledged it; see ``Shown/acknowledge``.
  public var acknowledgeTime: UInt64 = 0
  /// The event of the acknowledge.
  public var acknowledgeEvent: UInt64 = 0
  /// When the running priority dropped; see ``Shown/end``.
  public var endTime: UInt64 = 0
  /// The event of the end of interrupt.
  public var endEvent: UInt64 = 0
  /// When it was deactivated; see ``Shown/deactivation``.
  public var deactivationTime: UInt64 = 0
  /// The event of the deactivation.
  public var deactivationEvent: UInt64 = 0
  /// For an SGI the PE that sent it, for an LPI `DeviceID << 32 | EventID`; see ``deviceID`` and ``sourcePE``.
  public var source: UInt64 = 0
  /// When it was first put into a list register; see ``Shown/listed``.
  public var listedTime: UInt64 = 0
  /// The event that did so.
  public var listedEvent: UInt64 = 0
  /// The interrupt.
  public var intid: UInt32 = 0
  /// The PE that acknowledged it, or else the one that it was pending for; ``PE/none`` if that is not known.
  public var pe: UInt32 = PE.none
  /// Edges and messages that came while it was pending and made no interrupt of their own.
  public var merged: UInt32 = 0
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16 = 0
  /// Its priority when it was acknowledged, or when it became pending; 255 is the lowest.
  public var priority: UInt8 = 0
  /// Which of the moments the capture shows.
  public var shown: Shown = []
  /// The spans that the latency distributions hold: bit n stands for the ``LatencyStage`` of raw value n.
  public var measured: UInt8 = 0
  /// Why it became pending, where that is shown: a ``PendingCause``.
  public var cause: UInt8 = 0
  /// What became of it.
  public var outcome = Outcome.ended
  /// The least certain of the transitions it is made of.
  public var certainty = Provenance.observed
  /// A guest's, as it sees it: INTID and PE are those of its virtual CPU interface, or of its vCPU in domains above 0.
  public var isVirtual = false
  /// The list register that held it first; 0xFF for none.
  public var listRegister: UInt8 = 0xFF
  /// The capture lost events within it.
  public var spansGap = false

  /// A life with no recorded moments.
  public init() {}

  /// A guest's interrupt with no recorded moments yet.
  init(ofGuest t: Transition) {
    (domain, pe, intid) = (t.domain, t.pe, t.intid)
    priority = UInt8(truncatingIfNeeded: t.priority)
    isVirtual = true
  }

  /// Moments of a life.
  public struct Shown: OptionSet, BitwiseCopyable, Sendable {
    /// A bit for each moment.
    public var rawValue: UInt8
    /// As given.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The capture shows when it became pending.
    public static let pending = Shown(rawValue: 1)
    /// It was acknowledged.
    public static let acknowledge = Shown(rawValue: 2)
    /// Its end of interrupt was written.
    public static let end = Shown(rawValue: 4)
    /// It was deactivated. Of a guest under a hypervisor's own tracing: it was out of its list registers by then, at the
    /// latest.
    public static let deactivation = Shown(rawValue: 8)
    /// ``InterruptLife/source`` is known.
    public static let source = Shown(rawValue: 16)
    /// A guest's interrupt was put into a list register.
    public static let listed = Shown(rawValue: 32)
  }

  /// How a life came to its close.
  public enum Outcome: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Acknowledged, ended and, unless it is an LPI, deactivated.
    case ended
    /// Stopped being pending before a PE acknowledged it.
    case withdrawn
    /// Acknowledged again before it had ended.
    case acknowledgedAgain
    /// Still pending at the capture's end.
    case pendingAtEnd
    /// Acknowledged, and not ended or not deactivated at the capture's end.
    case activeAtEnd
    /// A guest's: put into a list register again although its end was not seen.
    case listedAgain
    /// A guest's: in a list register at the capture's end, which does not show what the guest did with it.
    case listedAtEnd

    /// The name that scripts depend on.
    public var name: String {
      switch self {
      case .ended: "ended"
      case .withdrawn: "withdrawn"
      case .acknowledgedAgain: "acknowledged-again"
      case .pendingAtEnd: "pending-at-end"
      case .activeAtEnd: "active-at-end"
      case .listedAgain: "listed-again"
      case .listedAtEnd: "listed-at-end"
      }
    }
  }
}

extension InterruptLife {
  /// SGI, PPI, SPI or LPI.
  public var interruptClass: InterruptClass { InterruptClass(intid: intid) }

  /// The PE that sent an SGI.
  public var sourcePE: UInt32? {
    guard shown.contains(.source), interruptClass == .sgi, source < UInt64(PE.none) else { return nil }
    return UInt32(source)
  }

  /// The device whose message became an LPI.
  public var deviceID: UInt32? {
    shown.contains(.source) && interruptClass == .lpi ? UInt32(truncatingIfNeeded: source >> 32) : nil
  }

  /// The event of that device.
  public var eventID: UInt32? {
    shown.contains(.source) && interruptClass == .lpi ? UInt32(truncatingIfNeeded: source) : nil
  }

  /// Why it became pending, where that is shown.
  public var pendingCause: PendingCause? { shown.contains(.pending) ? PendingCause(rawValue: cause) : nil }

  /// Start and length in ns of a span that the distributions hold; nil for the others. Where stamps step back, a span
  /// has the length 0.
  public func span(_ stage: LatencyStage) -> (start: UInt64, length: UInt64)? {
    guard measured >> stage.rawValue & 1 != 0 else { return nil }
    let (from, to) =
      switch stage {
      case .pendingToAcknowledge: (pendingTime, acknowledgeTime)
      case .acknowledgeToEOI: (acknowledgeTime, endTime)
      case .acknowledgeToDeactivate: (acknowledgeTime, deactivationTime)
      case .injectionToEOI: (pendingTime, endTime)
      }
    return (from, to >= from ? to - from : 0)
  }

  /// The first moment that is shown, in ns.
  public var firstTime: UInt64 {
    if shown.contains(.pending) { return pendingTime }
    if shown.contains(.listed) { return listedTime }
    if shown.contains(.acknowledge) { return acknowledgeTime }
    return shown.contains(.end) ? endTime : deactivationTime
  }

  /// The event of ``firstTime``.
  public var firstEvent: UInt64 {
    if shown.contains(.pending) { return pendingEvent }
    if shown.contains(.listed) { return listedEvent }
    if shown.contains(.acknowledge) { return acknowledgeEvent }
    return shown.contains(.end) ? endEvent : deactivationEvent
  }

  /// Of a guest's interrupt, from its injection or its being listed to its end, or to the exit by which it had ended, in
  /// ns; nil where an end is not shown, or a gap lies between.
  public var guestSpan: (start: UInt64, length: UInt64)? {
    guard isVirtual, !spansGap, shown.contains(.pending) || shown.contains(.listed) else { return nil }
    guard shown.contains(.end) || shown.contains(.deactivation) else { return nil }
    let end = shown.contains(.end) ? endTime : deactivationTime
    return (firstTime, end >= firstTime ? end - firstTime : 0)
  }

  /// Of it nothing is known any more but what it is.
  mutating func forgetMoments() {
    var life = InterruptLife()
    (life.domain, life.pe, life.intid, life.priority, life.isVirtual) = (domain, pe, intid, priority, isVirtual)
    self = life
  }

  /// When it was listed is not known after all.
  mutating func forgetListing() { shown.remove(.listed) }

  mutating func list(_ t: Transition, register: UInt64) {
    listedTime = t.time
    listedEvent = t.event
    listRegister = UInt8(truncatingIfNeeded: register)
    shown.insert(.listed)
    rest(on: t.provenance)
  }

  mutating func acknowledge(_ t: Transition) {
    pe = t.pe
    acknowledgeTime = t.time
    acknowledgeEvent = t.event
    shown.insert(.acknowledge)
    rest(on: t.provenance)
  }

  mutating func end(_ t: Transition) {
    endTime = t.time
    endEvent = t.event
    shown.insert(.end)
    rest(on: t.provenance)
  }

  mutating func deactivate(_ t: Transition) {
    deactivationTime = t.time
    deactivationEvent = t.event
    shown.insert(.deactivation)
    rest(on: t.provenance)
  }

  mutating func rest(on provenance: Provenance) {
    if provenance.rawValue > certainty.rawValue { certainty = provenance }
  }
}
