import InterruptTrace
import Replay
import Testing

@testable import Analyzers

/// Findings of transitions made by hand. The event's number is the time in ns.
@Suite("Findings")
struct FindingRuleTests {
  /// One millisecond.
  private let ms: UInt64 = 1_000_000

  /// The findings of a capture from reset, unless `cut`; `until` is its end.
  private func find(_ transitions: [Transition], until end: UInt64 = 0, cut: Bool = false) -> [Finding] {
    results(transitions, until: end, cut: cut).findings
  }

  private func results(_ transitions: [Transition], until end: UInt64 = 0, cut: Bool = false) -> AnalysisResults {
    var all = [begin(cut: cut)] + transitions
    // Something at the end, so that the capture lasts that long. Numbers of events stay small.
    all.append(Make.make(.sgiSent, max(end, transitions.last?.time ?? 0), 1))
    for n in all.indices { all[n].event = UInt64(n) }
    return analyse(all)
  }

  private func begin(cut: Bool) -> Transition { Make.make(.begin, 0, a: cut ? 0 : 1) }

  private func kinds(_ findings: [Finding]) -> [FindingKind] { findings.filter { $0.severity != .note }.map(\.kind) }

  /// A PE that is awake, with all open.
  private func open(_ pe: UInt32 = 0, mask: UInt64 = 0xF0) -> [Transition] {
    [
      Make.make(.groupEnables, 1, .max, PE.none, a: 0b100, b: 0b111), Make.make(.sleep, 1, .max, pe, a: 0),
      Make.make(.groupEnables, 1, .max, pe, a: 0b100, b: 0b111), Make.make(.priorityMask, 1, .max, pe, a: mask),
      Make.make(.lpisEnabled, 1, .max, pe, a: 1),
    ]
  }

  private func enabled(_ intid: UInt32, _ pe: UInt32 = 0) -> [Transition] {
    [Make.make(.enabled, 2, intid, pe), Make.make(.groupChanged, 2, intid, pe, a: 2)]
  }

  // MARK: Ends

  @Test("An interrupt that is taken and ended is no finding")
  func healthy() {
    let life = [
      Make.pending(10, 40), Make.acknowledged(20, 40), Make.ended(30, 40, deactivates: true), Make.deactivated(30, 40),
    ]
    #expect(find(open() + enabled(40) + life, until: 100 * ms).isEmpty)
  }

  @Test("Acknowledged and never ended: the interrupt, its PE, the acknowledge as evidence; what waits behind it")
  func neverEnded() throws {
    let found = find(
      open() + enabled(40) + enabled(42) + [Make.pending(10, 40), Make.acknowledged(20, 40), Make.pending(30, 42)],
      until: 9 * ms)
    #expect(kinds(found) == [.stuckActive, .stuckPending])
    let active = try #require(found.first)
    #expect(active.intid == 40 && active.pe == 0 && active.severity == .error && active.certainty == .certain)
    #expect(active.firstTime == 20 && active.chain.first?.event == active.firstEvent)
    #expect(found.last?.intid == 42 && found.last?.chain.contains { $0.text.contains("SPI 40") } == true)
  }

  @Test("A handler that runs when the capture is cut is no finding, but a row of what runs then")
  func running() throws {
    let results = results(open() + enabled(40) + [Make.pending(10, 40), Make.acknowledged(20, 40)], until: 50_000)
    #expect(results.findings.isEmpty)
    let row = try #require(results.runningAtEnd.first)
    #expect(results.runningAtEnd.count == 1 && row.pe == 0 && row.intid == 40)
    #expect(row.time == 20 && row.span == 49_980 && row.event > 0)
  }

