import InterruptTrace

extension InterruptController where Self: ~Copyable {
  /// What SPIs, PPIs and SGIs of every architecture have in common. `pending` is the latch; `state` is the architectural
  /// state, which counts a level-sensitive interrupt's line too.
  func interruptState(_ pe: Int, _ intid: Int, hasModifier: Bool = false) -> [ValueTree.Member] {
    let (bank, bit) = (bank(pe, intid >> 5).pointee, intid & 31)
    var members: [ValueTree.Member] = [
      .number("intid", intid),
      .text("state", stateName(isPending: bank.isPending(bit), isActive: bank.active[bit])),
      .bool("enabled", bank.enabled[bit]), .bool("pending", bank.latch[bit]),
      .bool("active", bank.active[bit]), .bool("level", bank.level[bit]),
      .number("priority", bank.priority[bit]), .number("group", bank.group[bit] ? 1 : 0),
      .bool("edge", bank.edge[bit]),
    ]
    if bank.nonMaskable[bit] { members.append(.bool("non_maskable", true)) }
    if hasModifier { members.append(.number("group_modifier", bank.modifier[bit] ? 1 : 0)) }
    return members
  }

  /// One part of the state for each PE that passes a filter.
  func perPE(_ filter: StateFilter, _ part: (Int) -> ValueTree) -> ValueTree {
    .list((0..<peCount).filter { filter.includes(pe: $0) }.map(part))
  }

  /// Whether a state report names an interrupt: it is enabled or has done something, or with `includesIdle` is configured.
  func isShown(_ pe: Int, _ intid: Int, _ filter: StateFilter) -> Bool {
    guard filter.includes(intid: intid) else { return false }
    let bank = bank(pe, intid >> 5).pointee
    var shown = bank.touched | bank.enabled.value | bank.latch.value | bank.level.value
    if filter.includesIdle {
      let edges = INTID.isSGI(intid) ? 0 : bank.edge.known
      shown |= bank.knownPriority | bank.group.known | edges | bank.knownTarget
    }
    return shown.bit(intid & 31)
  }
}

/// What list registers of every layout hold.
protocol ListRegisterFields {
  var isGroup1: Bool { get }
  var isHardware: Bool { get }
  var priority: UInt32 { get }
  /// The physical interrupt, if ``isHardware``; else ``asksAtEnd`` counts.
  var physicalINTID: UInt32 { get }
  /// The end of the interrupt asks for a maintenance interrupt.
  var asksAtEnd: Bool { get }
  /// The manual's name of the state.
  var stateName: String { get }
}

extension ListRegisterFields {
  /// What a list register says of its interrupt.
  func members(intid: UInt32) -> [ValueTree.Member] {
    [
      .text("state", stateName), .number("intid", intid), .number("priority", priority),
      .number("group", isGroup1 ? 1 : 0), .bool("hardware", isHardware),
      isHardware ? .number("physical_intid", physicalINTID) : .bool("eoi_maintenance", asksAtEnd),
    ]
  }
}

/// The four states of an interrupt (IHI 0069H, 4.1; IHI 0048B, 1.4.2).
func stateName(isPending: Bool, isActive: Bool) -> String {
  switch (isPending, isActive) {
  case (false, false): "inactive"
  case (true, false): "pending"
  case (false, true): "active"
  case (true, true): "active and pending"
  }
}
