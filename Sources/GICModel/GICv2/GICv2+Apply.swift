import InterruptTrace

extension GICv2 {
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
    // Events of a guest are not about this controller.
    if event.domain != Domain.physical, event.kind != .topology { return }
    progress.provenance = .derived
    switch event.kind {
    case .highestPending: observeHighestPending(event)
    case .cpuLine: observeLines(event)
    case .maintenanceLine: observeMaintenance(event)
    case .acknowledge: observeSelection(event)
    case .listRegister: observeListRegister(event)
    case .enableChange: observeEnable(event)
    case .lineLevel:
      endEvaluation(isCertain: true)
      applyDeferred()
      changeLine(event)
    case .mmioRead:
      endEvaluation(isCertain: false)
      access(event, isRead: true)
    case .mmioWrite:
      endEvaluation(isCertain: false)
      if !event.flags.contains(.refused) { access(event, isRead: false) }
    case .msi:
      endEvaluation(isCertain: false)
      receive(msi: event)
    case .exceptionEntry, .exceptionReturn: observeException(event)
    case .marker:
      if event.a & 0xFFFF == UInt64(MarkerKind.guestError.rawValue) { emit(.guestError, pe: event.pe) }
    case .gap:
      steps.end()
      evaluation = GICv2Evaluation()
      emit(.gap, pe: event.pe, a: event.a, b: event.b)
    case .topology: learn(event)
    default: break
    }
  }

  @inline(__always) private mutating func access(_ event: Event, isRead: Bool) {
    shown.note(event.frame, isWrite: !isRead)
    switch event.frame {
    case .gicc: if isRead { readInterface(event) } else { writeInterface(event) }
    case .gich: if isRead { readHypervisor(event) } else { writeHypervisor(event) }
    case .gicv: if isRead { readVirtualInterface(event) } else { writeVirtualInterface(event) }
    case .gicd: if isRead { readDistributor(event) } else { writeDistributor(event) }
    case .gicm: if isRead { readDoorbell(event) } else { writeDoorbell(event) }
    default: break
    }
  }

  /// A topology record inside the capture: a merged or a cut file has them anywhere.
  private mutating func learn(_ event: Event) {
    guard let entry = Topology.Entry(event), topology.set(entry) else { return }
    switch entry.key {
    case .peCount:
      if entry.domain == Domain.physical, entry.value > 0, entry.value <= 8 { setPECount(Int(entry.value)) }
    case .itLinesNumber: learnLines(Int(entry.value & 0x1F))
    case .securityStates: hasTwoSecurityStates = entry.value == 2
    case .listRegisters: learnListRegisters(Int(min(max(entry.value, 1), 64)))
    default: break
    }
  }
}
