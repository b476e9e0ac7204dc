import HashTreeCollections

/// KVM from 6.10: an xarray from `DeviceID << 16 | EventID` to the interrupt.
struct XArrayTranslations: ~Copyable, TranslationTable {
  private var tree = RadixTree()

  init() {}

  @inline(__always)
  func bits(_ device: UInt32, _ event: UInt32) -> UInt64 { tree[UInt64(device) << 16 | UInt64(event)] }

  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
    tree.set(UInt64(device) << 16 | UInt64(event), bits)
  }

  mutating func mapped(_ device: UInt32, _ eventBits: Int?) {}
  var memoryInUse: Int { tree.memoryInUse }
}

/// Swift's `Dictionary`.
struct DictionaryTranslations: ~Copyable, TranslationTable {
  private var values: [UInt64: UInt64] = [:]

  init() {}

  @inline(__always)
  func bits(_ device: UInt32, _ event: UInt32) -> UInt64 { values[UInt64(device) << 16 | UInt64(event)] ?? 0 }

  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
    values[UInt64(device) << 16 | UInt64(event)] = bits == 0 ? nil : bits
  }

  mutating func mapped(_ device: UInt32, _ eventBits: Int?) {}
  var memoryInUse: Int { values.capacity * 4 / 3 * 16 + 64 }
}

/// swift-collections' `TreeDictionary`.
struct TreeDictionaryTranslations: ~Copyable, TranslationTable {
  private var values: TreeDictionary<UInt64, UInt64> = [:]

  init() {}

  @inline(__always)
  func bits(_ device: UInt32, _ event: UInt32) -> UInt64 { values[UInt64(device) << 16 | UInt64(event)] ?? 0 }

  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
    values[UInt64(device) << 16 | UInt64(event)] = bits == 0 ? nil : bits
  }

  mutating func mapped(_ device: UInt32, _ eventBits: Int?) {}
  var memoryInUse: Int { values.count * 36 }
}

/// KVM up to 6.8: a list of devices, each with a list of its entries, walked for each lookup. Its cache of 16 translations
/// per vCPU is left out: a round over more LPIs than that never hits it.
struct ListTranslations: ~Copyable, TranslationTable {
  private struct Entry: BitwiseCopyable {
    var event: UInt32
    var bits: UInt64
    var next: UnsafeMutablePointer<Entry>?
  }

  private struct Device: BitwiseCopyable {
    var device: UInt32
    var entries: UnsafeMutablePointer<Entry>?
    var next: UnsafeMutablePointer<Device>?
  }

  private var devices: UnsafeMutablePointer<Device>?
  private var deviceCount = 0
  private var entryCount = 0

  init() {}

  deinit {
    var next = devices
    while let device = next {
      next = device.pointee.next
      ListTranslations.release(device)
    }
  }

  private static func release(_ device: UnsafeMutablePointer<Device>) {
    var next = device.pointee.entries
    while let entry = next {
      next = entry.pointee.next
      entry.deallocate()
    }
    device.deallocate()
  }

  private func find(_ device: UInt32) -> UnsafeMutablePointer<Device>? {
    var next = devices
    while let candidate = next, candidate.pointee.device != device { next = candidate.pointee.next }
    return next
  }

  func bits(_ device: UInt32, _ event: UInt32) -> UInt64 {
    var next = find(device)?.pointee.entries
    while let entry = next {
      if entry.pointee.event == event { return entry.pointee.bits }
      next = entry.pointee.next
    }
    return 0
  }

  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
    guard let device = find(device) else { return }
    var previous: UnsafeMutablePointer<Entry>?
    var next = device.pointee.entries
    while let entry = next, entry.pointee.event != event {
      previous = entry
      next = entry.pointee.next
    }
    if let entry = next {
      if bits != 0 {
        entry.pointee.bits = bits
        return
      }
      if let previous {
        previous.pointee.next = entry.pointee.next
      } else {
        device.pointee.entries = entry.pointee.next
      }
      entry.deallocate()
      entryCount -= 1
    } else if bits != 0 {
      let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
      entry.initialize(to: Entry(event: event, bits: bits, next: nil))
      // At the tail, as the kernel does.
      if let previous { previous.pointee.next = entry } else { device.pointee.entries = entry }
      entryCount += 1
    }
  }

  mutating func mapped(_ device: UInt32, _ eventBits: Int?) {
    if eventBits != nil {
      let new = UnsafeMutablePointer<Device>.allocate(capacity: 1)
      new.initialize(to: Device(device: device, entries: nil, next: devices))
      devices = new
      deviceCount += 1
      return
    }
    var previous: UnsafeMutablePointer<Device>?
    var next = devices
    while let candidate = next, candidate.pointee.device != device {
      previous = candidate
      next = candidate.pointee.next
    }
    guard let old = next else { return }
    if let previous { previous.pointee.next = old.pointee.next } else { devices = old.pointee.next }
    ListTranslations.release(old)
    deviceCount -= 1
  }

  var memoryInUse: Int { deviceCount * 32 + entryCount * 32 }
}

/// What the hardware and Xen use: devices in order (binary search for the table in memory), and per device a dense translation
/// table for all `2^eventBits` events.
struct DenseTranslations: ~Copyable, TranslationTable {
  private var devices: [UInt32] = []
  private var tables: [(base: UnsafeMutablePointer<UInt64>, count: Int)] = []

  init() {}

  deinit {
    for table in tables { table.base.deallocate() }
  }

  private func index(_ device: UInt32) -> Int {
    devices.withUnsafeBufferPointer { devices in
      var low = 0
      var high = devices.count
      while low < high {
        let middle = (low &+ high) >> 1
        if devices[middle] < device { low = middle &+ 1 } else { high = middle }
      }
      return low
    }
  }

  @inline(__always)
  func bits(_ device: UInt32, _ event: UInt32) -> UInt64 {
    let index = index(device)
    guard index < devices.count, devices[index] == device, Int(event) < tables[index].count else { return 0 }
    return tables[index].base[Int(event)]
  }

  mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
    let index = index(device)
    guard index < devices.count, devices[index] == device, Int(event) < tables[index].count else { return }
    tables[index].base[Int(event)] = bits
  }

  mutating func mapped(_ device: UInt32, _ eventBits: Int?) {
    let index = index(device)
    if let eventBits {
      let count = 1 << eventBits
      let table = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
      table.initialize(repeating: 0, count: count)
      devices.insert(device, at: index)
      tables.insert((table, count), at: index)
    } else if index < devices.count, devices[index] == device {
      tables[index].base.deallocate()
      devices.remove(at: index)
      tables.remove(at: index)
    }
  }

  var memoryInUse: Int { devices.capacity * 4 + tables.capacity * 16 + tables.reduce(0) { $0 + $1.count * 8 + 16 } }
}
