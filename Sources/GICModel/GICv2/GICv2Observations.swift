import InterruptTrace

/// What the capture shows of the controller's state, beside register reads.
extension GICv2 {
  /// The highest-priority pending interrupt of a PE, as the controller computed it.
  @inline(__always) mutating func observeHighestPending(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    let bit = UInt8(1) &<< UInt8(pe)
    evaluation.showsHighest = true
    if event.flags.contains(.virtual) {
      evaluation.virtualHighest |= bit
      observeHighestVirtual(event, pe: pe)
      return
    }
    evaluation.highest |= bit
    reportHighest(pe, intid: event.intid, priority: event.priority)
    if steps.count != 0 { return observeHighestStep(event, pe: pe) }
    let expected = highest(pe)
    if Self.agrees(event, expected, interfaces[pe].interface) {
      ledger.count(PredictionLedger.check(.highestPending), .agreed)
      if !interfaces[pe].interface.known.isSuperset(of: [.priorityMask, .activePriorities]) {
        learnMask(event, pe: pe)
      }
    } else {
      differHighest(event, pe: pe, expected: expected)
    }
  }

  /// The priority mask and the running priority of an interface are shown as they were taken to be.
  @inline(never) private func learnMask(_ event: Event, pe: Int) {
    guard event.flags.contains(.maskShown) else { return }
    interfaces[pe].interface.known.insert(.priorityMask)
    // Of active priorities the highest is shown; if there is none, all are known.
    if interfaces[pe].interface.runningPriority == GICv2Interface.idle {
      interfaces[pe].interface.known.insert(.activePriorities)
    }
  }

  /// Whether an observation shows an interrupt, and the interface's priority mask and running priority.
  @inline(__always)
  static func agrees(_ event: Event, _ expected: GICv2Pending, _ interface: GICv2Interface) -> Bool {
    guard expected.intid == event.intid, expected.priority == event.priority else { return false }
    guard event.flags.contains(.maskShown) else { return true }
    return interface.priorityMask & 0xFFFF == UInt32(event.b & 0xFFFF)
      && interface.runningPriority == UInt32(event.b &>> 16 & 0xFFFF)
  }

  @inline(never) mutating func differHighest(_ event: Event, pe: Int, expected: GICv2Pending) {
    let interface = interfaces[pe].interface
    progress.provenance = .inferred
    defer { progress.provenance = .derived }
    if recogniseNonSecure(event, pe: pe, expected), Self.agrees(event, highest(pe), interfaces[pe].interface) {
      progress.isAmbiguous = true
      report(event, expected, interface, check: .highestPending, isTaught: true)
      return
    }
    progress.isAmbiguous = viewsAreOpen
    if steps.count != 0, Self.agrees(event, expected, interface) {
      // What a write led to on its way was worked out before an observation corrected what is unknown.
      report(event, expected, interface, check: .highestPending, isTaught: true)
      return
    }
    var isTaught = reconcileMask(event, pe: pe)
    if steps.count != 0, !steps.isDone, explainStep(event, pe: pe) {
      steps.explain(pe)
      report(event, expected, interface, check: .highestPending, isTaught: true)
      return
    }
    if expected.intid == event.intid, knowsPriority(pe, Int(expected.intid)),
      learnPriorityBits(written: expected.priority, seen: event.priority)
    {
      isTaught = true
    } else if expected.intid != event.intid || expected.priority != event.priority {
      isTaught = reconcileHighest(pe: pe, intid: Int(event.intid), priority: event.priority)
    }
    reportConditions(pe)
    reportDistributorControl()
    isTaught = isTaught && Self.agrees(event, highest(pe), interfaces[pe].interface)
    if report(event, expected, interface, check: .highestPending, isTaught: isTaught) == .disagreed {
      loseTrack(event, pe: pe, expected)
      _ = reconcileMask(event, pe: pe)
      _ = reconcileHighest(pe: pe, intid: Int(event.intid), priority: event.priority)
    }
  }

