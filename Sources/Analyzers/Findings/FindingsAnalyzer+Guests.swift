import InterruptTrace

/// What is stuck in a guest when the capture ends, as its list registers show it, and what waited for a list register.
///
/// How long something may take is counted in the time that the guest ran. All of it is likely at best: which guest a PE
/// runs is not shown.
extension FindingsAnalyzer {
  typealias Entry = ListedInterrupts.Entry

  /// What one PE's list registers hold, with what was taken back at the last exit.
  private struct Held {
    var domain: UInt16
    var pe: UInt32
    var bank: ListedInterrupts.Bank
    var entries: [Entry]
    /// The highest priority of what the guest runs; 0xFF if it runs nothing.
    var running: UInt8
    /// What the guest acknowledged and never ends.
    var stuck: Entry?
  }

  func reportGuests(_ log: FindingLog) {
    for (key, number) in guests.banks.sorted() {
      let bank = guests.banks[number].pointee
      var held = held(UInt16(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key), bank)
      for entry in held.entries where entry.isActive && !entry.isDropped {
        guard ran(held, entry) >= limit(guests.services) else { continue }
        reportNeverEnded(held, entry, log)
        if held.stuck.map({ $0.priority > entry.priority }) ?? true { held.stuck = entry }
      }
      for entry in held.entries where entry.isDropped && ran(held, entry) >= limit(guests.deactivations) {
        reportNeverDeactivated(held, entry, log)
      }
      for entry in held.entries where entry.isPending && !entry.isActive { reportNeverTaken(held, entry, log) }
    }
    for (key, overflow) in guests.overflows.sorted() { report(InterruptKey(rawValue: key), overflow, log) }
  }

  private func held(_ domain: UInt16, _ pe: UInt32, _ bank: ListedInterrupts.Bank) -> Held {
    var bank = bank
    bank.runOn(to: lastTime, lastEvent)
    var entries = (0..<16).map { bank.lists[$0] }.filter { $0.intid != INTID.none }
    // What an entry since did without is no longer this PE's.
    for n in 0..<bank.stashCount where bank.stashed[n].round == bank.entries {
      var entry = bank.stashed[n]
      let after = bank.clock - entry.takenOutClock
      entry.since.time &+= after.time
      entry.since.events &+= after.events
      entries.append(entry)
    }
    return Held(domain: domain, pe: pe, bank: bank, entries: entries, running: bank.runningPriority())
  }

  /// How long the guest ran since an interrupt became what it is, in ns; without time stamps, so much for each event.
  private func ran(_ held: Held, _ entry: Entry) -> UInt64 {
    let span = held.bank.clock - entry.since
    return isTimed ? span.time : span.events &* Self.nanosecondsPerEvent
  }

  private func key(_ kind: FindingKind, _ held: Held, _ entry: Entry) -> FindingLog.Key {
    .init(kind: kind, domain: held.domain, pe: held.pe, intid: entry.intid, isVirtual: true)
  }

  private func now(_ held: Held, _ entry: Entry) -> Transition {
    Transition(time: lastTime, event: lastEvent, kind: .lrFilled, domain: held.domain, pe: held.pe, intid: entry.intid)
  }

  private static func virtualName(_ intid: UInt32) -> String { "virtual \(name(intid))" }

  private func since(_ held: Held, _ entry: Entry) -> Finding.Link {
    let others = held.bank.acknowledges &- min(entry.taken, held.bank.acknowledges)
    let span = isTimed ? "\(Self.span(ran(held, entry))) of its own time" : "on"
    return .init("the guest ran \(span) since, and took \(others) other interrupts", event: lastEvent)
  }

  /// A span of time, to a tenth of a unit.
  static func span(_ nanoseconds: UInt64) -> String {
    let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs")]
    guard let (unit, name) = units.first(where: { nanoseconds >= $0.0 }) else { return "\(nanoseconds) ns" }
    return "\(nanoseconds / unit).\(nanoseconds % unit * 10 / unit) \(name)"
  }

  // MARK: Stuck

