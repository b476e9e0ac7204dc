import InterruptTrace

/// Ends that end nothing, or not what they should.
extension FindingsAnalyzer {
  /// An end of an interrupt that is not the one that runs: it drops the priority of the one that does
  /// (IHI 0069H, 4.1.1 and 12.2.10; IHI 0048B, 3.2.1).
  @inline(never)
  mutating func endedOther(
    _ t: Transition, _ processor: UnsafeMutablePointer<ProcessorRecord>, last: (intid: UInt32, event: UInt64)
  ) {
    let top = processor.pointee.top
    let place = processor.pointee.place(of: t.intid)
    let key = FindingLog.Key(kind: .wrongEOI, domain: t.domain, pe: t.pe, intid: t.intid)
    if !repeats(key, t) { reportEndedOther(key, t, processor, last: last) }
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

  private func reportEndedOther(
    _ key: FindingLog.Key, _ t: Transition, _ processor: UnsafeMutablePointer<ProcessorRecord>,
    last: (intid: UInt32, event: UInt64)
  ) {
    let top = processor.pointee.top
    let place = processor.pointee.place(of: t.intid)
    report(key, t) {
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

  /// A PE acknowledged an interrupt again without having ended it.
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
}
