import InterruptTrace

extension GICv3 where Store: ~Copyable {
  mutating func applyEach(of events: UnsafeBufferPointer<Event>, firstIndex: UInt64) -> Int {
    var numbers = EventNumbering(firstIndex: firstIndex)
    for offset in 0..<events.count {
      begin(events[offset], numbers.take(events[offset]))
      apply(events[offset])
      if progress.checksInvariants { reportBrokenInvariants() }
      if progress.isFull, !events.continues(at: offset &+ 1) { return offset &+ 1 }
    }
    return events.count
  }

  @inline(__always) private mutating func apply(_ event: Event) {
    if event.domain != Domain.physical { return applyGuest(event) }
    if ResetWatch.causes &>> UInt64(event.kind.rawValue & 63) & 1 != 0 { noteCause(event) }
    if interim.pe != PE.none, !interim.concerns(event) { interim = .none }
    if !hasOneSecurityState { traceExceptionLevel(event) }
    switch event.kind {
    case .highestPending: observeHighestPending(event)
    case .cpuLine: observeLines(event)
    case .virtualHighestPending: observeVirtualHighestPending(event)
    case .sysregRead: readSystemRegister(event)
    case .sysregWrite: writeSystemRegister(event)
    case .lineLevel: changeLine(event)
    case .maintenanceLine: observeMaintenance(event)
    case .mmioRead: access(event, isRead: true)
    case .mmioWrite: access(event, isRead: false)
    case .msi:
      shown.insert(.translation)
      receive(msi: event)
    case .itsCommand, .marker: hold(event)
    case .tableEntry: if !observeTableEntry(event) { hold(event) }
    case .continuation: applyContinuation(event)
    case .itsProcess: observeCommandFetch(event)
    case .sgiPending: acceptSGI(event)
    case .memoryWrite: writeMemory(event)
    case .exceptionEntry, .exceptionReturn: observeException(event)
    case .gap: emit(.gap, pe: event.pe, a: event.a, b: event.b)
    case .topology: learn(event)
    default: break
    }
  }

  /// Events of a guest are not about this controller.
  private mutating func applyGuest(_ event: Event) {
    if event.kind == .topology { learn(event) }
  }

  @inline(__always) private mutating func hold(_ event: Event) {
    held = event
    heldIndex = eventIndex
    if event.kind == .marker, event.a & 0xFFFF == UInt64(MarkerKind.guestError.rawValue) {
      emit(.guestError, pe: event.pe)
    }
  }

  private mutating func applyContinuation(_ more: Event) {
    let first = held
    held.kind = EventKind(rawValue: 0)
    guard first.kind == .itsCommand || first.kind == .tableEntry else { return }
    let index = eventIndex
    progress.eventIndex = heldIndex
    if first.kind == .itsCommand {
      shown.insert(.translation)
      execute(ITSCommand(first, more))
    } else {
      observeTableEntry(first, more)
    }
    progress.eventIndex = index
  }

  /// A topology record inside the capture: a merged or a cut file has them anywhere.
  private mutating func learn(_ event: Event) {
    guard let entry = Topology.Entry(event) else { return }
    topology.set(entry)
    if entry.key == .peCount, entry.domain == Domain.physical, entry.value > 0, entry.value <= UInt64(Self.peLimit) {
      _ = holds(UInt32(entry.value) - 1)
    }
  }
}
