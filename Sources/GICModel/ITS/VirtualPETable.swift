import InterruptTrace

/// vPE table entries that the capture shows, against what the commands have put there (IHI 0069H, 5.2.6).
extension GICv3 where Store: ~Copyable {
  mutating func observeVirtualPE(_ event: Event, _ more: Event) {
    let unit = translation.unit(event.its)
    let id = UInt32(truncatingIfNeeded: event.a) & 0xFFFF
    let base = more.a
    reportRead(event, key: UInt64(id))
    let size = UInt8(truncatingIfNeeded: event.a >> 32) & 0x1F
    let changed = translation.units[unit].changedVPE
    // Reads that belong to the command show the entry as it was.
    let showsOld = !event.flags.contains(.tableWrite) && changed?.id == id
    let held = showsOld ? changed?.before : translation.units[unit].vPEs[id]
    let verdict = compare(
      PredictionLedger.check(.vPETable),
      expected: held.map { packVirtualPE(size: $0.size, address: $0.pendingTable, base: redistributorBase(of: $0.pe)) }
        ?? 0,
      seen: event.entryIsValid ? packVirtualPE(size: size, address: event.b, base: base) : 0,
      known: held != nil || translation.startsEmpty ? .max : 0,
      pe: PE.none
    )
    guard verdict == .taught, event.entryIsValid, let pe = redistributor(base) else { return }
    var target = pe
    // VMOVP of a vPE that was not known: the read shows where it was, the command where it is.
    if showsOld, let waiting = translation.units[unit].unresolved, waiting.opcode == ITSOpcode.vmovp {
      target = waiting.collection
      translation.units[unit].unresolved = nil
    } else if showsOld, translation.units[unit].vPEs[id] != nil {
      return
    }
    translation.units[unit].vPEs[id] = VirtualPE(
      pe: target, pendingTable: event.b, size: size, table: virtualTables.place(of: event.b), doorbell: nil)
    resolve(unit: unit)
  }

  /// An entry in one word: valid 63, size 62:58, address bits 51:16 in 55:20, RDbase in 19:0.
  private func packVirtualPE(size: UInt8, address: UInt64, base: UInt64) -> UInt64 {
    1 << 63 | UInt64(size & 0x1F) << 58 | (address >> 16 & 0xF_FFFF_FFFF) << 20 | base & 0xF_FFFF
  }
}
