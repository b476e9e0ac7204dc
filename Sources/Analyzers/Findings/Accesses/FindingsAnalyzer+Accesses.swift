import InterruptTrace

/// Register accesses and commands, as far as they explain findings or are findings themselves.
extension FindingsAnalyzer {
  /// Takes in the events of the batch up to one. Whoever explains a transition by what software wrote calls this first.
  mutating func advance(to number: UInt64) {
    while let (event, more, at) = accesses.take(upTo: number) {
      switch event.kind {
      case .mmioWrite: written(event, at)
      case .mmioRead: registerRead(event, at)
      case .sysregWrite: systemRegisterWritten(event, at)
      case .itsProcess: commandFetched = (event.its, event.a)
      case .itsCommand: commandRead(event, more, at)
      case .tableEntry: entryRead(event, more)
      case .exceptionEntry: tookException(event, at)
      case .sysregRead: asked(event.pe)
      default: softwareDid(event, at)
      }
    }
  }

  /// A transition that stands for an access, to report a finding at it.
  func place(_ event: Event, _ number: UInt64, pe: UInt32 = PE.none, intid: UInt32 = INTID.none) -> Transition {
    Transition(time: event.time, event: number, kind: .guestError, domain: event.domain, pe: pe, intid: intid)
  }

  // MARK: Memory-mapped registers

  private mutating func written(_ event: Event, _ number: UInt64) {
    if event.flags.contains(.refused) { return ignored(event, number) }
    switch event.frame {
    case .gits: itsWritten(event, number)
    case .gicr: redistributorWritten(event, number)
    case .gicd: distributorWritten(event, number)
    case .gicc: interfaceWritten(event, number)
    default: break
    }
  }

  private mutating func distributorWritten(_ event: Event, _ number: UInt64) {
    let offset = event.offset
    if offset == RegisterOffset.gicdCTLR {
      checkDistributorControl(event, number)
      accesses.isAffinityRouted = isVersion3 && event.b & 0b11_0000 != 0
      accesses.controlIsSecure = event.flags.contains(.secure)
    }
    if RegisterOffset.gicdSPIMessages.contains(offset), isVersion3 { messageWritten(event, number) }
    if offset == RegisterOffset.gicdSGIR {
      if accesses.isAffinityRouted { sentWithAffinityRouting(event, number) }
      return
    }
    if accesses.isAffinityRouted, let register = BankedRegister(distributor: offset) {
      return ignored(event, number, banked: register)
    }
    if (0x820..<0xC00).contains(offset) || offset >= 0x6000 || offset == RegisterOffset.gicdCTLR {
      trail.note(event, number, isWide: offset >= RegisterOffset.gicdIROUTER)
    }
  }

  private mutating func interfaceWritten(_ event: Event, _ number: UInt64) {
    switch event.offset {
    case RegisterOffset.giccEOIR: ended(event, number, intid: UInt32(event.b & 0x3FF))
    case RegisterOffset.giccDIR: deactivatedBy(event, number, intid: UInt32(event.b & 0x3FF))
    default: trail.note(event, number, isWide: false)
    }
  }

  private mutating func registerRead(_ event: Event, _ number: UInt64) {
    switch (event.frame, event.offset) {
    case (.gicc, _): asked(event.owner)
    case (.gicd, RegisterOffset.gicdCTLR):
      if event.flags.isDisjoint(with: .refused) {
        distributorIsBusy = event.b >> 31 & 1 != 0
        if !accesses.isAffinityRouted, event.b & 0b11_0000 != 0 { accesses.affinityRoutingIsFixed = true }
        accesses.isAffinityRouted = isVersion3 && event.b & 0b11_0000 != 0
      }
    case (.gicd, RegisterOffset.gicdTYPER): distributorType = event.b
    case (.gicr, RegisterOffset.gicrCTLR): redistributorRead(event)
    case (.gits, _): itsRead(event)
    default: break
    }
  }

  /// Whether the controller is a GICv3 or later: only those have Redistributors and system registers.
  var isVersion3: Bool { hasRedistributors || accesses.hasSystemRegisters }

  private mutating func systemRegisterWritten(_ event: Event, _ number: UInt64) {
    switch event.register {
    case .ICC_EOIR0_EL1, .ICC_EOIR1_EL1: ended(event, number, intid: UInt32(event.b & 0xFF_FFFF))
    case .ICC_DIR_EL1: deactivatedBy(event, number, intid: UInt32(event.b & 0xFF_FFFF))
    default: checkBroadcast(event, number)
    }
  }

  // MARK: Exceptions

  /// A PE asked for an interrupt.
  private mutating func asked(_ pe: UInt32) {
    processors.find(domain: Domain.physical, pe: pe)?.pointee.exceptionRun = 0
  }

  /// A PE took an exception (`-d int`). One for an interrupt makes it ask which.
  private mutating func tookException(_ event: Event, _ number: UInt64) {
    let type = event.a & 0xFF
    guard type == 5 || type == 6, let p = processors.find(domain: Domain.physical, pe: event.pe) else { return }
    if p.pointee.exceptionRun == 0 { p.pointee.exceptionSince = Moment(time: event.time, event: number) }
    p.pointee.exceptionRun &+= 1
    let run = p.pointee.exceptionRun
    guard run >= thresholds.stormRefires else { return }
    let since = p.pointee.exceptionSince
    let name = type == 5 ? "IRQ" : "FIQ"
    let key = FindingLog.Key(kind: .storm, domain: Domain.physical, pe: event.pe, reason: 3)
    let t = place(event, number, pe: event.pe)
    let count = run == thresholds.stormRefires ? run : 1
    if repeats(key, t, count: count) { return }
    report(key, t, count: count) {
      .init(
        .warning, .certain,
        "PE \(event.pe) takes \(name) exceptions over and over and never asks which interrupt it is",
        [
          .init("the first of \(run) in succession", event: since.event),
          .init("no acknowledge register was read since", event: number),
        ],
        advice: "check that the exception vector leads to a handler that reads the acknowledge register", since: since)
    }
  }
}

/// What the capture shows of a PE: transitions show what changes.
extension ProcessorRecord {
  /// Its request lines. They are looked at where they are: an event is too large to hand round.
  @inline(__always) mutating func showLines(_ event: UnsafePointer<Event>, _ number: UInt64) {
    guard event.pointee.b & 0b11 != 0 else { return }
    shownEvent = number
    guard lines == .max else { return }
    lines = UInt8(truncatingIfNeeded: event.pointee.a)
    linesEvent = number
  }

  /// Its highest pending interrupt.
  @inline(__always) mutating func showHighest(_ event: UnsafePointer<Event>, _ number: UInt64) {
    guard event.pointee.flags.isDisjoint(with: .virtual) else { return }
    let isNone = event.pointee.priority >= 0xFF
    shownEvent = number
    if highestEvent == .max {
      highest = isNone ? .max : event.pointee.intid
      highestEvent = number
    }
    guard !isNone, event.pointee.flags.contains(.groupShown) else { return }
    shownINTID = event.pointee.intid
    shownGroup = UInt8(truncatingIfNeeded: event.pointee.group)
  }
}
