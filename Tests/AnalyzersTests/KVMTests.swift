import InterruptTrace
import Replay
import Testing

@testable import Analyzers

/// What a hypervisor's own tracing says about its guests.
@Suite struct KVMTests {
  /// Events of one guest, at times in µs.
  private struct Script {
    var events: [Event] = []

    mutating func add(
      _ kind: EventKind, at time: UInt64, vcpu: UInt32 = 0, domain: UInt16 = 1, flags: EventFlags = [], a: UInt64 = 0,
      b: UInt64 = 0
    ) {
      events.append(Event(time: time * 1000, kind: kind, flags: flags, domain: domain, pe: vcpu, a: a, b: b))
    }
    mutating func enter(_ time: UInt64) { add(.guestEnter, at: time, b: 0x1000) }
    mutating func exit(_ time: UInt64, reason: UInt64 = 2, exceptionClass: UInt64 = 0) {
      add(.guestExit, at: time, a: reason | exceptionClass << 16, b: 0x9000)
    }
    mutating func inject(_ time: UInt64, _ intid: UInt64 = 40, cpu: UInt64 = 5) {
      add(.inject, at: time, vcpu: intid < 32 ? 0 : PE.none, a: intid | cpu << 32, b: 1)
    }

    func analysed() throws -> GuestActivity {
      let engine = ReplayEngine(source: EventArraySource(events))
      let analysis = Analysis()
      try engine.run(analysis.consume)
      return try #require(analysis.results.kvm.first)
    }
  }

  private func causes(_ activity: GuestActivity) -> [GuestExitCause: UInt64] {
    Dictionary(activity.exits.map { ($0.cause, $0.count) }) { $0 + $1 }
  }

  private func delay(_ stage: GuestDelayStage, _ activity: GuestActivity) -> LatencyDistribution? {
    activity.delays.first { $0.stage == stage }?.distribution
  }

  /// An exit of each cause; what shows it comes before or behind the exit.
  @Test func exitsAreToldApartByWhatStandsAroundThem() throws {
    var s = Script()
    s.enter(0)
    s.add(.timerLine, at: 10, a: 27, b: 1)
    s.inject(11, 27, cpu: 0)
    s.exit(12, reason: 0)
    s.enter(20)
    s.inject(25)
    s.exit(26, reason: 0)
    s.enter(30)
    s.add(.handlerEnter, at: 35, domain: 0, a: 13)
    s.exit(36, reason: 0)
    s.enter(40)
    s.exit(41, reason: 0)
    s.enter(50)
    s.exit(51, exceptionClass: 0x18)
    s.add(.sysregWrite, at: 52, flags: .incomplete, a: UInt64(SystemRegister.ICC_SGI1R_EL1.rawValue))
    s.enter(60)
    s.exit(61, exceptionClass: 0x24)
    s.add(.mmioWrite, at: 62, flags: .absolute, a: 0x0800_0100, b: 1)
    s.enter(70)
    s.exit(71, exceptionClass: 0x24)
    s.add(.mmioWrite, at: 72, flags: .absolute, a: 0x0900_0000, b: 1)
    s.enter(80)
    s.exit(81, exceptionClass: 0x24)
    s.enter(90)
    s.exit(91, exceptionClass: 1)
    s.add(.wfx, at: 92)
    s.enter(100)
    s.exit(101, exceptionClass: 0x16)
    s.enter(110)
    let found = causes(try s.analysed())
    #expect(
      found == [
        .timer: 1, .kick: 1, .hostInterrupt: 1, .otherInterrupt: 1, .sgi: 1, .controller: 1, .device: 1, .memory: 1,
        .wait: 1, .hypercall: 1,
      ]
    )
  }

  @Test func injectionIsMeasuredToTheEntryThatLoadsIt() throws {
    var s = Script()
    s.enter(0)
    s.exit(10)
    s.inject(20)
    s.enter(50)
    let found = try #require(delay(.injectionToEntry, try s.analysed()))
    #expect(found.count == 1 && found.min == 30_000)
  }

  @Test func kickIsMeasuredToTheExit() throws {
    var s = Script()
    s.enter(0)
    s.inject(20)
    s.exit(27, reason: 0)
    s.enter(40)
    let activity = try s.analysed()
    #expect(delay(.kick, activity)?.min == 7_000)
    #expect(delay(.injectionToEntry, activity)?.min == 20_000)
  }

  @Test func wakeUpIsMeasuredFromTheInjectionToTheEntry() throws {
    var s = Script()
    s.enter(0)
    s.exit(10, exceptionClass: 1)
    s.add(.wfx, at: 11)
    s.inject(100)
    s.add(.vcpuWakeup, at: 140, a: 129_000, b: 3)
    s.enter(150)
    let activity = try s.analysed()
    #expect(delay(.wakeUp, activity)?.min == 50_000)
    #expect(delay(.slept, activity)?.min == 129_000)
    #expect(delay(.polled, activity) == nil)
  }

  @Test func preemptionIsCountedAndHowMuchOfItAnInterruptWaited() throws {
    var s = Script()
    s.enter(0)
    s.exit(10, reason: 0)
    s.add(.vcpuPut, at: 20, b: 1)
    s.inject(30)
    s.add(.vcpuLoad, at: 60)
    s.enter(70)
    let activity = try s.analysed()
    #expect(activity.preempted == 40_000 && activity.preemptedWithInterrupt == 40_000)
    #expect(delay(.preempted, activity)?.count == 1)
  }

  @Test func putOfAVCPUThatWaitsIsNoPreemption() throws {
    var s = Script()
    s.enter(0)
    s.exit(10, exceptionClass: 1)
    s.add(.vcpuPut, at: 20, b: 0)
    s.add(.vcpuLoad, at: 60)
    s.enter(70)
    #expect(try s.analysed().preempted == 0)
  }

  @Test func deadlineThatHadPassedWhenItWasSavedTellsNoLateness() throws {
    var s = Script()
    s.enter(0)
    for at in stride(from: UInt64(100), to: 4000, by: 100) {
      s.exit(at)
      s.add(.timerSave, at: at + 10, a: 1_000, b: 1 << 32 | 5)
      s.inject(at + 20, 27)
      s.enter(at + 30)
    }
    #expect(delay(.timerLateness, try s.analysed()) == nil)
  }

  @Test func latenessIsFoundFromDeadlinesAlone() throws {
    var s = Script()
    s.enter(0)
    // A counter of 62.5 MHz; every fourth interrupt is 500 µs late.
    for n in 1..<40 as Range<UInt64> {
      let due = n * 4000
      s.add(.timerSave, at: due - 3000, a: 1_000_000 + due * 125 / 2, b: 1 << 32 | 1)
      s.add(.timerLine, at: due + (n % 4 == 0 ? 500 : 0), a: 27 | 5 << 32, b: 1)
    }
    let activity = try s.analysed()
    #expect(activity.timerFrequency == 62.5e6)
    let lateness = try #require(delay(.timerLateness, activity))
    #expect(lateness.count == 39 && lateness.max >= 499_000 && lateness.max <= 501_000)
    #expect(lateness.percentile(50) < 1000)
  }

  @Test func captureWithoutGuestsHasNoActivity() throws {
    let engine = ReplayEngine(source: EventArraySource([Event(time: 1, kind: .lineLevel, a: 40, b: 1)]))
    let analysis = Analysis()
    try engine.run(analysis.consume)
    #expect(analysis.results.kvm.isEmpty && engine.guests.isEmpty)
  }
}
