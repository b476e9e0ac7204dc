import InterruptTrace

/// Whose the exception returns of a log are.
///
/// The line of an exception return names no PE; but the change of exception level re-evaluates the CPU interface of that
/// PE before its thread does anything else. So the next access by the thread of a PE tells: if more re-evaluations of the
/// PE by its own thread stand before it than the access itself leads to, the PE returned; otherwise it did not. (The lines
/// of one access stand together: what another thread's line follows is no effect of an access to come.) An exception that is taken tells by the level it came from. And a return goes to where its PE was interrupted: if all PEs
/// in the level were, and one of them there, it is that one's.
///
/// A return keeps its place in the log while it waits for its PE: what follows it waits behind it.
struct ExceptionReturns {
  /// What the next trace event is, as far as it tells whose a return was.
  struct Next {
    /// The PE whose thread writes it, or ``PE/none``.
    var pe: UInt32
    /// The PE whose CPU interface it shows re-evaluated, or ``PE/none``.
    var reevaluated = PE.none
    /// Which re-evaluations before it are its effects; nil if it is itself one.
    var effects: Effects?
    /// How many re-evaluations of its own PE follow it as its effects; an end of interrupt may lead to one less.
    var following = 0
    /// Whether it is a Secure access, where it shows that.
    var isSecure: Bool?
  }

  /// The re-evaluations that an access leads to: none, one of its own PE, or one of each PE, unless it is ignored.
  enum Effects { case none, own, all }

  private struct Waiting {
    var event: Event
    var line: UInt64
    /// PEs that did something else since.
    var others: [UInt32] = []
    /// It was one of several that a PE may have made.
    var isOneOfSeveral = false
  }

  private var returns: [Waiting] = []
  /// The PE whose thread wrote the last trace events, and how many of them are re-evaluations of its own PE (below zero if
  /// so many effects of its last access are still to come) and of others.
  private var run = (pe: PE.none, own: 0, others: 0)
  /// Re-evaluations of a PE that are still to come of exceptions whose PE is known.
  private var expected: [UInt32: Int] = [:]
  /// A PE of which the last return's line may stand among the effects of an end of interrupt, or behind them.
  private var unclear = PE.none
  /// The PE of the thread that wrote the last trace event.
  private var current = PE.none
  private var levels = ExceptionLevels()
  /// The line of a PE's last exception, or of a trace event of its thread that text follows.
  private var lastLine: [UInt32: UInt64] = [:]
  /// The line at which a PE disabled its CPU interface, until it enables it again: what firmware does to a PE in EL3 on its
  /// way off.
  private var closed: [UInt32: UInt64] = [:]
  /// PEs whose level rests on a guess.
  private var guessed: Set<UInt32> = []
  /// The last line of text.
  private var lastText: UInt64 = 0

  /// Returns that wait at the same time; of more, the first is given out as it is.
  private static let waitingLimit = 32
  /// Lines that a return waits.
  private static let patience: UInt64 = 1 << 15

  var isEmpty: Bool { returns.isEmpty }

  /// A line of text comes; `pe` is that of the thread whose trace event came last.
  mutating func follow(_ pe: UInt32, line: UInt64) {
    if line != lastText &+ 1, levels[pe] != nil { lastLine[pe] = line &- 1 }
    lastText = line
    current = pe
  }

  /// A PE writes its GICC_CTLR, whose bits 1:0 enable a group each.
  mutating func writeControl(_ pe: UInt32, _ value: UInt64, line: UInt64) {
    closed[pe] = value & 3 == 0 ? line : nil
  }

  // MARK: What tells

