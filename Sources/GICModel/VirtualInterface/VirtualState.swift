import InterruptTrace
import LPIStore

/// Virtual interfaces, vPEs and virtual LPIs as a tree.
extension GICv3 where Store: ~Copyable {
  /// The parts of a controller's state that exist only with virtualization in use.
  func virtualState(_ filter: StateFilter) -> [StateValue.Member] {
    let used = (0..<peCount).filter { pes[$0].virtual.isInUse }
    guard !used.isEmpty else { return [] }
    var members: [StateValue.Member] = [
      .init(
        "virtual_interfaces", .list(used.filter { filter.includes(pe: $0) }.map { virtualInterfaceState($0, filter) }))
    ]
    if virtualTables.count > 0 {
      members.append(
        .init("virtual_pending_tables", .list((0..<virtualTables.count).map { virtualTableState(Int32($0), filter) })))
    }
    return members
  }

  private func virtualInterfaceState(_ pe: Int, _ filter: StateFilter) -> StateValue {
    let virtual = pes[pe].virtual
    var members = identity(pe)
    func known(_ isKnown: Bool, _ value: UInt32) -> StateValue { isKnown ? .register(UInt64(value)) : .unknown }
    members.append(.init("ICH_VTR_EL2", known(virtual.typeIsKnown, virtual.type)))
    members.append(.init("ICH_HCR_EL2", known(virtual.known.control, virtual.hypervisorControl)))
    members.append(.init("ICH_VMCR_EL2", known(virtual.known.machineControl != 0, virtual.machineControl)))
    for at in 0..<8 where at & 3 < virtual.activePriorityWords {
      let name = "ICH_AP\(at >> 2)R\(at & 3)_EL2"
      members.append(
        .init(name, known(virtual.known.activePriorities >> UInt8(at) & 1 != 0, virtual.activePriorities[at])))
    }
    members.append(.init("ICH_MISR_EL2", .register(UInt64(virtual.maintenanceStatus(departures)))))
    members.append(.init("maintenance_interrupt", .bool(virtual.maintenance)))
    members.append(.init("ICV_RPR_EL1", .register(UInt64(virtual.runningPriority))))
    members.append(
      .init(
        "list_registers",
        .list(
          (0..<virtual.listRegisterCount)
            .filter {
              filter.intids == nil
                || filter.includes(intid: Int(virtual.listRegisters[$0].reportedINTID(isLegacy: virtual.isLegacy)))
            }
            .map { listRegisterState($0, virtual) }
        )
      )
    )
    if pes[pe].known.contains(.virtualPropertyBase) {
      members.append(.init("GICR_VPROPBASER", .register(pes[pe].virtualPropertyBase)))
    }
    if pes[pe].known.contains(.virtualPendingBase) {
      members.append(.init("GICR_VPENDBASER", .register(pes[pe].virtualPendingBase)))
    }
    return .object(members)
  }

  private func listRegisterState(_ n: Int, _ virtual: VirtualInterface) -> StateValue {
    let register = virtual.listRegisters[n]
    let isKnown = virtual.known.listRegisters >> UInt32(n) & 0x1_0001 == 0x1_0001
    var members: [StateValue.Member] = [
      .init("lr", .number(UInt64(n))),
      .init("ICH_LR\(n)_EL2", isKnown || register.isValid ? .register(register.bits) : .unknown),
    ]
    guard register.bits != 0 else { return .object(members) }
    let intid = register.reportedINTID(isLegacy: virtual.isLegacy)
    if intid != register.virtualINTID { members.append(.init("source", .number(UInt64(register.virtualINTID >> 10)))) }
    members += [
      .init("state", .text(register.stateName)), .init("intid", .number(UInt64(intid))),
      .init("priority", .number(UInt64(register.priority))), .init("group", .number(register.isGroup1 ? 1 : 0)),
      .init("hardware", .bool(register.isHardware)),
    ]
    if register.isHardware {
      members.append(.init("physical_intid", .number(UInt64(register.physicalINTID))))
    } else {
      members.append(.init("eoi_maintenance", .bool(register.bits & ListRegister.endMaintenanceBit != 0)))
    }
    if virtual.hasNonMaskable { members.append(.init("non_maskable", .bool(register.isNonMaskable))) }
    return .object(members)
  }

  /// The vPE table of an ITS, as commands left it.
  func virtualPEState(_ unit: Int) -> StateValue {
    let entries = translation.units[unit].vPEs.sorted { $0.key < $1.key }
    return .list(
      entries.map { id, vPE in
        .object([
          .init("vpeid", .number(UInt64(id))), .init("pe", .number(UInt64(vPE.pe))),
          .init("pending_table", .register(vPE.pendingTable)), .init("intid_bits", .number(UInt64(vPE.size) + 1)),
          .init("resident", .bool(Int(vPE.pe) < peCount && pes[Int(vPE.pe)].virtual.residentTable == vPE.table)),
        ])
      }
    )
  }

  private func virtualTableState(_ index: Int32, _ filter: StateFilter) -> StateValue {
    let resident = (0..<peCount).first { pes[$0].virtual.residentTable == index }
    let pending = virtualTables.pending(index).sorted().filter { filter.includes(intid: Int($0)) }
    return .object([
      .init("address", .register(virtualTables[index].address)),
      .init("resident_on", resident.map { .number(UInt64($0)) } ?? .text("none")),
      .init(
        "pending",
        .list(
          pending.map { intid in
            let record = virtualTables.record(intid, index)
            return .object([
              .init("intid", .number(UInt64(intid))),
              .init("enabled", record.isKnown ? .bool(record.isEnabled) : .unknown),
              .init("priority", record.isKnown ? .number(UInt64(record.priority)) : .unknown),
            ])
          }
        )
      ),
    ])
  }
}
