import InterruptTrace

/// The whole controller as a tree.
extension GICv2 {
  func state(_ filter: StateFilter) -> StateValue {
    var parts: [StateValue.Member] = [
      .init("distributor", distributorState(filter)),
      .init("cpu_interfaces", perPE(filter) { interfaceState($0, filter) }),
    ]
    if topology.value(.vtr) != nil || topology.value(.hasEL2) == 1 || usesVirtualInterfaces {
      parts.append(.init("virtual_interfaces", perPE(filter) { virtualState($0) }))
    }
    return .object(parts)
  }

  private var usesVirtualInterfaces: Bool {
    (0..<peCount).contains { virtualInterfaces[$0].control != 0 || virtualInterfaces[$0].valid != 0 }
  }

  private func perPE(_ filter: StateFilter, _ part: (Int) -> StateValue) -> StateValue {
    .list((0..<peCount).filter { filter.includes(pe: $0) }.map(part))
  }

  private func pes(_ mask: UInt8) -> StateValue {
    .list((0..<GICv2Distributor.peLimit).filter { mask >> UInt8($0) & 1 != 0 }.map { .number(UInt64($0)) })
  }

  // MARK: Distributor

  private func distributorState(_ filter: StateFilter) -> StateValue {
    var members: [StateValue.Member] = [.init("GICD_CTLR", .register(UInt64(distributor.control)))]
    if let type = topology.value(.gicdTyper) { members.append(.init("GICD_TYPER", .register(type))) }
    members.append(.init("interrupts", interruptStates(0, 32..<distributor.implementedLimit, filter)))
    return .object(members)
  }

  private func interruptStates(_ pe: Int, _ intids: Range<Int>, _ filter: StateFilter) -> StateValue {
    var states: [StateValue] = []
    for intid in intids where filter.includes(intid: intid) && isShown(pe, intid, filter) {
      states.append(interruptState(pe, intid))
    }
    return .list(states)
  }

  private func isShown(_ pe: Int, _ intid: Int, _ filter: StateFilter) -> Bool {
    let word = intid >> 5
    let row = GICv2Distributor.row(pe, word)
    var shown =
      distributor.touched[row] | distributor.enabled[row] | distributor.level[row]
      | distributor.stateWord(distributor.latch, pe, word)
    if filter.includesIdle {
      shown |= distributor.knownPriority[row] | distributor.knownGroup[row] | distributor.knownTargets[row]
    }
    return shown.bit(intid & 31)
  }

  private func interruptState(_ pe: Int, _ intid: Int) -> StateValue {
    let (word, bit) = (intid >> 5, intid & 31)
    let row = GICv2Distributor.row(pe, word)
    var members = GICModel.interruptState(
      intid: intid, enabled: distributor.enabled[row].bit(bit),
      latch: distributor.stateWord(distributor.latch, pe, word).bit(bit), isPending: isPending(pe, intid),
      active: distributor.stateWord(distributor.active, pe, word).bit(bit), level: distributor.level[row].bit(bit),
      priority: distributor.priority[GICv2Distributor.priorityIndex(pe, intid)], group: distributor.group[row].bit(bit),
      edge: distributor.edge[row].bit(bit))
    if intid < 16 {
      members.append(.init("sources", pes(distributor.sources[pe << 4 | intid])))
    } else if intid >= 32 {
      members.append(.init("targets", pes(distributor.targets[intid])))
      if departures.contains(.sharedStatePerPE) {
        members.append(.init("pending_on", pes(planes(distributor.latch, word, bit))))
        members.append(.init("active_on", pes(planes(distributor.active, word, bit))))
      }
    }
    return .object(members)
  }

  /// The PEs on which an SPI has a state.
  func planes(_ state: borrowing Words<UInt32>, _ word: Int, _ bit: Int) -> UInt8 {
    var mask: UInt8 = 0
    for pe in 0..<GICv2Distributor.peLimit where state[GICv2Distributor.plane(pe, word)].bit(bit) {
      mask |= 1 << UInt8(pe)
    }
    return mask
  }

