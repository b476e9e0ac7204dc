import CHeapUse
import LPIStore
import LPIWorkloads

/// One store that does again what a controller did.
struct LPITrafficBench<Translations: TranslationStore & ~Copyable, Store: LPIStore & ~Copyable>: ~Copyable {
  private var translations = Translations()
  private var store: Store
  private let traffic: LPITraffic
  private let intids: [UInt32]
  private let devices: [UInt32]
  private let heapBefore: Int

  init(_ traffic: LPITraffic) {
    self.traffic = traffic
    intids = Set(traffic.operations.lazy.filter { $0.intid >= 8192 }.map(\.intid)).sorted()
    devices = Set(traffic.operations.lazy.map(\.device)).sorted()
    heapBefore = gicscope_heap_use()
    store = Store(peCount: traffic.peCount, intidBits: traffic.intidBits)
  }

  mutating func measure(_ options: LPIBenchmarkOptions) -> LPIMeasurement {
    let count = max(traffic.operations.count, 1)
    var result = LPIMeasurement(
      store: Store.name, population: traffic.name, operation: "traffic", lpiCount: intids.count)
    let limit = UInt64(max(options.secondsPerRepetition, 0.001) * 1e9)
    for repetition in 0...options.repetitions {
      var operations = 0
      var spent: UInt64 = 0
      var check: UInt64 = 0
      repeat {
        let start = ThreadTime.now()
        let (done, sum) = run(deadline: start + limit)
        spent += ThreadTime.now() - start
        operations += done
        check = sum
        result.isPartial = done < traffic.operations.count
        if repetition == 0, operations == done {
          let memory = gicscope_heap_use() - heapBefore + store.mappedMemory
          result.idleBytesPerLPI = Double(memory) / Double(max(intids.count, 1))
        }
        empty()
      } while !result.isPartial && operations < options.minimumOperations && spent < limit && count < 1 << 24
      if repetition > 0 || result.isPartial {
        result.nanoseconds.append(Double(spent) / Double(max(operations, 1)))
      }
      result.operations = operations
      result.check = result.isPartial ? 0 : check
      if result.isPartial { break }
    }
    result.nanoseconds.sort()
    return result
  }

  /// As it was before the first operation.
  private mutating func empty() {
    for pe in 0..<UInt32(traffic.peCount) { store.clearAllPending(pe: pe) }
    for intid in intids { store.remove(intid) }
    for device in devices { translations.unmapDevice(device) }
  }

  private mutating func run(deadline: UInt64) -> (operations: Int, check: UInt64) {
    traffic.operations.withUnsafeBufferPointer { operations in
      var check: UInt64 = 0
      for index in 0..<operations.count {
        check = check &* 3 &+ perform(operations[index])
        if index & 0xFFF == 0xFFF, ThreadTime.now() > deadline { return (index + 1, check) }
      }
      return (operations.count, check)
    }
  }

  @inline(__always)
  private mutating func perform(_ one: LPIOperation) -> UInt64 {
    switch one.kind {
    case .mapDevice: translations.mapDevice(one.device, eventBits: Int(one.event), userFlags: 0)
    case .unmapDevice: translations.unmapDevice(one.device)
    case .map:
      let entry = TranslationEntry(intid: one.intid, collection: UInt16(truncatingIfNeeded: one.pe))
      translations.map(one.device, one.event, entry, doorbell: nil)
      store.setMapped(one.intid, true)
    case .unmap:
      translations.unmap(one.device, one.event)
      store.setMapped(one.intid, false)
    case .configure: store.setConfiguration(one.intid, property: one.property, isKnown: true)
    case .invalidate: return UInt64(store.record(translations.lookup(one.device, one.event).intid).property)
    case .inject:
      let entry = translations.lookup(one.device, one.event)
      return UInt64(entry.intid) + (store.setPending(one.intid, pe: one.pe) ? 1 : 0)
    case .pend: return store.setPending(one.intid, pe: one.pe) ? 1 : 0
    case .acknowledge:
      // What a capture shows wins over what a store would choose.
      if let best = store.best(pe: one.pe), best.intid == one.intid {
        return UInt64(store.acknowledge(pe: one.pe)?.intid ?? 0)
      }
      return store.clearPending(one.intid, pe: one.pe) ? 2 : 0
    case .clear: return store.clearPending(one.intid, pe: one.pe) ? 1 : 0
    case .move:
      var entry = translations.lookup(one.device, one.event)
      entry.collection = UInt16(truncatingIfNeeded: one.target)
      if entry.isValid { translations.map(one.device, one.event, entry, doorbell: nil) }
      if store.clearPending(one.intid, pe: one.pe) { store.setPending(one.intid, pe: one.target) }
    case .moveAll: store.movePending(from: one.pe, to: one.target)
    }
    return 0
  }
}
