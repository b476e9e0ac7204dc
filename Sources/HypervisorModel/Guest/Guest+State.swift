import GICModel
import InterruptTrace

/// A guest's state for reports.
extension Guest {
  /// An interrupt as it is now.
  func interruptState(_ place: Int) -> GuestInterruptState {
    let interrupt = interrupts[place]
    let (queued, known) = (interrupt.queued, interrupt.known)
    let holder = interrupt.owner >= 0 ? interrupt.owner : interrupt.target
    let isDecided = isStateKnown(place, Int(holder))
    func shown<Value>(_ fact: GuestKnowledge, _ value: Value) -> Value? { known.contains(fact) ? value : nil }
    let isInside = holder >= 0 && Int(holder) < vcpus.count && vcpus[Int(holder)].isInside
    let isLoaded = isInside && interrupt.register >= 0
    return GuestInterruptState(
      intid: queued.intid, target: shown(.routed, interrupt.target).flatMap { $0 >= 0 ? UInt32($0) : nil },
      isEnabled: shown(.enabled, queued.traits.contains(.enabled)),
      isForwarded: shown(.forwarded, interrupt.isForwarded),
      priority: shown(.priority, queued.priority), isGroup1: shown(.group, queued.traits.contains(.group1)),
      isEdge: shown(.trigger, !queued.traits.contains(.level)),
      // What a register holds is the guest's while it runs.
      isPending: isDecided && !isLoaded ? queued.isPending : nil,
      isActive: isDecided && !isLoaded ? queued.isActive : nil,
      listedOn: interrupt.owner >= 0 ? UInt32(interrupt.owner) : nil,
      register: isLoaded ? Int(interrupt.register) : nil,
      rule: interrupt.rule)
  }

  private func isStateKnown(_ place: Int, _ vcpu: Int) -> Bool {
    guard vcpu >= 0, vcpu < vcpus.count, !unrouted.contains(place) else { return false }
    return !vcpus[vcpu].doubtful.contains(place) && (vcpus[vcpu].isListKnown || isFresh(place, vcpu))
  }

  /// The guest's VGIC as a tree.
  func state(_ filter: StateFilter) -> ValueTree {
    let isShown = { (vcpu: Int) in filter.pes?.contains(UInt32(vcpu)) ?? true }
    return .object(
      [
        .init("guest", .number(UInt64(domain))),
        .init("controller", distributor.isGICv2.map { ValueTree.text($0 ? "GICv2" : "GICv3") } ?? .unknown),
        .init("start_shown", .bool(startIsShown)),
        .init("vcpus", .list(vcpus.indices.filter(isShown).map(vcpuState))),
      ] + interruptMembers(filter))
  }

  /// The interrupts, and how many there are where not all are listed.
  private func interruptMembers(_ filter: StateFilter) -> [ValueTree.Member] {
    let all = shownInterrupts(filter)
    let lpis = all.filter { INTID.isLPI($0.intid) }
    guard let limit = filter.lpiLimit, lpis.count > limit else {
      return [.init("interrupts", .list(all.map(Self.tree)))]
    }
    let busy = lpis.filter { $0.listedOn != nil || $0.isPending == true || $0.isActive == true }
    let listed = Set((busy + lpis).prefix(limit).map(\.intid)).union(filter.namedLPIs)
    let shown = all.filter { !INTID.isLPI($0.intid) || listed.contains($0.intid) }
    return [
      .init("interrupts", .list(shown.map(Self.tree))), .init("interrupts_in_all", .number(UInt64(all.count))),
    ]
  }

  private func shownInterrupts(_ filter: StateFilter) -> [GuestInterruptState] {
    interrupts.indices.compactMap { place -> GuestInterruptState? in
      let intid = interrupts[place].queued.intid
      if let intids = filter.intids, !intids.contains(intid) { return nil }
      let target = UInt32(max(0, interrupts[place].target))
      if let pes = filter.pes, INTID.isBanked(intid), !pes.contains(target) { return nil }
      return interruptState(place)
    }.sorted { ($0.intid, $0.target ?? 0) < ($1.intid, $1.target ?? 0) }
  }

  private func vcpuState(_ number: Int) -> ValueTree {
    let vcpu = vcpus[number]
    let intids = { (places: [Int]) in
      ValueTree.list(places.map { ValueTree.number(UInt64(self.interrupts[$0].queued.intid)) })
    }
    var members: [ValueTree.Member] = [
      .init("vcpu", .number(UInt64(number))),
      .init("cpu", vcpu.cpu == PE.none ? .unknown : .number(UInt64(vcpu.cpu))),
      .init("inside", vcpu.firstRun == .unseen ? .unknown : .bool(vcpu.isInside)),
      .init("list_known", .bool(vcpu.isListKnown && !isTruncated && vcpu.doubtful.isEmpty)),
      .init("list", intids(vcpu.list)),
      .init("undecided", intids(vcpu.doubtful)),
    ]
    if vcpu.isInside {
      members.append(
        .init("list_registers", .list((0..<vcpu.loaded).map { ValueTree.register(vcpu.registers[$0]) })))
    }
    return .object(members)
  }

  private static func tree(_ state: GuestInterruptState) -> ValueTree {
    func number(_ value: (some BinaryInteger)?) -> ValueTree { value.map { .number(UInt64($0)) } ?? .unknown }
    func bool(_ value: Bool?) -> ValueTree { value.map(ValueTree.bool) ?? .unknown }
    return .object([
      .init("intid", .number(UInt64(state.intid))), .init("target", number(state.target)),
      .init("enabled", bool(state.isEnabled)), .init("forwarded", bool(state.isForwarded)),
      .init("priority", state.priority.map { ValueTree.register(UInt64($0)) } ?? .unknown),
      .init("group1", bool(state.isGroup1)), .init("edge", bool(state.isEdge)), .init("pending", bool(state.isPending)),
      .init("active", bool(state.isActive)),
      .init("listed_on", state.listedOn.map { ValueTree.number(UInt64($0)) } ?? .text("none")),
      .init("by", .text(state.rule.name)),
    ])
  }
}
