import CPackedStore
import LPIStore
import LPIWorkloads

/// What is counted: the loops are the same line by line in both languages.
enum CountedOperation: String, CaseIterable {
  case lookup
  case churn
  case immediate
  case burst

  private static let bits = LPIRecord(property: 0xA1, isMapped: true)

  /// 16 384 LPIs: as Linux gives INTIDs for records, contiguous as in the selftest for interrupts.
  var lpis: [packed_lpi] {
    let shape: LPIPopulationShape =
      switch self {
      case .lookup, .churn: .allocated(.linux, count: 1 << 14)
      case .immediate, .burst: .stress(vcpus: 16, devices: 512, events: 32)
      }
    let lpis = shape.population(seed: 1).lpis.map {
      packed_lpi(device: $0.device, event: $0.event, intid: $0.intid, pe: $0.pe)
    }
    guard self == .lookup || self == .churn else { return lpis }
    var random = SeededRandom(seed: 2)
    return lpis.shuffled(using: &random)
  }

  func runC(_ lpis: [packed_lpi], passes: Int) -> UInt64 {
    let store = packed_create()
    defer { packed_destroy(store) }
    var devices: Set<UInt32> = []
    for lpi in lpis {
      packed_set_record(store, lpi.intid, Self.bits.bits)
      if devices.insert(lpi.device).inserted { packed_map_device(store, lpi.device, 32) }
      packed_map(store, lpi)
    }
    let intids = lpis.map(\.intid)
    var check: UInt64 = 0
    for _ in 0..<passes {
      switch self {
      case .lookup: check &+= packed_lookup(store, intids, intids.count)
      case .churn: check &+= packed_churn(store, intids, intids.count, Self.bits.bits)
      case .immediate: check &+= packed_immediate(store, lpis, lpis.count)
      case .burst: check &+= packed_burst(store, lpis, lpis.count, 64)
      }
    }
    return check
  }

  func runSwift(_ lpis: [packed_lpi], passes: Int) -> UInt64 {
    var stores = SwiftStores(lpis, Self.bits)
    let intids = lpis.map(\.intid)
    var check: UInt64 = 0
    for _ in 0..<passes {
      switch self {
      case .lookup: check &+= intids.withUnsafeBufferPointer { stores.lookup($0) }
      case .churn: check &+= intids.withUnsafeBufferPointer { stores.churn($0, Self.bits) }
      case .immediate: check &+= lpis.withUnsafeBufferPointer { stores.immediate($0) }
      case .burst: check &+= lpis.withUnsafeBufferPointer { stores.burst($0, 64) }
      }
    }
    return check
  }
}

/// The default stores.
struct SwiftStores: ~Copyable {
  private var store = PackedLPIStore(peCount: 16, intidBits: 24)
  private var translations = PackedTranslationStore()

  init(_ lpis: [packed_lpi], _ record: LPIRecord) {
    for lpi in lpis {
      store.setRecord(lpi.intid, record)
      if translations.device(lpi.device) == nil { translations.mapDevice(lpi.device, eventBits: 5, userFlags: 0) }
      let entry = TranslationEntry(intid: lpi.intid, collection: UInt16(lpi.pe))
      translations.map(lpi.device, lpi.event, entry, doorbell: nil)
    }
  }

  func lookup(_ intids: UnsafeBufferPointer<UInt32>) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<intids.count { sum &+= store.record(intids[index]).bits }
    return sum
  }

  mutating func churn(_ intids: UnsafeBufferPointer<UInt32>, _ record: LPIRecord) -> UInt64 {
    var removed: UInt64 = 0
    for index in 0..<intids.count {
      if store.remove(intids[index]) { removed &+= 1 }
      store.setRecord(intids[index], record)
    }
    return removed
  }

  @inline(__always)
  private mutating func inject(_ lpi: packed_lpi) -> UInt32 {
    let entry = translations.lookup(lpi.device, lpi.event)
    guard entry.isValid else { return 0 }
    let pe = UInt32(entry.collection)
    store.setPending(entry.intid, pe: pe)
    return pe
  }

  mutating func immediate(_ lpis: UnsafeBufferPointer<packed_lpi>) -> UInt64 {
    var check: UInt64 = 0
    for index in 0..<lpis.count {
      if let taken = store.acknowledge(pe: inject(lpis[index])) { check = check &* 3 &+ UInt64(taken.intid) }
    }
    return check
  }

  mutating func burst(_ lpis: UnsafeBufferPointer<packed_lpi>, _ size: Int) -> UInt64 {
    var check: UInt64 = 0
    var first = 0
    while first < lpis.count {
      let end = min(first &+ size, lpis.count)
      for index in first..<end { _ = inject(lpis[index]) }
      for index in first..<end {
        while let taken = store.acknowledge(pe: lpis[index].pe) { check = check &* 3 &+ UInt64(taken.intid) }
      }
      first = end
    }
    return check
  }
}
