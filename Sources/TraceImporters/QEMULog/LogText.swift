import InterruptTrace

/// The text that `-d int` and `-d guest_errors` leave between the trace events: exceptions and error messages. From
/// version 11 on it carries time stamps, as events do.
///
/// A taken exception is several lines, the first of which names the PE:
///
///     Taking exception 5 [IRQ] on CPU 0
///     ...from EL1 to EL1
///     ...with ESR 0x0/0x0
///     ...with ELR 0x40204ae8
///     ...to EL1 PC 0x40202280 PSTATE 0x3c5
///
/// It is written outside the lock that keeps an access's lines together, so that the lines of two PEs may mix. Each
/// further line is given to the exception that has waited for one like it longest. The line of an exception return
/// names no PE; but the change of exception level re-evaluates the CPU interface of that PE at once, so the next
/// re-evaluation by a thread of its own PE tells, unless the return goes where another PE was interrupted. A thread that
/// writes anything else first did not return.
struct LogText {
  /// An exception whose lines are still coming.
  private struct Open {
    var event: Event
    var line: UInt64
    var hasLevels: Bool
    var hasSyndrome: Bool
    /// `ELR`: where a return from this exception would go.
    var link: UInt64?
    /// PEs whose threads did something else since.
    var others: [UInt32] = []
  }

  /// The file holds the lines of one thread, and so of one PE.
  var threadIsPE = false
  /// A change of exception level re-evaluates the PE's CPU interface: GICv3's is part of the PE, GICv2's is not.
  var showsReturns = true
  /// Whether an exception waits for more lines, or for its PE.
  private(set) var isWaiting = false

  private var entries: [Open] = []
  private var returns: [Open] = []
  /// The exception level that a PE is known to be in.
  private var levels: [UInt32: UInt64] = [:]
  /// How many PEs are in each level, with the sum of their numbers: the one PE of a level is that sum.
  private var atLevel = [Group](repeating: Group(), count: 16)
  /// The PEs in a level that were interrupted at a place.
  private var interrupted: [Place: Group] = [:]

  /// PEs that have something in common.
  private struct Group {
    var count = 0
    var sum: UInt64 = 0
  }

  private struct Place: Hashable {
    var level: UInt64
    var address: UInt64
  }

  /// The line of a PE's last exception, or of a trace event of its thread that text follows.
  private var lastLine: [UInt32: UInt64] = [:]
  /// PEs whose level rests on a guess.
  private var guessed: Set<UInt32> = []
  /// The last line of text.
  private var lastText: UInt64 = 0
  /// Where a PE was interrupted, the latest last, by PE and the level that the exceptions went to.
  private var links: [UInt64: [UInt64]] = [:]

  /// Exceptions that wait at the same time; more are given out as they are.
  private static let waitingLimit = 32
  /// Lines that an exception waits.
  private static let patience: UInt64 = 64
  /// PEs whose exception level is remembered.
  private static let levelLimit = 4096
  /// Interrupted places of a PE and level that are remembered: exceptions nest.
  private static let linkLimit = 4
  /// Bytes of a message that are kept.
  private static let messageLimit = 256

  init() {
    entries.reserveCapacity(Self.waitingLimit)
    returns.reserveCapacity(Self.waitingLimit)
  }

  /// A line of text comes; `pe` is that of the thread whose trace event came last.
  mutating func follow(_ pe: UInt32, line: UInt64) {
    if line != lastText &+ 1, levels[pe] != nil { lastLine[pe] = line &- 1 }
    lastText = line
  }

  /// Takes a line in; false if it says nothing that is understood.
  mutating func take(
    _ start: UnsafeRawPointer, _ next: UnsafeRawPointer, line: UInt64, time: UInt64, pe: UInt32,
    _ order: inout EffectOrder
  ) -> Bool {
    var scanner = TextScanner(start, next)
    switch Digits.byte(start) {
    case 0x2E where scanner.skip("..."): return takeDetail(&scanner, &order)
    case 0x54 where scanner.skip("Taking exception "):
      return takeEntry(&scanner, line, time, pe, &order)
    case 0x45 where scanner.skip("Exception return from AArch"):
      return takeReturn(&scanner, line, time, pe, &order)
    default: return takeMessage(scanner, line, time, pe, &order)
    }
  }

  // MARK: Exceptions

  private mutating func takeEntry(
    _ scanner: inout TextScanner, _ line: UInt64, _ time: UInt64, _ pe: UInt32, _ order: inout EffectOrder
  ) -> Bool {
    guard let type = scanner.decimal() else { return false }
    var pe = pe
    if scanner.skip(through: "] on CPU "), let cpu = scanner.decimal(), cpu < UInt64(ProcessingElements.limit) {
      pe = UInt32(cpu)
    }
    let event = Event(time: time, kind: .exceptionEntry, pe: pe, a: type & 0xFF)
    if entries.count == Self.waitingLimit { give(entries.remove(at: 0), &order) }
    entries.append(Open(event: event, line: line, hasLevels: false, hasSyndrome: false))
    isWaiting = true
    return true
  }

