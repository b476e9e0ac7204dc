import InterruptTrace
import Testing

@testable import HypervisorModel

/// GSI routes, irqfds and KVM's translation caches.
@Suite struct RoutingTests {
  @Test func gsisLeadToSPIsUntilRoutesAreSet() {
    var routes = InterruptRoutes()
    #expect(routes.route(3) == .pin(3) && routes.route(988) == nil)
    routes.replace([(5, .pin(7))])
    #expect(routes.route(3) == nil && routes.route(5) == .pin(7))
  }

  @Test func risingSPIGoesStraightInAndFallingOneWaitsForAWorker() {
    var cache = TranslationCache(.unbounded)
    let routes = InterruptRoutes()
    #expect(routes.signal(gsi: 3, cache: &cache) == .direct(intid: 35))
    #expect(routes.signal(gsi: 3, level: false, cache: &cache) == .worker)
    #expect(routes.signal(gsi: 5000, cache: &cache) == .unrouted)
  }

  @Test func messageGoesStraightInOnlyIfItsTranslationIsCached() {
    var cache = TranslationCache(.unbounded)
    var routes = InterruptRoutes()
    routes.replace([(40, .message(doorbell: 0x8090040, payload: 2, deviceID: 8))])
    #expect(routes.signal(gsi: 40, cache: &cache) == .worker)
    cache.insert(TranslationCache.key(deviceID: 8, eventID: 2), intid: 8193)
    #expect(routes.signal(gsi: 40, cache: &cache) == .cached(intid: 8193))
    #expect(cache.hits == 1 && cache.misses == 1)
  }

  @Test func messageWithoutDeviceIDOrITSIsRefused() {
    let route = InterruptRoutes.Route.message(doorbell: 0x8090040, payload: 2, deviceID: nil)
    let whole = InterruptRoutes.Route.message(doorbell: 0x8090040, payload: 2, deviceID: 8)
    func check(_ route: InterruptRoutes.Route, _ doorbells: [UInt64] = [0x8090040], its: Bool = true, lpis: Bool = true)
      -> InterruptRoutes.MessageError?
    {
      InterruptRoutes.check(route, doorbells: doorbells, isITSEnabled: its, areLPIsEnabled: lpis)
    }
    #expect(check(route) == .invalid)
    #expect(check(whole, []) == .noITS)
    #expect(check(whole, [0x1000]) == .invalid)
    #expect(check(whole, its: false) == .busy && check(whole, lpis: false) == .busy)
    #expect(check(whole) == nil)
  }

  @Test func cacheOfEachEraHoldsWhatItMay() {
    var none = TranslationCache(.none)
    var old = TranslationCache(.leastRecentlyUsed(vcpus: 1))
    var new = TranslationCache(.unbounded)
    for key in 0..<17 as Range<UInt64> {
      none.insert(key, intid: 8192)
      old.insert(key, intid: 8192)
      new.insert(key, intid: 8192)
    }
    #expect(none.count == 0 && old.count == 16 && new.count == 17)
    #expect(old.evictions == 1 && old.lookUp(0) == nil && new.lookUp(0) == 8192)
  }

  @Test func useKeepsAnEntryOfTheOldCache() {
    var cache = TranslationCache(.leastRecentlyUsed(vcpus: 1))
    for key in 0..<16 as Range<UInt64> { cache.insert(key, intid: 8192) }
    _ = cache.lookUp(0)
    cache.insert(16, intid: 8192)
    #expect(cache.lookUp(0) != nil && cache.lookUp(1) == nil)
  }

  @Test(arguments: TranslationCache.Invalidation.allCases)
  func staleTranslationsGoAllAtOnce(cause: TranslationCache.Invalidation) {
    var cache = TranslationCache(.unbounded)
    cache.insert(1, intid: 8192)
    cache.insert(2, intid: 8193)
    cache.invalidate(cause)
    #expect(cache.count == (cause.drops ? 0 : 2))
    #expect(cause.drops == ![.mapCollection, .readConfiguration].contains(cause))
  }

  @Test func directlyInjectedInterruptsAreNotCached() {
    var cache = TranslationCache(.unbounded)
    cache.insert(1, intid: 8192, isDirect: true)
    #expect(cache.count == 0)
  }

  @Test func resampledLineFallsAtTheEndAndMayRiseAgain() {
    var line = ResampledLine(intid: 40)
    #expect(line.signal() && !line.signal())
    #expect(!line.end(of: 41) && line.end(of: 40))
    #expect(line.signal() && line.notifications == 1)
  }

  // MARK: From events

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

  @Test func guestsAndHostsCombineAsKVMAllows() {
    #expect(HostController(.v2).support(.v2)?.format == .gich)
    #expect(HostController(.v2).support(.v3) == nil)
    #expect(HostController(.v3).support(.v2) == nil)
    #expect(HostController(.v3, hasGICV: true).support(.v2)?.format == .ich)
    #expect(HostController(.v3, hasGICV: true).support(.v2)?.vcpuLimit == 8)
    #expect(HostController(.v3).support(.v3) == GuestSupport(format: .ich, vcpuLimit: 512, injectsDirectly: false))
    #expect(HostController(.v4).support(.v3)?.injectsDirectly == true)
    #expect(HostController(.v4, hasGICV: true).support(.v2)?.injectsDirectly == false)
  }
}
