import InterruptTrace
import LPIStore

/// The whole controller as a tree.
extension GICv3 where Store: ~Copyable {
  func state(_ filter: StateFilter) -> StateValue {
    var parts: [StateValue.Member] = []
    parts.append(.init("distributor", distributorState(filter)))
    parts.append(.init("redistributors", perPE(filter) { redistributorState($0, filter) }))
    parts.append(.init("cpu_interfaces", perPE(filter) { cpuInterfaceState($0) }))
    parts.append(contentsOf: virtualState(filter))
    if translation.count > 0 {
      parts.append(.init("its", .list((0..<translation.count).map { itsState($0, filter) })))
    }
    parts.append(.init("lpis", lpiState(filter)))
    if let limit = filter.lpiLimit, lpis.count > limit {
      parts.append(.init("lpis_in_all", .number(UInt64(lpis.count))))
    }
    return .object(parts)
  }

  private func perPE(_ filter: StateFilter, _ part: (Int) -> StateValue) -> StateValue {
    .list((0..<peCount).filter { filter.includes(pe: $0) }.map(part))
  }

  /// The members that name a PE: its linear number, and its affinity where that is another.
  func identity(_ pe: Int) -> [StateValue.Member] {
    var members: [StateValue.Member] = [.init("pe", .number(UInt64(pe)))]
    if pes[pe].affinity != UInt32(pe) { members.append(.init("affinity", .register(UInt64(pes[pe].affinity)))) }
    return members
  }

  // MARK: Distributor

  private func distributorState(_ filter: StateFilter) -> StateValue {
    var interrupts: [StateValue] = []
    for intid in 32..<1020 where filter.includes(intid: intid) && isShown(shared: intid, filter) {
      interrupts.append(sharedState(intid))
    }
    var members: [StateValue.Member] = [.init("GICD_CTLR", .register(UInt64(distributor.control)))]
    if let typer = topology.value(.gicdTyper) { members.append(.init("GICD_TYPER", .register(typer))) }
    members.append(.init("interrupts", .list(interrupts)))
    return .object(members)
  }

  private func isShown(shared intid: Int, _ filter: StateFilter) -> Bool {
    let (word, bit) = (intid >> 5, intid & 31)
    var shown =
      distributor.touched[word] | distributor.enabled[word] | distributor.pending[word] | distributor.level[word]
    if filter.includesIdle {
      shown |=
        distributor.knownPriority[word] | distributor.knownGroup[word] | distributor.knownEdge[word]
        | distributor.knownRoute[word]
    }
    return shown.bit(bit)
  }

  private func sharedState(_ intid: Int) -> StateValue {
    let (word, bit) = (intid >> 5, intid & 31)
    let route = distributor.route[intid]
    var members = interruptState(
      intid: intid, enabled: distributor.enabled[word].bit(bit), latch: distributor.pending[word].bit(bit),
      isPending: distributor.isPending(intid), active: distributor.active[word].bit(bit),
      level: distributor.level[word].bit(bit), priority: distributor.priority[intid],
      group: distributor.group[word].bit(bit),
      modifier: distributor.hasOneSecurityState ? nil : distributor.groupModifier[word].bit(bit),
      edge: distributor.edge[word].bit(bit))
    members.append(
      .init("route", Int(route) < peCount ? .number(UInt64(route)) : .text(route == Distributor.anyPE ? "any" : "none"))
    )
    members.append(.init("GICD_IROUTER", .register(distributor.router[intid])))
    if !distributor.hasOneSecurityState {
      let fields = distributor.nonSecureAccess[intid / 16]
      members.append(.init("nsacr", .number(UInt64(fields >> UInt32(intid % 16 * 2) & 3))))
    }
    return .object(members)
  }

  // MARK: Redistributors

  private func redistributorState(_ pe: Int, _ filter: StateFilter) -> StateValue {
    let element = pes[pe]
    var interrupts: [StateValue] = []
    for intid in 0..<32 where filter.includes(intid: intid) {
      var shown = element.touched | element.enabled | element.pending | element.level
      if filter.includesIdle { shown |= element.knownPriority | element.knownGroup | element.knownEdge & ~0xFFFF }
      guard shown.bit(intid) else { continue }
      interrupts.append(
        .object(
          interruptState(
            intid: intid, enabled: element.enabled.bit(intid), latch: element.pending.bit(intid),
            isPending: element.pendingNow.bit(intid), active: element.active.bit(intid),
            level: element.level.bit(intid), priority: element.priority[intid], group: element.group.bit(intid),
            modifier: distributor.hasOneSecurityState ? nil : element.groupModifier.bit(intid),
            edge: element.edge.bit(intid))
        )
      )
    }
    return .object(
      identity(pe) + [
        .init("GICR_CTLR", .register(UInt64(element.control))),
        .init("GICR_WAKER", .register(UInt64(element.waker))),
        .init("GICR_PROPBASER", .register(element.propertyBase)),
        .init("GICR_PENDBASER", .register(element.pendingBase)),
        .init("GICR_IGROUPR0", .register(UInt64(element.group))),
        .init("GICR_IGRPMODR0", .register(UInt64(element.groupModifier))),
        .init("GICR_ISENABLER0", .register(UInt64(element.enabled))),
        .init("GICR_ISPENDR0", .register(UInt64(element.pending))),
        .init("GICR_ISACTIVER0", .register(UInt64(element.active))),
        .init("GICR_NSACR", .register(UInt64(element.nonSecureAccess))),
        .init("interrupts", .list(interrupts)),
      ]
    )
  }

  // MARK: CPU interfaces

  private func cpuInterfaceState(_ pe: Int) -> StateValue {
    let element = pes[pe]
    var members = identity(pe)
    let twoStates = !distributor.hasOneSecurityState
    func banked(_ name: String, _ secure: UInt32, _ nonSecure: UInt32) {
      members.append(.init(name, .register(UInt64(nonSecure))))
      if twoStates { members.append(.init(name + " (Secure)", .register(UInt64(secure)))) }
    }
    members.append(.init("ICC_PMR_EL1", .register(UInt64(element.priorityMask))))
    members.append(.init("ICC_BPR0_EL1", .register(UInt64(element.binaryPoint[0]))))
    banked("ICC_BPR1_EL1", element.binaryPoint[1], element.binaryPoint[2])
    banked("ICC_CTLR_EL1", element.cpuControl[0], element.cpuControl[1])
    if twoStates { members.append(.init("ICC_CTLR_EL3", .register(UInt64(element.cpuControlEL3)))) }
    members.append(.init("ICC_IGRPEN0_EL1", .register(UInt64(element.groupEnable[0]))))
    banked("ICC_IGRPEN1_EL1", element.groupEnable[1], element.groupEnable[2])
    for n in 0..<(preemptionBits > 5 ? 1 << (preemptionBits - 5) : 1) {
      members.append(.init("ICC_AP0R\(n)_EL1", .register(UInt64(element.activePriorities[n]))))
      banked("ICC_AP1R\(n)_EL1", element.activePriorities[4 + n], element.activePriorities[8 + n])
    }
    members.append(.init("ICC_RPR_EL1", .register(UInt64(element.runningPriority))))
    let pending = element.highestIsStale ? computeHighest(pe) : element.highest
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
    if twoStates { members.append(.init("security", .text("\(element.security)"))) }
    return .object(members)
  }
}
