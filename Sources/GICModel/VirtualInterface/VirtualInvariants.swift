import InterruptTrace

/// What must hold of a virtual interface after every event.
extension GICv3 where Store: ~Copyable {
  /// Describes the first broken invariant of a PE's virtual interface; nil if there is none. Slow.
  func checkVirtualInterface(_ pe: Int) -> String? {
    let virtual = pes[pe].virtual
    guard virtual.isInUse else { return nil }
    for n in 0..<16 {
      let register = virtual.listRegisters[n]
      let held = (virtual.valid.bit(n), virtual.pending.bit(n), virtual.ended.bit(n), virtual.empty.bit(n))
      if held != (register.isValid, register.isPending, register.hasEnded, register.isEmpty) {
        return "PE \(pe): the summary of list register \(n) is wrong"
      }
      if n >= virtual.listRegisterCount, register.isValid {
        return "PE \(pe): list register \(n) holds an interrupt but is not implemented"
      }
    }
    // While the hypervisor writes one list register after the other, an interrupt may be in two of them.
    if virtual.guest.runs, let twice = duplicateListRegister(pe) {
      return "PE \(pe): INTID \(twice.intid) is in list registers \(twice.first) and \(twice.second)"
    }
    var fresh = virtual
    fresh.refreshRunningPriority()
    if fresh.runningPriority != virtual.runningPriority {
      return
        "PE \(pe): virtual running priority \(virtual.runningPriority), active priorities say \(fresh.runningPriority)"
    }
    if virtual.isStale || virtual.virtualLPIIsStale { return nil }
    fresh.refresh()
    if fresh.best != virtual.best || fresh.lines != virtual.lines {
      return "PE \(pe): highest-priority pending virtual interrupt \(virtual.best) is out of date, now \(fresh.best)"
    }
    return nil
  }

  /// A programming error of the hypervisor: the same INTID valid in two list registers of a PE (UNPREDICTABLE by IHI
  /// 0069H, 12.4.6). Nil if there is none.
  func duplicateListRegister(_ pe: Int) -> (intid: UInt32, first: Int, second: Int)? {
    let virtual = pes[pe].virtual
    for second in 1..<16 where virtual.valid.bit(second) {
      for first in 0..<second
      where virtual.valid.bit(first)
        && virtual.listRegisters[first].virtualINTID == virtual.listRegisters[second].virtualINTID
      {
        return (virtual.listRegisters[first].virtualINTID, first, second)
      }
    }
    return nil
  }
}