  @Test("An end of another interrupt, a second end, ends out of order: wrong-eoi (IHI 0069H, 12.2.10)")
  func wrongEnds() {
    let other = [Make.acknowledged(20, 42), Make.ended(30, 44)]
    #expect(find(open() + other).map(\.kind) == [.wrongEOI])
    let twice = [Make.acknowledged(20, 42), Make.ended(30, 42), Make.make(.mismatchedEnd, 40, 42)]
    #expect(find(open() + twice).first?.summary == "SPI 42 was ended twice; nothing ran the second time")
    let order = [
      Make.acknowledged(20, 40), Make.acknowledged(30, 41), Make.ended(40, 40), Make.ended(50, 41),
    ]
    let found = find(open() + order)
    #expect(found.map(\.kind) == [.wrongEOI] && found.first?.intid == 40, "one finding, not one for each end")
  }

  @Test("Ends of one INTID after the other while nothing runs are one finding, counted")
  func vainEnds() {
    func ends(_ intids: Range<UInt32>) -> [Transition] { intids.map { Make.make(.mismatchedEnd, UInt64(10 + $0), $0) } }
    let known = open() + [Make.make(.priorityMask, 1, .max, 0, a: 0xF0, .assumed)]
    let found = find(known + ends(0..<64))
    #expect(found.map(\.count) == [64] && found.first?.intid == nil)
    #expect(found.first?.summary.contains("0 to 63") == true)
    #expect(find(known + ends(40..<41) + ends(50..<51)).map(\.intid) == [40, 50])
  }

  @Test(
    "Runs of 1020, 1021 and 1022 name the interrupt that stands behind them (IHI 0069H, 2.2.1)",
    arguments: [UInt64(1020), 1021, 1022])
  func refused(value: UInt64) {
    let waits = [Make.pending(10, 40), Make.make(.highestPending, 11, 40, 0)]
    let asks = (0..<10).map { Make.spurious(20 + $0, value) }
    let found = find(open() + enabled(40) + waits + asks, until: 9 * ms).filter { $0.kind == .stuckPending }
    #expect(found.map(\.severity) == [.error] && found.first?.intid == 40)
    #expect(found.first?.summary.contains("gets \(value) each time") == true)
  }

  @Test("The end of a GICv2 SGI names the CPU that sent it (IHI 0048B, 4.4.5)")
  func endNamesSender() {
    func life(_ named: UInt64) -> [Transition] {
      [
        Make.make(.acknowledged, 10, 2, 0, b: 1 << 32), Make.make(.endOfInterrupt, 20, 2, 0, a: 1 | named << 8),
        Make.deactivated(20, 2),
      ]
    }
    #expect(find(open() + life(1)).isEmpty)
    #expect(find(open() + life(0)).map(\.severity) == [.warning])
  }

  @Test("An SGI that several PEs took last of all, and nothing of them since: it stops PEs, which is no error")
  func stopped() {
    func life(_ pes: Range<UInt32>) -> [Transition] {
      pes.flatMap { open($0) + [Make.pending(20, 2, pe: $0, .sgi, b: 9), Make.acknowledged(30, 2, pe: $0)] }
    }
    #expect(find(life(0..<3), until: 9 * ms).map(\.severity) == [.note, .note, .note])
    #expect(find(life(0..<1), until: 9 * ms).map(\.severity) == [.error])
    let behind = enabled(27, 1) + [Make.pending(40, 27, pe: 1)]
    #expect(Set(find(life(0..<3) + behind, until: 9 * ms).map(\.severity)) == [.note], "nor what waits behind it")
  }

  @Test("A PPI that was disabled while it was pending, on a PE that does nothing afterwards: the PE may have gone off")
  func wentOff() {
    let disabled = [Make.pending(20, 30, pe: 1), Make.make(.disabled, 30, 30, 1)]
    let later = [Make.acknowledged(40, 40, pe: 1), Make.ended(50, 40, pe: 1, deactivates: true)]
    let start = open(1) + enabled(30, 1) + enabled(40, 1)
    #expect(find(start + disabled, until: 9 * ms).map(\.severity) == [.note])
    #expect(find(start + disabled + later, until: 9 * ms).first { $0.intid == 30 }?.severity == .warning)
    // One that tells another that it is off, and is silent then.
    func farewell(_ time: UInt64) -> FindingSeverity? {
      let all = start + disabled + [Make.make(.sgiWritten, time, 3, 1)]
      return find(all, until: 9 * ms).first { $0.intid == 30 }?.severity
    }
    #expect(farewell(60) == .note)
    #expect(farewell(9 * ms - 10) == .warning)
  }

