import InterruptTrace

/// The rungs of a ladder from the PE that an interrupt goes to.
extension FindingsAnalyzer {
  func route(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32, _ target: UInt32) -> Rung {
    if target == PE.none {
      guard r.targetIsKnown else { return Rung("routed", .unknown, "where it goes was not shown") }
      return Rung("routed", .broken, routeText(intid), since: r.targetAt)
    }
    if target == PE.none - 1 {
      return Rung("routed", .holds, "it goes to any of several PEs", since: r.targetAt)
    }
    guard let p else { return Rung("routed", .unknown, "to PE \(target), which the capture does not show") }
    if p.asleep == .yes {
      return Rung("routed", .broken, "PE \(target) is asleep (GICR_WAKER)", since: p.sleepAt)
    }
    if INTID.isLPI(intid), p.lpis == .no {
      return Rung("routed", .broken, "LPIs are disabled at PE \(target) (GICR_CTLR)", event: p.lpisEvent)
    }
    return Rung("routed", .holds, "to PE \(target)", since: r.targetAt)
  }

  func pendingRung(_ r: InterruptRecord) -> Rung {
    if r.isPending { return Rung("pending", .holds, "pending", since: r.pendingAt) }
    if r.clearedEvent != .max, r.acknowledgeAt.event == .max || r.clearedEvent > r.acknowledgeAt.event {
      let cause = PendingCause(rawValue: r.clearedCause) == .command ? "an ITS command" : "software"
      return Rung("pending", .broken, "not pending: \(cause) took that away", event: r.clearedEvent)
    }
    if r.acknowledgeAt.event != .max {
      return Rung(
        "pending", .open, "not pending: taken by PE \(r.acknowledgedOn)", since: r.acknowledgeAt)
    }
    return Rung("pending", startsAtReset ? .broken : .unknown, "not pending")
  }

  func maskRung(_ r: InterruptRecord, _ p: ProcessorRecord?, _ target: UInt32) -> Rung {
    guard let p, p.priorityMask != .max else { return Rung("priority-mask", .unknown, "the priority mask: not shown") }
    guard r.priority != 0xFF else {
      return Rung("priority-mask", .unknown, "mask \(hex(p.priorityMask)); its priority was not shown")
    }
    let passes = UInt16(r.priority) < p.priorityMask
    return Rung(
      "priority-mask",
      passes ? .holds : .broken,
      "priority \(hex(r.priority)) \(passes ? "passes" : "does not pass") the mask \(hex(p.priorityMask)) of PE \(target)",
      since: p.maskAt
    )
  }

  func runningRung(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32, _ target: UInt32) -> Rung {
    let name = "running-priority"
    if r.isActive, !r.isRunning {
      return Rung(name, .broken, "it is active itself: ended, not deactivated", since: r.endAt)
    }
    guard let p else { return Rung(name, .unknown, "no PE to look at") }
    guard p.depth > 0 else { return Rung(name, .holds, "nothing runs on PE \(target)") }
    let top = p.top
    if top.intid == intid {
      return Rung(name, .open, "it runs itself on PE \(target)", event: top.event, time: top.time)
    }
    let passes = r.priority < top.priority
    return Rung(
      name, passes ? .holds : .broken, "\(Self.name(top.intid)) of priority \(hex(top.priority)) runs on PE \(target)",
      event: top.event, time: top.time)
  }

  func signalled(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32, _ target: UInt32) -> Rung {
    guard let p, p.lines != .max else { return Rung("signalled", .unknown, "request lines: not shown") }
    guard r.isPending else { return Rung("signalled", .open, "nothing of it to signal", event: nil) }
    let isHigh = p.lines & 0b11 != 0
    if isHigh, p.highestEvent != .max, p.highest != .max, p.highest != intid {
      return Rung("signalled", .broken, "\(Self.name(p.highest)) is signalled before it", event: p.highestEvent)
    }
    return Rung(
      "signalled", isHigh ? .holds : .broken,
      isHigh ? "PE \(target) has its request\(Self.asFIQ(p.lines))" : "PE \(target) has no request",
      event: p.linesEvent)
  }

  /// Which of the two requests is there, where it is not the usual one.
  static func asFIQ(_ lines: UInt8) -> String { lines & 0b11 == 0b10 ? " as an FIQ" : "" }

  var hasSoftware: Bool { software.showsInjections || software.handlers.count + software.entries.count > 0 }

  /// The special INTID that the PE gets over and over while an interrupt is the highest pending one.
  func refusal(_ p: ProcessorRecord?, _ intid: UInt32) -> UInt32? {
    guard let p, p.spuriousRun >= thresholds.spuriousRun, p.spuriousValue != INTID.spurious, p.highest == intid else {
      return nil
    }
    return p.spuriousValue
  }

  func service(_ r: InterruptRecord, _ p: ProcessorRecord?, _ intid: UInt32) -> [Rung] {
    if r.isPending, let p, let value = refusal(p, intid) {
      let text = "\(p.spuriousRun) acknowledges in succession returned \(value)"
      return [
        Rung("acknowledged", .broken, text, event: p.spuriousEvent, time: p.spuriousTime),
        Rung("ended", .open, "nothing to end"),
      ]
    }
    guard r.acknowledgeAt.event != .max else {
      return [
        Rung("acknowledged", r.isPending ? .broken : .open, "never acknowledged"), Rung("ended", .open, "never ended"),
      ]
    }
    let isNewer = r.isPending && r.pendingAt.event > r.acknowledgeAt.event
    var rungs = [
      Rung(
        "acknowledged", isNewer ? .broken : .holds,
        (isNewer ? "not since it became pending; last " : "") + "by PE \(r.acknowledgedOn), \(r.acknowledges) times",
        since: r.acknowledgeAt)
    ]
    if r.isRunning {
      rungs.append(Rung("ended", .broken, "not ended yet"))
    } else {
      rungs.append(Rung("ended", .holds, "ended", since: r.endAt))
      if r.isActive { rungs.append(Rung("deactivated", .broken, "not deactivated yet")) }
    }
    return rungs
  }
}
