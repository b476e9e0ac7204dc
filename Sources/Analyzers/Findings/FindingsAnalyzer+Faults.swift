import InterruptTrace
import Replay

/// What is found where it happens.
extension FindingsAnalyzer {
  func name(_ intid: UInt32) -> String { Self.name(intid) }

  /// `SPI 40`.
  static func name(_ intid: UInt32) -> String { "\(InterruptClass(intid: intid).name) \(intid)" }

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
      if let record = interrupts.find(key) { mishaps(record).pointee.lateSpurious &+= 1 }
      processor.pointee.lateINTID = .max
    }
    let run = processor.pointee.spuriousRun
    guard run >= thresholds.spuriousRun else { return }
    let intid = value == INTID.spurious ? INTID.none : processor.pointee.highest
    let key = FindingLog.Key(kind: .spuriousAcknowledge, domain: t.domain, pe: t.pe, intid: intid, reason: value)
    let count = run == thresholds.spuriousRun ? run : 1
    if repeats(key, t, count: count) { return }
    report(key, t, count: count) {
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
    if repeats(key, t) { return }
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
