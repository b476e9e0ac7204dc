import CPcap
import CStreams

/// Reads any pcap or pcapng file through libpcap: either byte order, micro- or nanoseconds, compressed with anything
/// that ``ByteInput`` undoes.
///
/// Records of link type USER0 with a payload of 24 bytes are events (see ``NativeFormat``), wherever they come from:
/// tools rewrite native files as pcapng. Records of other link types become ``EventKind/packet`` events, with times
/// counted from the first of them.
public final class PcapTraceReader: EventSource {
  /// `pcap` or `pcapng`, with the compression.
  public let format: TraceFormat
  /// What the records before the first event say.
  public var topology: Topology { admission.topology }
  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics { admission.statistics }

  private let input: ByteInput
  private let handle: OpaquePointer
  private let holdsEvents: Bool
  private let isStrict: Bool
  private var admission: RecordAdmission
  private var pending: Event?
  private var nextEvent: UInt64 = 0
  private var isFinished = false

  /// Opens a file; `-` is standard input.
  public convenience init(path: String, strict: Bool = false) throws(TraceError) {
    try self.init(try ByteInput.open(path: path), strict: strict)
  }

  /// Reads from an input that nothing has been read from (peeking is allowed).
  ///
  /// - Throws: ``TraceError/unrecognised(path:reason:)`` with libpcap's words; ``TraceError/tooNew(path:version:)``.
  public init(_ input: ByteInput, strict: Bool = false) throws(TraceError) {
    self.input = input
    isStrict = strict
    let isNextGeneration = PcapContent.isNextGeneration(input.peek(PcapContent.recognisedBy))
    format = TraceFormat(name: isNextGeneration ? "pcapng" : "pcap", compression: input.compression)
    admission = RecordAdmission(path: input.path)
    admission.statistics.bytesTotal = input.bytesTotal
    handle = try Self.open(input)
    holdsEvents = pcap_datalink(handle) == Int32(NativeFormat.linkType)
    if !holdsEvents { admission.setHoldsPackets() }
    try readLeadingTopology()
  }

  deinit { pcap_close(handle) }

  /// Fills the batch; see ``EventSource/read(into:)``.
  ///
  /// - Throws: ``TraceError/strict(path:position:reason:)`` if the reader is strict and something was wrong.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = nextEvent
    batch.count = 0
    if let event = pending {
      batch.append(event)
      pending = nil
    }
    while batch.count < batch.capacity, let record = nextRecord() {
      if let event = admit(record) { batch.append(event) }
    }
    nextEvent += UInt64(batch.count)
    admission.statistics.bytesRead = input.bytesRead
    if isStrict, let error = admission.strictError { throw error }
    return batch.count
  }

  // MARK: libpcap

  private static func open(_ input: ByteInput) throws(TraceError) -> OpaquePointer {
    // The stream reads from the input that we keep until the stream is closed.
    let context = Unmanaged.passUnretained(input).toOpaque()
    let stream = gicscope_open_reader(context) { context, buffer, size in
      let input = Unmanaged<ByteInput>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
      return input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
    }
    guard let stream else { throw .unreadable(path: input.path, reason: "out of memory") }
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let handle = pcap_fopen_offline_with_tstamp_precision(stream, UInt32(PCAP_TSTAMP_PRECISION_NANO), &message)
    else {
      fclose(stream)
      let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let damage = input.damage.map { " (\($0.reason), \($0.position))" } ?? ""
      throw .unrecognised(path: input.path, reason: reason + damage)
    }
    return handle
  }

  private struct Record {
    var unixTime: UInt64
    var capturedLength: UInt32
    var originalLength: UInt32
    /// Valid until the next record.
    var payload: UnsafeRawPointer
  }

  private func nextRecord() -> Record? {
    guard !isFinished else { return nil }
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    let status = pcap_next_ex(handle, &header, &data)
    guard status == 1, let header, let data else {
      finish(hasFailed: status != PCAP_ERROR_BREAK)
      return nil
    }
    return Record(
      unixTime: unixTime(header.pointee.ts), capturedLength: header.pointee.caplen, originalLength: header.pointee.len,
      payload: UnsafeRawPointer(data))
  }

  private func finish(hasFailed: Bool) {
    isFinished = true
    if let damage = input.damage {
      admission.setDamage(damage.reason, position: damage.position)
    } else if hasFailed {
      admission.setDamage(String(cString: pcap_geterr(handle)), position: "before byte \(input.bytesRead) of the file")
    }
  }

  /// Unix time in ns, kept within 64 bits.
  private func unixTime(_ time: timeval) -> UInt64 {
    // In a pcap the seconds are unsigned, but libpcap extends their sign; in a pcapng they have 64 bits.
    let seconds =
      format.name == "pcap" ? UInt64(UInt32(truncatingIfNeeded: time.tv_sec)) : UInt64(max(time.tv_sec, 0))
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: RecordCoding.nanosecondsPerSecond)
    // libpcap puts nanoseconds here when asked for them, and extends the sign of what a nanosecond pcap holds.
    let fraction =
      time.tv_usec < 0 ? UInt64(UInt32(truncatingIfNeeded: time.tv_usec)) : UInt64(time.tv_usec)
    return overflow ? .max : whole &+ fraction
  }

  // MARK: Records

  private func readLeadingTopology() throws(TraceError) {
    while let record = nextRecord() {
      if holdsEvents {
        guard record.capturedLength == NativeFormat.payloadSize else {
          admission.refuse(length: record.capturedLength)
          continue
        }
        let event = RecordCoding.event(record.payload, time: 0)
        if event.kind == .topology {
          try admission.admitTopology(event)
          continue
        }
      }
      admission.endTopology(firstTime: record.unixTime)
      pending = admit(record)
      return
    }
    admission.endTopology(firstTime: nil)
  }

  private func admit(_ record: Record) -> Event? {
    guard holdsEvents else { return admission.admitPacket(length: record.originalLength, unixTime: record.unixTime) }
    guard record.capturedLength == NativeFormat.payloadSize else {
      admission.refuse(length: record.capturedLength)
      return nil
    }
    return admission.admit(record.payload, unixTime: record.unixTime)
  }
}
