import InterruptTrace

/// Reads and writes of `GITS_*` (IHI 0069H, 12.19).
extension GICv3 where Store: ~Copyable {
  /// Whether the ITS carries out commands before the write of `GITS_CWRITER` returns.
  private var isSynchronous: Bool { departures.contains(.commandsCompleteAtOnce) }

  mutating func readITS(_ event: Event) {
    let index = itsMap.index(at: event.offset)
    let role = itsMap.role(index)
    guard role != .reserved, !event.flags.contains(.refused) else { return compareReserved(event) }
    let unit = translation.unit(Int(event.owner))
    let its = translation.units + unit
    let check = PredictionLedger.check(.gits, index: index)
    switch role {
    case .control:
      var control = its.pointee.control
      control.known = !control.knows(0) ? 0 : isSynchronous ? .max : 1
      if compare(check, control, event) == .taught { its.pointee.control.value = UInt32(truncatingIfNeeded: event.b) }
      its.pointee.control.known |= 1
    case .type:
      if event.size == 8 {
        topology.set(.gitsTyper, index: event.owner, to: event.b, source: .register)
        translation.heldCollections = UInt32(event.b >> 24 & 0xFF)
      }
      compareIdentification(event, check: check)
    case .implementer, .identification, .status: compareIdentification(event, check: check)
    case .commandBase: compare(check, with: &its.pointee.commandBase, event)
    case .commandWriter: compare(check, with: &its.pointee.commandWriter, event)
    case .commandReader: readCommandReader(event, unit: unit, check: check)
    case .tableBase: readTableBase(event, unit: unit, check: check)
    default: compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  /// The offset of a command in `GITS_CWRITER` and `GITS_CREADR`; bits 4:1 are reserved (12.19).
  private static var queueOffset: UInt64 { 0xF_FFE0 }

  /// `GITS_CREADR` follows `GITS_CWRITER`; when, is the ITS's affair unless it is known to be synchronous.
  private mutating func readCommandReader(_ event: Event, unit: Int, check: Int) {
    var reader = translation.units[unit].commandReader
    // That the queue stalled, only this read may tell.
    let isStalled = event.b & 1 != 0 && !reader[0]
    if !isSynchronous || isStalled { reader.known = 0 }
    // An ITS that does not read its queue is worth believing: its commands wait.
    let verdict = compare(check, reader.part(event), event)
    translation.units[unit].commandReader.know(event)
    // The command that stalled is fetched again when the queue goes on (IHI 0069H, 12.19).
    if verdict != .agreed, isStalled, translation.units[unit].nextFetch != nil {
      translation.units[unit].nextFetch = (translation.units[unit].commandReader.value & Self.queueOffset) / 32
    }
    // The Stalled bit, or a reader that lags behind.
    if translation.units[unit].commandWriter.known != 0 { reportWaiting(unit: unit) }
  }

  /// Reports commands that wait for the ITS to read them.
  private func reportWaiting(unit: Int) {
    let reader = translation.units[unit].commandReader.value
    let writer = translation.units[unit].commandWriter.value & Self.queueOffset
    if reader != writer { emit(.commandsWaiting, priority: UInt32(unit), a: reader, b: writer) }
  }

  /// Type and entry size of `GITS_BASERn` are the implementation's: bits 58:56 and 52:48.
  private static var tableBaseFixed: UInt64 { 0b111 << 56 | 0x1F << 48 }

  /// Which `GITS_BASER<n>` an access is about.
  private func tableIndex(_ event: Event) -> Int { itsMap.element(at: event.offset) / 2 }

  private mutating func readTableBase(_ event: Event, unit: Int, check: Int) {
    let n = tableIndex(event)
    if compare(check, translation.units[unit].tableBase[n].part(event), event) == .taught {
      translation.units[unit].tableBase[n].value = merge(translation.units[unit].tableBase[n].value, event)
    }
    if event.size == 8 {
      translation.units[unit].tableBase[n].known = .max
      translation.units[unit].tableBaseConstants[n] = event.b & Self.tableBaseFixed
      translation.units[unit].noteTableBase(n)
    }
  }

  mutating func writeITS(_ event: Event) {
    let index = itsMap.index(at: event.offset)
    let unit = translation.unit(Int(event.owner))
    if event.offset == virtualSGIRegisterOffset { return sendVirtualSGI(event.b, unit: unit) }
    switch itsMap.role(index) {
    case .control:
      let old = translation.units[unit].control
      if !old.knows(0) || UInt64(old.value & 1) != event.b & 1 { emit(.itsEnabled, a: event.b & 1, b: UInt64(unit)) }
      translation.units[unit].control.know(UInt32(event.b & 1), in: 1)
      if event.b & 1 != 0 { consumeCommands(unit: unit) }
    case .commandBase:
      guard !translation.units[unit].control[0] else { return }  // read-only while enabled (12.19)
      translation.units[unit].commandBase.know(event)
      translation.units[unit].commandReader = .certain(0)
      translation.units[unit].nextFetch = 0
    case .commandWriter:
      translation.units[unit].commandWriter.know(event)
      translation.units[unit].commandWriter.know(0, in: 1)
      consumeCommands(unit: unit)
    case .commandReader:
      guard departures.contains(.commandReaderIsWritable), hasOneSecurityState else { return }
      translation.units[unit].commandReader.value = merge(translation.units[unit].commandReader.value, event) & ~1
    case .tableBase: writeTableBase(event, unit: unit)
    default: break
    }
  }

  private mutating func writeTableBase(_ event: Event, unit: Int) {
    let n = tableIndex(event)
    guard !translation.units[unit].control[0] else { return }  // read-only while enabled (12.19)
    let isImplemented =
      translation.units[unit].tableBase[n].known == 0 || translation.units[unit].tableBaseConstants[n] != 0
    guard isImplemented else { return }
    // A second kernel has tables of its own, and after a suspend memory need not be what it was.
    if translation.stores[unit].deviceCount > 0 || !translation.units[unit].collections.isEmpty {
      translation.forgetTables(unit)
    }
    let merged = merge(translation.units[unit].tableBase[n].value, event)
    translation.units[unit].tableBase[n].value =
      merged & ~Self.tableBaseFixed | translation.units[unit].tableBaseConstants[n]
    translation.units[unit].noteTableBase(n)
  }

  /// An enabled ITS reads its queue, if it has one, up to `GITS_CWRITER`. The commands themselves follow in the capture.
  private mutating func consumeCommands(unit: Int) {
    let (control, base) = (translation.units[unit].control, translation.units[unit].commandBase)
    let isEnabled = control[0] || !control.knows(0)
    let writer = translation.units[unit].commandWriter.value & Self.queueOffset
    let isInQueue = base.known == 0 || base[63] && writer / 32 < slotCount(unit: unit)
    guard isEnabled, isInQueue else { return reportWaiting(unit: unit) }
    translation.units[unit].commandReader = .certain(writer)
  }

  /// Slots of the largest command queue (12.19).
  private static var mostSlots: UInt64 { 256 * 4096 / 32 }

  /// Slots of the command queue (12.19).
  private func slotCount(unit: Int) -> UInt64 { ((translation.units[unit].commandBase.value & 0xFF) + 1) * 4096 / 32 }

  /// The ITS fetched a command: each slot of the queue in turn.
  mutating func observeCommandFetch(_ event: Event) {
    let unit = translation.unit(event.its)
    let isKnown = translation.units[unit].commandBase.known != 0
    if let next = translation.units[unit].nextFetch {
      // Where the queue ends, its first slot follows; an unseen GITS_CBASER leaves that open.
      let known: UInt64 = isKnown || event.a != 0 ? .max : 0
      compare(PredictionLedger.check(.commandQueue), expected: next, seen: event.a, known: known, pe: PE.none)
    }
    translation.units[unit].nextFetch = (event.a &+ 1) % (isKnown ? slotCount(unit: unit) : Self.mostSlots)
  }

  /// A table access failed: the command stalls the queue at its own slot (IHI 0069H, 5.3).
  mutating func stallCommands(unit: Int) {
    guard translation.units[unit].nextFetch != nil else { return }
    let slot = lastSlot(unit: unit)
    translation.units[unit].commandReader.value = slot * 32 | 1
    translation.units[unit].nextFetch = slot
  }

  /// The slot that the ITS read last.
  func lastSlot(unit: Int) -> UInt64 {
    guard let next = translation.units[unit].nextFetch else { return 0 }
    return next == 0 ? slotCount(unit: unit) - 1 : next - 1
  }
}
