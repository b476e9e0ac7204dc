import CHeapUse
import LPIStore
import LPIWorkloads

/// One store with one population, and the loops that are timed.
///
/// Every loop leaves the store as it found it, so that it can be run again. It stops at `deadline` (thread time), because
/// some stores are slow beyond use, and says how many operations it did until then. `check` depends on every answer.
struct LPIBench<Translations: TranslationStore & ~Copyable, Store: LPIStore & ~Copyable>: ~Copyable {
  typealias Outcome = (operations: Int, check: UInt64, isPartial: Bool)

  var translations: Translations
  var store: Store
  let lpis: [LPIPopulation.LPI]
  /// Random order of the LPIs.
  let order: [UInt32]
  /// Collection to PE.
  let targets: [UInt32]
  /// Bytes of heap before anything was built.
  let heapBefore: Int
  /// Bytes of the records with nothing pending.
  private(set) var recordMemory = 0
  /// Bytes of the translations.
  private(set) var translationMemory = 0
  /// Bytes of the store when most was pending.
  private(set) var peakMemory = 0
  /// Whether everything was built before the deadline.
  private(set) var isComplete = true

  init(_ population: LPIPopulation, order: [UInt32], deadline: UInt64, hasTranslations: Bool) {
    lpis = population.lpis
    self.order = order
    targets = (0..<UInt32(population.peCount)).map { $0 }
    heapBefore = gicscope_heap_use()
    store = Store(peCount: population.peCount, intidBits: population.intidBits)
    translations = Translations()
    for index in lpis.indices where isComplete {
      store.setRecord(lpis[index].intid, record(lpis[index]))
      if isLate(index, deadline) { isComplete = false }
    }
    recordMemory = storeMemory()
    if hasTranslations, isComplete { mapAll(population.eventBits, deadline) }
    translationMemory = gicscope_heap_use() - heapBefore + store.mappedMemory - recordMemory
  }

  private mutating func mapAll(_ eventBits: Int, _ deadline: UInt64) {
    var mapped: UInt32?
    for index in lpis.indices where isComplete {
      let lpi = lpis[index]
      if lpi.device != mapped {
        translations.mapDevice(lpi.device, eventBits: eventBits, userFlags: 0)
        mapped = lpi.device
      }
      let entry = TranslationEntry(intid: lpi.intid, collection: UInt16(truncatingIfNeeded: lpi.pe))
      translations.map(lpi.device, lpi.event, entry, doorbell: nil)
      if isLate(index, deadline) { isComplete = false }
    }
  }

  /// What malloc gave since the beginning, and what the store mapped itself.
  private func storeMemory() -> Int { gicscope_heap_use() - heapBefore + store.mappedMemory }

  private mutating func notePeak() { peakMemory = max(peakMemory, storeMemory() - translationMemory) }

  @inline(__always)
  private func record(_ lpi: LPIPopulation.LPI) -> LPIRecord {
    LPIRecord(property: lpi.property, targetPE: lpi.pe, isMapped: true)
  }

  @inline(__always)
  private func isLate(_ index: Int, _ deadline: UInt64) -> Bool {
    index & 0xFFF == 0xFFF && ThreadTime.now() > deadline
  }

  // MARK: Records

  /// `intids` lie in the order of lookup: the benchmark's own memory traffic must not be the result.
  func lookup(_ intids: UnsafeBufferPointer<UInt32>, deadline: UInt64) -> Outcome {
    var sum: UInt64 = 0
    for index in 0..<intids.count {
      sum &+= store.record(intids[index]).bits
      if isLate(index, deadline) { return (index + 1, sum, true) }
    }
    return (intids.count, sum, false)
  }

  mutating func churn(deadline: UInt64) -> Outcome {
    var removed: UInt64 = 0
    let count = min(lpis.count, 1 << 20)
    for index in 0..<count {
      let lpi = lpis[Int(order[index])]
      if store.remove(lpi.intid) { removed &+= 1 }
      store.setRecord(lpi.intid, record(lpi))
      if isLate(index << 6 | 0x3F, deadline) { return (index + 1, removed, true) }
    }
    return (count, removed, false)
  }

