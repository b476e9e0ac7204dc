import InterruptTrace

/// Why an acknowledge found no interrupt.
public enum SpuriousReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  /// Nothing explains it: the PE asked although nothing was there for it.
  case nothingPending
  /// The input line fell before the PE acknowledged.
  case lineFell
  /// Software cleared the pending state.
  case clearedBySoftware
  /// An ITS command took the interrupt away: CLEAR, DISCARD, MOVI, MOVALL.
  case itsCommand
  /// The interrupt was disabled.
  case disabled
  /// The interrupt was given another target.
  case retargeted
  /// Another PE was faster.
  case takenByOtherPE
  /// 1020: the interrupt belongs to Secure state.
  case secureInterrupt
  /// 1021: the interrupt belongs to Non-secure state.
  case nonSecureInterrupt
  /// 1022: the interrupt belongs to the other group, or is non-maskable.
  case otherGroup
  /// The PE had acknowledged an interrupt and asked whether there is another: handlers that loop until 1023 do so.
  case noneLeft

  private var words: (name: String, title: String) {
    switch self {
    case .nothingPending: ("nothing-pending", "nothing was pending")
    case .lineFell: ("line-fell", "the line fell first")
    case .clearedBySoftware: ("cleared-by-software", "pending state cleared by software")
    case .itsCommand: ("its-command", "taken away by an ITS command")
    case .disabled: ("disabled", "disabled in between")
    case .retargeted: ("retargeted", "sent to another PE in between")
    case .takenByOtherPE: ("taken-by-other-pe", "another PE took it")
    case .secureInterrupt: ("secure-interrupt", "it was a Secure interrupt (1020)")
    case .nonSecureInterrupt: ("non-secure-interrupt", "it was a Non-secure interrupt (1021)")
    case .otherGroup: ("other-group", "it was of the other group (1022)")
    case .noneLeft: ("none-left", "the handler asked for another, and none was left")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people.
  public var title: String { words.title }
}

/// Spurious acknowledges of one PE for one reason.
public struct SpuriousCount: Equatable, Sendable {
  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// Linear number of the PE.
  public var pe: UInt32
  /// Why.
  public var reason: SpuriousReason
  /// The interrupt that went away, where the reason has one.
  public var intid: UInt32?
  /// How often.
  public var count: UInt64
}

/// Counts acknowledges that returned a special INTID, and finds what happened to the interrupt in the meantime.
struct SpuriousAnalyzer: ~Copyable {
  /// What last went away without this PE's doing.
  struct Withdrawal: BitwiseCopyable {
    var event: UInt64 = 0
    var intid: UInt32 = 0
    var pe: UInt32 = PE.none
    var reason = SpuriousReason.nothingPending
  }
  struct Interface: BitwiseCopyable {
    /// The event of its last acknowledge, spurious ones included.
    var acknowledged: UInt64 = 0
    /// Whether that returned an interrupt.
    var gotInterrupt = false
    var withdrawal = Withdrawal()
    /// What it would have acknowledged, as far as the capture or the model says.
    var candidate: UInt32 = .max
  }

  private var interfaces = PETable(Interface())
  /// Levels that stayed high over their acknowledge: their fall withdraws no pending interrupt.
  private var held = LiveTable(false)
  /// Of interrupts that no single PE owns, by domain.
  private var shared = LiveTable(Withdrawal())
  /// By PE and reason; the INTID is in the key too.
  private var table: LiveTable<UInt64>
  private let rows: Int

  init(_ limits: AnalysisLimits) {
    table = LiveTable(0, limit: limits.owners)
    rows = limits.rows
  }

  /// `key`, here and in the following, is ``Transition/interruptKey``.
  @inline(__always) mutating func acknowledged(_ t: Transition, _ key: UInt64) {
    if InterruptClass(intid: t.intid) == .spi { withdraw(t, .takenByOtherPE, shared: true) }
    if t.acknowledged.staysPending { held.insert(key).pointee = true }
    let interface = interfaces.at(t)
    interface.pointee.acknowledged = t.event
    interface.pointee.gotInterrupt = true
    interface.pointee.withdrawal = Withdrawal()
    interface.pointee.candidate = .max
  }

  /// A PE has a highest-priority pending interrupt to acknowledge.
  mutating func offered(_ t: Transition) {
    if t.intid != INTID.none { interfaces.at(t).pointee.candidate = t.intid }
  }

  @inline(__always) mutating func deactivated(_ t: Transition, _ key: UInt64) {
    if held.count > 0 { held.remove(key) }
  }

  /// An interrupt stopped being pending without an acknowledge.
  mutating func withdrawn(_ t: Transition, _ key: UInt64) {
    if held.count > 0, held.find(key) != nil {
      held.remove(key)
    } else {
      withdraw(t, Self.reason(t), shared: t.pe == PE.none)
    }
  }

  mutating func disabled(_ t: Transition) { withdraw(t, .disabled, shared: t.pe == PE.none) }

  mutating func retargeted(_ t: Transition) { withdraw(t, .retargeted, shared: true) }

  private static func reason(_ t: Transition) -> SpuriousReason {
    switch t.pendingCleared.cause {
    case .line: .lineFell
    case .command: .itsCommand
    default: .clearedBySoftware
    }
  }

  private mutating func withdraw(_ t: Transition, _ reason: SpuriousReason, shared isShared: Bool) {
    let withdrawal = Withdrawal(event: t.event, intid: t.intid, pe: t.pe, reason: reason)
    if isShared {
      shared.insert(UInt64(t.domain)).pointee = withdrawal
    } else {
      interfaces.at(t).pointee.withdrawal = withdrawal
    }
  }

  /// A special INTID was acknowledged.
  mutating func count(_ t: Transition, isCounted: Bool) {
    let interface = interfaces.at(t)
    defer {
      interface.pointee.acknowledged = t.event
      interface.pointee.gotInterrupt = false
      interface.pointee.withdrawal = Withdrawal()
    }
    guard isCounted else { return }
    var reason: SpuriousReason
    var intid = UInt32.max
    switch t.spuriousAcknowledge.value {
    case INTID.secure: reason = .secureInterrupt
    case INTID.nonSecure: reason = .nonSecureInterrupt
    case INTID.nonMaskable: reason = .otherGroup
    default:
      let found = withdrawal(before: t, interface)
      reason = found.reason
      if reason != .nothingPending {
        intid = found.intid
      } else if interface.pointee.gotInterrupt {
        reason = .noneLeft
      }
    }
    // 24 bits of INTID suffice; the special value says "none".
    let key = UInt64(t.domain) << 48 | UInt64(t.pe & 0xF_FFFF) << 28 | UInt64(reason.rawValue) << 24
    table.insert(key | UInt64(intid & 0xFF_FFFF)).pointee &+= 1
  }

  @inline(__always)
  private mutating func withdrawal(before t: Transition, _ interface: UnsafePointer<Interface>) -> Withdrawal {
    if interface.pointee.withdrawal.reason != .nothingPending { return interface.pointee.withdrawal }
    guard let other = shared.find(UInt64(t.domain))?.pointee, other.event >= interface.pointee.acknowledged,
      other.pe != t.pe
    else { return Withdrawal() }
    // What another PE does to shared interrupts all the time explains nothing unless this PE had been offered it.
    return other.intid == interface.pointee.candidate ? other : Withdrawal()
  }

  /// Counts by domain, PE, reason and INTID; if they are more than there are rows, the greatest, and the sum of the others.
  var counts: (rows: [SpuriousCount], rest: UInt64) {
    let (found, rest) = table.busiest(rows)
    let counts = found.map { entry in
      let intid = UInt32(truncatingIfNeeded: entry.key) & 0xFF_FFFF
      return SpuriousCount(
        domain: UInt16(truncatingIfNeeded: entry.key >> 48), pe: UInt32(truncatingIfNeeded: entry.key >> 28) & 0xF_FFFF,
        reason: SpuriousReason(rawValue: UInt8(truncatingIfNeeded: entry.key >> 24) & 0xF)!,
        intid: intid == 0xFF_FFFF ? nil : intid, count: entry.value)
    }
    return (counts, rest)
  }
}
