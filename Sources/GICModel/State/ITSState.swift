import InterruptTrace
import LPIStore

/// ITS tables and LPIs as a tree.
extension GICv3 where Store: ~Copyable {
  func itsState(_ unit: Int, _ filter: StateFilter) -> ValueTree {
    var members: [ValueTree.Member] = [
      .number("its", unit),
      .register("GITS_CTLR", translation.units[unit].control.value),
      .register("GITS_CBASER", translation.units[unit].commandBase.value),
      .register("GITS_CWRITER", translation.units[unit].commandWriter.value),
      .register("GITS_CREADR", translation.units[unit].commandReader.value),
    ]
    for n in 0..<8 { members.append(.register("GITS_BASER\(n)", translation.units[unit].tableBase[n].value)) }
    members.append(.init("collections", collectionState(unit, filter)))
    members.append(.init("devices", deviceState(unit, filter)))
    if !translation.units[unit].vPEs.isEmpty { members.append(.init("vpes", virtualPEState(unit))) }
    return .object(members)
  }

  private func collectionState(_ unit: Int, _ filter: StateFilter) -> ValueTree {
    let shown = translation.units[unit].collections.enumerated().filter {
      Int($0.element) < peCount && filter.includes(pe: Int($0.element))
    }
    return .list(shown.map { .object([.number("icid", $0.offset), .number("pe", $0.element)]) })
  }

  private func deviceState(_ unit: Int, _ filter: StateFilter) -> ValueTree {
    var devices: [ValueTree] = []
    var room = filter.lpiLimit ?? .max
    translation.stores[unit].forEachDevice { device, bits in
      var events: [ValueTree] = []
      var count = 0
      translation.stores[unit].forEachEvent(device) { event, entry in
        guard filter.includes(intid: Int(entry.intid)) else { return true }
        count += 1
        if events.count < room || filter.namedLPIs.contains(entry.intid) {
          events.append(eventState(device, event, entry, unit: unit))
        }
        return true
      }
      if filter.intids == nil || !events.isEmpty {
        var members: [ValueTree.Member] = [
          .number("device_id", device), .number("event_bits", bits),
          .init("itt_address", translation.units[unit].ittAddresses[device].map { .register($0) } ?? .unknown),
          .list("events", events),
        ]
        if count > events.count { members.append(.number("events_in_all", count)) }
        devices.append(.object(members))
      }
      room = max(0, room - events.count)
      return true
    }
    return .list(devices)
  }

  private func eventState(_ device: UInt32, _ event: UInt32, _ entry: TranslationEntry, unit: Int) -> ValueTree {
    var members: [ValueTree.Member] = [.number("event_id", event), .number("intid", entry.intid)]
    if entry.isVirtual {
      members.append(.number("vpeid", entry.vpe))
      if let doorbell = translation.stores[unit].doorbell(device, event) {
        members.append(.number("doorbell", doorbell))
      }
    } else {
      members.append(.number("icid", entry.collection))
      let pe = translation.units[unit].collection(UInt32(entry.collection))
      members.append(.init("pe", Int(pe) < peCount ? .number(UInt64(pe)) : .unknown))
    }
    return .object(members)
  }

  /// LPIs that are mapped, pending or configured.
  func lpiState(_ filter: StateFilter) -> ValueTree {
    var entries: [ValueTree] = []
    if let limit = filter.lpiLimit, lpis.count > limit {
      for intid in listedLPIs(limit, filter.namedLPIs) where filter.includes(intid: Int(intid)) {
        let record = lpis.record(intid)
        if record != LPIRecord() || !lpis.pendingPEs(intid).isEmpty { entries.append(lpiState(intid, record)) }
      }
    } else {
      lpis.forEachRecord { intid, record in
        if filter.includes(intid: Int(intid)) { entries.append(lpiState(intid, record)) }
        return true
      }
    }
    return .list(entries)
  }

  /// The first LPIs, the first pending ones of each PE, and those that are named; by INTID.
  private func listedLPIs(_ limit: Int, _ named: Set<UInt32>) -> [UInt32] {
    var listed: Set<UInt32> = []
    lpis.forEachRecord { intid, _ in
      listed.insert(intid)
      return listed.count < limit / 2
    }
    for pe in 0..<peCount where listed.count < limit {
      lpis.forEachPending(pe: UInt32(pe)) { intid in
        listed.insert(intid)
        return listed.count < limit
      }
    }
    return listed.union(named).sorted()
  }

  private func lpiState(_ intid: UInt32, _ record: LPIRecord) -> ValueTree {
    let targets = lpis.pendingPEs(intid).map { ValueTree.number(UInt64($0)) }
    return .object([
      .number("intid", intid),
      .init("enabled", record.isKnown ? .bool(record.isEnabled) : .unknown),
      .init("priority", record.isKnown ? .number(UInt64(record.priority)) : .unknown),
      .bool("pending", !targets.isEmpty), .list("pending_on", targets),
      .bool("mapped", record.isMapped),
    ])
  }
}