  private mutating func takeDetail(_ scanner: inout TextScanner, _ order: inout EffectOrder) -> Bool {
    if scanner.skip("from EL") {
      guard let from = scanner.decimal(), scanner.skip(" to EL"), let to = scanner.decimal() else { return false }
      guard let at = entries.firstIndex(where: { !$0.hasLevels }) else { return true }
      entries[at].event.a |= (from & 0xF) << 8 | (to & 0xF) << 12
      entries[at].hasLevels = true
    } else if scanner.skip("with ESR 0x") {
      guard scanner.hex() != nil, scanner.skip("/0x"), let syndrome = scanner.hex() else { return false }
      guard let at = entries.firstIndex(where: { $0.hasLevels && !$0.hasSyndrome }) else { return true }
      entries[at].event.b = syndrome
      entries[at].hasSyndrome = true
    } else if scanner.skip("with ELR 0x") {
      guard let link = scanner.hex() else { return false }
      if let at = entries.firstIndex(where: { $0.hasLevels && $0.link == nil }) { entries[at].link = link }
    } else if scanner.skip("to EL") {
      guard let to = scanner.decimal() else { return false }
      if let at = entries.firstIndex(where: { $0.hasLevels && $0.event.a >> 12 & 0xF == to }) {
        give(entries.remove(at: at), &order)
      }
    } else if scanner.skip("handled as PSCI call") || scanner.skip("handling as semihosting call") {
      // The emulator did the call's work itself: no exception was taken.
      if let at = entries.firstIndex(where: { $0.hasLevels }) { entries.remove(at: at) }
      isWaiting = !(entries.isEmpty && returns.isEmpty)
    }
    return true
  }

  private mutating func takeReturn(
    _ scanner: inout TextScanner, _ line: UInt64, _ time: UInt64, _ pe: UInt32, _ order: inout EffectOrder
  ) -> Bool {
    guard scanner.decimal() != nil, scanner.skip(" EL"), let from = scanner.decimal(), scanner.skip(" to AArch"),
      scanner.decimal() != nil, scanner.skip(" EL"), let to = scanner.decimal(), scanner.skip(" PC 0x"),
      let pc = scanner.hex()
    else { return false }
    let event = Event(time: time, kind: .exceptionReturn, pe: pe, a: (from & 0xF) << 8 | (to & 0xF) << 12, b: pc)
    if returns.count == Self.waitingLimit { give(returns.remove(at: 0), &order) }
    returns.append(Open(event: event, line: line, hasLevels: true, hasSyndrome: true))
    if let pe = pe != PE.none ? pe : onlyPE(interruptedAt: pc, level: from) ?? onlyPE(level: from, [], order.peCount) {
      // The level has changed by now; the re-evaluation may come late, behind what other PEs do meanwhile.
      returns[returns.count - 1].event.pe = pe
      if !guessed.isEmpty { returns[returns.count - 1].event.flags.insert(.incomplete) }
      give(returns.removeLast(), &order)
    } else if !showsReturns {
      // Nothing will tell whose it was: likely it is the PE's that was last heard of at that level.
      let candidates = levels.filter { $0.value == from }.keys
      let last = candidates.max { (lastLine[$0] ?? 0, $0) < (lastLine[$1] ?? 0, $1) }
      returns[returns.count - 1].event.pe = last ?? PE.none
      returns[returns.count - 1].event.flags.insert(.incomplete)
      guessed.formUnion(candidates)
      give(returns.removeLast(), &order)
    }
    isWaiting = !(entries.isEmpty && returns.isEmpty)
    return true
  }

  /// A trace event of PE `pe`'s thread comes next (``PE/none`` if the thread's PE is not known): what waits for it is
  /// given out. `reevaluated` is the PE whose CPU interface the event is about, if it is such an event.
  mutating func meet(pe: UInt32, reevaluated: UInt32, line: UInt64, _ order: inout EffectOrder) {
    var at = 0
    while at < entries.count {
      let isDone = pe == PE.none ? entries[at].event.pe == reevaluated : entries[at].event.pe == pe
      if isDone || entries[at].line &+ Self.patience < line { give(entries.remove(at: at), &order) } else { at += 1 }
    }
    if reevaluated != PE.none, pe == PE.none || pe == reevaluated, let at = returnOf(reevaluated) {
      returns[at].event.pe = reevaluated
      give(returns.remove(at: at), &order)
    }
    if pe != PE.none, !returns.isEmpty { rule(out: pe, &order) }
    while let first = returns.first, first.line &+ Self.patience < line { give(returns.remove(at: 0), &order) }
  }

  /// A PE's thread went on with something else: what waits was no return of its. If one PE is left, the return is given out.
  private mutating func rule(out pe: UInt32, _ order: inout EffectOrder) {
    var at = 0
    while at < returns.count {
      if !returns[at].others.contains(pe) { returns[at].others.append(pe) }
      let (level, others) = (returns[at].event.a >> 8 & 0xF, returns[at].others)
      if let only = onlyPE(level: level, others, order.peCount) {
        returns[at].event.pe = only
        give(returns.remove(at: at), &order)
      } else {
        at += 1
      }
    }
  }