  @Test("Of a capture that lacks what other threads did, no finding is more than a note")
  func part() {
    let life = [Make.pending(10, 40), Make.acknowledged(20, 40)]
    for isPart in [false, true] {
      var all =
        [Make.make(.begin, 0, a: isPart ? 3 : 1)] + open() + enabled(40) + life + [Make.make(.sgiSent, 9 * ms, 1)]
      for n in all.indices { all[n].event = UInt64(n) }
      #expect(analyse(all).findings.map(\.severity) == [isPart ? .note : .error])
    }
  }

  @Test("An end of what was acknowledged before the capture began is no finding")
  func endBefore() {
    #expect(find([Make.make(.mismatchedEnd, 40, 42), Make.ended(50, 40)], cut: true).isEmpty)
  }

  @Test("EOImode set and no DIR: missing-deactivate; what a list register hands to a guest is a note")
  func missingDeactivate() {
    let split = [Make.make(.endMode, 5, .max, a: 1), Make.acknowledged(20, 40), Make.ended(30, 40)]
    #expect(find(open() + enabled(40) + split, until: 9 * ms).map(\.kind) == [.missingDeactivate])
    let hardware: UInt64 = 1 << 62 | 1 << 61 | 40 << 32 | 40
    let handed = split + [Make.make(.lrFilled, 40, 40, a: 0, b: hardware)]
    #expect(find(open() + enabled(40) + handed, until: 9 * ms).map(\.severity) == [.note])
  }

  // MARK: Pending

  @Test("Blocked by the priority mask, a group, a disable: stuck-pending with what did it")
  func blocked() throws {
    let pending = [Make.make(.pending, 10, 40, 0, a: 0, .derived)]
    func stuck(_ change: Transition) -> Finding? {
      find(open() + enabled(40) + [change] + pending, until: 9 * ms).first
    }
    var withPriority = pending
    withPriority[0].priority = 0xA0
    let masked = find(open(mask: 0x80) + enabled(40) + withPriority, until: 9 * ms).first
    #expect(masked?.kind == .stuckPending && masked?.summary.contains("priority mask") == true)
    let group = stuck(Make.make(.groupEnables, 5, .max, 0, a: 0, b: 0b111))
    #expect(group?.kind == .stuckPending && group?.severity == .error)
    let distributor = stuck(Make.make(.groupEnables, 5, .max, PE.none, a: 0, b: 0b111))
    #expect(distributor?.summary.contains("GICD_CTLR") == true)
    let disabled = stuck(Make.make(.disabled, 5, 40, 0))
    #expect(disabled?.kind == .stuckPending && disabled?.severity == .warning)
  }

  @Test("The same for less than a millisecond is no finding; the threshold can be set")
  func threshold() {
    let pending = open() + enabled(40) + [Make.make(.disabled, 5, 40, 0), Make.pending(10, 40)]
    #expect(find(pending, until: ms / 2).allSatisfy { $0.severity == .note })
    var thresholds = FindingThresholds()
    let isSet = thresholds.set("stuck-time", to: 1000)
    let isUnknown = !thresholds.set("stuck", to: 1)
    #expect(isSet && isUnknown && thresholds.stuckTime == 1000)
  }

