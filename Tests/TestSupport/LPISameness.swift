import Foundation
import LPIStore
import Testing

/// Which INTIDs and PEs a run of random operations uses.
public struct LPIShape: CustomTestStringConvertible, Sendable {
  /// Its name in test results.
  public var testDescription: String
  /// Distinct INTIDs, and how they lie.
  var intids: Int
  var spread: Spread
  /// Distinct PEs, and the distance between them.
  var pes: Int
  var peStride: Int
  /// Priorities in use.
  var levels: Int
  var intidBits: Int

  enum Spread { case adjacent, chunks, uniform }

  /// Few and many LPIs, side by side and far apart, on few and many PEs.
  public static let all = [
    LPIShape(
      testDescription: "40 adjacent, 1 PE", intids: 40, spread: .adjacent, pes: 1, peStride: 1, levels: 4,
      intidBits: 14),
    LPIShape(
      testDescription: "600 adjacent, 3 PEs", intids: 600, spread: .adjacent, pes: 3, peStride: 1, levels: 2,
      intidBits: 16),
    LPIShape(
      testDescription: "3000 in chunks, 2 PEs", intids: 3000, spread: .chunks, pes: 2, peStride: 900, levels: 64,
      intidBits: 20),
    LPIShape(
      testDescription: "500 uniform, 4 PEs", intids: 500, spread: .uniform, pes: 4, peStride: 21_000, levels: 8,
      intidBits: 24),
    LPIShape(
      testDescription: "6000 uniform, 1 PE", intids: 6000, spread: .uniform, pes: 1, peStride: 1, levels: 1,
      intidBits: 24),
    LPIShape(
      testDescription: "3 INTIDs, 40 PEs", intids: 3, spread: .uniform, pes: 40, peStride: 1600, levels: 3,
      intidBits: 24),
  ]

  func pool(_ random: inout SplitMix) -> [UInt32] {
    (0..<intids).map { index in
      switch spread {
      case .adjacent: UInt32(8192 + index)
      case .chunks: UInt32(8192 + index / 11 * 32 + index % 11)
      case .uniform: UInt32(8192 + random.below((1 << intidBits) - 8192))
      }
    }
  }
}

/// Operations per run: `GICSCOPE_LPI_OPERATIONS` makes it longer.
public let operationsPerRun = ProcessInfo.processInfo.environment["GICSCOPE_LPI_OPERATIONS"].flatMap(Int.init) ?? 60_000

