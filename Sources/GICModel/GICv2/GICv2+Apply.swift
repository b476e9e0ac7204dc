import InterruptTrace

extension GICv2 {
  mutating func applyEach(of events: UnsafeBufferPointer<Event>, firstIndex: UInt64) {
    for offset in 0..<events.count {
      begin(events[offset], firstIndex &+ UInt64(offset))
      apply(events[offset])
      if progress.checksInvariants { reportBrokenInvariants() }
    }
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
      changeLine(event)
    case .mmioRead:
      endEvaluation(isCertain: false)
      readRegister(event)
    case .mmioWrite:
      endEvaluation(isCertain: false)
      if !event.flags.contains(.refused) { writeRegister(event) }
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

  @inline(__always) private mutating func readRegister(_ event: Event) {
    shown.note(event.frame, isWrite: false)
    switch event.frame {
    case .gicc: readInterface(event)
    case .gich: readHypervisor(event)
    case .gicv: readVirtualInterface(event)
    case .gicd: readDistributor(event)
    case .gicm: readDoorbell(event)
    default: break
    }
  }

  @inline(__always) private mutating func writeRegister(_ event: Event) {
    shown.note(event.frame, isWrite: true)
    switch event.frame {
    case .gicc: writeInterface(event)
    case .gich: writeHypervisor(event)
    case .gicv: writeVirtualInterface(event)
    case .gicd: writeDistributor(event)
    case .gicm: writeDoorbell(event)
    default: break
    }
  }

  /// SPI and PPI inputs.
  @inline(__always) private mutating func changeLine(_ event: Event) {
    let intid = event.intid
    shown.insert(.lines)
    applyDeferred()
    if INTID.isSPI(intid) {
      setLine(0, Int(intid), level: event.b & 1 != 0)
    } else if INTID.isPPI(intid), holds(event.pe) {
      setLine(Int(event.pe), Int(intid), level: event.b & 1 != 0)
    }
  }

  /// A topology record inside the capture: a merged or a cut file has them anywhere.
  private mutating func learn(_ event: Event) {
    guard let entry = Topology.Entry(event), topology.set(entry) else { return }
    switch entry.key {
    case .peCount:
      if entry.domain == Domain.physical, entry.value > 0, entry.value <= 8 { setPECount(Int(entry.value)) }
    case .itLinesNumber: learnLines(entry.value)
    case .securityStates: hasTwoSecurityStates = entry.value == 2
    case .listRegisters: learnListRegisters(Int(min(max(entry.value, 1), 64)))
    default: break
    }
  }
}