  @Test("Sent to no PE, or to one that sleeps: misrouted")
  func misrouted() {
    let nobody = [Make.make(.retargeted, 5, 40, PE.none, b: UInt64(PE.none)), Make.pending(10, 40, pe: PE.none)]
    #expect(kinds(find(open() + enabled(40) + nobody, until: 9 * ms)) == [.misrouted])
    let sleeper = [Make.make(.sleep, 5, .max, 1, a: 1), Make.pending(10, 40, pe: 1)]
    #expect(kinds(find(open() + enabled(40) + sleeper, until: 9 * ms)) == [.misrouted])
  }

  @Test("Nothing is known of a cut capture: what waits there is no finding")
  func unknown() {
    #expect(find([Make.pending(10, 40), Make.pending(12, 27)], until: 500 * ms, cut: true).isEmpty)
  }

  @Test("Waiting while the PE takes others: starved")
  func starved() {
    var life = [Make.pending(10, 46)]
    for n in 0..<80 as Range<UInt64> {
      let (intid, t) = (40 + UInt32(n % 2), 100 + n * 10)
      life += [Make.pending(t, intid), Make.acknowledged(t + 2, intid), Make.ended(t + 4, intid, deactivates: true)]
      life.append(Make.deactivated(t + 4, intid))
    }
    life.append(Make.acknowledged(5000, 46))
    life.append(Make.ended(5001, 46, deactivates: true))
    #expect(find(open() + enabled(46) + life).map(\.kind) == [.starved])
  }

  @Test(
    "Signalled and not taken by a PE that took others: a note; after a second a warning, whatever the PE did before")
  func unserved() {
    let taken = (0..<5 as Range<UInt64>).flatMap { n in
      [
        Make.pending(100 * n + 10, 41), Make.acknowledged(100 * n + 12, 41),
        Make.ended(100 * n + 14, 41, deactivates: true), Make.deactivated(100 * n + 14, 41),
      ]
    }
    #expect(find(open() + enabled(40) + taken + [Make.pending(1000, 40)], until: 9 * ms).map(\.severity) == [.note])
    #expect(find(open() + enabled(40) + [Make.pending(1000, 40)], until: 9 * ms).isEmpty)
    #expect(find(open() + enabled(40) + [Make.pending(1000, 40)], until: 1100 * ms).map(\.severity) == [.warning])
  }

  @Test("Made active by a register, and pending since: stuck-active, with the write; hypervisors do so on purpose")
  func activated() throws {
    let life = [Make.make(.activated, 20, 40, 0), Make.pending(30, 40)]
    let found = find(open() + enabled(40) + life, until: 9 * ms)
    #expect(found.map(\.kind) == [.stuckActive] && found.first?.severity == .error)
    #expect(found.first?.summary.contains("a register made it active") == true)
    let released = life + [Make.deactivated(40, 40), Make.acknowledged(50, 40)]
    #expect(find(open() + enabled(40) + released, until: ms / 2).isEmpty)
    #expect(find(open() + enabled(40) + [Make.make(.activated, 20, 40, 0)], until: 9 * ms).isEmpty, "nothing waits")
    #expect(find(open() + enabled(40) + life + [Make.filled(50, 0, 1 << 62 | 77)], until: 9 * ms).isEmpty)
  }

  @Test("An SGI that no PE accepts, for none is named that exists or its group is another: misrouted")
  func sentToNobody() {
    func sent(_ targets: UInt64, to list: UInt64 = 1) -> [Transition] {
      [Make.make(.sgiWritten, 20, 3, 0, a: targets, b: list)]
    }
    let accepted = [Make.pending(20, 3, pe: 1, .sgi, b: 0)]
    #expect(kinds(find(open() + sent(0), until: 9 * ms)) == [.misrouted])
    #expect(find(open() + sent(0, to: 0), until: 9 * ms).map(\.severity) == [.note], "an empty list loses nothing")
    #expect(find(open() + sent(1), until: 9 * ms).map(\.severity) == [.note])
    #expect(find(open() + sent(1) + accepted, until: 9 * ms).isEmpty)
    #expect(find(open() + sent(1), until: 100).isEmpty, "the capture ends before anything could follow")
    let second = sent(1) + [Make.make(.sgiWritten, 40, 3, 0, a: 1, b: 1), Make.pending(40, 3, pe: 1, .sgi, b: 0)]
    let found = find(open() + second, until: 9 * ms)
    #expect(found.map(\.kind) == [.misrouted] && found.first?.firstTime == 20 && found.first?.pe == 0)
  }

