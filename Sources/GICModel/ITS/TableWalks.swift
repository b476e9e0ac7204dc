import InterruptTrace
import LPIStore

/// Which table entries an MSI or a command has the ITS read (IHI 0069H, 5.1.2 and 5.3).
extension GICv3 where Store: ~Copyable {
  /// Reports the walk of an MSI, or of a command that acts on one event. Called before it takes effect.
  @inline(__always)
  func reportWalk(opcode: UInt8, _ at: DeviceEvent, entry: TranslationEntry, unit: Int, target: UInt16 = 0) {
    var reads: TableWalk.Reads = [.device, .event]
    var pe = PE.none
    if !entry.isValid {
      reads = unsuccessfulReads(at, unit: unit)
    } else if entry.isVirtual {
      reads.insert([.vPE, .isVirtual])
      if let vPE = translation.units[unit].vPEs[UInt32(entry.vpe)] { pe = vPE.pe }
      if pe == PE.none, translation.startsEmpty { reads.insert(.endsInvalid) }
    } else {
      if !isHeldByITS(collection: UInt32(entry.collection)) { reads.insert(.collection) }
      pe = translation.units[unit].collection(UInt32(entry.collection))
      if pe == Collection.unmapped { reads.insert(.endsInvalid) }
    }
    if entry.isValid, !reads.contains(.endsInvalid) {
      switch opcode {
      case 0, ITSOpcode.int: reads.insert(.configuration)
      case ITSOpcode.movi where !entry.isVirtual:
        if !isHeldByITS(collection: UInt32(target)) { reads.insert(.target) }
      case ITSOpcode.vmovi where entry.isVirtual: reads.insert(.target)
      default: break
      }
    }
    emitWalk(
      TableWalk(opcode: opcode, its: unit, owner: entry.collection, target: target, reads: reads),
      pe: pe >= Collection.unmapped ? PE.none : pe, intid: entry.isValid ? entry.intid : 0xFFFF_FFFF,
      source: at)
  }

  /// The reads that find no translation. Where the capture has not shown the tables, both reads are assumed.
  private func unsuccessfulReads(_ at: DeviceEvent, unit: Int) -> TableWalk.Reads {
    guard let mapped = translation.stores[unit].device(at.device) else {
      return translation.startsEmpty ? [.device, .endsInvalid] : [.device, .event]
    }
    // An EventID that the table does not hold is refused without looking.
    if mapped.eventBits < 16, at.event >> UInt32(mapped.eventBits) != 0 { return [.device] }
    return mapped.userFlags == 0 ? [.device, .event, .endsInvalid] : [.device, .event]
  }

  /// Reports what a translation read beyond the entries that were known, when it can be carried out after all.
  func reportRest(of waiting: UnresolvedTranslation, entry: TranslationEntry, unit: Int) {
    guard waiting.opcode != ITSOpcode.vmovp else { return }
    var reads: TableWalk.Reads = entry.isVirtual ? [.isRest, .vPE, .isVirtual] : [.isRest]
    if !entry.isVirtual, !isHeldByITS(collection: UInt32(entry.collection)) { reads.insert(.collection) }
    if waiting.opcode == ITSOpcode.int { reads.insert(.configuration) }
    if waiting.opcode == ITSOpcode.movi || waiting.opcode == ITSOpcode.vmovi { reads.insert(.target) }
    emitWalk(
      TableWalk(
        opcode: waiting.cause == .msi ? 0 : waiting.opcode, its: unit, owner: entry.collection,
        target: UInt16(truncatingIfNeeded: waiting.collection), reads: reads),
      pe: PE.none, intid: entry.intid, source: waiting.at)
  }

  /// Reports the walk of a command, before it takes effect.
  func reportWalk(_ command: ITSCommand, entry: TranslationEntry, unit: Int) {
    let isMapped = translation.stores[unit].device(command.deviceID) != nil
    switch command.opcode {
    case ITSOpcode.movi, ITSOpcode.discard, ITSOpcode.int, ITSOpcode.clear, ITSOpcode.inv, ITSOpcode.vmovi:
      reportWalk(
        opcode: command.opcode, command.at, entry: entry, unit: unit,
        target: UInt16(truncatingIfNeeded: command.opcode == ITSOpcode.vmovi ? command.vPE : command.collection))
    case ITSOpcode.mapti, ITSOpcode.mapi, ITSOpcode.vmapti, ITSOpcode.vmapi:
      var reads: TableWalk.Reads = isMapped || !translation.startsEmpty ? .device : [.device, .endsInvalid]
      if entry.isValid { reads.insert(.wasValid) }
      report(command, reads, owner: 0, unit: unit)
    case ITSOpcode.mapd: report(command, isMapped ? .wasValid : [], owner: 0, unit: unit)
    case ITSOpcode.mapc:
      let known = translation.units[unit].collection(command.collection) < Collection.unmapped
      report(command, known ? .wasValid : [], owner: command.collection, unit: unit)
    case ITSOpcode.invall where !command.operandsAreHidden && !departures.contains(.invallReachesAllPEs):
      let isHeld = isHeldByITS(collection: command.collection)
      report(command, isHeld ? [] : .collection, owner: command.collection, unit: unit)
    case ITSOpcode.vmapp: report(command, .isVirtual, owner: command.vPE, unit: unit)
    case ITSOpcode.vmovp, ITSOpcode.vinvall, ITSOpcode.vsgi, ITSOpcode.invdb:
      report(command, [.vPE, .isVirtual], owner: command.vPE, unit: unit)
    case ITSOpcode.invall, ITSOpcode.movall: report(command, [], owner: 0, unit: unit)
    default: break
    }
  }

  private func report(_ command: ITSCommand, _ reads: TableWalk.Reads, owner: UInt32, unit: Int) {
    let reads = command.isValid ? reads.union(.setsValid) : reads
    emitWalk(
      TableWalk(opcode: command.opcode, its: unit, owner: UInt16(truncatingIfNeeded: owner), reads: reads), pe: PE.none,
      intid: 0xFFFF_FFFF, source: command.at)
  }

  @inline(__always) private func emitWalk(_ walk: TableWalk, pe: UInt32, intid: UInt32, source: DeviceEvent) {
    var walk = walk
    if translation.units[walk.its].deviceTableHasTwoLevels {
      walk.rawValue |= UInt64(TableWalk.Reads.twoLevels.rawValue) << 44
    }
    emit(.tableWalk, pe: pe, intid: intid, a: source.key, b: walk.rawValue)
  }

  /// Collections below `GITS_TYPER.HCC` are held by the ITS itself: no memory is read for them (12.19).
  @inline(__always) private func isHeldByITS(collection icid: UInt32) -> Bool { icid < translation.heldCollections }

  /// Reports that the capture shows a table read, for comparison with the walks.
  func reportRead(_ event: Event, key: UInt64) {
    guard !event.flags.contains(.tableWrite) else { return }
    emit(
      .tableRead, a: key, b: UInt64(event.table.rawValue) | UInt64(event.its) << 8 | (event.entryIsValid ? 1 << 16 : 0))
  }
}
