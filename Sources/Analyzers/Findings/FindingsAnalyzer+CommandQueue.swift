import InterruptTrace

/// Commands that wait in an ITS's queue.
extension FindingsAnalyzer {
  mutating func commandsWait(_ t: Transition) {
    let entry = waiting.insert(UInt64(t.priority))
    let commands = t.commandsWaiting
    let isSame = entry.pointee.isWaiting && entry.pointee.reader == commands.reader
    entry.pointee.seen = isSame ? entry.pointee.seen &+ 1 : 1
    if !isSame {
      entry.pointee.event = t.event
      entry.pointee.time = t.time
    }
    entry.pointee.reader = commands.reader
    entry.pointee.writer = commands.writer
    entry.pointee.isWaiting = true
    // The Stalled bit says it; otherwise an ITS may take its time.
    if commands.isStalled { stalled(t, entry.pointee, its: t.priority) }
  }

  private mutating func stalled(_ t: Transition, _ commands: WaitingCommands, its: UInt32) {
    let key = FindingLog.Key(kind: .commandError, domain: t.domain, reason: 0xFFFF_0000 | its)
    report(key, t) { description(ofWaiting: commands, t) }
  }

  private func description(ofWaiting commands: WaitingCommands, _ t: Transition) -> FindingLog.Description {
    let isDisabled = itsEnabled == .no || itsEnabled == .unknown && startsAtReset
    if !isDisabled, let text = descriptionBeyondQueue(commands, t) { return text }
    var chain: [Finding.Link] = []
    if isDisabled {
      let text = itsEnabled == .no ? "the ITS was disabled" : "the ITS was never enabled"
      chain.append(.init(text, event: itsDisabledEvent == .max ? nil : itsDisabledEvent))
    }
    chain.append(
      .init(
        "GITS_CREADR stands at \(hex(commands.reader & ~1)), GITS_CWRITER at \(hex(commands.writer))",
        event: commands.event)
    )
    if commands.reader & 1 != 0 { chain.append(.init("GITS_CREADR.Stalled is set", event: t.event)) }
    return FindingLog.Description(
      .error, isDisabled || commands.reader & 1 != 0 ? .certain : .likely,
      isDisabled
        ? "commands wait for an ITS that is disabled"
        : "the ITS reads no commands: its queue stands still",
      chain,
      advice: isDisabled
        ? "check GITS_CTLR.Enabled"
        : "check the command at GITS_CREADR and the tables that it needs, then set GITS_CWRITER.Retry",
      event: commands.event, time: commands.time)
  }

  /// The write offset lies beyond the queue: the ITS reads nothing then (IHI 0069H, "GITS_CWRITER, ITS Write Register").
  private func descriptionBeyondQueue(_ commands: WaitingCommands, _ t: Transition) -> FindingLog.Description? {
    guard let queue = trail.last(.gits, t.priority, RegisterOffset.gitsCBASER), queue.value >> 63 != 0 else {
      return nil
    }
    let size = (queue.value & 0xFF + 1) << 12
    let offset = commands.writer & 0xF_FFE0
    guard offset >= size else { return nil }
    var text = FindingLog.Description(
      .error, .certain,
      "GITS_CWRITER \(hex(offset)) lies beyond the queue of \(hex(size)) bytes: the ITS reads no commands",
      [
        .init("GITS_CBASER gives the queue \(hex(size)) bytes", event: queue.at.event),
        .init("GITS_CWRITER was written with \(hex(commands.writer))", event: commands.event),
        .init("GITS_CREADR stands at \(hex(commands.reader & ~1))", event: t.event),
      ],
      advice: "check that the write offset wraps to 0 at the end of the queue", event: commands.event,
      time: commands.time)
    text.isObserved = true
    return text
  }

  /// Commands that wait at the end.
  func reportWaitingCommands(_ log: FindingLog) {
    for (its, commands) in waiting.sorted() where commands.isWaiting && commands.reader & 1 == 0 {
      guard elapsed(since: commands.event, commands.time) >= thresholds.commandTime else { continue }
      let t = Transition(
        time: lastTime, event: lastEvent, kind: .commandsWaiting, priority: UInt32(truncatingIfNeeded: its))
      let key = FindingLog.Key(kind: .commandError, domain: 0, reason: 0xFFFF_0000 | UInt32(truncatingIfNeeded: its))
      record(log, key, t) { description(ofWaiting: commands, t) }
    }
  }
}
