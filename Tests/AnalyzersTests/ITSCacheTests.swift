import InterruptTrace
import Testing

@testable import Analyzers

@Suite("ITS caches")
struct ITSCacheTests {
  /// A fully associative LRU cache in the plainest form: the most recently used first.
  private struct PlainCache {
    var entries: [UInt64] = []
    let size: Int
    var misses: UInt64 = 0

    mutating func reference(_ key: UInt64) {
      if let at = entries.firstIndex(of: key) { entries.remove(at: at) } else { misses += 1 }
      entries.insert(key, at: 0)
      if entries.count > size { entries.removeLast() }
    }
  }

  @Test("The curve is that of caches of every size simulated one by one, invalidations included", arguments: 0..<8)
  func curveIsExact(seed: Int) {
    var state = UInt64(seed + 1)
    func random(_ limit: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % limit
    }
    var counter = MissCounter()
    var caches = (1...40).map { PlainCache(size: $0) }
    var dropped = 0
    for _ in 0..<6000 {
      let key = random(random(2) == 0 ? 60 : 8)
      switch random(seed % 2 == 0 ? 12 : 200) {
      case 0:
        if counter.drop(key, cause: 1) { dropped += 1 }
        for i in caches.indices { caches[i].entries.removeAll { $0 == key } }
      case 1:
        counter.drop(group: UInt32(key % 7), cause: 2) { _ in dropped += 1 }
        for i in caches.indices { caches[i].entries.removeAll { $0 % 7 == key % 7 } }
      case 2 where random(10) == 0:
        dropped += counter.dropAll(cause: 3)
        for i in caches.indices { caches[i].entries.removeAll() }
      default:
        _ = counter.reference(key, group: UInt32(key % 7), isValid: true, isCounted: true)
        for i in caches.indices { caches[i].reference(key) }
      }
    }
    let curve = counter.curve
    for cache in caches { #expect(curve.misses(entries: UInt64(cache.size)) == cache.misses, "size \(cache.size)") }
    #expect(dropped > 0)
    #expect(curve.points.last?.misses == curve.compulsory)
  }

  @Test("Memory follows the different entries, not the references")
  func renumbering() {
    var stack = StackDistance()
    for n in 0..<100_000 as Range<UInt64> {
      let outcome = stack.reference(n % 5)
      #expect(outcome.distance == (n < 5 ? 0 : 5))
    }
    let different = stack.different
    #expect(different == 5)
  }

  @Test("A set of two ways keeps the two used last, and fills an invalid way first")
  func twoWays() {
    var cache = SetAssociativeCache(entries: 4, ways: 2)
    for key in [0, 2, 0, 4, 0, 2] as [UInt64] { cache.reference(key, index: key, isValid: true, isCounted: true) }
    // 0 and 2 miss, 0 hits, 4 evicts 2, 0 hits, 2 evicts 4.
    #expect(cache.misses == 4)
    cache.drop(0, index: 0)
    for key in [4, 2] as [UInt64] { cache.reference(key, index: key, isValid: true, isCounted: true) }
    #expect(cache.misses == 5)
  }

  @Test("Whoever leaves out the look-ups of what was looked up last finds the same misses")
  func repeatsHit() throws {
    let shape = try ITSCacheShape("device=4,event=8,collection=2,lpi=8")
    for limit in [AnalysisLimits(), AnalysisLimits(memory: 0)] {
      var analyzer = ITSCacheAnalyzer(shapes: [shape], limits: limit)
      var caches: [ITSCacheTable: SetAssociativeCacheBox] = [:]
      for table in [ITSCacheTable.device, .event, .collection, .lpi] {
        caches[table] = .init(entries: shape.entries(of: table)!, ways: 2)
      }
      var state: UInt64 = 5
      func random(_ limit: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % limit
      }
      var lookups: UInt64 = 0
      for n in 0..<20_000 as Range<UInt64> {
        // More different ones than there is room for, now and then; mostly the same again.
        let far = n % 8 == 0 ? random(4096) : 0
        let (device, event, owner) = (random(3) + far, random(4), UInt16(random(3)))
        let t = walk(0, device, event, Self.msi, owner: owner)
        analyzer.take(t, isReported: true)
        lookups += 1
        caches[.device]?.look(device, device)
        caches[.event]?.look(device << 32 | event, device ^ event)
        caches[.collection]?.look(UInt64(owner), UInt64(owner))
        caches[.lpi]?.look(UInt64(t.intid), UInt64(t.intid))
        guard n % 7 == 0 else { continue }
        analyzer.take(walk(0x0C, device, event, [.wasValid]), isReported: true)
        caches[.lpi]?.cache.drop(UInt64(t.intid), index: UInt64(t.intid))
      }
      let its = try #require(analyzer.caches.first)
      for (table, references, misses) in try #require(its.shapes.first).caches {
        #expect(references == lookups && misses == caches[table]?.cache.misses, "\(table)")
      }
    }
  }

  /// A cache that can be kept in a dictionary.
  private final class SetAssociativeCacheBox {
    var cache: SetAssociativeCache
    init(entries: Int, ways: Int) { cache = SetAssociativeCache(entries: entries, ways: ways) }
    func look(_ key: UInt64, _ index: UInt64) { cache.reference(key, index: index, isValid: true, isCounted: true) }
  }

  @Test("An entry that is not valid in the table is read each time")
  func invalidEntriesAreNotCached() {
    var cache = SetAssociativeCache(entries: 2, ways: 2)
    for _ in 0..<3 { cache.reference(9, index: 9, isValid: false, isCounted: true) }
    #expect(cache.misses == 3)
  }

