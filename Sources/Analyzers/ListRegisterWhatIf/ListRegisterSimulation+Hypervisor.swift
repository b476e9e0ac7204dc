import HypervisorModel

/// What the hypervisor does at exits and entries, by the variant's policy.
extension ListRegisterSimulation {
  /// The guest left in the capture. What it has taken there and not here is pending still, so that the hypervisor goes back
  /// to it; the capture may show no list register loaded then.
  func exit(at time: UInt64) {
    takeBack()
    let isOwing = courses.contains { $0.value.wanted != nil || $0.value.isEnding }
    nextLoad = isOwing ? time &+ maintenanceCost : nil
  }

  /// Takes all list registers back.
  private func takeBack() {
    for n in registers.indices { takeBack(n) }
    control = []
  }

  /// Takes what list register `n` says over into the list. What has ended may be so at once.
  func takeBack(_ n: Int) {
    guard let value = registers[n] else { return }
    registers[n] = nil
    guard let place = place(of: value.intid(hasGICv2Guest: false)) else { return }
    _ = list[place].fold(value, hasGICv2Guest: false, policy: variant.policy, physicalLine: false)
  }

  /// Loads the list registers as the policy does. `isShown`: the hypervisor of the capture did so too.
  func load(at time: UInt64, isShown: Bool) {
    nextLoad = nil
    takeBack()
    list.removeAll { interrupt in
      let isDone = !interrupt.isPending && !interrupt.isActive
      guard isDone || isShown && hasLeft(interrupt.intid) else { return false }
      forget(interrupt.intid)
      return true
    }
    let setting = ListRegisterSetting(policy: variant.policy, format: format, count: variant.count)
    let outcome = list.withUnsafeMutableBufferPointer { fill.fill($0, setting) }
    control = outcome.control
    outlook.entries += 1
    outlook.loads += UInt64(outcome.loaded)
    if outcome.loaded <= 1, control.contains(.underflow) { outlook.stalledEntries += 1 }
    for n in 0..<min(outcome.loaded, 64) { registers[n] = ListRegisterValue(fill.value(n), format) }
    noteWaiting(outcome)
    takeWanted(at: time)
  }

  /// What the hypervisor of the capture no longer lists went to another vCPU or was withdrawn, unless it is done there and
  /// only here the guest has it before it.
  private func hasLeft(_ intid: UInt32) -> Bool {
    guard !shownIsPressed, !shown.contains(intid), let course = courses[intid] else { return false }
    return course.service == nil && !course.isEnding
  }

  private func noteWaiting(_ outcome: ListRegisterOutcome) {
    let left = outcome.pendingLeft + outcome.activeLeft
    outlook.mostWaiting = max(outlook.mostWaiting, left)
    guard left > 0 || courses.contains(where: { $0.value.isWaiting }) else { return }
    if left > 0 { outlook.overflowingEntries += 1 }
    for interrupt in list {
      let isWaiting = register(of: interrupt.intid) == nil && (interrupt.isPending || interrupt.isActive)
      if isWaiting, courses[interrupt.intid]?.isWaiting == false { outlook.overflows += 1 }
      courses[interrupt.intid]?.isWaiting = isWaiting
    }
  }
}
