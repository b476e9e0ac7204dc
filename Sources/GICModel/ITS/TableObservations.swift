import InterruptTrace
import LPIStore

/// Table entries that the capture shows the ITS reading and writing, against what the commands have put there.
extension GICv3 where Store: ~Copyable {
  /// Handles entries of one record. False for those that a continuation completes.
  mutating func observeTableEntry(_ event: Event) -> Bool {
    if event.flags.contains(.tableFault) {
      stallCommands(unit: translation.unit(event.its))
      return true
    }
    switch event.table {
    case .device:
      observeDevice(event)
      return true
    case .collection:
      observeCollection(event)
      return true
    case .interruptTranslation, .vPE: return false
    }
  }

  mutating func observeTableEntry(_ event: Event, _ more: Event) {
    switch event.table {
    case .interruptTranslation: observeTranslation(event, more)
    case .vPE: observeVirtualPE(event, more)
    default: break
    }
  }

  /// A device table entry: validity, size and ITT address (5.2.3).
  private mutating func observeDevice(_ event: Event) {
    let unit = translation.unit(event.its)
    let device = UInt32(truncatingIfNeeded: event.a)
    let check = PredictionLedger.check(.deviceTable)
    reportRead(event, key: UInt64(device))
    let mapped = translation.stores[unit].device(device)
    let address = translation.units[unit].ittAddresses[device] ?? 0
    let expected = mapped.map { packDevice(size: UInt64($0.eventBits - 1), address: address) } ?? 0
    let seenSize = event.a >> 32 & 0x1F
    let seen = event.entryIsValid ? packDevice(size: seenSize, address: event.b) : 0
    let isKnown = mapped.map { $0.userFlags & DeviceKnowledge.guessed == 0 } ?? translation.startsEmpty
    let verdict = compare(check, expected: expected, seen: seen, known: isKnown ? .max : 0, pe: PE.none)
    translation.units[unit].lastDevice = device
    translation.units[unit].showsTables = true
    guard verdict != .disagreed, !isKnown else { return }
    guard event.entryIsValid else {
      if mapped != nil { unmap(device: device, unit: unit) }
      return refuse(unit: unit, device: device, .unmappedDevice)
    }
    if mapped == nil || mapped?.eventBits != Int(seenSize) + 1 || mapped?.userFlags != DeviceKnowledge.older {
      translation.stores[unit].remap(device: device, bits: Int(seenSize) + 1, knowledge: DeviceKnowledge.older)
    }
    translation.units[unit].setITT(of: device, to: event.b)
  }

  /// The capture shows that an MSI that waited for its translation has none.
  private mutating func refuse(unit: Int, device: UInt32, _ fault: ITSFault) {
    guard let waiting = translation.units[unit].unresolved, waiting.cause == .msi, waiting.at.device == device else {
      return
    }
    translation.units[unit].unresolved = nil
    emit(.itsFault, a: waiting.at.key, b: fault.rawValue)
  }

  private func packDevice(size: UInt64, address: UInt64) -> UInt64 { 1 << 63 | size << 56 | address & ((1 << 52) - 1) }

  /// A collection table entry: validity and RDbase (5.2.4).
  private mutating func observeCollection(_ event: Event) {
    let unit = translation.unit(event.its)
    let icid = UInt32(truncatingIfNeeded: event.a)
    let pe = translation.units[unit].collection(icid)
    reportRead(event, key: UInt64(icid))
    let seen: UInt64 = event.entryIsValid ? 1 << 63 | event.b : 0
    let expected: UInt64 = Int(pe) < peCount ? 1 << 63 | redistributorBase(of: pe) : 0
    let isKnown = pe != Collection.unknown
    let verdict = compare(
      PredictionLedger.check(.collectionTable), expected: expected, seen: seen, known: isKnown ? .max : 0, pe: PE.none)
    if verdict == .taught, event.entryIsValid, let target = redistributor(event.b) {
      translation.units[unit].setCollection(icid, to: target)
      resolve(unit: unit)
    }
    if !isKnown, !event.entryIsValid { undoMove(icid, unit: unit) }
  }

  /// A collection that a MOVI needs is shown not to be mapped: the command has failed, and the entry is as it was (5.3).
  private mutating func undoMove(_ icid: UInt32, unit: Int) {
    guard let moved = translation.units[unit].tentativeMove else { return }
    let now = translation.stores[unit].lookup(moved.at)
    guard UInt32(now.collection) == icid || UInt32(moved.entry.collection) == icid else { return }
    translation.units[unit].tentativeMove = nil
    translation.stores[unit].map(moved.at, moved.entry)
  }

  /// The RDbase that names a PE, as the collection table holds it.
  func redistributorBase(of pe: UInt32) -> UInt64 {
    if let typer = topology[.gitsTyper], typer >> 19 & 1 != 0 {
      return ((topology[.gicrBase] ?? 0) + UInt64(pe) * (topology[.gicrStride] ?? 0x20000)) >> 16
    }
    return UInt64(pe)
  }