/// Runs the same random operations on a store and on the reference, and compares every answer.
public func expectSameness<Store: LPIStore & ~Copyable>(
  _ type: Store.Type, shape: LPIShape, seed: UInt64, operations: Int = operationsPerRun
) {
  var random = SplitMix(seed)
  var store = Store(peCount: shape.pes, intidBits: shape.intidBits)
  var reference = ReferenceLPIStore(peCount: shape.pes, intidBits: shape.intidBits)
  let pool = shape.pool(&random)
  let levels = (0..<shape.levels).map { UInt8(truncatingIfNeeded: $0 * 4 * (64 / shape.levels)) }
  var failures = 0
  func check(_ isSame: Bool, _ what: @autoclosure () -> String) {
    if isSame { return }
    failures += 1
    if failures < 5 { Issue.record("\(Store.name), \(shape.testDescription): \(what())") }
  }

  for step in 0..<operations where failures < 5 {
    // The pending sets grow for a while, then drain.
    let isFilling = step / (operations / 6 + 1) % 2 == 0
    var intid = pool[random.below(pool.count)]
    var pe = UInt32(random.below(shape.pes) * shape.peStride)
    if random.percent(1) { intid = [0, 8191, 1 << 24, .max, 1 << UInt32(shape.intidBits)][random.below(5)] }
    if random.percent(1) { pe = [65_535, 65_536, .max, 31, 32][random.below(5)] }
    let choice = random.below(100)
    switch choice {
    case 0..<(isFilling ? 55 : 15):
      check(
        store.setPending(intid, pe: pe) == reference.setPending(intid, pe: pe),
        "setPending \(intid) on \(pe), step \(step)")
    case 55..<58:
      let property = levels[random.below(levels.count)] | UInt8(random.below(4))
      let isKnown = random.percent(85)
      store.setConfiguration(intid, property: property, isKnown: isKnown)
      reference.setConfiguration(intid, property: property, isKnown: isKnown)
    case 58..<61:
      let record = LPIRecord(bits: random.percent(20) ? 0 : random.next())
      store.setRecord(intid, record)
      reference.setRecord(intid, record)
    case 61..<63:
      // Most are enabled, so that there is an order to keep.
      for _ in 0..<8 {
        let intid = pool[random.below(pool.count)]
        let property = levels[random.below(levels.count)] | 1
        store.setConfiguration(intid, property: property, isKnown: true)
        reference.setConfiguration(intid, property: property, isKnown: true)
      }
    case 63..<65 where random.percent(isFilling ? 5 : 60):
      check(store.remove(intid) == reference.remove(intid), "remove \(intid), step \(step)")
    case 65 where random.percent(10):
      let destination = random.percent(5) ? 70_000 : UInt32(random.below(shape.pes) * shape.peStride)
      store.movePending(from: pe, to: destination)
      reference.movePending(from: pe, to: destination)
    case 66 where random.percent(1):
      store.clearAllPending(pe: pe)
      reference.clearAllPending(pe: pe)
    case 67..<75:
      check(
        store.clearPending(intid, pe: pe) == reference.clearPending(intid, pe: pe),
        "clearPending \(intid) on \(pe), step \(step)")
    default:
      let taken = store.acknowledge(pe: pe)
      let expected = reference.acknowledge(pe: pe)
      check(
        taken?.intid == expected?.intid && taken?.priority == expected?.priority, "acknowledge on \(pe), step \(step)")
    }
    check(store.record(intid) == reference.record(intid), "record \(intid), step \(step)")
    check(
      store.isPending(intid, pe: pe) == reference.isPending(intid, pe: pe), "isPending \(intid) on \(pe), step \(step)")
    check(store.pendingPEs(intid) == reference.pendingPEs(intid), "pendingPEs of \(intid), step \(step)")
    check(store.pendingCount(pe: pe) == reference.pendingCount(pe: pe), "pendingCount of \(pe), step \(step)")
    if step % 1009 == 0 { compareAll(store, reference, shape, "step \(step)", check) }
  }
  compareAll(store, reference, shape, "the end", check)
}

/// Compares everything that can be read.
private func compareAll<Store: LPIStore & ~Copyable>(
  _ store: borrowing Store, _ reference: borrowing ReferenceLPIStore, _ shape: LPIShape, _ when: String,
  _ check: (Bool, @autoclosure () -> String) -> Void
) {
  let broken = store.checkInvariants()
  check(broken == nil, "\(when): \(broken ?? "")")
  check(store.count == reference.count, "count at \(when)")
  check(records(store) == records(reference), "records at \(when)")
  for pe in (0..<shape.pes).map({ UInt32($0 * shape.peStride) }) + [31, 32, 65_535] {
    let best = store.best(pe: pe)
    let expected = reference.best(pe: pe)
    check(best?.intid == expected?.intid && best?.priority == expected?.priority, "best of \(pe) at \(when)")
    check(
      store.unknownPendingCount(pe: pe) == reference.unknownPendingCount(pe: pe), "unknown count of \(pe) at \(when)")
    check(pending(store, pe) == pending(reference, pe), "pending of \(pe) at \(when)")
    check(unknown(store, pe) == unknown(reference, pe), "unknown of \(pe) at \(when)")
  }
}

/// INTID and record of each LPI, in the order of the walk.
public func records<Store: LPIStore & ~Copyable>(_ store: borrowing Store) -> [UInt64] {
  var all: [UInt64] = []
  store.forEachRecord { intid, record in
    all.append(UInt64(intid))
    all.append(record.bits)
    return true
  }
  return all
}

/// What is pending on a PE, in the order of the walk.
public func pending<Store: LPIStore & ~Copyable>(_ store: borrowing Store, _ pe: UInt32) -> [UInt32] {
  var all: [UInt32] = []
  store.forEachPending(pe: pe) {
    all.append($0)
    return true
  }
  return all
}

/// What is pending on a PE with an unknown configuration, in the order of the walk.
public func unknown<Store: LPIStore & ~Copyable>(_ store: borrowing Store, _ pe: UInt32) -> [UInt32] {
  var all: [UInt32] = []
  store.forEachUnknownPending(pe: pe) {
    all.append($0)
    return true
  }
  return all
}