  func iterate() -> Outcome {
    var sum: UInt64 = 0
    store.forEachRecord { intid, record in
      sum = sum &* 3 &+ UInt64(intid) &+ record.bits
      return true
    }
    return (store.count, sum, false)
  }

  // MARK: Pending

  @inline(__always)
  private mutating func inject(_ lpi: LPIPopulation.LPI) -> UInt32 {
    let entry = translations.lookup(lpi.device, lpi.event)
    guard entry.isValid, Int(entry.collection) < targets.count else { return 0 }
    let pe = targets[Int(entry.collection)]
    store.setPending(entry.intid, pe: pe)
    return pe
  }

  /// Injects and acknowledges each at once.
  mutating func immediate(_ sequence: UnsafeBufferPointer<LPIPopulation.LPI>, deadline: UInt64) -> Outcome {
    var check: UInt64 = 0
    for index in 0..<sequence.count {
      let pe = inject(sequence[index])
      if let taken = store.acknowledge(pe: pe) { check = check &* 3 &+ UInt64(taken.intid) }
      if isLate(index, deadline) { return (index + 1, check, true) }
    }
    return (sequence.count, check, false)
  }

  /// Injects in bursts and acknowledges all that came of each.
  mutating func burst(_ sequence: UnsafeBufferPointer<LPIPopulation.LPI>, size: Int, deadline: UInt64) -> Outcome {
    var check: UInt64 = 0
    var first = 0
    while first < sequence.count {
      let end = min(first &+ size, sequence.count)
      for index in first..<end {
        _ = inject(sequence[index])
        if isLate(index, deadline), end < sequence.count { break }
      }
      if size > 1 << 15 { notePeak() }
      for index in first..<end {
        let pe = sequence[index].pe
        while let taken = store.acknowledge(pe: pe) { check = check &* 3 &+ UInt64(taken.intid) }
        if isLate(index, deadline) {
          for pe in targets { store.clearAllPending(pe: pe) }
          return (index + 1, check, true)
        }
      }
      first = end
    }
    return (sequence.count, check, false)
  }

  /// Makes everything pending. Returns false if the deadline came before.
  mutating func setAllPending(deadline: UInt64) -> Bool {
    for index in lpis.indices {
      store.setPending(lpis[index].intid, pe: lpis[index].pe)
      if isLate(index, deadline) { return false }
    }
    notePeak()
    return true
  }

  mutating func clearAllPending() {
    for pe in 0..<UInt32(targets.count * 2) { store.clearAllPending(pe: pe) }
  }

  mutating func clear(deadline: UInt64) -> Outcome {
    var cleared: UInt64 = 0
    for index in 0..<lpis.count {
      let lpi = lpis[Int(order[index])]
      if store.clearPending(lpi.intid, pe: lpi.pe) { cleared &+= 1 }
      if isLate(index << 4 | 0xF, deadline) { return (index + 1, cleared, true) }
    }
    return (lpis.count, cleared, false)
  }

  mutating func reconfigure(round: Int, deadline: UInt64) -> Outcome {
    let step = UInt8(truncatingIfNeeded: round &* 4) & 0x1C
    for index in 0..<lpis.count {
      let lpi = lpis[Int(order[index])]
      store.setConfiguration(lpi.intid, property: lpi.property ^ step, isKnown: true)
      if isLate(index << 4 | 0xF, deadline) { return (index + 1, UInt64(index + 1), true) }
    }
    return (lpis.count, UInt64(lpis.count), false)
  }

  mutating func moveAll(round: Int, deadline: UInt64) -> Outcome {
    var moved = 0
    let count = UInt32(targets.count)
    for pe in 0..<count {
      let source = round & 1 == 0 ? pe : pe + count
      moved += store.pendingCount(pe: source)
      store.movePending(from: source, to: round & 1 == 0 ? pe + count : pe)
      if ThreadTime.now() > deadline { return (moved, UInt64(moved), true) }
    }
    return (moved, UInt64(moved), false)
  }
}
