import InterruptTrace
import LPIStore

/// Execution of ITS commands (IHI 0069H, 5.3), one function for each group.
extension GICv3 where Store: ~Copyable {
  mutating func execute(_ command: ITSCommand) {
    let unit = translation.unit(command.its)
    translation.units[unit].unresolved = nil
    translation.units[unit].tentativeMove = nil
    guard ITSOpcode.isCommand(command.opcode) else { return skip(command, unit: unit) }
    let entry = remember(command, unit: unit)
    reportWalk(command, entry: entry, unit: unit)
    let error: ITSError?
    switch command.opcode {
    case ITSOpcode.mapd: error = mapDevice(command, unit: unit)
    case ITSOpcode.mapc: error = mapCollection(command, unit: unit)
    case ITSOpcode.mapti: error = mapInterrupt(command, unit: unit, intid: command.physicalINTID)
    case ITSOpcode.mapi: error = mapInterrupt(command, unit: unit, intid: command.eventID)
    case ITSOpcode.movi: error = moveInterrupt(command, unit: unit)
    case ITSOpcode.movall: error = moveAll(command)
    case ITSOpcode.discard, ITSOpcode.int, ITSOpcode.clear, ITSOpcode.inv: error = act(command, unit: unit)
    case ITSOpcode.invall: error = invalidateCollection(command, unit: unit)
    default: error = executeVirtual(command, unit: unit)
    }
    let named = command.opcode == ITSOpcode.mapti || command.opcode == ITSOpcode.mapi
    emit(
      .itsCommand,
      intid: named
        ? command.opcode == ITSOpcode.mapi ? command.eventID : command.physicalINTID
        : entry.isValid && !entry.isVirtual && command.namesEvent ? entry.intid : 0xFFFF_FFFF,
      a: UInt64(command.opcode) | UInt64(command.deviceID) << 32,
      b: (error?.code(command.opcode) ?? 0) | UInt64(command.eventID) << 32
    )
  }

  /// Reports what the ITS read from its queue and is no command: it does nothing, and its operands mean nothing.
  private mutating func skip(_ command: ITSCommand, unit: Int) {
    emit(.itsCommand, a: UInt64(command.opcode) | lastSlot(unit: unit) << 32, b: 0)
  }

  /// Keeps the entry that a command may change, for the table reads that the capture shows next.
  private mutating func remember(_ command: ITSCommand, unit: Int) -> TranslationEntry {
    translation.units[unit].changedVPE = nil
    let entry = translation.stores[unit].lookup(command.at)
    translation.units[unit].before = EntryBefore(
      at: command.at, entry: entry, doorbell: entry.hasDoorbell ? translation.stores[unit].doorbell(command.at) : nil)
    return entry
  }

  // MARK: Mapping

  /// MAPD (5.3).
  private mutating func mapDevice(_ command: ITSCommand, unit: Int) -> ITSError? {
    let device = command.deviceID
    let unseenType: UInt64? = departures.contains(.itsIDsHave16Bits) ? 15 << 8 | 15 << 13 : nil
    if let typer = topology[.gitsTyper, index: UInt32(unit)] ?? unseenType {
      // Size means nothing with V clear.
      let checksSize = command.isValid || departures.contains(.mapdAlwaysChecksSize)
      if checksSize, UInt64(command.eventBits) > (typer >> 8 & 0x1F) + 1 { return .ittSizeOrProcessorOutOfRange }
      if UInt64(device) >> ((typer >> 13 & 0x1F) + 1) != 0 { return .deviceOutOfRange }
    }
    if let limit = translation.units[unit].entryLimit(of: .device), UInt64(device) >= limit { return .deviceOutOfRange }
    unmap(device: device, unit: unit)
    guard command.isValid else { return nil }
    translation.units[unit].setITT(of: device, to: command.ittAddress)
    translation.stores[unit].mapDevice(device, eventBits: command.eventBits, userFlags: 0)
    return nil
  }

  /// Takes a device's mappings away. Its LPIs keep their pending state (5.3).
  mutating func unmap(device: UInt32, unit: Int) {
    if translation.units[unit].removeITT(of: device) {
      translation.stores[unit].forEachEvent(device) { event, entry in
        emit(.mapping, intid: entry.intid, a: DeviceEvent(device: device, event: event).key, b: 0)
        return true
      }
    }
    translation.stores[unit].unmapDevice(device)
  }

  /// MAPC (5.3).
  private mutating func mapCollection(_ command: ITSCommand, unit: Int) -> ITSError? {
    if let limit = collectionLimit(unit: unit), UInt64(command.collection) >= limit { return .collectionOutOfRange }
    guard command.isValid else {
      translation.units[unit].setCollection(command.collection, to: Collection.unmapped)
      emit(.collection, a: UInt64(command.collection), b: UInt64(unit))
      return nil
    }
    guard let pe = redistributor(command.redistributor) else { return .ittSizeOrProcessorOutOfRange }
    translation.units[unit].setCollection(command.collection, to: pe)
    emit(.collection, pe: pe, a: UInt64(command.collection), b: UInt64(unit))
    return nil
  }

