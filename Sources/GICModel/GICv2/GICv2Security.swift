import InterruptTrace

/// Whose access it was, and in which Security state (IHI 0048B, 1.2.2 and 4.1.5).
///
/// Most captures do not show the Security state of a GICv2 access. It is then *inferred* from the PE's exceptions, where
/// those are shown, or *assumed*: Secure, as after reset, unless the topology says that a Non-secure kernel was started.
/// A read whose value only the other view explains corrects the belief. Transitions carry how it was found.
extension GICv2 {
  /// The PE that made an access. Where the capture does not show it, the one that made the last.
  @inline(__always) mutating func accessor(_ event: Event) -> Int {
    if holds(event.pe) {
      accessorIsAssumed = false
      lastAccessor = Int(event.pe)
      return lastAccessor
    }
    return assumedAccessor(event)
  }

  private mutating func assumedAccessor(_ event: Event) -> Int {
    accessorIsAssumed = false
    if event.frame != .gicd, event.pe == PE.none, holds(event.owner & 0xFF_FFFF) { return Int(event.owner & 0xFF_FFFF) }
    accessorIsAssumed = peCount > 1
    if peCount > 1 { progress.provenance = .assumed }
    return lastAccessor
  }

  /// Whether an access sees the Non-secure view.
  @inline(__always) mutating func isNonSecure(_ event: Event, pe: Int) -> Bool {
    if event.flags.contains([.secure, .securityShown]), !sawSecure { noteSecure() }
    return hasTwoSecurityStates && seesNonSecureView(event, pe: pe)
  }

  /// The first Secure access: no emulator left firmware out, so that groups are those of reset.
  private mutating func noteSecure() {
    sawSecure = true
    if startsAtReset, topology[.resetToGroup1] != true { banks.knowResetGroups() }
    learnSecurity()
  }

  /// A Secure access, or an answer that only the other view explains, where nothing says how many Security states the
  /// controller has.
  private mutating func learnSecurity() {
    guard topology[.securityStates] == nil else { return }
    topology.set(.securityStates, to: .two, source: .inferred)
    hasTwoSecurityStates = true
  }

  private mutating func seesNonSecureView(_ event: Event, pe: Int) -> Bool {
    if event.flags.contains(.securityShown) {
      let isSecure = event.flags.contains(.secure)
      interfaces[pe].security = isSecure ? .secure : .nonSecure
      interfaces[pe].viewIsSure = true
      return !isSecure
    }
    switch interfaces[pe].security {
    case .secure, .el3:
      progress.provenance = .inferred
      return false
    case .nonSecure:
      progress.provenance = .inferred
      return true
    case .unknown:
      progress.provenance = .assumed
      return topology[.resetToGroup1] == true
    }
  }

  /// Whether the Security state of an access may be other than believed.
  @inline(__always)
  func mayBeOtherView(_ event: Event, pe: Int) -> Bool {
    // What EL3 accesses is Secure. A register that reads as zero may as well have been reset.
    !event.flags.contains(.securityShown) && !(interfaces[pe].security == .el3 && interfaces[pe].viewIsSure)
      && (hasTwoSecurityStates || topology[.securityStates] == nil && event.b != 0)
  }

  /// Whether a read tells that the access was in the other view than believed: that view explains it, and the believed one
  /// contradicts it, or could have answered it only by what is not known.
  private func tellsOtherView(_ seen: UInt64, pe: Int, _ own: Learned<UInt64>, _ other: Learned<UInt64>) -> Bool {
    guard own.value != seen, !other.contradicts(seen) else { return false }
    if own.contradicts(seen) { return true }
    guard !interfaces[pe].viewIsSure, other.value == seen else { return false }
    // Of a PE that changes its Security state unseen, another state explains sooner than another value does.
    return interfaces[pe].changesUnseen || (own.value ^ seen) & other.known != 0
  }

  /// Whether a read was in the other view than believed; corrects the belief then. `other` is what that view answers: it
  /// is asked only if the believed one does not answer so.
  mutating func isInOtherView(
    _ event: Event, check: Int, pe: Int, nonSecure: Bool, _ own: Learned<UInt64>,
    _ other: (borrowing Self) -> Learned<UInt64>
  ) -> Bool {
    if own.value == event.b {
      if doubtsView(event, pe: pe), interfaces[pe].exceptionLevel != 0xFF {
        if other(self).contradicts(event.b) { prove(pe: pe, nonSecure: nonSecure) }
      }
      return false
    }
    guard mayBeOtherView(event, pe: pe), tellsOtherView(event.b, pe: pe, own, other(self)) else { return false }
    correctSecurity(pe: pe, nonSecure: !nonSecure)
    // What is unknown may have answered so in the believed view, too.
    if !own.contradicts(event.b), interfaces[pe].levelIsGuess { interfaces[pe].viewIsSure = false }
    differ(check, expected: own.value, seen: event.b, isTaught: true, isUnknown: true, pe: event.pe)
    return true
  }

