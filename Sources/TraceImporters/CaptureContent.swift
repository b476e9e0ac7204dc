import InterruptTrace

/// What an input's first bytes show it to be.
enum CaptureContent: Equatable {
  /// A native file, or another pcap or pcapng.
  case pcap
  /// A QEMU log with `gic*` trace events.
  case qemuLog
  /// A kernel's trace as text: ftrace, `trace-cmd report`, `perf script`.
  case kernelText
  /// trace-cmd's own file.
  case traceDat
  /// Nothing that is read; what it looks like.
  case unknown(String)

  /// What users are told about the formats.
  static let accepted = """
    native files (.pcap.lz4), other pcap and pcapng files, QEMU logs with GIC trace events (-trace 'gic*' -D FILE), \
    trace.dat files of trace-cmd, and the text of ftrace, trace-cmd report and perf script, each plain or compressed with LZ4, gzip, zstd or xz
    """

  /// Bytes that are looked at. The second is for logs that start with other output of `-d`.
  private static let lengths = [1 << 16, 1 << 20]

  /// Recognises an input without reading it.
  static func recognise(_ input: ByteInput) -> CaptureContent {
    if input.peek(1).isEmpty, let damage = input.damage {
      return .unknown(
        "it is \(input.compression) data that can not be decompressed: \(damage.reason), \(damage.position)")
    }
    if PcapContent.recognises(input.peek(PcapContent.recognisedBy)) { return .pcap }
    if input.peek(DatFile.magic.count).elementsEqual(DatFile.magic) { return .traceDat }
    for length in lengths {
      let bytes = input.peek(length)
      let events = traceEvents(bytes)
      if events.ofGIC { return .qemuLog }
      if events.ofGICv5 { return .unknown("it is a QEMU log of a GICv5 (gicv5_* events), which is not modelled") }
      if KernelTextContent.recognises(bytes) { return .kernelText }
      if bytes.count < length || !looksLikeText(bytes) {
        return .unknown(events.others ? "it looks like a QEMU log without GIC trace events" : describe(bytes))
      }
    }
    return .unknown("text without any GIC trace event in its first \(lengths.last! >> 10) KiB")
  }

  /// Whether one of the lines is the trace event of a GIC that is modelled, good or malformed, of a GICv5, or of something
  /// else.
  static func traceEvents(_ bytes: [UInt8]) -> (ofGIC: Bool, ofGICv5: Bool, others: Bool) {
    var padded = bytes
    padded.append(0x0A)
    padded += [UInt8](repeating: 0, count: Digits.padding)
    return padded.withUnsafeBytes { raw in
      var parser = LogLineParser()
      var at = raw.baseAddress!
      let end = at + bytes.count + 1
      var (ofGICv5, others) = (false, false)
      while at < end {
        var name = at
        switch parser.parse(&name) {
        case .event, .malformed: return (true, ofGICv5, others)
        case .otherEvent:
          others = true
          // gicv5_
          if Digits.load(name) & Digits.mask(6) == 0x5F35_7663_6967 { ofGICv5 = true }
        case .text: break
        }
        at = LogDecoder.nextLine(at, end)
      }
      return (false, ofGICv5, others)
    }
  }

  private static func looksLikeText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(4096).contains(0) }

  private static func describe(_ bytes: [UInt8]) -> String {
    let known: [(start: [UInt8], name: String)] = [
      (Array("PERFILE2".utf8), "a perf recording (perf.data); give the output of perf script"),
      (Array("# tracer:".utf8), "text of ftrace without events"),
      ([0x7F] + Array("ELF".utf8), "a program (ELF)"),
      ([0xD0, 0x0D, 0xFE, 0xED], "a device tree blob"),
      (Array("SQLite format 3".utf8), "a SQLite database"),
      (Array("{".utf8), "JSON"),
    ]
    if bytes.isEmpty { return "it is empty" }
    if let match = known.first(where: { bytes.starts(with: $0.start) }) { return "it looks like \(match.name)" }
    if !looksLikeText(bytes) {
      let start = bytes.prefix(8).map { String($0 + 0, radix: 16) }.joined(separator: " ")
      return "it holds binary data that starts with \(start)"
    }
    let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(60), as: UTF8.self)
    return "it is text without GIC trace events and starts with '\(line)'"
  }
}