  /// The one PE in a level that is none of `others`; nil if there are more, or if a PE's level is not known.
  private func onlyPE(level: UInt64, _ others: [UInt32], _ peCount: Int) -> UInt32? {
    guard levels.count >= peCount else { return nil }
    var group = atLevel[Int(level)]
    for pe in others where levels[pe] == level {
      group.count -= 1
      group.sum -= UInt64(pe)
    }
    return group.count == 1 ? UInt32(group.sum) : nil
  }

  /// The waiting return that is a PE's: one from the level it is in, to where it was interrupted if there is one such,
  /// else not to where another PE was.
  private func returnOf(_ pe: UInt32) -> Int? {
    var found: Int?
    for (at, one) in returns.enumerated() {
      let level = one.event.a >> 8 & 0xF
      guard levels[pe] == nil || levels[pe] == level, !one.others.contains(pe) else { continue }
      if links[linkKey(pe, level)]?.last == one.event.b { return at }
      // The PE itself was not interrupted there.
      if found == nil, interrupted[Place(level: level, address: one.event.b)] == nil { found = at }
    }
    return found
  }

  /// The one PE in a level that was interrupted at a place.
  private func onlyPE(interruptedAt place: UInt64, level: UInt64) -> UInt32? {
    guard let group = interrupted[Place(level: level, address: place)], group.count == 1 else { return nil }
    return UInt32(group.sum)
  }

  /// Counts a PE with those of its level and place, or no longer.
  private mutating func count(_ pe: UInt32, _ step: Int) {
    guard let level = levels[pe] else { return }
    let number = UInt64(pe)
    atLevel[Int(level)].count += step
    atLevel[Int(level)].sum = step > 0 ? atLevel[Int(level)].sum + number : atLevel[Int(level)].sum - number
    guard let address = links[linkKey(pe, level)]?.last else { return }
    let place = Place(level: level, address: address)
    var group = interrupted[place] ?? Group()
    group.count += step
    group.sum = step > 0 ? group.sum + number : group.sum - number
    interrupted[place] = group.count > 0 ? group : nil
  }

  private func linkKey(_ pe: UInt32, _ level: UInt64) -> UInt64 { UInt64(pe) << 4 | level }

  private mutating func push(_ link: UInt64, _ key: UInt64) {
    var nested = links[key] ?? []
    if nested.count == Self.linkLimit { nested.remove(at: 0) }
    nested.append(link)
    links[key] = nested
  }

  /// The capture has ended.
  mutating func finish(_ order: inout EffectOrder) {
    while !entries.isEmpty { give(entries.remove(at: 0), &order) }
    while !returns.isEmpty { give(returns.remove(at: 0), &order) }
  }

  private mutating func give(_ open: Open, _ order: inout EffectOrder) {
    if open.hasLevels, open.event.pe != PE.none, levels.count < Self.levelLimit || levels[open.event.pe] != nil {
      count(open.event.pe, -1)
      defer { count(open.event.pe, 1) }
      levels[open.event.pe] = open.event.a >> 12 & 0xF
      if open.event.kind == .exceptionEntry {
        lastLine[open.event.pe] = open.line
        guessed.remove(open.event.pe)
      }
      if let link = open.link {
        push(link, linkKey(open.event.pe, open.event.a >> 12 & 0xF))
      } else if open.event.kind == .exceptionReturn {
        _ = links[linkKey(open.event.pe, open.event.a >> 8 & 0xF)]?.popLast()
      }
    }
    order.observe(open.event)
    isWaiting = !(entries.isEmpty && returns.isEmpty)
  }

  // MARK: Messages

  /// A message of the emulator about what the guest did wrong: nearly all start with the name of a function or a device and
  /// a colon. The output of other `-d` items does not.
  private func takeMessage(
    _ scanner: TextScanner, _ line: UInt64, _ time: UInt64, _ pe: UInt32, _ order: inout EffectOrder
  ) -> Bool {
    guard scanner.startsWithSource || scanner.startsWithMessage else { return false }
    var pe = pe
    var search = scanner
    if search.skip(through: "cpu ") || search.skip(through: "CPU "), let cpu = search.decimal(),
      cpu < UInt64(ProcessingElements.limit)
    {
      pe = UInt32(cpu)
    }
    let length = min(scanner.length, Self.messageLimit)
    order.observe(
      Event(
        time: time, kind: .marker, pe: pe, a: UInt64(MarkerKind.guestError.rawValue) | UInt64(length) << 16, b: line)
    )
    var at = 0
    while at < length {
      order.observe(
        Event(
          time: time, kind: .continuation, pe: pe, a: scanner.word(at, limit: length),
          b: scanner.word(at + 8, limit: length))
      )
      at += 16
    }
    return true
  }
}
