import InterruptTrace

/// MSIs that reach the ITS.
extension GICv3 where Store: ~Copyable {
  /// A write to `GITS_TRANSLATER` (12.19), or to a GICv2m doorbell.
  @inline(__always) mutating func receive(msi event: Event) {
    let unit = translation.unit(Int(truncatingIfNeeded: event.b & 15))
    let at = DeviceEvent(device: event.deviceID, event: event.eventID)
    let entry = translation.stores[unit].lookup(at)
    translation.units[unit].before = nil
    translation.units[unit].changedVPE = nil
    translation.units[unit].unresolved = nil
    emit(.msi, intid: entry.isValid ? entry.intid : 0xFFFF_FFFF, a: event.a)
    guard translation.units[unit].control[0] || !translation.units[unit].control.knows(0) else {
      return emit(.itsFault, a: event.a, b: ITSFault.itsDisabled.rawValue)
    }
    reportWalk(opcode: 0, at, entry: entry, unit: unit)
    if entry.isValid, translation.units[unit].isDoubtful(entry) {
      translation.units[unit].unresolved = UnresolvedTranslation(at: at, opcode: ITSOpcode.int, cause: .msi)
      return
    }
    guard entry.isValid else { return reject(at, unit: unit) }
    _ = act(ITSOpcode.int, entry, at, unit: unit, cause: .msi)
  }

  private mutating func reject(_ at: DeviceEvent, unit: Int) {
    let error = missing(at, unit: unit, opcode: ITSOpcode.int, collection: 0, cause: .msi)
    // What the tables hold may not be known: the entries that the capture shows next tell.
    if error == nil, translation.units[unit].showsTables { return }
    let fault: ITSFault =
      switch error {
      case .unmappedDevice: .unmappedDevice
      case .idOutOfRange: .eventOutOfRange
      case .unmappedInterrupt: .unmappedEvent
      default: .unknown
      }
    emit(.itsFault, a: at.key, b: fault.rawValue)
  }
}