  /// What is shown contradicts the masks, what runs or two interrupts.
  private mutating func loseTrack(_ event: Event, pe: Int, _ expected: GICv2Pending) {
    if event.flags.contains(.maskShown) {
      if interfaces[pe].interface.priorityMask & 0xFFFF != UInt32(event.b & 0xFFFF) {
        interfaces[pe].interface.known.remove(.priorityMask)
      }
      if interfaces[pe].interface.runningPriority != UInt32(event.b >> 16 & 0xFFFF) { doubtWhatRuns(pe) }
    }
    for intid in [expected.intid, event.intid] { loseTrack(of: intid, pe: pe) }
  }

  /// What a PE runs is not known, nor which of the interrupts that are active.
  private mutating func doubtWhatRuns(_ pe: Int) {
    interfaces[pe].interface.known.remove(.activePriorities)
    for word in 0..<InterruptBanks.wordCount {
      let active = distributor.active[GICv2Distributor.plane(pe, word)].value
      if active != 0 { forget(.active, pe, word: word, active) }
    }
  }

  /// Records a difference by INTID; where that agrees, with priority, mask and running priority above it.
  @discardableResult
  mutating func report(
    _ event: Event, _ expected: GICv2Pending, _ interface: GICv2Interface, check: PredictionLedger.Observation,
    isTaught: Bool
  ) -> Verdict {
    let isSame = expected.intid == event.intid
    let detail =
      UInt64(expected.priority) << 16 | UInt64(interface.priorityMask & 0xFFFF) << 32
      | UInt64(interface.runningPriority) << 48
    let seen = UInt64(event.priority) << 16 | event.b << 32
    return differ(
      PredictionLedger.check(check), expected: UInt64(expected.intid) | (isSame ? detail : 0),
      seen: UInt64(event.intid) | (isSame ? seen : 0), isTaught: isTaught, pe: event.pe)
  }

  @inline(__always) private mutating func observeHighestVirtual(_ event: Event, pe: Int) {
    let expected = highestVirtual(pe)
    if Self.agrees(event, expected, virtualInterfaces[pe].interface) {
      ledger.count(PredictionLedger.check(.virtualHighestPending), .agreed)
      return
    }
    let interface = virtualInterfaces[pe].interface
    report(event, expected, interface, check: .virtualHighestPending, isTaught: !virtualStateIsKnown(pe))
    assumeVirtualInterface(pe, isOn: true)
  }

  /// Interrupt requests to a PE. QEMU prints a line of a GICv2 only when it is high.
  @inline(__always) mutating func observeLines(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    let shown = CPULines(rawValue: event.b)
    let seen = CPULines(rawValue: event.a).intersection(shown)
    evaluation.showsLines = true
    if !shown.isDisjoint(with: [.irq, .fiq]) {
      evaluation.lines |= 1 &<< UInt8(pe)
      reportLines(pe, seen, shown: shown.intersection([.irq, .fiq]))
      let pending = highest(pe)
      let expected = lines(pe, pending)
      if steps.count == 0, expected.intersection(shown) == seen.intersection([.irq, .fiq]) {
        countLines(shown.intersection([.irq, .fiq]))
      } else {
        differLines(pe: pe, expected, seen.intersection([.irq, .fiq]), shown: shown.intersection([.irq, .fiq]))
      }
    }
    if !shown.isDisjoint(with: [.virq, .vfiq]) { observeVirtualLines(event, pe: pe, seen: seen, shown: shown) }
  }

  @inline(never) private mutating func differLines(pe: Int, _ expected: CPULines, _ seen: CPULines, shown: CPULines) {
    var expected = expected
    let observed = steps.shown(of: pe)
    if steps.count != 0 {
      // They follow from the interrupt that was shown just before them.
      steps.advance(to: pe * 2 + 1)
      let isExplained =
        observed.map { lines(pe, $0).intersection(shown) == seen } == true
        || steps.find(pe) { $0.lines.intersection(shown) == seen } != nil
      if isExplained { expected = seen }
    }
    let isTaught =
      expected.intersection(shown) != seen && reconcileLines(pe: pe, seen: seen, shown: shown, of: observed)
    reportConditions(pe)
    differLines(pe: pe, expected, seen, shown: shown, isTaught: isTaught)
    if expected.intersection(shown) != seen, !isTaught { loseLines(pe) }
  }