  // MARK: CPU interfaces

  private func interfaceState(_ pe: Int, _ filter: StateFilter) -> StateValue {
    let (element, interface) = (interfaces[pe], interfaces[pe].interface)
    var members: [StateValue.Member] = [
      .init("pe", .number(UInt64(pe))), .init("GICC_CTLR", .register(UInt64(interface.control))),
      .init("GICC_PMR", .register(UInt64(interface.priorityMask))),
      .init("GICC_BPR", .register(UInt64(interface.binaryPoint))),
      .init("GICC_ABPR", .register(UInt64(interface.aliasedBinaryPoint))),
    ]
    for n in 0..<4 {
      members.append(.init("GICC_APR\(n)", .register(UInt64(interface.activePriorities[n]))))
      members.append(.init("GICC_NSAPR\(n)", .register(UInt64(interface.group1ActivePriorities[n]))))
    }
    members.append(.init("GICC_RPR", .register(UInt64(interface.runningPriorityView(nonSecure: false)))))
    let pending = computeHighest(pe)
    if !pending.isNone {
      members.append(
        .init(
          "highest_pending",
          .object([
            .init("intid", .number(UInt64(pending.intid))), .init("priority", .number(UInt64(pending.priority))),
          ])
        )
      )
    }
    if hasTwoSecurityStates { members.append(.init("security", .text("\(element.security)"))) }
    members.append(.init("interrupts", interruptStates(pe, 0..<32, filter)))
    return .object(members)
  }

  // MARK: Virtual interfaces

  private func virtualState(_ pe: Int) -> StateValue {
    let virtual = virtualInterfaces[pe]
    var members: [StateValue.Member] = [
      .init("pe", .number(UInt64(pe))), .init("GICH_HCR", .register(UInt64(virtual.control))),
      .init("GICH_VMCR", .register(UInt64(virtual.machineControl))),
      .init("GICH_MISR", .register(UInt64(virtual.maintenanceStatus))),
    ]
    for n in 0..<(virtual.count > 32 ? 2 : 1) {
      let shift = UInt64(n * 32)
      members.append(.init("GICH_EISR\(n)", .register(virtual.ended >> shift & 0xFFFF_FFFF)))
      members.append(.init("GICH_ELRSR\(n)", .register(virtual.empty >> shift & 0xFFFF_FFFF)))
    }
    members.append(.init("GICH_APR", .register(UInt64(virtual.interface.activePriorities[0]))))
    let rpr = virtual.interface.runningPriorityView(nonSecure: false)
    members.append(.init("GICV_CTLR", .register(UInt64(virtual.interface.control))))
    members.append(.init("GICV_PMR", .register(UInt64(virtual.interface.priorityMask))))
    members.append(.init("GICV_RPR", .register(UInt64(rpr))))
    members.append(.init("maintenance_interrupt", .bool(virtual.maintenance)))
    members.append(.init("list_registers", .list((0..<virtual.count).map { listState(virtual[$0], $0) })))
    return .object(members)
  }

  private func listState(_ entry: GICv2ListRegister, _ index: Int) -> StateValue {
    var members: [StateValue.Member] = [
      .init("lr", .number(UInt64(index))), .init("GICH_LR\(index)", .register(UInt64(entry.value))),
    ]
    guard entry.value != 0 else { return .object(members) }
    members += [
      .init("state", .text(stateName(isPending: entry.isPending, isActive: entry.isActive))),
      .init("intid", .number(UInt64(entry.intid))), .init("priority", .number(UInt64(entry.priority))),
      .init("group", .number(entry.isGroup1 ? 1 : 0)), .init("hardware", .bool(entry.isHardware)),
    ]
    if entry.isHardware {
      members.append(.init("physical_intid", .number(UInt64(entry.physicalID))))
    } else {
      members.append(.init("eoi_maintenance", .bool(entry.asksAtEnd)))
      if entry.intid < 16 { members.append(.init("source", .number(UInt64(entry.source)))) }
    }
    return .object(members)
  }
}
