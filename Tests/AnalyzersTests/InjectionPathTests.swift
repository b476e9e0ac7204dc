import InterruptTrace
import Testing

@testable import Analyzers

/// By which way a guest's interrupts came in.
@Suite struct InjectionPathTests {
  private func paths(_ events: [(EventKind, a: UInt64, b: UInt64)], flags: EventFlags = []) -> [String: UInt64] {
    var paths = InjectionPaths()
    for event in events {
      paths.take(Event(time: 0, kind: event.0, flags: flags, domain: 1, pe: PE.none, a: event.a, b: event.b))
    }
    return Dictionary(paths.counts.filter { $0.count > 0 }.map { ($0.name, $0.count) }) { $1 }
  }
  private let thread: UInt64 = 254 << 32
  private let worker: UInt64 = 21 << 32

  @Test func lineThatUserSpaceSetsStandsBehindItsCall() {
    let found = paths([(.irqLine, 67, 1 | 1 << 8 | thread), (.inject, 67, 1 | thread)])
    #expect(found == ["user_lines": 1])
  }

  @Test func lineThatNothingStandsBeforeIsAnIrqfdsFastPath() {
    #expect(paths([(.inject, 75, 1 | thread)]) == ["direct_lines": 1])
    // What another thread does tells nothing.
    #expect(paths([(.irqLine, 67, 1 | worker), (.inject, 75, 1 | thread)]) == ["direct_lines": 1])
  }

  @Test func fallingLineOfAnIrqfdGoesByAWorker() {
    #expect(paths([(.gsiSet, 4, worker), (.inject, 36, worker)]) == ["routed_lines": 1])
    #expect(
      paths([(.gsiSet, 4, 1 << 8 | worker), (.inject, 36, worker)]) == ["routed_lines": 1, "resampled_lines": 1])
  }

  @Test func pairOfARouteWithoutALineIsAMessageThatWasNotCached() {
    #expect(paths([(.gsiSet, 256, 1 | worker), (.gsiSet, 256, worker)]) == ["worker_messages": 1])
  }

  @Test func pairOfARouteWithLinesIsAPulse() {
    let found = paths([
      (.gsiSet, 4, 1 | worker), (.inject, 36, 1 | worker), (.gsiSet, 4, worker), (.inject, 36, worker),
    ])
    #expect(found == ["routed_lines": 2])
  }

  @Test func timersAreLinesOfTheirOwn() {
    #expect(paths([(.timerLine, 27, 1 | thread), (.inject, 27, 1 | thread)]) == ["private_lines": 1])
  }

  @Test func endOfALevelSPIIsToldToItsDevice() {
    #expect(paths([(.ackNotify, 40, 0)]) == ["notified_ends": 1])
  }

  @Test func missOfTheTranslationCacheShowsInTheResult() {
    let miss = UInt64(UInt32(bitPattern: -11))
    let tried = paths([(.msi, 3 | 8 << 32, 0), (.msiResult, miss, worker)], flags: .cachedTranslation)
    #expect(tried == ["cached_messages": 1, "cache_misses": 1])
    #expect(paths([(.msi, 3 | 8 << 32, 0), (.msiResult, 1, worker)]) == ["translated_messages": 1])
    #expect(
      paths([(.msi, 3 | 8 << 32, 0), (.msiResult, 0, worker)]) == ["translated_messages": 1, "refused_messages": 1])
  }
}
