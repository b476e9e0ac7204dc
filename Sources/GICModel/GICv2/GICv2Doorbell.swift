import InterruptTrace

/// GICv2m: a write of an INTID to a frame's doorbell makes that SPI pending, as a pulse of its line would (Server Base
/// System Architecture, appendix E).
extension GICv2 {
  mutating func readDoorbell(_ event: Event) {
    let index = doorbellMap.index(at: event.offset)
    if doorbellMap.role(index) == .type {
      // MSI_TYPER: the first SPI in bits 25:16, their number in 9:0.
      topology.set(.gicmFirstSPI, index: event.owner, to: Int(event.b >> 16 & 0x3FF), source: .register)
      topology.set(.gicmSPICount, index: event.owner, to: Int(event.b & 0x3FF), source: .register)
    }
    compareIdentification(event, check: PredictionLedger.check(.gicm, index: index))
  }

  mutating func writeDoorbell(_ event: Event) {
    guard doorbellMap.role(doorbellMap.index(at: event.offset)) == .setSPI else { return }
    ring(event.b, frame: event.owner, pe: event.pe)
  }

  /// An MSI that the capture shows as such. EventID is what was written.
  mutating func receive(msi event: Event) {
    guard !event.flags.contains(.refused) else { return }
    ring(UInt64(event.eventID), frame: UInt32(truncatingIfNeeded: event.b), pe: event.pe)
  }

  private mutating func ring(_ value: UInt64, frame: UInt32, pe: UInt32) {
    let intid = Int(value & 0x3FF)
    applyDeferred()
    guard intid >= 32, intid < distributor.implementedLimit else { return }
    if let first = topology[.gicmFirstSPI, index: frame], let count = topology[.gicmSPICount, index: frame] {
      guard intid >= first, intid - first < count else { return }
    }
    emit(.msi, pe: pe, intid: UInt32(intid), a: value)
    changePending(0, intid: intid, to: true, cause: .msi)
  }
}
