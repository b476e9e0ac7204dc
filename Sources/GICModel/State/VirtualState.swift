import InterruptTrace

/// Virtual interfaces, vPEs and virtual LPIs as a tree.
extension GICv3 where Store: ~Copyable {
  /// The parts of a controller's state that exist only with virtualization in use.
  func virtualState(_ filter: StateFilter) -> [ValueTree.Member] {
    let used = (0..<peCount).filter { pes[$0].virtual.isInUse }
    guard !used.isEmpty else { return [] }
    var members: [ValueTree.Member] = [
      .list("virtual_interfaces", used.filter { filter.includes(pe: $0) }.map { virtualInterfaceState($0, filter) })
    ]
    if virtualTables.count > 0 {
      members.append(
        .list("virtual_pending_tables", (0..<virtualTables.count).map { virtualTableState(Int32($0), filter) }))
    }
    return members
  }

  private func virtualInterfaceState(_ pe: Int, _ filter: StateFilter) -> ValueTree {
    let virtual = pes[pe].virtual
    var members = identity(pe)
    func known(_ isKnown: Bool, _ value: UInt32) -> ValueTree { isKnown ? .register(UInt64(value)) : .unknown }
    members.append(.init("ICH_VTR_EL2", known(virtual.typeIsKnown, virtual.type)))
    members.append(.init("ICH_HCR_EL2", known(virtual.known.control, virtual.hypervisorControl)))
    members.append(.init("ICH_VMCR_EL2", known(virtual.known.machineControl != 0, virtual.machineControl)))
    for at in 0..<8 where at & 3 < virtual.activePriorityWords {
      let name = "ICH_AP\(at >> 2)R\(at & 3)_EL2"
      members.append(
        .init(name, known(virtual.known.activePriorities >> UInt8(at) & 1 != 0, virtual.activePriorities[at])))
    }
    members.append(.register("ICH_MISR_EL2", virtual.maintenanceStatus(departures)))
    members.append(.bool("maintenance_interrupt", virtual.maintenance))
    members.append(.register("ICV_RPR_EL1", virtual.runningPriority))
    members.append(
      .list(
        "list_registers",
        (0..<virtual.listRegisterCount)
          .filter {
            filter.intids == nil
              || filter.includes(intid: Int(virtual.listRegisters[$0].reportedINTID(isLegacy: virtual.isLegacy)))
          }
          .map { listRegisterState($0, virtual) })
    )
    if pes[pe].virtualPropertyBase.known != 0 {
      members.append(.register("GICR_VPROPBASER", pes[pe].virtualPropertyBase.value))
    }
    if pes[pe].known.contains(.virtualPendingBase) {
      members.append(.register("GICR_VPENDBASER", pes[pe].virtualPendingBase))
    }
    return .object(members)
  }

  private func listRegisterState(_ n: Int, _ virtual: VirtualInterface) -> ValueTree {
    let register = virtual.listRegisters[n]
    let isKnown = virtual.known.listRegisters >> UInt32(n) & 0x1_0001 == 0x1_0001
    var members: [ValueTree.Member] = [
      .number("lr", n),
      .init("ICH_LR\(n)_EL2", isKnown || register.isValid ? .register(register.bits) : .unknown),
    ]
    guard register.bits != 0 else { return .object(members) }
    let intid = register.reportedINTID(isLegacy: virtual.isLegacy)
    if intid != register.virtualINTID { members.append(.number("source", register.virtualINTID >> 10)) }
    members += register.members(intid: intid)
    if virtual.hasNonMaskable { members.append(.bool("non_maskable", register.isNonMaskable)) }
    return .object(members)
  }

  /// The vPE table of an ITS, as commands left it.
  func virtualPEState(_ unit: Int) -> ValueTree {
    let entries = translation.units[unit].vPEs.sorted { $0.key < $1.key }
    return .list(
      entries.map { id, vPE in
        .object([
          .number("vpeid", id), .number("pe", vPE.pe),
          .register("pending_table", vPE.pendingTable), .number("intid_bits", UInt64(vPE.size) + 1),
          .bool("resident", Int(vPE.pe) < peCount && pes[Int(vPE.pe)].virtual.residentTable == vPE.table),
        ])
      }
    )
  }

  private func virtualTableState(_ index: Int32, _ filter: StateFilter) -> ValueTree {
    let resident = (0..<peCount).first { pes[$0].virtual.residentTable == index }
    let pending = virtualTables.pending(index).sorted().filter { filter.includes(intid: Int($0)) }
    return .object([
      .register("address", virtualTables[index].address),
      .init("resident_on", resident.map { .number(UInt64($0)) } ?? .text("none")),
      .list(
        "pending",
        pending.map { intid in
          let record = virtualTables.record(intid, index)
          return .object([
            .number("intid", intid),
            .init("enabled", record.isKnown ? .bool(record.isEnabled) : .unknown),
            .init("priority", record.isKnown ? .number(UInt64(record.priority)) : .unknown),
          ])
        }),
    ])
  }
}