  // MARK: Storms, edges

  @Test("A line that stays high over every end: storm; a few times are normal life")
  func storm() {
    func life(_ rounds: UInt64) -> [Transition] {
      [Make.make(.lineRaised, 5, 33, 0), Make.pending(5, 33)]
        + (0..<rounds).flatMap { n -> [Transition] in
          let t = 100 + n * 1000
          return [
            Make.acknowledged(t, 33, staysPending: true), Make.ended(t + 10, 33, deactivates: true),
            Make.deactivated(t + 10, 33, stillPending: true),
          ]
        } + [Make.make(.lineLowered, 999_000, 33, 0), Make.cleared(999_000, 33)]
    }
    let found = find(open() + enabled(33) + life(200))
    #expect(found.map(\.kind) == [.storm] && found.first?.count == 200 && found.first?.intid == 33)
    #expect(find(open() + enabled(33) + life(20)).isEmpty)
  }

  @Test("Pulses that fall before they are taken, several in succession: discarded-pending")
  func pulses() {
    func pulses(_ count: UInt64) -> [Transition] {
      (0..<count).flatMap { [Make.pending(10 + $0 * 100, 33), Make.cleared(20 + $0 * 100, 33)] }
    }
    let found = find(open() + enabled(33) + pulses(4) + [Make.pending(900, 33), Make.acknowledged(910, 33)])
    #expect(kinds(found) == [.discardedPending])
    #expect(
      found.first?.firstTime == 20 && found.first?.lastTime == 320, "where the pulses fell, not the capture's end")
    #expect(find(open() + enabled(33) + pulses(1)).isEmpty, "a level that fell once is normal life")
    #expect(find(open() + pulses(4), cut: true).isEmpty, "nothing shows that it was enabled")
    let raised = [Make.make(.lineRaised, 900, 33, 0), Make.pending(900, 33), Make.acknowledged(910, 33)]
    let polled = find(open() + enabled(33) + pulses(4) + raised + [Make.ended(920, 33, deactivates: true)])
    #expect(polled.map(\.severity) == [.note], "it is taken by its level later on: its driver polled meanwhile")
  }

  @Test("SGIs whose handlers send SGIs, over and over: storm; one that does not ends the row")
  func answeredSGIs() {
    func life(_ n: UInt64, answers: Bool = true) -> [Transition] {
      let at = n * 1000
      return [Make.pending(at, 3, .sgi, b: 1), Make.acknowledged(at + 10, 3)]
        + (answers ? [Make.make(.sgiWritten, at + 20, 4, 0, a: 1), Make.pending(at + 20, 4, pe: 1, .sgi, b: 0)] : [])
        + [Make.ended(at + 30, 3, deactivates: true), Make.deactivated(at + 30, 3)]
        + (answers ? [Make.acknowledged(at + 40, 4, pe: 1), Make.ended(at + 50, 4, pe: 1, deactivates: true)] : [])
    }
    let found = find((1...70).flatMap { life($0) })
    #expect(kinds(found) == [.storm] && found.first?.count == 70 && found.first?.pe == 0)
    #expect(found.first?.firstTime == 1010)
    #expect(kinds(find((1...130).flatMap { life($0, answers: !$0.isMultiple(of: 60)) })) == [])
  }

  @Test("Acknowledges that return nothing, over and over: spurious-acknowledge; one is normal life")
  func spurious() {
    #expect(find((0..<20).map { Make.spurious(10 + $0) }).first?.count == 20)
    #expect(find([Make.spurious(10)]).isEmpty)
  }

  // MARK: ITS

  @Test("An MSI without a mapping: its device and event; before the capture began it is a note")
  func unmapped() throws {
    let source: UInt64 = 5 << 32 | 2
    func msi(_ fault: ITSFault) -> [Transition] {
      let write = Make.make(.msi, 10, .max, PE.none, a: source)
      return [write, Make.make(.itsFault, 10, .max, PE.none, a: source, b: fault.rawValue)]
    }
    var all = [begin(cut: false)] + msi(.unmappedDevice)
    all[1].event = 7
    all[2].event = 7
    let found = try #require(analyse(all).findings.first)
    #expect(found.kind == .unmappedMSI && found.deviceID == 5 && found.eventID == 2 && found.intid == nil)
    let later = Make.make(.msi, 20, .max, PE.none, a: 1)
    #expect(analyse([begin(cut: true)] + msi(.unknown) + [later]).findings.map(\.severity) == [.note])
  }

  @Test("A command that fails, a queue that stands still")
  func commands() {
    let failed = Make.make(.itsCommand, 10, .max, PE.none, a: 0x0A | 9 << 32, b: 0x010A04)
    #expect(find([failed]).first?.summary.hasSuffix("MAPTI_UNMAPPED_DEVICE") == true)
    let stalled = Make.make(.commandsWaiting, 10, .max, PE.none, a: 0x41, b: 0x80)
    #expect(find([stalled]).map(\.kind) == [.commandError])
    let waiting = [
      Make.make(.itsEnabled, 5, .max, PE.none, a: 0), Make.make(.commandsWaiting, 10, .max, PE.none, a: 0x40, b: 0x80),
    ]
    #expect(find(waiting, until: 9 * ms).map(\.kind) == [.commandError])
    #expect(find(waiting + [Make.make(.itsEnabled, 50, .max, PE.none, a: 1)], until: 9 * ms).isEmpty)
  }

  @Test("DISCARD of a pending LPI: lost if it was disabled, else a note")
  func discarded() {
    func life(_ kind: TransitionKind) -> [Transition] {
      [
        Make.make(kind, 5, 8200), Make.msi(10, 8200, device: 1), Make.cleared(20, 8200, .command),
        Make.make(.itsCommand, 20, 8200, PE.none, a: 0x0F | 1 << 32),
      ]
    }
    func found(_ kind: TransitionKind) -> [Finding] {
      var all = [begin(cut: false)] + life(kind)
      all[3].event = 9
      all[4].event = 9
      return analyse(all).findings
    }
    #expect(found(.disabled).map(\.severity) == [.warning])
    #expect(found(.enabled).map(\.severity) == [.note])
  }

  @Test("Configuration that changes without INV: stale-lpi-configuration; with INV it is normal life (5.1.1)")
  func stale() {
    func life(invalidated: Bool) -> [Transition] {
      [
        Make.make(.disabled, 10, 8200, .inferred), Make.msi(12, 8200, device: 1),
        Make.make(.itsCommand, 2 * ms, 8200, PE.none, a: invalidated ? 0x0C : 0x05),
        Make.make(.enabled, 3 * ms, 8200, .observed), Make.acknowledged(3 * ms + 5, 8200),
        Make.ended(3 * ms + 9, 8200),
      ]
    }
    #expect(find(life(invalidated: false)).map(\.kind) == [.staleLPIConfiguration])
    #expect(find(life(invalidated: true)).isEmpty)
  }

  // MARK: Gaps

  @Test("What a gap hides is not stuck")
  func gap() {
    let life = [Make.pending(10, 40), Make.acknowledged(20, 40), Make.pending(30, 42), Make.gap(40)]
    #expect(find(open() + enabled(40) + enabled(42) + life, until: 900 * ms).isEmpty)
  }
}

extension Make {
  fileprivate static func make(_ kind: TransitionKind, _ time: UInt64, _ intid: UInt32, _ p: Provenance) -> Transition {
    make(kind, time, intid, 0, p)
  }
}