  /// The line of a return comes; its event names a PE if the log has one for each, or only one.
  mutating func take(_ event: Event, line: UInt64, showsReturns: Bool, _ order: inout EffectOrder) {
    let level = event.a >> 8 & 0xF
    if returns.count == Self.waitingLimit { giveUp(0, &order) }
    order.hold(event)
    // Which level a PE is in is open while a return waits.
    let isFirst = returns.isEmpty || !showsReturns
    if isFirst {
      // The effects of an exception that another PE took just before are still to come.
      expected = expected.filter { $0.key != current && showsReturns && order.surplus(of: $0.key) < 0 }
      let surplus = current != PE.none && showsReturns ? order.surplus(of: current) : 0
      run = (current, min(0, surplus), 0)
    } else if run.pe == current {
      let rest = min(0, run.own)
      endRun(.none, then: current, &order)
      run.own = rest
    }
    unclear = run.own == -1 && order.endsInterrupt(current) ? current : PE.none
    returns.append(Waiting(event: event, line: line))
    let at = returns.count - 1
    var likely = isFirst ? levels.onlyPE(interruptedAt: event.b, in: level, of: order.peCount) : nil
    if isFirst, likely == nil { likely = levels.onlyPE(in: level, without: [], of: order.peCount) }
    // Where nothing else will tell, the place must do.
    if !showsReturns, likely == nil { likely = levels.onlyPE(interruptedAt: event.b, in: level) }
    if let pe = event.pe != PE.none ? event.pe : likely {
      give(at, to: pe, isGuess: !guessed.isEmpty, &order)
    } else if !showsReturns {
      let candidates = levels.pes(in: level)
      give(at, to: candidates.max(by: isLessLikely) ?? PE.none, isGuess: true, &order)
      guessed.formUnion(candidates)
    }
  }

  /// Likely a return is the PE's that was last heard of at that level, and did not disable its CPU interface there.
  private func isLessLikely(_ one: UInt32, _ other: UInt32) -> Bool {
    func rank(_ pe: UInt32) -> (Int, UInt64, UInt32) {
      let last = lastLine[pe] ?? 0
      return (closed[pe].map { $0 >= last } == true ? 0 : 1, last, pe)
    }
    return rank(one) < rank(other)
  }

  /// A trace event comes next.
  mutating func meet(_ next: Next, line: UInt64, _ order: inout EffectOrder) {
    guard !returns.isEmpty else { return }
    if next.pe != run.pe { endRun(.none, then: next.pe, &order) }
    if next.pe == PE.none {
      // The log does not say whose thread it is: the first re-evaluation of the right level is taken for the return's.
      if next.reevaluated != PE.none, let at = returnOf(next.reevaluated) { give(at, to: next.reevaluated, &order) }
    } else if let effects = next.effects {
      expected[next.pe] = nil
      if endRun(effects, then: next.pe, &order), settle(next.pe, isSecure: next.isSecure, &order) {
        rule(out: next.pe, &order)
      }
      run.own = -next.following
    } else if next.following != 0 {
      run.own -= next.following
    } else if next.reevaluated == next.pe {
      if let more = expected.removeValue(forKey: next.pe) {
        if more > 1 { expected[next.pe] = more - 1 }
      } else {
        run.own += 1
      }
    } else if next.reevaluated != PE.none {
      run.others += 1
    }
    while let first = returns.first, first.line &+ Self.patience < line { giveUp(0, &order) }
  }

  /// An access ends the lines of a PE's thread, or another thread goes on. False if they do not tell whether it returned.
  @discardableResult
  private mutating func endRun(_ effects: Effects, then pe: UInt32, _ order: inout EffectOrder) -> Bool {
    let isEffect = effects == .own || effects == .all && run.others >= order.peCount - 1
    var returned = run.own - (isEffect ? 1 : 0)
    let tells = run.pe != unclear || returned != 0 || run.others > 0
    if tells, run.pe == unclear { unclear = PE.none }
    while returned > 0, let at = returnOf(run.pe) {
      give(at, to: run.pe, &order)
      returned -= 1
    }
    run = (pe, 0, 0)
    return tells
  }

  /// An access shows its Security state: that of a PE of which it was unclear whether it left EL3, or returned to where it
  /// was interrupted. False if it is still unclear.
  private mutating func settle(_ pe: UInt32, isSecure: Bool?, _ order: inout EffectOrder) -> Bool {
    guard pe == unclear else { return true }
    guard let isSecure, let at = returnOf(pe) else { return false }
    unclear = PE.none
    let one = returns[at].event
    let isIt = one.a >> 8 & 0xF == 3 ? !isSecure : levels.link(of: pe, in: one.a >> 8 & 0xF) == one.b
    if isIt { give(at, to: pe, &order) }
    return true
  }

