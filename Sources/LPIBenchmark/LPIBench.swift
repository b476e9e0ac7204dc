import LPIStore

/// One store under one population, and the loops that are timed.
///
/// Every loop leaves the store as it found it, so it can be run again. It stops at `deadline` (thread time) and returns how
/// many operations it did until then, because some stores are slow beyond use.
struct LPIBench<Translations: TranslationStore & ~Copyable, Store: LPIStore & ~Copyable>: ~Copyable {
  var translations: Translations
  var store: Store
  let lpis: [LPIPopulation.LPI]
  /// Random order of the LPIs.
  let order: [UInt32]
  /// Collection to PE.
  let targets: [UInt32]
  /// Highest of the store's and translations' memory when something is pending.
  var peakMemory = 0

  init(_ population: LPIPopulation, seed: UInt64) {
    lpis = population.lpis
    var random = SeededRandom(seed: seed)
    order = (0..<UInt32(lpis.count)).shuffled(using: &random)
    targets = (0..<UInt32(population.peCount)).map { $0 }
    translations = Translations()
    store = Store(peCount: population.peCount, intidBits: population.intidBits)
    build(eventBits: population.eventBits)
  }

  private mutating func build(eventBits: Int) {
    var mapped: UInt32?
    for lpi in lpis {
      if lpi.device != mapped {
        translations.mapDevice(lpi.device, eventBits: eventBits, userFlags: 0)
        mapped = lpi.device
      }
      translations.map(
        lpi.device,
        lpi.event,
        TranslationEntry(intid: lpi.intid, collection: UInt16(truncatingIfNeeded: lpi.pe)),
        doorbell: nil
      )
      store.setRecord(lpi.intid, record(lpi))
    }
  }

  private func record(_ lpi: LPIPopulation.LPI) -> LPIRecord {
    LPIRecord(property: lpi.property, targetPE: lpi.pe, isMapped: true)
  }

  @inline(__always)
  private func isLate(_ index: Int, _ deadline: UInt64) -> Bool {
    index & 0xFFF == 0xFFF && ThreadTime.now() > deadline
  }

  // MARK: Records

  func lookup(isRandom: Bool, deadline: UInt64) -> (operations: Int, check: UInt64) {
    var sum: UInt64 = 0
    for index in 0..<lpis.count {
      let intid = isRandom ? lpis[Int(order[index])].intid : lpis[index].intid
      sum &+= store.record(intid).bits
      if isLate(index, deadline) { return (index + 1, sum) }
    }
    return (lpis.count, sum)
  }

  /// The INTIDs alone, in the order they are looked up in: a benchmark's own memory traffic must not be the result.
  func lookup(_ intids: UnsafeBufferPointer<UInt32>, deadline: UInt64) -> (operations: Int, check: UInt64) {
    var sum: UInt64 = 0
    for index in 0..<intids.count {
      sum &+= store.record(intids[index]).bits
      if isLate(index, deadline) { return (index + 1, sum) }
    }
    return (intids.count, sum)
  }

  mutating func churn(deadline: UInt64) -> (operations: Int, check: UInt64) {
    var removed: UInt64 = 0
    let count = min(lpis.count, 1 << 20)
    for index in 0..<count {
      let lpi = lpis[Int(order[index])]
      if store.remove(lpi.intid) { removed &+= 1 }
      store.setRecord(lpi.intid, record(lpi))
      if isLate(index << 6, deadline) { return (index + 1, removed) }
    }
    return (count, removed)
  }

  func iterate() -> (operations: Int, check: UInt64) {
    var sum: UInt64 = 0
    store.forEachRecord { intid, record in
      sum = sum &* 3 &+ UInt64(intid) &+ record.bits
      return true
    }
    return (store.count, sum)
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

  /// Injects `order` in bursts and acknowledges what came of each. `check` depends on the order of acknowledgement.
  mutating func stress(
    _ sequence: UnsafeBufferPointer<LPIPopulation.LPI>,
    burst: Int,
    deadline: UInt64
  ) -> (operations: Int, check: UInt64) {
    var check: UInt64 = 0
    if burst == 1 {
      for index in 0..<sequence.count {
        let pe = inject(sequence[index])
        if let taken = store.acknowledge(pe: pe) {
          check = check &* 3 &+ UInt64(taken.intid)
        }
        if isLate(index, deadline) { return (index + 1, check) }
      }
      return (sequence.count, check)
    }
    var first = 0
    while first < sequence.count {
      let end = min(first + burst, sequence.count)
      for index in first..<end { _ = inject(sequence[index]) }
      if burst > 100_000 { notePeak() }
      for index in first..<end {
        let pe = sequence[index].pe
        while let taken = store.acknowledge(pe: pe) {
          check = check &* 3 &+ UInt64(taken.intid)
        }
      }
      first = end
      if burst > 4096 || first & 0xFFF < burst, ThreadTime.now() > deadline { break }
    }
    return (min(first, sequence.count), check)
  }

  mutating func notePeak() {
    peakMemory = max(peakMemory, store.memoryInUse + translations.memoryInUse)
  }

  mutating func setAllPending() {
    for lpi in lpis { store.setPending(lpi.intid, pe: lpi.pe) }
    notePeak()
  }

  mutating func clear(deadline: UInt64) -> (operations: Int, check: UInt64) {
    var cleared: UInt64 = 0
    for index in 0..<lpis.count {
      let lpi = lpis[Int(order[index])]
      if store.clearPending(lpi.intid, pe: lpi.pe) { cleared &+= 1 }
      if isLate(index, deadline) { return (index + 1, cleared) }
    }
    return (lpis.count, cleared)
  }

  mutating func reconfigure(round: Int, deadline: UInt64) -> (operations: Int, check: UInt64) {
    let step = UInt8(truncatingIfNeeded: round * 4)
    for index in 0..<lpis.count {
      let lpi = lpis[Int(order[index])]
      store.setConfiguration(lpi.intid, property: lpi.property ^ (step & 0x1C), isKnown: true)
      if isLate(index, deadline) { return (index + 1, 0) }
    }
    return (lpis.count, 0)
  }

  mutating func moveAll(round: Int) -> (operations: Int, check: UInt64) {
    var moved = 0
    let count = targets.count
    for pe in 0..<count {
      let source = UInt32(round & 1 == 0 ? pe : pe + count)
      moved += store.pendingCount(pe: source)
      store.movePending(from: source, to: UInt32(round & 1 == 0 ? pe + count : pe))
    }
    return (moved, 0)
  }
}
