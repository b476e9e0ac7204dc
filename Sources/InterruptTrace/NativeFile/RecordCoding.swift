/// One record's bytes to an event and back.
enum RecordCoding {
  static let nanosecondsPerSecond: UInt64 = 1_000_000_000

  /// The event that a payload holds.
  @inline(__always) static func event(_ payload: UnsafeRawPointer, time: UInt64) -> Event {
    let head = UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self))
    return Event(
      time: time, kind: EventKind(rawValue: UInt8(truncatingIfNeeded: head)),
      flags: EventFlags(rawValue: UInt8(truncatingIfNeeded: head &>> 8)),
      domain: UInt16(truncatingIfNeeded: head &>> 16), pe: UInt32(truncatingIfNeeded: head &>> 32),
      a: UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      b: UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
  }

  /// Unix time in ns that a record's header gives. No pair of 32-bit numbers overflows it.
  @inline(__always) static func unixTime(_ record: UnsafeRawPointer) -> UInt64 {
    let time = UInt64(littleEndian: record.loadUnaligned(as: UInt64.self))
    return (time & 0xFFFF_FFFF) &* nanosecondsPerSecond &+ time &>> 32
  }

  /// Writes the 40 bytes of a record. A time that pcap's 32-bit seconds do not hold becomes the last that they do.
  @inline(__always) static func write(_ event: Event, epoch: UInt64, to record: UnsafeMutableRawPointer) {
    let (sum, overflow) = epoch.addingReportingOverflow(event.time)
    let (seconds, nanoseconds) = (overflow ? UInt64.max : sum).quotientAndRemainder(dividingBy: nanosecondsPerSecond)
    let time =
      seconds <= UInt64(UInt32.max) ? seconds | nanoseconds &<< 32 : 0xFFFF_FFFF | (nanosecondsPerSecond - 1) &<< 32
    let head =
      UInt64(event.kind.rawValue) | UInt64(event.flags.rawValue) &<< 8 | UInt64(event.domain) &<< 16
      | UInt64(event.pe) &<< 32
    record.storeBytes(of: time.littleEndian, as: UInt64.self)
    record.storeBytes(of: NativeFormat.lengths.littleEndian, toByteOffset: 8, as: UInt64.self)
    record.storeBytes(of: head.littleEndian, toByteOffset: 16, as: UInt64.self)
    record.storeBytes(of: event.a.littleEndian, toByteOffset: 24, as: UInt64.self)
    record.storeBytes(of: event.b.littleEndian, toByteOffset: 32, as: UInt64.self)
  }

  /// Parses up to `count` records into `events` and stops before the first that is not ordinary: of another length, of
  /// a kind that `known` (256 bytes) does not mark, or from before the epoch. Returns how many it took.
  ///
  /// The hot loop of reading: everything that is not ordinary is dealt with out of line.
  @inline(never)
  static func parseRun(
    _ records: UnsafeRawPointer, count: Int, epoch: UInt64, known: UnsafePointer<UInt8>,
    into events: UnsafeMutablePointer<Event>
  ) -> Int {
    var record = records
    for i in 0..<count {
      let time = unixTime(record)
      let lengths = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      let kind = record.load(fromByteOffset: NativeFormat.recordHeaderSize, as: UInt8.self)
      guard lengths == NativeFormat.lengths, known[Int(kind)] != 0, time >= epoch else { return i }
      store(record + NativeFormat.recordHeaderSize, time: time &- epoch, to: events + i)
      record += NativeFormat.recordStride
    }
    return count
  }

  /// Stores the event that a payload holds.
  @inline(__always)
  private static func store(_ payload: UnsafeRawPointer, time: UInt64, to event: UnsafeMutablePointer<Event>) {
    #if _endian(little)
      // An event after its time is laid out in memory as the payload is in the file: two moves instead of six.
      let target = UnsafeMutableRawPointer(event)
      target.storeBytes(of: time, as: UInt64.self)
      target.storeBytes(of: payload.loadUnaligned(as: UInt64.self), toByteOffset: 8, as: UInt64.self)
      target.storeBytes(
        of: payload.loadUnaligned(fromByteOffset: 8, as: SIMD2<UInt64>.self), toByteOffset: 16, as: SIMD2<UInt64>.self)
    #else
      event.pointee = Self.event(payload, time: time)
    #endif
  }
}