  /// Collections that the ITS can hold: in its own registers (`GITS_TYPER.HCC`) and in the collection table. Nil if the
  /// capture shows neither.
  private func collectionLimit(unit: Int) -> UInt64? {
    guard let table = translation.units[unit].entryLimit(of: .collection) else { return nil }
    guard let typer = topology[.gitsTyper, index: UInt32(unit)] else { return nil }
    return table + (typer >> 24 & 0xFF)
  }

  /// Whether the collection table is known to be long enough for a collection, if nothing says that it is not: that depends on
  /// a size which the capture may not have shown.
  private func knowsCollectionFits(_ icid: UInt32, unit: Int) -> Bool {
    translation.startsEmpty || collectionLimit(unit: unit) != nil
      || translation.units[unit].collection(icid) != Collection.unknown
  }

  /// The PE that an RDbase names: a processor number, or with `GITS_TYPER.PTA` the address of its RD frame.
  func redistributor(_ base: UInt64) -> UInt32? {
    if let typer = topology[.gitsTyper], typer >> 19 & 1 != 0 {
      guard let first = topology[.gicrBase] else { return nil }
      let stride = topology[.gicrStride] ?? 0x20000
      let at = (base << 16) &- first
      guard stride > 0, at / stride < UInt64(peCount) else { return nil }
      return UInt32(at / stride)
    }
    return base < UInt64(peCount) ? UInt32(base) : nil
  }

  /// MAPTI and MAPI (5.3).
  private mutating func mapInterrupt(_ command: ITSCommand, unit: Int, intid: UInt32) -> ITSError? {
    guard ensureDevice(command, unit: unit) else { return .unmappedDevice }
    if let limit = collectionLimit(unit: unit), UInt64(command.collection) >= limit { return .collectionOutOfRange }
    guard intid >= LPILimits.firstINTID, intid >> UInt32(lpiINTIDBits) == 0 else { return .physicalIDOutOfRange }
    let entry = TranslationEntry(
      intid: intid, collection: UInt16(truncatingIfNeeded: command.collection),
      isKnown: knowsCollectionFits(command.collection, unit: unit))
    guard translation.stores[unit].map(command.at, entry) else { return .idOutOfRange }
    lpis.setMapped(intid, true)
    emit(.mapping, intid: intid, a: command.at.key, b: 1)
    return nil
  }

  /// Whether a device is mapped; one that was mapped before the capture began is taken for mapped now.
  mutating func ensureDevice(_ command: ITSCommand, unit: Int) -> Bool {
    if translation.stores[unit].device(command.deviceID) != nil { return true }
    guard !translation.startsEmpty else { return false }
    translation.stores[unit].mapDevice(command.deviceID, eventBits: 16, userFlags: DeviceKnowledge.guessed)
    return true
  }

  // MARK: Moving

  /// MOVI (5.3): the pending state moves with the interrupt.
  private mutating func moveInterrupt(_ command: ITSCommand, unit: Int) -> ITSError? {
    let entry = translation.stores[unit].lookup(command.at)
    guard entry.isValid else {
      return missing(command.at, unit: unit, opcode: command.opcode, collection: command.collection)
    }
    guard !entry.isVirtual else { return .unmappedInterrupt }
    return move(entry, command.at, to: command.collection, unit: unit)
  }

  mutating func move(_ entry: TranslationEntry, _ at: DeviceEvent, to icid: UInt32, unit: Int) -> ITSError? {
    let old = translation.units[unit].collection(UInt32(entry.collection))
    let new = translation.units[unit].collection(icid)
    if let limit = collectionLimit(unit: unit), UInt64(icid) >= limit { return .collectionOutOfRange }
    guard old != Collection.unmapped, new != Collection.unmapped else { return .unmappedCollection }
    if old == Collection.unknown || new == Collection.unknown {
      translation.units[unit].tentativeMove = EntryBefore(at: at, entry: entry)
    }
    var changed = entry
    changed.collection = UInt16(truncatingIfNeeded: icid)
    changed.isKnown = entry.isKnown && knowsCollectionFits(icid, unit: unit)
    translation.stores[unit].map(at, changed)
    emit(.retargeted, pe: new, intid: entry.intid, a: UInt64(old), b: UInt64(new))
    guard old != new, Int(old) < peCount, Int(new) < peCount, takesLPIs(old), takesLPIs(new),
      fits(entry.intid, pe: old), fits(entry.intid, pe: new), lpis.isPending(entry.intid, pe: old)
    else { return nil }
    lpis.clearPending(entry.intid, pe: old)
    lpis.setPending(entry.intid, pe: new)
    if lpis.record(entry.intid).userFlags & LPIFlags.confirmed != 0 { confirmedLPIs.add(entry.intid, table: new) }
    staleLPIs(Int(old))
    staleLPIs(Int(new))
    return nil
  }