  /// A PE takes an exception from a level: one that it was not in before shows that it returned to it, and the one that it
  /// was in that it did not.
  mutating func enter(_ pe: UInt32, from level: UInt64, _ order: inout EffectOrder) {
    guard pe != PE.none else { return }
    guard !returns.isEmpty else {
      expected[pe] = 1
      return
    }
    if run.pe == pe { endRun(.none, then: pe, &order) }
    // The change of level that this is re-evaluates as well.
    expected[pe] = 1
    _ = settle(pe, isSecure: level == 3, &order)
    if levels[pe] != level, let at = returnOf(pe, to: level) { give(at, to: pe, &order) }
    rule(out: pe, &order)
  }

  /// The capture has ended.
  mutating func finish(_ order: inout EffectOrder) {
    endRun(.none, then: PE.none, &order)
    while !returns.isEmpty { giveUp(0, &order) }
  }

  /// A PE went on with something else: what waits was no return of its. If one PE is left, the return is given out.
  private mutating func rule(out pe: UInt32, _ order: inout EffectOrder) {
    var at = 0
    while at < returns.count {
      if !returns[at].others.contains(pe) { returns[at].others.append(pe) }
      let (level, others) = (returns[at].event.a >> 8 & 0xF, returns[at].others)
      if let only = levels.onlyPE(in: level, without: others, of: order.peCount) {
        expected[only, default: 0] += 1
        give(at, to: only, &order)
      } else {
        at += 1
      }
    }
  }

  /// The waiting return that is a PE's: one from the level it is in, to where it was interrupted if there is one such, else
  /// to where no PE was. A PE that came to its level without an exception may go anywhere.
  private func returnOf(_ pe: UInt32, to target: UInt64? = nil) -> Int? {
    var (elsewhere, anywhere): (Int?, Int?)
    for (at, one) in returns.enumerated() {
      let level = one.event.a >> 8 & 0xF
      guard levels[pe] == nil || levels[pe] == level, !one.others.contains(pe) else { continue }
      if let target, one.event.a >> 12 & 0xF != target { continue }
      let link = levels.link(of: pe, in: level)
      if link == one.event.b { return at }
      if !levels.someWasInterrupted(at: one.event.b, in: level) {
        elsewhere = elsewhere ?? at
      } else if link == nil {
        anywhere = anywhere ?? at
      }
    }
    return elsewhere ?? anywhere
  }

  // MARK: What is known of the PEs

  private mutating func give(_ at: Int, to pe: UInt32, isGuess: Bool = false, _ order: inout EffectOrder) {
    let waiting = returns.remove(at: at)
    var event = waiting.event
    event.pe = pe
    // Of those that wait and are alike, each may be of either PE.
    var isGuess = isGuess || waiting.isOneOfSeveral
    for other in returns.indices where returns[other].event.a == event.a && returns[other].event.b == event.b {
      guard !returns[other].others.contains(pe) else { continue }
      returns[other].isOneOfSeveral = true
      isGuess = true
    }
    if isGuess { event.flags.insert(.incomplete) }
    note(event, link: nil, line: waiting.line)
    order.release(waiting.event, as: event)
  }

  /// Nothing told whose a return was.
  private mutating func giveUp(_ at: Int, _ order: inout EffectOrder) {
    let level = returns[at].event.a >> 8 & 0xF
    guessed.formUnion(levels.pes(in: level))
    give(at, to: returns[at].event.pe, isGuess: true, &order)
  }

  /// An exception's PE is known.
  mutating func note(_ event: Event, link: UInt64?, line: UInt64) {
    guard levels.note(event, link: link), event.kind == .exceptionEntry else { return }
    lastLine[event.pe] = line
    guessed.remove(event.pe)
  }
}