  /// An answer shows the Security state of a PE, which stays until it changes its exception level.
  mutating func prove(pe: Int, nonSecure: Bool) {
    let mayBeAtEL3 = interfaces[pe].levelIsGuess && !interfaces[pe].changesUnseen
    let isAtEL3 = !nonSecure && (interfaces[pe].security == .el3 || mayBeAtEL3)
    interfaces[pe].security = nonSecure ? .nonSecure : isAtEL3 ? .el3 : .secure
    interfaces[pe].viewIsSure = true
    // Where the exceptions were taken for another PE's, later ones may be too.
    interfaces[pe].levelIsGuess = isAtEL3 != (interfaces[pe].exceptionLevel == 3)
  }

  /// What is shown contradicts the Security state that a PE was held to be in for sure.
  mutating func doubtSecurity(_ pe: Int) {
    interfaces[pe].viewIsSure = false
    if interfaces[pe].exceptionLevel != 0xFF { interfaces[pe].levelIsGuess = true }
  }

  /// A read returned what only the other view explains.
  mutating func correctSecurity(pe: Int, nonSecure: Bool) {
    learnSecurity()
    // Reads that told now the one view and now the other show that the PE changes its Security state unseen.
    if interfaces[pe].viewIsSure { interfaces[pe].changesUnseen = true }
    // Where exceptions are shown, the state changes with one of them.
    if interfaces[pe].exceptionLevel != 0xFF { return prove(pe: pe, nonSecure: nonSecure) }
    interfaces[pe].security = nonSecure ? .nonSecure : .secure
    interfaces[pe].viewIsSure = !interfaces[pe].changesUnseen
  }

  /// Exception entry and return tell a PE's exception level. EL3 is Secure; where it returns to is decided by
  /// `SCR_EL3.NS`, which no capture shows: Non-secure, until a read says otherwise. EL2 is Non-secure.
  mutating func observeException(_ event: Event) {
    let (from, level) = (UInt8(truncatingIfNeeded: event.a >> 8) & 0xF, UInt8(truncatingIfNeeded: event.a >> 12) & 0xF)
    let isReturn = event.kind == .exceptionReturn
    let isGuess = isReturn && from == 3 && (event.flags.contains(.incomplete) || isOneOfSeveral(event.pe))
    if isGuess {
      for pe in 0..<peCount where interfaces[pe].security != .nonSecure || interfaces[pe].levelIsGuess {
        interfaces[pe].levelIsGuess = true
        interfaces[pe].viewIsSure = false
      }
    }
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    interfaces[pe].exceptionLevel = level
    // An entry names its PE, and the level that it was in.
    if !isReturn { interfaces[pe].levelIsGuess = false }
    if let isGuest = GuestPresence.exception(event) { noteWhoRuns(pe, isGuest: isGuest) }
    if level == 3 {
      interfaces[pe].security = .el3
      interfaces[pe].viewIsSure = true
    } else if interfaces[pe].security == .el3 || from == 3 || !isReturn && interfaces[pe].security == .nonSecure {
      interfaces[pe].security = .nonSecure
      interfaces[pe].viewIsSure = !isGuess && !(interfaces[pe].changesUnseen && level == 1)
    }
  }

  /// Whether a return from EL3 may have been another PE's: no line of a return names its PE.
  private func isOneOfSeveral(_ pe: UInt32) -> Bool {
    pe >= UInt32(GICv2Distributor.peLimit) || (0..<peCount).contains { interfaces[$0].levelIsGuess }
  }

  // MARK: Where the view is not sure

  /// Whether accesses of some PE may have been in another view than was believed.
  var viewsAreOpen: Bool { hasTwoSecurityStates && (0..<peCount).contains { !interfaces[$0].viewIsSure } }

  /// What a write whose Security state is a belief does in one of the two only.
  struct OpenWrite {
    /// Interrupts of the word that is written.
    var interrupts: UInt32 = 0
    /// Bits of `GICD_CTLR`.
    var control: UInt32 = 0
  }

  /// A write is about to be carried out whose Security state is a belief: what the other would do differently.
  func doubtView(_ event: Event, pe: Int) -> OpenWrite {
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    switch row.role {
    case .control where event.offset == row.start:
      // A Secure write sets both enables, a Non-secure one that of Group 1, by bit 0.
      let (written, old) = (UInt32(truncatingIfNeeded: event.b) & 0b11, distributor.control)
      return OpenWrite(control: (written ^ written << 1) & 2 | (written ^ old.value | ~old.known) & 1)
    case .interrupts:
      if row.interrupts.field == .target, departures.contains(.targetsIgnoreGroups) { return OpenWrite() }
      let changed = changes(row, event, pe)
      // Non-secure accesses reach Group 1 only. What they write to a priority is another value.
      let group = bank(pe, row.interrupts.intid(at: event.offset &- row.start) >> 5).pointee.group
      let isSame = row.interrupts.field != .priority && row.interrupts.field != .group
      return OpenWrite(interrupts: isSame ? changed & ~(group.value & group.known) : changed)
    case .softwareInterrupt where !departures.contains(.sgirIgnoresGroups):
      return OpenWrite(interrupts: 1 << UInt32(event.b & 0xF))
    default: return OpenWrite()
    }
  }

