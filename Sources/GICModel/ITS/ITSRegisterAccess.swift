import InterruptTrace
import LPIStore

/// Reads and writes of `GITS_*` (IHI 0069H, 12.19).
extension GICv3 where Store: ~Copyable {
  /// Bits of `known`.
  private static var controlKnown: UInt32 { 1 << 8 }
  private static var baseKnown: UInt32 { 1 << 9 }
  private static var writerKnown: UInt32 { 1 << 10 }
  private static var readerKnown: UInt32 { 1 << 11 }

  /// Whether the ITS carries out commands before the write of `GITS_CWRITER` returns.
  private var isSynchronous: Bool { departures.contains(.commandsCompleteAtOnce) }

  mutating func readITS(_ event: Event) {
    let index = itsMap.index(at: event.offset)
    let role = itsMap.role(index)
    guard role != .reserved, !event.flags.contains(.refused) else {
      compareReserved(event)
      return
    }
    let unit = translation.unit(Int(event.owner))
    let check = PredictionLedger.check(.gits, index: index)
    let known = translation.units[unit].known
    switch role {
    case .control:
      let mask: UInt64 = known & Self.controlKnown != 0 ? (isSynchronous ? .max : 1) : 0
      if compare(check, expected: UInt64(translation.units[unit].control), seen: event.b, known: mask, pe: event.pe)
        == .taught
      {
        translation.units[unit].control = UInt32(truncatingIfNeeded: event.b)
      }
      translation.units[unit].known |= Self.controlKnown
    case .type:
      if event.size == 8 {
        topology.set(.gitsTyper, index: event.owner, to: event.b, source: .register)
        translation.heldCollections = UInt32(event.b >> 24 & 0xFF)
      }
      compareIdentification(event, check: check)
    case .implementer, .identification, .status: compareIdentification(event, check: check)
    case .commandBase:
      let value = translation.units[unit].commandBase
      if compare(
        check, expected: part(value, event), seen: event.b, known: known & Self.baseKnown != 0 ? .max : 0, pe: event.pe)
        == .taught
      {
        translation.units[unit].commandBase = merge(value, event)
      }
      translation.units[unit].known |= Self.baseKnown
    case .commandWriter:
      let value = translation.units[unit].commandWriter
      if compare(
        check, expected: part(value, event), seen: event.b, known: known & Self.writerKnown != 0 ? .max : 0,
        pe: event.pe)
        == .taught
      {
        translation.units[unit].commandWriter = merge(value, event)
      }
      translation.units[unit].known |= Self.writerKnown
    case .commandReader: readCommandReader(event, unit: unit, check: check)
    case .tableBase: readTableBase(event, unit: unit, check: check)
    default: compare(check, expected: 0, seen: event.b, pe: event.pe)
    }
  }

  /// `GITS_CREADR` follows `GITS_CWRITER`; when, is the ITS's affair unless it is known to be synchronous.
  private mutating func readCommandReader(_ event: Event, unit: Int, check: Int) {
    let value = translation.units[unit].commandReader
    // That the queue stalled, only this read may tell.
    let isStalled = event.b & 1 != 0 && value & 1 == 0
    let isKnown = isSynchronous && translation.units[unit].known & Self.readerKnown != 0 && !isStalled
    let verdict = compare(check, expected: part(value, event), seen: event.b, known: isKnown ? .max : 0, pe: event.pe)
    // An ITS that does not read its queue is worth believing: its commands wait.
    if verdict != .agreed {
      translation.units[unit].commandReader = merge(value, event)
    }
    translation.units[unit].known |= Self.readerKnown
    // The command that stalled is fetched again when the queue goes on (IHI 0069H, 12.19.3 and 12.19.4).
    if verdict != .agreed, isStalled, translation.units[unit].nextFetch != nil {
      translation.units[unit].nextFetch = (translation.units[unit].commandReader & 0xF_FFE0) / 32
    }
    let (reader, writer) = (translation.units[unit].commandReader, translation.units[unit].commandWriter)
    // The Stalled bit, or a reader that lags behind.
    if reader != writer, translation.units[unit].known & Self.writerKnown != 0 {
      emit(.commandsWaiting, priority: UInt32(unit), a: reader, b: writer)
    }
  }

  /// Type and entry size of `GITS_BASERn` are the implementation's: bits 58:56 and 52:48.
  private static var tableBaseFixed: UInt64 { 0b111 << 56 | 0x1F << 48 }