  /// Lines contradict what was known: the enables, and the group of the interrupt that they are about.
  private mutating func loseLines(_ pe: Int) {
    interfaces[pe].interface.known.subtract([.control, .nonSecureControl])
    distributor.control.known = 0
    let pending = highest(pe)
    guard hasTwoSecurityStates, !pending.isNone else { return }
    bank(pe, Int(pending.intid) >> 5).pointee.group.setKnown(Int(pending.intid) & 31, false)
  }

  @inline(__always)
  private mutating func observeVirtualLines(_ event: Event, pe: Int, seen: CPULines, shown: CPULines) {
    evaluation.virtualLines |= 1 &<< UInt8(pe)
    let expected = virtualLines(pe)
    if expected.intersection(shown) == seen.intersection([.virq, .vfiq]) {
      countLines(shown.intersection([.virq, .vfiq]))
    } else {
      let shown = shown.intersection([.virq, .vfiq])
      differLines(pe: pe, expected, seen, shown: shown, isTaught: !virtualStateIsKnown(pe))
    }
  }

  /// The maintenance interrupt of a PE, as the controller computed it.
  @inline(__always) mutating func observeMaintenance(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    if pe == 0 { checkVirtualSilence() }
    refreshMaintenance(pe)
    let verdict = compare(
      PredictionLedger.check(.maintenance), expected: virtualInterfaces[pe].maintenance ? 1 : 0, seen: event.a & 1,
      known: virtualStateIsKnown(pe) ? .max : 0, pe: event.pe)
    if verdict != .agreed { assumeVirtualInterface(pe, isOn: event.a & 1 != 0) }
  }

  /// The INTID that an acknowledge selected, before it looked at the running priority.
  @inline(__always) mutating func observeSelection(_ event: Event) {
    guard holds(event.pe) else { return }
    let pe = Int(event.pe)
    let isVirtual = event.b == UInt64(Frame.gicv.rawValue)
    let selected = isVirtual ? virtualInterfaces[pe].interface.selected : interfaces[pe].interface.selected
    if isVirtual {
      virtualInterfaces[pe].interface.selected = GICv2Interface.nothingSelected
    } else {
      interfaces[pe].interface.selected = GICv2Interface.nothingSelected
    }
    // Without the read, what became of it is not known.
    guard selected != GICv2Interface.nothingSelected else { return }
    compare(
      PredictionLedger.check(.selection), expected: UInt64(selected), seen: UInt64(event.intid),
      known: isVirtual && !virtualStateIsKnown(pe) ? 0 : .max, pe: event.pe)
  }

  /// The value that a list register holds after a write.
  @inline(__always) mutating func observeListRegister(_ event: Event) {
    guard holds(event.pe), event.a & 0xFF < 64 else { return }
    let (pe, list) = (Int(event.pe), Int(event.a & 0xFF))
    let isKnown = shown.contains(.hypervisor) && virtualInterfaces[pe].knownLists &>> UInt64(list) & 1 != 0
    let verdict = compare(
      PredictionLedger.check(.listRegister), expected: UInt64(virtualInterfaces[pe][list].value), seen: event.b,
      known: isKnown ? .max : 0, pe: event.pe)
    if verdict == .taught { setListRegister(list, UInt32(truncatingIfNeeded: event.b), pe: pe) }
  }

  /// An enable bit changed, as the controller says.
  mutating func observeEnable(_ event: Event) {
    let intid = Int(event.intid)
    guard intid < GICv2Distributor.intidLimit else { return }
    let pe = holds(event.pe) ? Int(event.pe) : lastAccessor
    let isEnabled = bank(pe, intid >> 5).pointee.enabled[intid & 31]
    let verdict = compare(
      PredictionLedger.check(.enable), expected: isEnabled ? 1 : 0, seen: event.b & 1,
      known: knowsEnable(pe, intid) ? .max : 0, pe: event.pe)
    guard verdict == .taught else { return }
    changeEnable(pe, word: intid >> 5, bits: 1 << UInt32(intid & 31), to: event.b & 1 != 0)
  }
}