  private func reportNeverEnded(_ held: Held, _ entry: Entry, _ log: FindingLog) {
    record(log, key(.stuckActive, held, entry), now(held, entry)) {
      let isSeen = entry.acknowledgeEvent != .max
      return FindingLog.Description(
        .error, isSeen ? .likely : .unknownBeforeCapture,
        "\(Self.virtualName(entry.intid)) was acknowledged by the guest on PE \(held.pe) and never ended",
        [
          isSeen
            ? .init("the guest acknowledged it; no end of interrupt followed", event: entry.acknowledgeEvent)
            : .init("it was listed as active", event: entry.listed.event),
          .init("its priority \(hex(entry.priority)) runs: the guest is signalled nothing of the same or a lower rank"),
          since(held, entry),
        ],
        advice: "check that every way out of the guest's handler writes EOIR",
        event: isSeen ? entry.acknowledgeEvent : entry.listed.event,
        time: isSeen ? entry.acknowledgeTime : entry.listed.time)
    }
  }

  private func reportNeverDeactivated(_ held: Held, _ entry: Entry, _ log: FindingLog) {
    record(log, key(.missingDeactivate, held, entry), now(held, entry)) {
      FindingLog.Description(
        .error, .likely,
        "\(Self.virtualName(entry.intid)) was ended by the guest on PE \(held.pe) and never deactivated",
        [
          .init("the guest acknowledged it", event: entry.acknowledgeEvent == .max ? nil : entry.acknowledgeEvent),
          .init("the guest ended it with EOImode set, which left it active", event: entry.endEvent),
          .init("no write of DIR followed; its list register stays in use"),
          since(held, entry),
        ],
        advice: "find the code that should write DIR in the guest: its handler, or a guest of its own",
        event: entry.endEvent,
        time: entry.endTime)
    }
  }

  /// Listed and pending: the guest cannot take it, or does not.
  private func reportNeverTaken(_ held: Held, _ entry: Entry, _ log: FindingLog) {
    let waited = ran(held, entry)
    let closed = ListedInterrupts.Bank.isClosed(held.bank.control, isGroup1: entry.isGroup1, priority: entry.priority)
    let (severity, what, cause): (FindingSeverity, String, Finding.Link)
    if closed.group || closed.mask, waited >= thresholds.stuckTime {
      let control = held.bank.control
      severity = .error
      what = "is listed and cannot be taken: the guest has closed its interface"
      cause = .init(
        closed.group
          ? "the guest has Group \(entry.isGroup1 ? 1 : 0) disabled (VMCR)"
          : "the guest's priority mask, \(hex(control & 0xFF)), does not let priority \(hex(entry.priority)) through",
        event: held.bank.controlEvent == .max ? nil : held.bank.controlEvent
      )
    } else if let stuck = held.stuck, entry.priority >= stuck.priority, waited >= thresholds.stuckTime {
      severity = .warning
      what = "waits behind \(Self.virtualName(stuck.intid)), which never ends"
      cause = .init(
        "\(Self.virtualName(stuck.intid)), priority \(hex(stuck.priority)), was acknowledged and never ended",
        event: stuck.acknowledgeEvent == .max ? nil : stuck.acknowledgeEvent)
    } else if held.running > entry.priority, waited >= max(thresholds.unservedTime &* 200, limit(guests.delays)) {
      severity = .warning
      what = "is signalled to the guest on PE \(held.pe), which does not take it"
      cause = .init("nothing in list registers or virtual interface keeps it back")
    } else {
      return
    }
    record(log, key(.stuckPending, held, entry), now(held, entry)) {
      FindingLog.Description(
        severity, .likely, "\(Self.virtualName(entry.intid)) \(what)",
        [.init("listed on PE \(held.pe)", event: entry.listed.event), cause, since(held, entry)],
        advice: "check whether the guest masks interrupts (PSTATE.I)",
        event: entry.listed.event, time: entry.listed.time)
    }
  }

  // MARK: Too few list registers

