import InterruptTrace

/// How far back a late line reaches: where what it caused begins.
extension EffectOrder {
  /// Where the pairs of every PE, in ascending order, begin; ``count`` if they are not there.
  func startOfPass() -> Int {
    var start = count
    var lowest = UInt32.max
    var passed = 0
    while let pair = pair(before: start), pair.pe < lowest {
      start = pair.start
      lowest = pair.pe
      passed &+= 1
    }
    return passed == peCount ? start : count
  }

  /// Where the pair of one PE begins; ``count`` if it is not there.
  func startOfPair(of pe: UInt32) -> Int {
    guard let pair = pair(before: count), pair.pe == pe else { return count }
    return pair.start
  }

  /// Where nothing that waits comes behind: the place of an event without effects.
  var waitingEnd: Int { count }

  /// Where the virtual pair of one PE begins; ``count`` if it is not there. A change of exception level prints one behind
  /// a pair of that PE: unless `evenAfterPair`, such a virtual pair does not count.
  func startOfVirtualPair(of pe: UInt32, evenAfterPair: Bool) -> Int {
    var at = count
    guard let lines = step(&at), lines.kind == .cpuLine, lines.b == Self.virtualLines, lines.pe == pe,
      let update = step(&at), update.kind == .virtualHighestPending, update.pe == pe
    else { return count }
    if !evenAfterPair, let pair = pair(before: at), pair.pe == pe { return count }
    return at
  }

  /// Where the virtual pair of an acknowledged virtual LPI begins; ``count`` if the acknowledge was from a list register.
  ///
  /// A pair before an acknowledge from a list register names that list register, or still names the virtual LPI. The pair
  /// of a virtual LPI's acknowledge names none, or another virtual LPI; should it name a list register (one of lower
  /// priority that waits behind the virtual LPI), the two cannot be told apart, and the line stays where it is.
  func startOfVirtualAcknowledge(of pe: UInt32, intid: UInt64) -> Int {
    var at = count
    guard let lines = step(&at), lines.kind == .cpuLine, lines.b == Self.virtualLines, lines.pe == pe,
      let update = step(&at), update.kind == .virtualHighestPending, update.pe == pe
    else { return count }
    switch update.a {
    case UInt64(INTID.none): return at
    case 16: return update.b & 0xFFFF_FFFF == intid ? count : at
    default: return count
    }
  }

  /// Where the ITS began to fetch commands; ``count`` if it did not.
  func startOfCommands() -> Int { commandRun >= settled ? commandRun : count }

  /// Where the acknowledge line of a GICv2 interface stands; ``count`` if there is none.
  func startOfAcknowledge(of pe: UInt32, frame: Frame) -> Int {
    var at = count
    while let event = step(&at) {
      switch event.kind {
      case .highestPending, .cpuLine, .maintenanceLine, .lineLevel: continue
      case .acknowledge where event.pe == pe && event.b == UInt64(frame.rawValue): return at
      default: return count
      }
    }
    return count
  }

  static let physicalLines = CPULines.irq.rawValue | CPULines.fiq.rawValue
  private static let virtualLines = CPULines.virq.rawValue | CPULines.vfiq.rawValue

  /// The (update, set_irqs) pair that ends before `end`, or the one of the two that is there.
  private func pair(before end: Int) -> (start: Int, pe: UInt32)? {
    var at = end
    guard let second = step(&at) else { return nil }
    if second.kind == .highestPending { return (at, second.pe) }
    guard second.kind == .cpuLine, second.b == Self.physicalLines else { return nil }
    var before = at
    if let first = step(&before), first.kind == .highestPending, first.pe == second.pe { at = before }
    return (at, second.pe)
  }

  /// The event before `at` that is not text, moving `at` to it; nil when only settled events are left.
  private func step(_ at: inout Int) -> Event? {
    while at > settled {
      at &-= 1
      switch self[waiting: at].kind {
      case .marker, .continuation, .exceptionEntry, .exceptionReturn, .topology: continue
      default: return self[waiting: at]
      }
    }
    return nil
  }
}
