import InterruptTrace

/// The whole controller as a tree.
extension GICv2 {
  func state(_ filter: StateFilter) -> ValueTree {
    var parts: [ValueTree.Member] = [
      .init("distributor", distributorState(filter)),
      .init("cpu_interfaces", perPE(filter) { interfaceState($0, filter) }),
    ]
    if topology[.vtr] != nil || topology[.hasEL2] == true || usesVirtualInterfaces {
      parts.append(.init("virtual_interfaces", perPE(filter) { virtualState($0) }))
    }
    return .object(parts)
  }

  private var usesVirtualInterfaces: Bool {
    (0..<peCount).contains { virtualInterfaces[$0].control != 0 || virtualInterfaces[$0].valid != 0 }
  }

  private func pes(_ mask: UInt8) -> ValueTree {
    .list((0..<GICv2Distributor.peLimit).filter { mask >> UInt8($0) & 1 != 0 }.map { .number(UInt64($0)) })
  }

  // MARK: Distributor

  private func distributorState(_ filter: StateFilter) -> ValueTree {
    var members: [ValueTree.Member] = [.register("GICD_CTLR", distributor.control.value)]
    if let type = topology[.gicdTyper] { members.append(.register("GICD_TYPER", type)) }
    members.append(.init("interrupts", interruptStates(0, 32..<distributor.implementedLimit, filter)))
    return .object(members)
  }

  private func interruptStates(_ pe: Int, _ intids: Range<Int>, _ filter: StateFilter) -> ValueTree {
    .list(intids.filter { isShown(pe, $0, filter) }.map { state(of: $0, pe) })
  }

  private func state(of intid: Int, _ pe: Int) -> ValueTree {
    var members = interruptState(pe, intid)
    if INTID.isSGI(intid) {
      members.append(.init("sources", pes(distributor.sources[pe << 4 | intid])))
    } else if INTID.isSPI(intid) {
      members.append(.init("targets", pes(distributor.targets[intid])))
      if departures.contains(.sharedStatePerPE) {
        let (word, bit) = (intid >> 5, intid & 31)
        members.append(.init("pending_on", pes(GICv2Distributor.pes(distributor.latch, word, bit))))
        members.append(.init("active_on", pes(GICv2Distributor.pes(distributor.active, word, bit))))
      }
    }
    return .object(members)
  }

  // MARK: CPU interfaces

  private func interfaceState(_ pe: Int, _ filter: StateFilter) -> ValueTree {
    let (element, interface) = (interfaces[pe], interfaces[pe].interface)
    var members: [ValueTree.Member] = [
      .number("pe", pe), .register("GICC_CTLR", interface.control), .register("GICC_PMR", interface.priorityMask),
      .register("GICC_BPR", interface.binaryPoint), .register("GICC_ABPR", interface.aliasedBinaryPoint),
    ]
    for n in 0..<4 {
      members.append(.register("GICC_APR\(n)", interface.activePriorities[n]))
      members.append(.register("GICC_NSAPR\(n)", interface.group1ActivePriorities[n]))
    }
    members.append(.register("GICC_RPR", interface.runningPriorityView(nonSecure: false)))
    let pending = computeHighest(pe)
    if !pending.isNone {
      let parts: [ValueTree.Member] = [.number("intid", pending.intid), .number("priority", pending.priority)]
      members.append(.object("highest_pending", parts))
    }
    if hasTwoSecurityStates { members.append(.text("security", "\(element.security)")) }
    members.append(.init("interrupts", interruptStates(pe, 0..<32, filter)))
    return .object(members)
  }

  // MARK: Virtual interfaces

  private func virtualState(_ pe: Int) -> ValueTree {
    let virtual = virtualInterfaces[pe]
    var members: [ValueTree.Member] = [
      .number("pe", pe), .register("GICH_HCR", virtual.control), .register("GICH_VMCR", virtual.machineControl),
      .register("GICH_MISR", virtual.maintenanceStatus),
    ]
    for n in 0..<(virtual.count > 32 ? 2 : 1) {
      let shift = UInt64(n * 32)
      members.append(.register("GICH_EISR\(n)", virtual.ended >> shift & 0xFFFF_FFFF))
      members.append(.register("GICH_ELRSR\(n)", virtual.empty >> shift & 0xFFFF_FFFF))
    }
    members.append(.register("GICH_APR", virtual.interface.activePriorities[0]))
    let rpr = virtual.interface.runningPriorityView(nonSecure: false)
    members.append(.register("GICV_CTLR", virtual.interface.control))
    members.append(.register("GICV_PMR", virtual.interface.priorityMask))
    members.append(.register("GICV_RPR", rpr))
    members.append(.bool("maintenance_interrupt", virtual.maintenance))
    members.append(.list("list_registers", (0..<virtual.count).map { listState(virtual[$0], $0) }))
    return .object(members)
  }

  private func listState(_ entry: GICv2ListRegister, _ index: Int) -> ValueTree {
    var members: [ValueTree.Member] = [.number("lr", index), .register("GICH_LR\(index)", entry.value)]
    guard entry.value != 0 else { return .object(members) }
    members += entry.members(intid: entry.intid)
    if !entry.isHardware, entry.intid < 16 { members.append(.number("source", entry.source)) }
    return .object(members)
  }
}
