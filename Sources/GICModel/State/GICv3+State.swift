import InterruptTrace

/// The whole controller as a tree.
extension GICv3 where Store: ~Copyable {
  func state(_ filter: StateFilter) -> ValueTree {
    var parts: [ValueTree.Member] = []
    parts.append(.init("distributor", distributorState(filter)))
    parts.append(.init("redistributors", perPE(filter) { redistributorState($0, filter) }))
    parts.append(.init("cpu_interfaces", perPE(filter) { cpuInterfaceState($0) }))
    parts.append(contentsOf: virtualState(filter))
    if translation.count > 0 {
      parts.append(.list("its", (0..<translation.count).map { itsState($0, filter) }))
    }
    parts.append(.init("lpis", lpiState(filter)))
    if let limit = filter.lpiLimit, lpis.count > limit { parts.append(.number("lpis_in_all", lpis.count)) }
    return .object(parts)
  }

  /// The members that name a PE: its linear number, and its affinity where that is another.
  func identity(_ pe: Int) -> [ValueTree.Member] {
    var members: [ValueTree.Member] = [.number("pe", pe)]
    if pes[pe].affinity != UInt32(pe) { members.append(.register("affinity", pes[pe].affinity)) }
    return members
  }

  // MARK: Distributor

  private func distributorState(_ filter: StateFilter) -> ValueTree {
    var interrupts: [ValueTree] = []
    for intid in 32..<1020 where isShown(0, intid, filter) { interrupts.append(sharedState(intid)) }
    var members: [ValueTree.Member] = [.register("GICD_CTLR", distributor.control.value)]
    if let typer = topology[.gicdTyper] { members.append(.register("GICD_TYPER", typer)) }
    members.append(.list("interrupts", interrupts))
    return .object(members)
  }

  private func sharedState(_ intid: Int) -> ValueTree {
    let route = distributor.route[intid]
    var members = interruptState(0, intid, hasModifier: !hasOneSecurityState)
    members.append(
      .init("route", Int(route) < peCount ? .number(UInt64(route)) : .text(route == Distributor.anyPE ? "any" : "none"))
    )
    members.append(.register("GICD_IROUTER", distributor.router[intid]))
    if !hasOneSecurityState {
      members.append(.number("nsacr", bank(0, intid >> 5).pointee.nonSecureAccess(intid & 31)))
    }
    return .object(members)
  }

  // MARK: Redistributors

  private func redistributorState(_ pe: Int, _ filter: StateFilter) -> ValueTree {
    let (element, bank) = (pes[pe], bank(pe, 0).pointee)
    let interrupts = (0..<32).filter { isShown(pe, $0, filter) }.map {
      ValueTree.object(interruptState(pe, $0, hasModifier: !hasOneSecurityState))
    }
    return .object(
      identity(pe) + [
        .register("GICR_CTLR", element.control.value), .register("GICR_WAKER", element.waker.value),
        .register("GICR_PROPBASER", element.propertyBase.value), .register("GICR_PENDBASER", element.pendingBase.value),
        .register("GICR_IGROUPR0", bank.group.value), .register("GICR_IGRPMODR0", bank.modifier.value),
        .register("GICR_ISENABLER0", bank.enabled.value), .register("GICR_ISPENDR0", bank.latch.value),
        .register("GICR_ISACTIVER0", bank.active.value),
        .register("GICR_NSACR", bank.nonSecureAccess.value & 0xFFFF_FFFF),
        .list("interrupts", interrupts),
      ]
    )
  }

  // MARK: CPU interfaces

  private func cpuInterfaceState(_ pe: Int) -> ValueTree {
    let element = pes[pe]
    var members = identity(pe)
    let twoStates = !hasOneSecurityState
    func banked(_ name: String, _ secure: UInt32, _ nonSecure: UInt32) {
      members.append(.register(name, nonSecure))
      if twoStates { members.append(.register(name + " (Secure)", secure)) }
    }
    members.append(.register("ICC_PMR_EL1", element.priorityMask))
    members.append(.register("ICC_BPR0_EL1", element.binaryPoint[0]))
    banked("ICC_BPR1_EL1", element.binaryPoint[1], element.binaryPoint[2])
    banked("ICC_CTLR_EL1", element.cpuControl[0], element.cpuControl[1])
    if twoStates { members.append(.register("ICC_CTLR_EL3", element.cpuControlEL3)) }
    members.append(.register("ICC_IGRPEN0_EL1", element.groupEnable[0]))
    banked("ICC_IGRPEN1_EL1", element.groupEnable[1], element.groupEnable[2])
    for n in 0..<(preemptionBits > 5 ? 1 << (preemptionBits - 5) : 1) {
      members.append(.register("ICC_AP0R\(n)_EL1", element.activePriorities[n]))
      banked("ICC_AP1R\(n)_EL1", element.activePriorities[4 + n], element.activePriorities[8 + n])
    }
    members.append(.register("ICC_RPR_EL1", element.runningPriority))
    let pending = element.highestIsStale ? computeHighest(pe) : element.highest
    if !pending.isNone {
      let parts: [ValueTree.Member] = [.number("intid", pending.intid), .number("priority", pending.priority)]
      members.append(.object("highest_pending", parts))
    }
    if twoStates { members.append(.text("security", "\(element.security)")) }
    return .object(members)
  }
}
