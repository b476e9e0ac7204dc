/// Reads the bytes of one record into values, by the formats that the file holds.
struct DatRecordReader: ~Copyable {
  /// One value of an event: where it lies in the record.
  private struct Load {
    var value: UInt8
    var size: UInt8
    var isSigned: Bool
    var offset: UInt16
  }

  /// An event of the catalogue in this file.
  private struct Plan {
    var event: Int
    var loads: Range<Int>
    /// Bytes that a record must have for the loads.
    var length: Int
    /// A field of text, an address of a text, or of a mask; the offset, or -1.
    var text: Int = -1
    var address: Int = -1
    var mask: Int = -1
  }

  private let plans: UnsafeMutableBufferPointer<Plan>
  private let loads: UnsafeMutableBufferPointer<Load>
  /// The number of the plan by the event's number in the file; -1 for none.
  private let byID: UnsafeMutablePointer<Int16>
  /// Records of events that are not used, by the event's number.
  private let unused: UnsafeMutablePointer<UInt32>
  /// Events of KVM on another architecture, by their numbers in the file.
  private let foreign: Set<Int>
  private let isBigEndian: Bool
  private let strings: [UInt64: UnsafeRawBufferPointer]
  private let names: [UInt32: UnsafeRawBufferPointer]
  private let pool: UnsafeMutableRawPointer
  private var lastThread: UInt32 = 0
  private var lastName = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ file: DatFile) {
    let catalogue = KernelCatalogue.shared
    isBigEndian = file.isBigEndian
    byID = .allocate(capacity: 1 << 16)
    byID.initialize(repeating: -1, count: 1 << 16)
    unused = .allocate(capacity: 1 << 16)
    unused.initialize(repeating: 0, count: 1 << 16)
    var plans: [Plan] = []
    var loads: [Load] = []
    var foreign: Set<Int> = []
    for format in file.formats {
      let known = Array(format.name.utf8).withUnsafeBytes { catalogue.find($0) }
      guard let event = known, byID[format.id] < 0, plans.count < Int(Int16.max) else { continue }
      if Self.isForeign(format) {
        foreign.insert(format.id)
        continue
      }
      byID[format.id] = Int16(plans.count)
      plans.append(Self.plan(format, of: event, &loads))
    }
    self.foreign = foreign
    self.plans = .allocate(capacity: max(1, plans.count))
    _ = self.plans.initialize(from: plans)
    self.loads = .allocate(capacity: max(1, loads.count))
    _ = self.loads.initialize(from: loads)

    let texts = Array(file.strings.values) + Array(file.threadNames.values)
    pool = .allocate(byteCount: texts.reduce(1) { $0 + $1.count }, alignment: 8)
    var next = pool
    strings = file.strings.mapValues { Self.copy($0, to: &next) }
    names = file.threadNames.mapValues { Self.copy($0, to: &next) }
  }

  /// Copies bytes into memory that stays; moves `to` behind them.
  private static func copy(_ bytes: [UInt8], to place: inout UnsafeMutableRawPointer) -> UnsafeRawBufferPointer {
    let start = place
    bytes.withUnsafeBytes { if let from = $0.baseAddress { start.copyMemory(from: from, byteCount: $0.count) } }
    place += bytes.count
    return UnsafeRawBufferPointer(start: start, count: bytes.count)
  }

  /// Where the values of an event of the catalogue lie in the records of a format; appends how they are read.
  private static func plan(_ format: EventFormat, of event: Int, _ loads: inout [Load]) -> Plan {
    var plan = Plan(event: event, loads: loads.count..<loads.count, length: 8)
    for field in format.fields {
      let value = Array(field.name.utf8).withUnsafeBytes { KernelCatalogue.shared.value(ofField: $0, in: event) }
      if let value, [1, 2, 4, 8].contains(field.size), !field.isDataLocation {
        loads.append(
          Load(value: UInt8(value), size: UInt8(field.size), isSigned: field.isSigned, offset: UInt16(field.offset)))
        plan.length = max(plan.length, field.offset + field.size)
      }
      if let value, field.size > 8, field.size % 8 == 0, !field.isDataLocation {
        // An array: its elements are this value and those behind it.
        for index in 0..<min(field.size / 8, KernelRecord.valueLimit - value) {
          loads.append(
            Load(value: UInt8(value + index), size: 8, isSigned: false, offset: UInt16(field.offset + index * 8)))
        }
        plan.length = max(plan.length, field.offset + field.size)
      }
      if field.name == "name", field.isDataLocation { plan.text = field.offset }
      if field.name == "reason", field.size == 8 { plan.address = field.offset }
      if field.isDataLocation, ["target_cpus", "cpumask"].contains(field.name) { plan.mask = field.offset }
    }
    plan.loads = plan.loads.lowerBound..<loads.count
    return plan
  }

  deinit {
    plans.deallocate()
    loads.deallocate()
    byID.deallocate()
    unused.deallocate()
    pool.deallocate()
  }

  /// What a record holds.
  enum Content { case event, unused, malformed }

  /// Reads a record's bytes.
  @inline(__always) mutating func read(_ data: UnsafeRawBufferPointer, into record: inout KernelRecord) -> Content {
    guard data.count >= 8 else { return .malformed }
    let id = Int(load(data, 0, 2) & 0xFFFF)
    let number = byID[id]
    guard number >= 0 else {
      unused[id] &+= 1
      return .unused
    }
    let plan = plans[Int(number)]
    guard data.count >= plan.length else { return .malformed }
    record.clear()
    record.event = plan.event
    record.thread = UInt32(truncatingIfNeeded: load(data, 4, 4))
    if record.thread != lastThread {
      lastThread = record.thread
      lastName = names[lastThread] ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    record.name = lastName
    for index in plan.loads {
      let field = loads[index]
      var value = load(data, Int(field.offset), Int(field.size))
      if field.isSigned, field.size < 8 {
        let shift = UInt64(64 - Int(field.size) * 8)
        value = UInt64(bitPattern: Int64(bitPattern: value &<< shift) &>> Int64(shift))
      }
      record.set(Int(field.value), value)
    }
    if plan.text >= 0 { readText(data, plan.text, &record) }
    if plan.address >= 0, data.count >= plan.address + 8 {
      record.text = strings[load(data, plan.address, 8)] ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    if plan.mask >= 0 { readMask(data, plan.mask, &record) }
    return .event
  }

  /// Nothing was read so far.
  mutating func forgetUnused() { unused.update(repeating: 0, count: 1 << 16) }

  /// Records of KVM's events on another architecture.
  var foreignCount: UInt64 { foreign.reduce(0) { $0 + UInt64(unused[$1]) } }

  /// An entry or an exit names the guest's place on ARM; on x86 it has other fields.
  private static func isForeign(_ format: EventFormat) -> Bool {
    ["kvm_entry", "kvm_exit"].contains(format.name) && !format.fields.contains { $0.name == "vcpu_pc" }
  }

  /// Numbers of the events that are not used, with how often they came, the most frequent first.
  var unusedEvents: [(id: Int, count: UInt64)] {
    var events: [(id: Int, count: UInt64)] = []
    for id in 0..<(1 << 16) where unused[id] > 0 && !foreign.contains(id) { events.append((id, UInt64(unused[id]))) }
    return events.sorted { ($1.count, $0.id) < ($0.count, $1.id) }
  }

  /// The bytes that a `__data_loc` field stands for: the offset in its lower half, the length in its upper.
  private func dataLocation(_ data: UnsafeRawBufferPointer, _ offset: Int) -> UnsafeRawBufferPointer? {
    guard data.count >= offset + 4 else { return nil }
    let word = load(data, offset, 4)
    let start = Int(word & 0xFFFF)
    let length = Int(word >> 16 & 0xFFFF)
    guard start + length <= data.count else { return nil }
    return UnsafeRawBufferPointer(rebasing: data[start..<(start + length)])
  }

  private func readText(_ data: UnsafeRawBufferPointer, _ offset: Int, _ record: inout KernelRecord) {
    guard let bytes = dataLocation(data, offset) else { return }
    record.text = UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0 })
  }

  private func readMask(_ data: UnsafeRawBufferPointer, _ offset: Int, _ record: inout KernelRecord) {
    guard let bytes = dataLocation(data, offset) else { return }
    let words = min(bytes.count / 8, KernelRecord.maskLimit)
    for word in 0..<words { record.mask[word] = load(bytes, word * 8, 8) }
    record.maskCount = words
  }

  @inline(__always) private func load(_ data: UnsafeRawBufferPointer, _ offset: Int, _ size: Int) -> UInt64 {
    switch size {
    case 1: return UInt64(data[offset])
    case 2:
      let value = data.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
      return UInt64(isBigEndian ? UInt16(bigEndian: value) : UInt16(littleEndian: value))
    case 4:
      let value = data.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return UInt64(isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value))
    default:
      let value = data.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      return isBigEndian ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
    }
  }
}