  /// The guest ended what the hypervisor had taken back and then forgot, though there was room for it.
  private func reportDropped(_ key: InterruptKey, _ o: ListedInterrupts.Overflow, _ log: FindingLog) {
    guard o.dropped > 0 else { return }
    let t = Transition(
      time: o.droppedEnd.time, event: o.droppedEnd.event, kind: .virtualEndOfInterrupt, domain: key.domain, pe: key.pe,
      intid: key.intid)
    let name = Self.virtualName(key.intid)
    record(
      log, .init(kind: .wrongEOI, domain: key.domain, pe: key.pe, intid: key.intid, isVirtual: true), t,
      count: o.dropped
    ) {
      FindingLog.Description(
        .warning, .likely, "the guest ended \(name), which the hypervisor had dropped while the guest handled it",
        [
          .init("its list register was taken back while it was active", event: o.takenOut.event),
          .init(
            "the guest was entered without it, though nothing says that list registers were short",
            event: o.droppedEntry.event),
          .init("the guest's end hit no list register", event: o.droppedEnd.event),
        ],
        advice:
          "check what deactivated it in the hypervisor: EOIcount counts ends, and does not say of which interrupts")
    }
  }

  private func report(_ key: InterruptKey, _ o: ListedInterrupts.Overflow, _ log: FindingLog) {
    reportDropped(key, o, log)
    let isLong = o.longest >= thresholds.overflowTime
    guard isLong || o.longestPossible >= thresholds.overflowTime || o.ends > o.dropped else { return }
    var t = Transition(
      time: o.listed.time, event: o.listed.event, kind: .lrFilled, domain: key.domain, pe: key.pe, intid: key.intid)
    if o.waits == 0 {
      (t.event, t.time) =
        o.ends > 0 ? (o.lastEnd.event, o.lastEnd.time) : (o.possibleListed.event, o.possibleListed.time)
    }
    let logKey = FindingLog.Key(kind: .overflowDelay, domain: key.domain, pe: key.pe, intid: key.intid, isVirtual: true)
    let first = o.waits > 0 ? o.entry : o.ends > 0 ? o.firstEnd : o.possibleEntry
    record(log, logKey, t, count: max(o.waits &+ o.ends, 1)) {
      FindingLog.Description(
        isLong ? .warning : .note, .likely, Self.summary(key.intid, o), Self.chain(o),
        advice: "try gicscope whatif --list-registers; check the maintenance interrupts by U, NP and LRENP",
        event: first.event,
        time: first.time)
    }
  }

  private static func summary(_ intid: UInt32, _ o: ListedInterrupts.Overflow) -> String {
    let name = virtualName(intid)
    if o.waits > 0 {
      let times = o.waits == 1 ? "" : ", \(o.waits) times, \(span(o.total)) in all"
      return "\(name) waited \(span(o.longest)) for a list register\(times): it comes that much later"
    }
    if o.ends > 0 { return "the guest ended \(name) while it stood in no list register: there were too few" }
    return "\(name) may have waited up to \(span(o.longestPossible)) for a list register"
  }

  private static func chain(_ o: ListedInterrupts.Overflow) -> [Finding.Link] {
    var chain: [Finding.Link] = []
    if o.waits > 0 {
      chain += [
        .init(
          "it was there: taken out of its list register unfinished, or acknowledged by the hypervisor",
          event: o.source.event),
        .init("the guest was entered without it, and with more interrupts than list registers", event: o.entry.event),
        .init("it got a list register", event: o.listed.event),
      ]
    } else if o.possible > 0 {
      chain += [
        .init("the guest was entered with more interrupts than list registers", event: o.possibleEntry.event),
        .init("it was first listed after that", event: o.possibleListed.event),
      ]
    }
    if o.ends > 0 {
      if o.takenOut.event != .max { chain.append(.init("its list register was taken back", event: o.takenOut.event)) }
      chain.append(
        .init(
          "ended in no list register, \(o.ends) times: EOIcount counts it, and the hypervisor has to deactivate it",
          event: o.firstEnd.event)
      )
    }
    return chain
  }
}