  private mutating func readTableBase(_ event: Event, unit: Int, check: Int) {
    let n = Int((event.offset &- 0x100) / 8) & 7
    let value = translation.units[unit].tableBase[n]
    let known: UInt64 = translation.units[unit].known & 1 << UInt32(n) != 0 ? .max : 0
    if compare(check, expected: part(value, event), seen: event.b, known: part(known, event), pe: event.pe) == .taught {
      translation.units[unit].tableBase[n] = merge(value, event)
    }
    if event.size == 8 {
      translation.units[unit].known |= 1 << UInt32(n)
      translation.units[unit].tableBaseConstants[n] = event.b & Self.tableBaseFixed
      translation.units[unit].noteTableBase(n)
    }
  }

  mutating func writeITS(_ event: Event) {
    let index = itsMap.index(at: event.offset)
    let unit = translation.unit(Int(event.owner))
    if event.offset == Self.sgiRegisterOffset { return sendVirtualSGI(event.b, unit: unit) }
    switch itsMap.role(index) {
    case .control:
      let isNew = translation.units[unit].known & Self.controlKnown == 0
      if isNew || UInt64(translation.units[unit].control & 1) != event.b & 1 {
        emit(.itsEnabled, a: event.b & 1, b: UInt64(unit))
      }
      translation.units[unit].control = translation.units[unit].control & ~1 | UInt32(event.b & 1)
      translation.units[unit].known |= Self.controlKnown
      if event.b & 1 != 0 { consumeCommands(unit: unit) }
    case .commandBase:
      guard translation.units[unit].control & 1 == 0 else { return }  // read-only while enabled (12.19.2)
      translation.units[unit].commandBase = merge(translation.units[unit].commandBase, event)
      translation.units[unit].commandReader = 0
      translation.units[unit].known |= Self.baseKnown | Self.readerKnown
    case .commandWriter:
      let value = merge(translation.units[unit].commandWriter, event) & ~1
      translation.units[unit].commandWriter = value
      translation.units[unit].known |= Self.writerKnown
      consumeCommands(unit: unit)
    case .commandReader:
      guard departures.contains(.commandReaderIsWritable), distributor.hasOneSecurityState else { return }
      translation.units[unit].commandReader = merge(translation.units[unit].commandReader, event) & ~1
    case .tableBase: writeTableBase(event, unit: unit)
    default: break
    }
  }

  private mutating func writeTableBase(_ event: Event, unit: Int) {
    let n = Int((event.offset &- 0x100) / 8) & 7
    guard translation.units[unit].control & 1 == 0 else { return }  // read-only while enabled (12.19.1)
    let isImplemented =
      translation.units[unit].known & 1 << UInt32(n) == 0 || translation.units[unit].tableBaseConstants[n] != 0
    guard isImplemented else { return }
    let merged = merge(translation.units[unit].tableBase[n], event)
    translation.units[unit].tableBase[n] =
      merged & ~Self.tableBaseFixed | translation.units[unit].tableBaseConstants[n]
    translation.units[unit].noteTableBase(n)
  }

  /// An enabled ITS reads its queue, if it has one, up to `GITS_CWRITER`. The commands themselves follow in the capture.
  private mutating func consumeCommands(unit: Int) {
    let isEnabled = translation.units[unit].control & 1 != 0 || translation.units[unit].known & Self.controlKnown == 0
    let hasQueue = translation.units[unit].commandBase >> 63 != 0 || translation.units[unit].known & Self.baseKnown == 0
    guard isEnabled, hasQueue else {
      let (reader, writer) = (translation.units[unit].commandReader, translation.units[unit].commandWriter)
      if reader != writer { emit(.commandsWaiting, priority: UInt32(unit), a: reader, b: writer) }
      return
    }
    translation.units[unit].commandReader = translation.units[unit].commandWriter
    translation.units[unit].known |= Self.readerKnown
  }

  /// The ITS fetched a command: each slot of the queue in turn.
  mutating func observeCommandFetch(_ event: Event) {
    let unit = translation.unit(event.its)
    let isKnown = translation.units[unit].known & Self.baseKnown != 0
    let slots = ((translation.units[unit].commandBase & 0xFF) + 1) * 4096 / 32
    if let next = translation.units[unit].nextFetch {
      // Where the queue ends, its first slot follows; an unseen GITS_CBASER leaves that open.
      let known: UInt64 = isKnown || event.a != 0 ? .max : 0
      compare(PredictionLedger.check(.commandQueue), expected: next, seen: event.a, known: known, pe: PE.none)
    }
    translation.units[unit].nextFetch = isKnown ? (event.a &+ 1) % slots : event.a &+ 1
  }

  /// A table access failed: the command stalls the queue at its own slot (IHI 0069H, 5.3.2).
  mutating func stallCommands(unit: Int) {
    guard let next = translation.units[unit].nextFetch else { return }
    let slots = ((translation.units[unit].commandBase & 0xFF) + 1) * 4096 / 32
    let slot = next == 0 ? slots - 1 : next - 1
    translation.units[unit].commandReader = slot * 32 | 1
    translation.units[unit].nextFetch = slot
  }
}
