import InterruptTrace
import LPIStore

/// ITS tables and LPIs as a tree.
extension GICv3 where Store: ~Copyable {
  func itsState(_ unit: Int, _ filter: StateFilter) -> StateValue {
    var members: [StateValue.Member] = [
      .init("its", .number(UInt64(unit))),
      .init("GITS_CTLR", .register(UInt64(translation.units[unit].control))),
      .init("GITS_CBASER", .register(translation.units[unit].commandBase)),
      .init("GITS_CWRITER", .register(translation.units[unit].commandWriter)),
      .init("GITS_CREADR", .register(translation.units[unit].commandReader)),
    ]
    for n in 0..<8 { members.append(.init("GITS_BASER\(n)", .register(translation.units[unit].tableBase[n]))) }
    members.append(.init("collections", collectionState(unit, filter)))
    members.append(.init("devices", deviceState(unit, filter)))
    if !translation.units[unit].vPEs.isEmpty { members.append(.init("vpes", virtualPEState(unit))) }
    return .object(members)
  }

  private func collectionState(_ unit: Int, _ filter: StateFilter) -> StateValue {
    var entries: [StateValue] = []
    for (icid, pe) in translation.units[unit].collections.enumerated() where Int(pe) < peCount {
      guard filter.includes(pe: Int(pe)) else { continue }
      entries.append(.object([.init("icid", .number(UInt64(icid))), .init("pe", .number(UInt64(pe)))]))
    }
    return .list(entries)
  }

  private func deviceState(_ unit: Int, _ filter: StateFilter) -> StateValue {
    var devices: [StateValue] = []
    translation.units[unit].translations.forEachDevice { device, bits in
      var events: [StateValue] = []
      translation.units[unit].translations.forEachEvent(device) { event, entry in
        if filter.includes(intid: Int(entry.intid)) { events.append(eventState(device, event, entry, unit: unit)) }
        return true
      }
      if filter.intids == nil || !events.isEmpty {
        devices.append(
          .object([
            .init("device_id", .number(UInt64(device))), .init("event_bits", .number(UInt64(bits))),
            .init("itt_address", translation.units[unit].ittAddresses[device].map { .register($0) } ?? .unknown),
            .init("events", .list(events)),
          ])
        )
      }
      return true
    }
    return .list(devices)
  }

  private func eventState(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, unit: Int) -> StateValue {
    var members: [StateValue.Member] = [
      .init("event_id", .number(UInt64(event))), .init("intid", .number(UInt64(entry.intid))),
    ]
    if entry.isVirtual {
      members.append(.init("vpeid", .number(UInt64(entry.vpe))))
      if let doorbell = translation.units[unit].translations.doorbell(device, event) {
        members.append(.init("doorbell", .number(UInt64(doorbell))))
      }
    } else {
      members.append(.init("icid", .number(UInt64(entry.collection))))
      let pe = translation.units[unit].collection(UInt32(entry.collection))
      members.append(.init("pe", Int(pe) < peCount ? .number(UInt64(pe)) : .unknown))
    }
    return .object(members)
  }

  /// LPIs that are mapped, pending or configured.
  func lpiState(_ filter: StateFilter) -> StateValue {
    var entries: [StateValue] = []
    lpis.forEachRecord { intid, record in
      guard filter.includes(intid: Int(intid)) else { return true }
      let targets = lpis.pendingPEs(intid).map { StateValue.number(UInt64($0)) }
      entries.append(
        .object([
          .init("intid", .number(UInt64(intid))),
          .init("enabled", record.isKnown ? .bool(record.isEnabled) : .unknown),
          .init("priority", record.isKnown ? .number(UInt64(record.priority)) : .unknown),
          .init("pending", .bool(!targets.isEmpty)), .init("pending_on", .list(targets)),
          .init("mapped", .bool(record.isMapped)),
        ])
      )
      return true
    }
    return .list(entries)
  }
}
