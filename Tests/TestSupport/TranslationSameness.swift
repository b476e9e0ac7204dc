import LPIStore
import Testing

/// Runs the same random operations on a store and on the reference, and compares every answer.
public func expectSameTranslations<Store: TranslationStore & ~Copyable>(
  _ type: Store.Type, seed: UInt64, operations: Int = operationsPerRun
) {
  var random = SplitMix(seed)
  var store = Store()
  var reference = ReferenceTranslationStore()
  let devices = (0..<200).map { _ in
    random.percent(50) ? UInt32(random.below(300)) * 8 : UInt32(truncatingIfNeeded: random.next())
  }
  let eventSpread = [4, 40, 600, 70_000][Int(seed % 4)]
  var failures = 0
  func check(_ isSame: Bool, _ what: @autoclosure () -> String) {
    if isSame { return }
    failures += 1
    if failures < 5 { Issue.record("\(Store.name), seed \(seed): \(what())") }
  }

  for step in 0..<operations where failures < 5 {
    let device = devices[random.below(devices.count)]
    let event = UInt32(random.percent(70) ? random.below(eventSpread) : random.below(20))
    switch random.below(100) {
    case 0..<3:
      let eventBits = random.below(19) - 1
      store.mapDevice(device, eventBits: eventBits, userFlags: UInt8(step & 255))
      reference.mapDevice(device, eventBits: eventBits, userFlags: UInt8(step & 255))
    case 3:
      check(store.unmapDevice(device) == reference.unmapDevice(device), "unmapDevice, step \(step)")
    case 4..<30:
      check(store.unmap(device, event) == reference.unmap(device, event), "unmap, step \(step)")
    default:
      let intid = UInt32(truncatingIfNeeded: random.next())
      let number = UInt16(truncatingIfNeeded: random.next())
      let doorbell: UInt32? = random.percent(20) ? UInt32(random.below(1 << 24)) : nil
      let entry =
        doorbell == nil
        ? (random.percent(2) ? TranslationEntry() : TranslationEntry(intid: intid, collection: number))
        : TranslationEntry(virtualINTID: intid, vpe: number, isKnown: random.percent(50))
      check(
        store.map(device, event, entry, doorbell: doorbell) == reference.map(device, event, entry, doorbell: doorbell),
        "map, step \(step)")
    }
    check(store.lookup(device, event) == reference.lookup(device, event), "lookup, step \(step)")
    check(store.doorbell(device, event) == reference.doorbell(device, event), "doorbell, step \(step)")
    check(store.device(device)?.eventBits == reference.device(device)?.eventBits, "device, step \(step)")
    if step % 2003 == 0 {
      let broken = store.checkInvariants()
      check(broken == nil, "step \(step): \(broken ?? "")")
      check(
        store.deviceCount == reference.deviceCount && store.eventCount == reference.eventCount, "counts, step \(step)")
      check(entries(store) == entries(reference), "entries, step \(step)")
    }
  }
  let copy = store.copy()
  check(entries(copy) == entries(reference), "the copy")
  check(copy.checkInvariants() == nil, "the copy's invariants")
  for device in devices { store.unmapDevice(device) }
  check(store.eventCount == 0 && store.deviceCount == 0 && store.checkInvariants() == nil, "the emptied store")
  check(entries(copy) == entries(reference), "the copy after the store was emptied")
}

private func entries<Store: TranslationStore & ~Copyable>(_ store: borrowing Store) -> [UInt64] {
  var all: [UInt64] = []
  store.forEach { device, event, entry in
    all.append(UInt64(device) << 16 | UInt64(event))
    all.append(entry.bits)
    return true
  }
  return all
}
