import InterruptTrace

/// What the capture shows between the bytes of a write of the Distributor, see ``GICv2WriteSteps``.
extension GICv2 {
  /// The highest-priority pending interrupt of a PE after one of the bytes, or after the last.
  @inline(never) mutating func observeHighestStep(_ event: Event, pe: Int) {
    let interface = interfaces[pe].interface
    let before = steps.shown(of: pe)
    let isGroup1 = event.intid < UInt32(GICv2Distributor.intidLimit) && group(pe, Int(event.intid)) != .group0
    let shown = GICv2Pending(intid: event.intid, priority: event.priority, isGroup1: isGroup1)
    defer { steps.observe(pe, shown) }
    steps.advance(to: pe * 2)
    let found = steps.find(pe) { Self.agrees(event, $0.pending, interface) }
    if found != nil {
      ledger.count(PredictionLedger.check(.highestPending), .agreed)
    } else if let before, steps.isExplained(pe), before.intid == event.intid, Self.agrees(event, shown, interface),
      !steps.isDone || Self.agrees(event, highest(pe), interface)
    {
      // It is still what an earlier byte left, which was explained then.
      report(event, highest(pe), interface, check: .highestPending, isTaught: true)
    } else if steps.goBack(pe, { Self.agrees(event, $0.pending, interface) }) {
      // What led to the later byte was something else that is not known.
      report(event, highest(pe), interface, check: .highestPending, isTaught: true)
    } else {
      differHighest(event, pe: pe, expected: highest(pe))
    }
  }

  /// Explains what is shown between the bytes of a write by what is unknown of the interrupts at that step.
  mutating func explainStep(_ event: Event, pe: Int) -> Bool {
    let interface = interfaces[pe].interface
    let isMaskShown =
      !event.flags.contains(.maskShown)
      || interface.priorityMask & 0xFFFF == UInt32(event.b & 0xFFFF)
        && interface.runningPriority == UInt32(event.b >> 16 & 0xFFFF)
    guard isMaskShown else { return false }
    let expected = steps.reached(pe)
    let (intid, priority) = (Int(event.intid), event.priority)
    let outranks =
      !expected.isNone && expected.intid != event.intid
      && (event.intid >= 1020 || expected.priority < priority
        || expected.priority == priority && Int(expected.intid) < intid)
    // Which was the next one at that byte, was not worked out.
    if outranks, steps.isDoubtful(Int(expected.intid)), steps.concerns(intid) { return true }
    // It may have been demoted by an earlier observation of the same write.
    if outranks, !steps.isDoubtful(Int(expected.intid)) {
      if isCandidate(Int(expected.intid), pe: pe, priority: expected.priority) {
        guard demote(Int(expected.intid), pe: pe) else { return false }
      }
      // Without it, the bytes' own interrupts come to the fore, of ranks that were not worked out.
      if !steps.concerns(Int(expected.intid)), steps.concerns(intid) { return true }
    }
    guard intid < distributor.implementedLimit else { return outranks }
    if steps.isDoubtful(intid) {
      promoteBetweenBytes(intid, pe: pe, priority: priority)
      return true
    }
    return promote(pe, intid, priority: priority, group: nil) || isCandidate(intid, pe: pe, priority: priority)
  }

  /// An interrupt of the word that is written is shown before the last byte: what is not known of it explains that, but for
  /// what is written, which a later byte may set.
  private mutating func promoteBetweenBytes(_ intid: Int, pe: Int, priority: UInt32) {
    let (word, field) = (intid >> 5, steps.field)
    guard field != .target else { return }
    let before = bank(pe, word).pointee
    let nothing = Learned<UInt32>.certain(0)
    var planes = InlineArray<8, (latch: Learned<UInt32>, active: Learned<UInt32>)>(repeating: (nothing, nothing))
    for n in 0..<GICv2Distributor.peLimit {
      let plane = GICv2Distributor.plane(n, word)
      planes[n] = (distributor.latch[plane], distributor.active[plane])
    }
    _ = promote(pe, intid, priority: priority, group: nil)
    bank(pe, word).pointee.restore(field, of: before)
    for n in 0..<GICv2Distributor.peLimit {
      let plane = GICv2Distributor.plane(n, word)
      if field == .pending { distributor.latch[plane] = planes[n].latch }
      if field == .active { distributor.active[plane] = planes[n].active }
    }
    refreshRank(pe, word: word)
  }

  /// Whether an interrupt can be signalled to a PE, and has a priority.
  private func isCandidate(_ intid: Int, pe: Int, priority: UInt32) -> Bool {
    distributor.candidates[GICv2Distributor.plane(pe, intid >> 5)].bit(intid & 31)
      && self.priority(pe, intid) == priority
  }
}