  /// MOVALL (5.3).
  private mutating func moveAll(_ command: ITSCommand) -> ITSError? {
    guard let from = redistributor(command.redistributor), let to = redistributor(command.secondRedistributor) else {
      return .deviceOutOfRange
    }
    // What a Redistributor with LPIs disabled has, stands in memory only, out of the ITS's reach.
    guard from != to, takesLPIs(from), takesLPIs(to) else { return nil }
    lpis.movePending(from: from, to: to)
    // What was pending there, and nothing has shown, is now pending here.
    if pes[Int(from)].pendingTableIsUnknown { pes[Int(to)].pendingTableIsUnknown = true }
    confirmedLPIs.move(from: from, to: to)
    if !(pes[Int(from)].control.knows(0) && pes[Int(to)].control.knows(0)) {
      pes[Int(from)].pendingTableIsUnknown = true
      pes[Int(to)].openMove = from
    }
    staleLPIs(Int(from))
    staleLPIs(Int(to))
    return nil
  }

  // MARK: Acting on one interrupt

  /// INT, CLEAR, DISCARD and INV (5.3).
  private mutating func act(_ command: ITSCommand, unit: Int) -> ITSError? {
    let entry = translation.stores[unit].lookup(command.at)
    guard entry.isValid else { return missing(command.at, unit: unit, opcode: command.opcode, collection: 0) }
    return act(command.opcode, entry, command.at, unit: unit, cause: .command)
  }

  /// Carries out what a valid entry allows.
  @inline(__always)
  mutating func act(
    _ opcode: UInt8, _ entry: TranslationEntry, _ at: DeviceEvent, unit: Int, cause: PendingCause
  ) -> ITSError? {
    if entry.isVirtual { return actVirtual(opcode, entry, at, unit: unit, cause: cause) }
    let pe = translation.units[unit].collection(UInt32(entry.collection))
    if pe >= Collection.unmapped {
      if pe == Collection.unmapped {
        emit(.itsFault, intid: entry.intid, a: at.key, b: ITSFault.unmappedCollection.rawValue)
      }
      if pe == Collection.unknown {
        if opcode == ITSOpcode.discard { discard(entry, at, unit: unit) }
        translation.units[unit].unresolved = UnresolvedTranslation(
          at: at, opcode: opcode, cause: cause, entryIsKnown: true)
        return nil
      }
      return .unmappedCollection
    }
    switch opcode {
    case ITSOpcode.int: setLPI(entry.intid, pe: pe, cause: cause, source: at.key)
    case ITSOpcode.clear: clearLPI(entry.intid, pe: pe, cause: cause)
    case ITSOpcode.inv: invalidate(lpi: entry.intid, pe: pe)
    default:
      clearLPI(entry.intid, pe: pe, cause: cause)
      discard(entry, at, unit: unit)
    }
    return nil
  }

  mutating func discard(_ entry: TranslationEntry, _ at: DeviceEvent, unit: Int) {
    translation.stores[unit].unmap(at.device, at.event)
    emit(.mapping, intid: entry.intid, a: at.key, b: 0)
  }

  /// A command or an MSI that met no valid entry: an error if the tables are known to hold none, else a question that the
  /// table reads shown next may answer.
  mutating func missing(
    _ at: DeviceEvent, unit: Int, opcode: UInt8, collection: UInt32, cause: PendingCause = .command
  ) -> ITSError? {
    translation.units[unit].unresolved = UnresolvedTranslation(
      at: at, opcode: opcode, cause: cause, collection: collection)
    guard let mapped = translation.stores[unit].device(at.device) else {
      return translation.startsEmpty ? .unmappedDevice : nil
    }
    if mapped.eventBits < 16, at.event >> UInt32(mapped.eventBits) != 0 { return .idOutOfRange }
    return mapped.userFlags == 0 ? .unmappedInterrupt : nil
  }

  /// INVALL (5.3). Where the capture hides the collection, every PE's configuration counts as read again.
  private mutating func invalidateCollection(_ command: ITSCommand, unit: Int) -> ITSError? {
    if command.operandsAreHidden || departures.contains(.invallReachesAllPEs) {
      for pe in 0..<peCount { invalidateAll(pe: UInt32(pe)) }
      return nil
    }
    let pe = translation.units[unit].collection(command.collection)
    guard pe != Collection.unmapped else { return .unmappedCollection }
    if Int(pe) < peCount { invalidateAll(pe: pe) }
    return nil
  }
}
