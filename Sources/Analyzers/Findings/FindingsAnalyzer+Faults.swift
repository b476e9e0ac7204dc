import InterruptTrace
import Replay

/// What is found where it happens.
extension FindingsAnalyzer {
  func name(_ intid: UInt32) -> String { Self.name(intid) }

  /// `SPI 40`.
  static func name(_ intid: UInt32) -> String { "\(InterruptClass(intid: intid).name) \(intid)" }

  // MARK: Ends

  /// An end of an interrupt that is not the one that runs: it drops the priority of the one that does
  /// (IHI 0069H, 4.1.1 and 12.2.10; IHI 0048B, 3.2.1).
  @inline(never)
  mutating func endedOther(
    _ t: Transition, _ processor: UnsafeMutablePointer<ProcessorRecord>, last: (intid: UInt32, event: UInt64)
  ) {
    let top = processor.pointee.top
    let place = processor.pointee.place(of: t.intid)
    report(.init(kind: .wrongEOI, domain: t.domain, pe: t.pe, intid: t.intid), t) {
      var chain: [Finding.Link] = [
        .init("\(name(top.intid)) was acknowledged last and runs", event: top.event),
        .init("EOIR was written with \(t.intid)", event: t.event),
      ]
      let summary: String
      // Both acknowledges were seen only here; elsewhere one, or an end, may be missing from the capture.
      let isShown = place >= 0
      if place >= 0 {
        summary = "\(name(t.intid)) was ended while \(name(top.intid)) ran: out of order"
        chain.insert(.init("\(name(t.intid)) was acknowledged", event: processor.pointee.running[place].event), at: 0)
      } else if last.intid == t.intid, last.event > top.event {
        summary = "\(name(t.intid)) was ended twice; the second end dropped the priority of \(name(top.intid))"
        chain.insert(.init("\(name(t.intid)) had been ended", event: last.event), at: 0)
      } else {
        summary = "\(name(t.intid)) was ended, but it was \(name(top.intid)) that ran"
        chain.append(.init("\(name(top.intid)) lost its priority without an end of its own", event: t.event))
      }
      return FindingLog.Description(
        .error, isShown && !hasGaps ? .certain : .likely, summary, chain,
        advice: "check that the handler writes back what its acknowledge returned, the innermost interrupt first")
    }
    if place >= 0 {
      processor.pointee.remove(at: place)
    } else {
      processor.pointee.depth &-= 1
      let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: top.intid).rawValue
      interrupts.find(key)?.pointee.isRunning = false
      interrupts.find(key)?.pointee.wasWronglyEnded = true
      interrupts.find(key)?.pointee.endAt = .init(t)
    }
  }

  /// An end that had no effect, or not the one that it should have.
  mutating func mismatchedEnd(_ t: Transition) {
    let processor = processors.at(t)
    let last = (processor.pointee.lastEndedINTID, processor.pointee.lastEndedEvent)
    processor.pointee.lastEndedINTID = t.intid
    processor.pointee.lastEndedEvent = t.event
    if processor.pointee.depth > 0 {
      // A GICv2 drops the priority all the same; a GICv3 does nothing if the register is of the other group.
      if t.mismatchedEnd.dropsPriority { return endedOther(t, processor, last: last) }
      let top = processor.pointee.top
      if top.intid == t.intid {
        // It is ended all right, as far as its handler is concerned.
        processor.pointee.depth &-= 1
        record(t).pointee.isRunning = false
        record(t).pointee.endAt.event = t.event
        guard startsAtReset else { return }
      }
      report(.init(kind: .wrongEOI, domain: t.domain, pe: t.pe, intid: t.intid, reason: 1), t) {
        FindingLog.Description(
          .error, .likely,
          top.intid == t.intid
            ? "the end of \(name(t.intid)) had no effect: it was written to the other group's register"
            : "the end of \(name(t.intid)) had no effect: \(name(top.intid)), of another group, runs",
          [
            .init("\(name(top.intid)) was acknowledged last and runs", event: top.event),
            .init("the end named \(t.intid) through a register of the other group", event: t.event),
          ],
          advice: "check which of EOIR0 and EOIR1 (or EOIR and AEOIR) the handler writes")
      }
      return
    }
    // What ran before the capture began had a lower priority than all that was seen to preempt nothing.
    let record = record(t).pointee
    let isKnown =
      processor.pointee.isComplete
      || processor.pointee.idleBound >= 0 && record.acknowledges > 0
        && Int16(record.priority) <= processor.pointee.idleBound
    guard isKnown else { return }
    guard last.0 == t.intid else { return endedInVain(t, processor) }
    report(.init(kind: .wrongEOI, domain: t.domain, pe: t.pe, intid: t.intid, reason: 2), t) {
      FindingLog.Description(
        .error, .likely, "\(name(t.intid)) was ended twice; nothing ran the second time",
        [
          .init("\(name(t.intid)) had been ended", event: last.1),
          .init("EOIR was written with \(t.intid)", event: t.event),
        ],
        advice: "check that the handler ends each acknowledge once")
    }
  }

  /// An end while nothing ran. Those of one INTID after the other are one finding.
  private mutating func endedInVain(_ t: Transition, _ processor: UnsafeMutablePointer<ProcessorRecord>) {
    let ends = processor.pointee.vainEnds
    if ends.count > 0, t.intid == ends.last &+ 1, ends.acknowledges == processor.pointee.acknowledges, isReported {
      processor.pointee.vainEnds.last = t.intid
      processor.pointee.vainEnds.to = .init(t)
      return
    }
    reportVainEnds(ends, domain: t.domain, pe: t.pe, log)
    processor.pointee.vainEnds = VainEnds()
    guard isReported else { return }
    processor.pointee.vainEnds = VainEnds(
      first: t.intid, last: t.intid, from: .init(t), to: .init(t), isComplete: processor.pointee.isComplete,
      acknowledges: processor.pointee.acknowledges)
  }

  func reportVainEnds(_ ends: VainEnds, domain: UInt16, pe: UInt32, _ log: FindingLog) {
    guard ends.count > 0 else { return }
    let isOne = ends.count == 1
    let intid = isOne ? ends.first : INTID.none
    let t = Transition(
      time: ends.to.time, event: ends.to.event, kind: .mismatchedEnd, domain: domain, pe: pe, intid: intid)
    record(
      log, .init(kind: .wrongEOI, domain: domain, pe: pe, intid: intid, reason: isOne ? 2 : 3), t, count: ends.count
    ) {
      FindingLog.Description(
        .error, !isOne && ends.isComplete ? .certain : .likely,
        isOne
          ? "\(name(intid)) was ended while nothing ran"
          : "\(ends.count) INTIDs, \(ends.first) to \(ends.last), were ended one after the other while nothing ran",
        [
          .init("no acknowledge of \(isOne ? name(intid) : "them") precedes the end", event: nil),
          .init("EOIR was written with \(ends.first)", event: ends.from.event),
        ] + (isOne ? [] : [.init("and up to \(ends.last)", event: ends.to.event)]),
        advice: isOne
          ? "check that the handler ends each acknowledge once"
          : "find the loop that ends all of them: an interrupt that was not acknowledged needs no end",
        event: ends.from.event,
        time: ends.from.time
      )
    }
  }

  /// The end of an SGI must name the PE that sent it, as the acknowledge did (IHI 0048B, 4.4.5).
  @inline(never) mutating func endedForOther(_ t: Transition, _ entry: ProcessorRecord.Running) {
    report(.init(kind: .wrongEOI, domain: t.domain, pe: t.pe, intid: t.intid, reason: 4), t) {
      FindingLog.Description(
        .warning, hasGaps ? .likely : .certain,
        "the end of \(name(t.intid)) on PE \(t.pe) names CPU \(t.endOfInterrupt.cpuID), but it was CPU "
          + "\(entry.source)'s",
        [
          .init("the acknowledge returned CPUID \(entry.source)", event: entry.event),
          .init("GICC_EOIR was written with CPUID \(t.endOfInterrupt.cpuID)", event: t.event),
          .init("it is left to the implementation whether that ends it"),
        ],
        advice: "check that the handler writes back all of what GICC_IAR returned"
      )
    }
  }

  /// An interrupt was acknowledged anew on the PE on which an earlier one has not been ended.
  mutating func neverEnded(_ t: Transition, _ earlier: ProcessorRecord.Running) {
    report(.init(kind: .stuckActive, domain: t.domain, pe: t.pe, intid: t.intid), t) {
      FindingLog.Description(
        .error, .certain, "\(name(t.intid)) was acknowledged again though its last acknowledge was never ended",
        [
          .init("acknowledged; no end of interrupt followed", event: earlier.event),
          .init("acknowledged again", event: t.event),
        ],
        advice: "check that every way out of the handler writes EOIR", event: earlier.event, time: earlier.time)
    }
  }

  /// LPIs have no active state: an affinity change can make one fire on another PE while its handler still runs.
  mutating func handledTwice(_ t: Transition, _ record: InterruptRecord) {
    report(.init(kind: .unexpectedAcknowledge, domain: t.domain, pe: t.pe, intid: t.intid, reason: 1), t) {
      FindingLog.Description(
        .warning, hasGaps ? .likely : .certain,
        "\(name(t.intid)) was taken on PE \(t.pe) while its handler still ran on PE \(record.acknowledgedOn)",
        [
          .init("acknowledged on PE \(record.acknowledgedOn), not ended", event: record.acknowledgeAt.event),
          .init("sent to another PE", event: record.targetAt.event == .max ? nil : record.targetAt.event),
          .init("acknowledged on PE \(t.pe)", event: t.event),
        ],
        advice: "check that the driver handles it again after the first handler returns; otherwise it is lost")
    }
  }

  // MARK: Acknowledges

  /// Acknowledges that return the same special INTID, one after the other.
  mutating func spurious(_ t: Transition) {
    let (processor, value) = (processors.at(t), t.spuriousAcknowledge.value)
    if processor.pointee.spuriousValue != value { processor.pointee.spuriousRun = 0 }
    processor.pointee.spuriousRun &+= 1
    processor.pointee.spuriousValue = value
    if processor.pointee.spuriousRun == 1 {
      processor.pointee.spuriousEvent = t.event
      processor.pointee.spuriousTime = t.time
    }
    if value == INTID.spurious, processor.pointee.lateINTID != .max {
      let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: processor.pointee.lateINTID).rawValue
      interrupts.find(key)?.pointee.lateSpurious &+= 1
      processor.pointee.lateINTID = .max
    }
    let run = processor.pointee.spuriousRun
    guard run >= thresholds.spuriousRun else { return }
    let intid = value == INTID.spurious ? INTID.none : processor.pointee.highest
    report(
      .init(kind: .spuriousAcknowledge, domain: t.domain, pe: t.pe, intid: intid, reason: value), t,
      count: run == thresholds.spuriousRun ? run : 1
    ) {
      let held = intid == INTID.none ? "the interrupt" : name(intid)
      let group = interrupts.find(InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: intid).rawValue)?.pointee
        .group
      return FindingLog.Description(
        .warning, .certain,
        value == INTID.spurious
          ? "PE \(t.pe) asks for interrupts over and over and gets none (1023)"
          : "PE \(t.pe) asks for interrupts over and over and gets \(value): \(held) is not for this register",
        [
          .init("\(run) acknowledges in succession returned \(value)", event: processor.pointee.spuriousEvent),
          .init(Self.why(value, held, group), event: t.event),
        ],
        advice: value == INTID.spurious
          ? "check what sends the PE into its handler: a request that goes away, or software that polls"
          : "check through which register, and from which Security state, \(held) must be acknowledged",
        event: processor.pointee.spuriousEvent, time: processor.pointee.spuriousTime)
    }
  }

  /// What a special INTID says of the highest pending interrupt (IHI 0069H, 2.2.1; IHI 0048B, 3.2.5).
  static func why(_ value: UInt32, _ held: String, _ group: UInt8?) -> String {
    switch value {
    case INTID.secure: "\(held) is pending and Secure: only Secure state can acknowledge it"
    case INTID.nonSecure: "\(held) is pending and Non-secure: only Non-secure state can acknowledge it"
    case INTID.nonMaskable:
      "\(held) is pending and of \(group.map(groupName) ?? "the other group"), or non-maskable: the register that was read "
        + "does not acknowledge it (of a GICv2, with GICC_CTLR.AckCtl 0)"
    default: "nothing was signalled to the PE"
    }
  }

  /// The controller answered otherwise than it must: of interest here is what it delivered.
  mutating func disagreed(_ t: Transition) {
    let check = PredictionCheck.describe(t.prediction.check)
    let seen = UInt32(truncatingIfNeeded: t.prediction.seen) & 0xFF_FFFF
    guard check.kind == .acknowledge, INTID.isBasic(seen) || INTID.isLPI(seen) else { return }
    let intid = check.name.hasPrefix("GIC") ? seen & 0x3FF : seen
    let key = InterruptKey.interrupt(domain: t.domain, pe: t.pe, intid: intid).rawValue
    let record = interrupts.find(key)?.pointee ?? InterruptRecord()
    report(.init(kind: .unexpectedAcknowledge, domain: t.domain, pe: t.pe, intid: intid), t) {
      var chain: [Finding.Link] = []
      if record.enabled == .no { chain.append(.init("it is disabled", event: record.enableAt.event)) }
      if !record.isPending {
        let event = record.clearedEvent == .max ? record.acknowledgeAt.event : record.clearedEvent
        chain.append(.init("it is not pending", event: event == .max ? nil : event))
      }
      if record.line == .no, record.edge != .yes { chain.append(.init("its line is low", event: record.lineAt.event)) }
      let expected = t.prediction.expected & 0xFF_FFFF
      chain.append(.init("an acknowledge should have returned \(expected)", event: t.event))
      return FindingLog.Description(
        // It contradicts the model, and one of the two is wrong.
        .error, .likely, "\(name(intid)) was delivered to PE \(t.pe) against the rules", chain,
        advice: "see gicscope verify, which shows the state that the controller contradicts")
    }
  }

  // MARK: Pending state taken away

  mutating func discarded(_ t: Transition, by cause: String) {
    advance(to: t.event)
    let record = record(t).pointee
    let isMoved = t.pendingCleared.cause == .pendingTable
    let isLost = isMoved || record.enabled == .no && t.pendingCleared.cause == .command
    let key = FindingLog.Key(
      kind: .discardedPending, domain: t.domain, pe: t.pe, intid: t.intid,
      source: INTID.isLPI(t.intid) ? record.source : .max, reason: isLost ? 1 : 0)
    report(key, t) {
      var chain: [Finding.Link] = [.init("became pending", event: record.pendingAt.event)]
      if record.enabled == .no {
        chain.append(.init("it was disabled, so that it could not be delivered", event: record.enableAt.event))
      }
      if isMoved, let processor = processors.find(domain: t.domain, pe: t.pe)?.pointee, processor.lpisEvent != .max {
        chain.append(.init("GICR_CTLR.EnableLPIs of PE \(t.pe) was written", event: processor.lpisEvent))
      }
      if isMoved, let table = trail.last(.gicr, t.pe, RegisterOffset.gicrPENDBASER) {
        func address(_ value: UInt64) -> String { hex(value & 0x000F_FFFF_FFFF_0000) }
        let from = table.beforeAt.event == .max ? "" : " from \(address(table.before))"
        let ptz = table.value >> 62 & 1 != 0 ? ", with PTZ" : ""
        chain.append(
          .init("GICR_PENDBASER of PE \(t.pe) was moved\(from) to \(address(table.value))\(ptz)", event: table.at.event)
        )
      }
      chain.append(.init("\(cause) took its pending state away", event: t.event))
      return FindingLog.Description(
        isLost ? .warning : .note, record.pendingIsOlder ? .unknownBeforeCapture : .certain,
        "\(name(t.intid)) was pending and is lost: \(cause) took its pending state away", chain,
        advice: isMoved
          ? "check GICR_PENDBASER: a table that was saved or handed over must be named again, without PTZ"
          : "check that the device is quiet before its interrupt is taken down")
    }
  }
}

/// A number as the manual prints it.
func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