  /// The write was carried out as believed.
  mutating func forget(_ open: OpenWrite, _ event: Event, pe: Int) {
    distributor.control.known &= ~open.control
    guard open.interrupts != 0 else { return }
    let row = distributorMap.row(distributorMap.index(at: event.offset))
    if row.role == .softwareInterrupt { return forgetBanked(event, open.interrupts) }
    let word = row.interrupts.intid(at: event.offset &- row.start) >> 5
    forget(row.interrupts.field, pe, word: word, changed: open.interrupts)
  }

  /// The same of a CPU interface's register.
  mutating func doubtView(_ role: RegisterRole, pe: Int) {
    switch role {
    case .control: interfaces[pe].interface.known.subtract([.control, .nonSecureControl])
    case .priorityMask: interfaces[pe].interface.known.remove(.priorityMask)
    case .binaryPoint: interfaces[pe].interface.known.subtract([.binaryPoint, .aliasedBinaryPoint])
    case .aliasedBinaryPoint: interfaces[pe].interface.known.remove(.aliasedBinaryPoint)
    case .activePriorities, .nonSecureActivePriorities: interfaces[pe].interface.known.remove(.activePriorities)
    default: break
    }
  }

  /// Whether what a write does depends on a Security state that is only believed.
  @inline(__always) func doubtsView(_ event: Event, pe: Int) -> Bool {
    hasTwoSecurityStates && !interfaces[pe].viewIsSure && !event.flags.contains(.securityShown)
  }

  /// What is shown of an interrupt's priority or of a PE's mask tells that the accesses so far were Non-secure, where
  /// nothing has told their Security state yet. False if it tells nothing of the kind.
  mutating func recogniseNonSecure(_ event: Event, pe: Int, _ expected: GICv2Pending) -> Bool {
    guard topology[.securityStates] == .two || topology.source(of: .securityStates) ?? .assumed < .header,
      (0..<peCount).allSatisfy({ interfaces[$0].security == .unknown }), topology[.resetToGroup1] != true
    else { return false }
    func isShifted(_ value: UInt32, _ shown: UInt32) -> Bool {
      shown != value && shown == (value >> 1 | 0x80) & UInt32(writablePriority)
    }
    let maskTells =
      event.flags.contains(.maskShown) && isShifted(interfaces[pe].interface.priorityMask, UInt32(event.b & 0xFFFF))
    let priorityTells = expected.intid == event.intid && isShifted(expected.priority, event.priority)
    guard maskTells || priorityTells else { return false }
    hasTwoSecurityStates = true
    topology.set(.securityStates, to: .two, source: .inferred)
    takeForNonSecure()
    return true
  }

  /// Takes every access so far for a Non-secure one: priorities and masks in the upper half of the range, GICD_CTLR and
  /// GICC_CTLR in the Non-secure view, every interrupt in Group 1 (IHI 0048B, 3.6.2, 4.3.1 and 4.4.1).
  private mutating func takeForNonSecure() {
    let banks = banks.all
    for at in banks.indices {
      banks[at].group = Learned(.max)
      for n in 0..<32 { banks[at].priority[n] = banks[at].priority[n] >> 1 | 0x80 }
    }
    distributor.control = Learned((distributor.control.value & 1) << 1)
    for pe in 0..<GICv2Distributor.peLimit {
      let old = interfaces[pe].interface
      interfaces[pe].interface.priorityMask = (old.priorityMask >> 1 | 0x80) & UInt32(writablePriority)
      interfaces[pe].interface.control = GICv2Control.setByNonSecure(old.control)
      interfaces[pe].interface.writeAliasedBinaryPoint(old.binaryPoint)
      interfaces[pe].interface.known.remove(.priorityMask)
      // Known if nothing but those accesses has set it since reset.
      let control: GICv2Interface.Known = [.control, .nonSecureControl]
      if startsAtReset {
        interfaces[pe].interface.known.formUnion(control)
      } else {
        interfaces[pe].interface.known.subtract(control)
      }
      interfaces[pe].security = .nonSecure
      interfaces[pe].viewIsSure = true
      interfaces[pe].highestIsStale = true
    }
    refreshAll()
    for pe in 0..<peCount { reportConditions(pe) }
    reportDistributorControl()
  }
}
