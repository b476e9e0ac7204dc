import InterruptTrace

extension ValueTree {
  /// The state without the interrupts that are disabled and neither pending, active nor high: what is left is what a
  /// person looks for. Each list says how many it lacks.
  public var withoutIdleInterrupts: ValueTree {
    guard case .object(let members) = self else {
      guard case .list(let values) = self else { return self }
      return .list(values.map(\.withoutIdleInterrupts))
    }
    var result: [Member] = []
    for member in members {
      guard case .list(let values) = member.value else {
        result.append(Member(member.name, member.value.withoutIdleInterrupts))
        continue
      }
      let shown = values.filter { !$0.isIdleInterrupt }
      if !shown.isEmpty || values.isEmpty {
        result.append(Member(member.name, .list(shown.map(\.withoutIdleInterrupts))))
      }
      if shown.count < values.count {
        result.append(Member("idle \(member.name)", .text("\(values.count - shown.count), shown with --idle")))
      }
    }
    return .object(result)
  }

  private var isIdleInterrupt: Bool {
    guard case .object(let members) = self, members.contains(where: { $0.name == "intid" }) else { return false }
    let conditions = members.filter { ["enabled", "pending", "active", "level"].contains($0.name) }
    return !conditions.isEmpty && conditions.allSatisfy { $0.value == .bool(false) }
  }
}