  /// An interrupt translation entry (5.2.5).
  private mutating func observeTranslation(_ event: Event, _ more: Event) {
    let unit = translation.unit(event.its)
    let eventID = UInt32(truncatingIfNeeded: event.b)
    let device = translation.units[unit].device(ofITT: event.a) ?? translation.units[unit].lastDevice
    let at = DeviceEvent(device: device, event: eventID)
    let isVirtual = event.b >> 41 & 1 == 0
    reportRead(event, key: UInt64(eventID))
    let intid = UInt32(truncatingIfNeeded: more.a) & 0xFF_FFFF
    let owner = isVirtual ? UInt16(truncatingIfNeeded: more.b) : UInt16(truncatingIfNeeded: more.a >> 32)
    let shown =
      !event.entryIsValid
      ? TranslationEntry()
      : isVirtual
        ? TranslationEntry(virtualINTID: intid, vpe: owner) : TranslationEntry(intid: intid, collection: owner)
    var before = translation.units[unit].before
    if event.flags.contains(.tableWrite) || before?.at != at { before = nil }
    let held = before?.entry ?? translation.stores[unit].lookup(at)
    let doorbell = UInt32(truncatingIfNeeded: more.b >> 32)
    let heldDoorbell =
      before != nil ? before?.doorbell : held.hasDoorbell ? translation.stores[unit].doorbell(at) : nil
    let isKnown = held.isValid ? held.isKnown : translation.startsEmpty && !event.entryIsValid
    let verdict = compare(
      PredictionLedger.check(.interruptTranslationTable), expected: packEntry(held, doorbell: heldDoorbell),
      seen: packEntry(shown, doorbell: doorbell), known: isKnown ? .max : 0, pe: PE.none)
    guard verdict == .taught || verdict == .agreed && !isKnown,
      before == nil || translation.units[unit].unresolved != nil
    else { return }
    if !event.entryIsValid, !event.flags.contains(.tableWrite) {
      if before == nil, held.isValid { discard(held, at, unit: unit) }
      return refuse(unit: unit, device: device, .unmappedEvent)
    }
    learn(shown, at, unit: unit, doorbell: doorbell)
  }

  /// An entry in one word: valid 63, virtual 62, doorbell's low bits of a virtual entry in 61:40, ICID or vPEID in
  /// 39:24, INTID in 23:0.
  private func packEntry(_ entry: TranslationEntry, doorbell: UInt32?) -> UInt64 {
    guard entry.isValid else { return 0 }
    let owner = 1 << 63 | UInt64(entry.collection) << 24 | UInt64(entry.intid)
    guard entry.isVirtual else { return owner }
    return owner | 1 << 62 | UInt64((doorbell ?? INTID.spurious) & 0x3F_FFFF) << 40
  }

  private mutating func learn(_ entry: TranslationEntry, _ at: DeviceEvent, unit: Int, doorbell: UInt32) {
    guard entry.isValid else { return }
    if translation.stores[unit].device(at.device) == nil {
      translation.stores[unit].mapDevice(at.device, eventBits: 16, userFlags: DeviceKnowledge.guessed)
    }
    translation.stores[unit].map(at, entry, doorbell: entry.isVirtual && doorbell != 1023 ? doorbell : nil)
    if !entry.isVirtual { lpis.setMapped(entry.intid, true) }
    resolve(unit: unit)
  }

  /// Carries out what waited for a translation, once it is complete.
  mutating func resolve(unit: Int) {
    guard let waiting = translation.units[unit].unresolved else { return }
    let entry = translation.stores[unit].lookup(waiting.at)
    guard entry.isValid else { return }
    if !entry.isVirtual, translation.units[unit].collection(UInt32(entry.collection)) == Collection.unknown { return }
    if entry.isVirtual, translation.units[unit].vPEs[UInt32(entry.vpe)] == nil { return }
    if waiting.opcode == ITSOpcode.vmovi, translation.units[unit].vPEs[waiting.collection] == nil { return }
    translation.units[unit].unresolved = nil
    progress.provenance = .inferred
    if !waiting.entryIsKnown { reportRest(of: waiting, entry: entry, unit: unit) }
    if waiting.opcode == ITSOpcode.movi {
      _ = move(entry, waiting.at, to: waiting.collection, unit: unit)
    } else if waiting.opcode == ITSOpcode.vmovi {
      _ = move(virtual: entry, waiting.at, to: waiting.collection, doorbell: waiting.doorbell, unit: unit)
    } else {
      _ = act(waiting.opcode, entry, waiting.at, unit: unit, cause: waiting.cause)
    }
    progress.provenance = .derived
  }
}
