/// What SPIs, PPIs and SGIs of every architecture have in common. `pending` is the latch; `state` is the architectural
/// state, which counts a level-sensitive interrupt's line too. `modifier` is nil where the group has none.
func interruptState(
  intid: Int, enabled: Bool, latch: Bool, isPending: Bool, active: Bool, level: Bool, priority: UInt8, group: Bool,
  modifier: Bool? = nil, edge: Bool
) -> [StateValue.Member] {
  var members: [StateValue.Member] = [
    .init("intid", .number(UInt64(intid))),
    .init("state", .text(stateName(isPending: isPending, isActive: active))),
    .init("enabled", .bool(enabled)), .init("pending", .bool(latch)), .init("active", .bool(active)),
    .init("level", .bool(level)), .init("priority", .number(UInt64(priority))),
    .init("group", .number(group ? 1 : 0)), .init("edge", .bool(edge)),
  ]
  if let modifier { members.append(.init("group_modifier", .number(modifier ? 1 : 0))) }
  return members
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
