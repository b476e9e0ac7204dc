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
/// further line is given to the exception that has waited for one like it longest. Whose an exception return was,
/// ``ExceptionReturns`` finds out.
struct LogText {
  /// An exception whose lines are still coming.
  private struct Open {
    var event: Event
    var line: UInt64
    var hasLevels: Bool
    var hasSyndrome: Bool
    /// `ELR`: where a return from this exception would go.
    var link: UInt64?
  }

  /// The file holds the lines of one thread, and so of one PE.
  var threadIsPE = false
  /// A change of exception level re-evaluates the PE's CPU interface: GICv3's is part of the PE, GICv2's is not.
  var showsReturns = true
  /// Whether an exception waits for more lines, or for its PE.
  private(set) var isWaiting = false

  private var entries: [Open] = []
  private var returns = ExceptionReturns()

  /// Exceptions that wait at the same time; more are given out as they are.
  private static let waitingLimit = 32
  /// Lines that an exception waits.
  private static let patience: UInt64 = 64
  /// Bytes of a message that are kept.
  private static let messageLimit = 256

  init() {
    entries.reserveCapacity(Self.waitingLimit)
  }

  /// A line of text comes; `pe` is that of the thread whose trace event came last.
  mutating func follow(_ pe: UInt32, line: UInt64) { returns.follow(pe, line: line) }

  /// A PE writes its GICC_CTLR.
  mutating func writeControl(_ pe: UInt32, _ value: UInt64, line: UInt64) {
    returns.writeControl(pe, value, line: line)
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
      returns.enter(entries[at].event.pe, from: from & 0xF, &order)
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
      updateWaiting()
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
    returns.take(event, line: line, showsReturns: showsReturns, &order)
    updateWaiting()
    return true
  }

  /// A trace event comes next; what waits for it is given out.
  mutating func meet(_ next: ExceptionReturns.Next, line: UInt64, _ order: inout EffectOrder) {
    var at = 0
    while at < entries.count {
      let isDone = next.pe == PE.none ? entries[at].event.pe == next.reevaluated : entries[at].event.pe == next.pe
      if isDone || entries[at].line &+ Self.patience < line { give(entries.remove(at: at), &order) } else { at += 1 }
    }
    returns.meet(next, line: line, &order)
    updateWaiting()
  }

  private mutating func updateWaiting() { isWaiting = !(entries.isEmpty && returns.isEmpty) }

  /// The capture has ended.
  mutating func finish(_ order: inout EffectOrder) {
    while !entries.isEmpty { give(entries.remove(at: 0), &order) }
    returns.finish(&order)
  }

  private mutating func give(_ open: Open, _ order: inout EffectOrder) {
    if open.hasLevels { returns.note(open.event, link: open.link, line: open.line) }
    order.observe(open.event)
    updateWaiting()
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
