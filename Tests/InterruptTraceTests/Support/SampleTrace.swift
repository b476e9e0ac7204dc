import InterruptTrace

/// Made-up traces, and short ways to write and read them.
enum SampleTrace {
  static let epoch: UInt64 = 1_700_000_000_123_456_789

  static var topology: Topology {
    var topology = Topology()
    topology.set(.epoch, to: epoch, source: .header)
    topology.set(.architecture, to: .v3, source: .register)
    topology.set(.peCount, to: 4, source: .deviceTree)
    topology.set(.affinity, index: 3, to: 0x1_0001, source: .inferred)
    topology.set(.listRegisters, domain: 2, to: 16, source: .assumed)
    topology.set(.gitsBase, index: 1, to: 0x8080000, source: .user)
    return topology
  }

  /// Events of every known kind, with continuations where the kind has them; times do not step back.
  static func events(_ count: Int, seed: UInt64 = 1) -> [Event] {
    var state = seed
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 20
    }
    let layouts = EventLayout.all.filter { $0.kind != .continuation && $0.kind != .topology }
    var result: [Event] = []
    var time: UInt64 = 0
    while result.count < count {
      time += random() % 5000
      let layout = layouts[Int(random() % UInt64(layouts.count))]
      let event = Event(
        time: time, kind: layout.kind, flags: EventFlags(rawValue: UInt8(truncatingIfNeeded: random())),
        domain: UInt16(random() % 3), pe: UInt32(random() % 8), a: random() & 0xFF_FFFF, b: random())
      result.append(event)
      for _ in 0..<(layout.continuations ?? Int(random() % 4)) {
        result.append(Event(time: time, kind: .continuation, pe: event.pe, a: random(), b: random()))
      }
    }
    return Array(result[..<count])
  }

  static func write(
    _ events: [Event], to file: ScratchFile, topology: Topology = topology,
    compression: NativeTraceWriter.Compression = .lz4()
  ) throws {
    let writer = try NativeTraceWriter(path: file.path, topology: topology, compression: compression)
    for event in events { try writer.append(event) }
    try writer.finish()
  }

  static func file(
    _ events: [Event], topology: Topology = topology, compression: NativeTraceWriter.Compression = .lz4()
  ) throws -> ScratchFile {
    let file = ScratchFile(suffix: ".pcap.lz4")
    try write(events, to: file, topology: topology, compression: compression)
    return file
  }

  static func readAll(_ source: any EventSource, batchCapacity: Int = 8192) throws -> [Event] {
    var batch = EventBatch(capacity: batchCapacity)
    var result: [Event] = []
    while try source.read(into: &batch) > 0 {
      precondition(batch.firstIndex == UInt64(result.count))
      result += batch.events
    }
    return result
  }
}

/// Integers to bytes, lowest first.
func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// Integers to bytes, highest first.
func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