  @Test("Sizes are read as they are written, and refused with a reason")
  func sizes() throws {
    let shape = try ITSCacheShape("device=32,event=256,collection=16,lpi=64,ways=4")
    #expect(shape.entries(of: .device) == 32)
    #expect(shape.entries(of: .lpi) == 64)
    #expect(shape.entries(of: .vPE) == nil)
    #expect(shape.ways == 4)
    for text in ["", "device", "device=0", "device=3", "devices=4", "ways=2", "event=99999999999", "event=-4"] {
      #expect(throws: ITSCacheShapeError.self) { try ITSCacheShape(text) }
    }
  }

  // MARK: Walks

  private static let msi: TableWalk.Reads = [.device, .event, .collection, .configuration]

  private func walk(
    _ opcode: UInt8 = 0, _ device: UInt64, _ event: UInt64, _ reads: TableWalk.Reads, owner: UInt16 = 0, its: Int = 0
  ) -> Transition {
    Make.make(
      .tableWalk, 1, UInt32(8192 + device * 32 + event), a: device << 32 | event,
      b: TableWalk(opcode: opcode, its: its, owner: owner, reads: reads).rawValue)
  }

  private func misses(_ its: ITSCaches, _ table: ITSCacheTable) -> UInt64? {
    its.tables.first { $0.table == table }?.curve.compulsory
  }

  @Test("Each MSI looks up device, event, collection and configuration; the second one finds all of them")
  func repeatedMSI() throws {
    let its = try #require(analyse([walk(0, 8, 1, Self.msi), walk(0, 8, 1, Self.msi)]).its.first)
    #expect(its.msis == 2)
    #expect(its.uncachedReads == 8)
    for table in [ITSCacheTable.device, .event, .collection, .lpi] { #expect(misses(its, table) == 1) }
    #expect(its.devices.map(\.device) == [8])
    #expect(its.devices.first?.msis == 2)
  }

  @Test("MAPD makes the device's entry and those of all its events invalid, and no others")
  func mapdDropsEvents() throws {
    let first = [walk(0, 8, 1, Self.msi), walk(0, 8, 2, Self.msi), walk(0, 16, 1, Self.msi)]
    let its = try #require(analyse(first + [walk(0x08, 8, 0, .wasValid)] + first).its.first)
    #expect(misses(its, .device) == 3)
    #expect(misses(its, .event) == 5)
    let row = try #require(its.invalidations.first { $0.cause.name == "MAPD" })
    #expect(row.dropped == 3)
    #expect(row.refetched == 3)
    // All three translations are fetched again by KVM's cache.
    #expect(its.softwareFlushes.first?.refetched == 3)
    #expect(its.software.compulsory == 6)
  }

  @Test("INV costs the configuration only; MOVI the event; a command that fails costs nothing")
  func invalidations() throws {
    let before = [walk(0, 8, 1, Self.msi)]
    func dropped(_ command: Transition) throws -> [UInt64?] {
      let its = try #require(analyse(before + [command] + before).its.first)
      return [.device, .event, .collection, .lpi].map { misses(its, $0) }
    }
    #expect(try dropped(walk(0x0C, 8, 1, [.device, .event, .collection])) == [1, 1, 1, 2])
    #expect(try dropped(walk(0x01, 8, 1, [.device, .event, .collection, .target])) == [1, 2, 1, 1])
    // Its read of the collection finds an invalid entry, and is never answered by a cache.
    #expect(try dropped(walk(0x01, 8, 1, [.device, .event, .collection, .endsInvalid])) == [1, 1, 2, 1])
    #expect(try dropped(walk(0x09, 0, 0, .setsValid)) == [1, 1, 2, 1])
  }

  @Test("KVM flushes its translations whole; virtual ones never enter")
  func softwareCache() throws {
    let virtual: TableWalk.Reads = [.device, .event, .vPE, .isVirtual, .configuration]
    let its = try #require(
      analyse([
        walk(0, 8, 1, Self.msi), walk(0, 8, 2, Self.msi), walk(0, 8, 3, virtual), walk(0x0E, 0, 0, []),
        walk(0, 8, 1, Self.msi),
      ]).its.first
    )
    #expect(its.software.references == 3)
    #expect(its.software.compulsory == 3)
    #expect(its.softwareFlushes.map(\.dropped) == [2])
  }

  @Test("What a capture shows of table reads is compared walk by walk")
  func agreement() throws {
    func read(_ table: UInt64) -> Transition { Make.make(.tableRead, 1, b: table) }
    let its = try #require(
      analyse([
        walk(0, 8, 1, Self.msi), read(0), read(2), read(1), walk(0, 8, 1, Self.msi), read(0), read(2),
      ]).its.first
    )
    let collection = try #require(its.agreement.first { $0.table == .collection })
    #expect((collection.agreed, collection.differed) == (1, 1))
    #expect(its.agreement.first { $0.table == .device }?.agreed == 2)
    #expect(its.agreement.count == 3)
  }

  @Test("ITSes have caches of their own")
  func severalITSes() {
    let all = analyse([walk(0, 8, 1, Self.msi), walk(0, 8, 1, Self.msi, its: 3)]).its
    #expect(all.map(\.its) == [0, 3])
    #expect(all.allSatisfy { $0.tables[0].curve.compulsory == 1 })
  }
}
