import InterruptTrace

/// What an input's first bytes show it to be.
enum CaptureContent: Equatable {
  /// A native file, or another pcap or pcapng.
  case pcap
  /// A QEMU log with `gic*` trace events.
  case qemuLog
  /// A kernel's trace as text: ftrace, `trace-cmd report`, `perf script`.
  case kernelText(KernelTextContent.Place)
  /// trace-cmd's own file.
  case traceDat
  /// Nothing that is read; what it looks like.
  case unknown(String)

  /// What users are told about the formats.
  static let accepted = """
    native files (.pcap.lz4), other pcap and pcapng files, QEMU logs with GIC trace events (-trace 'gic*' -D FILE), \
    trace.dat files of trace-cmd, and the text of ftrace, trace-cmd report, perf script and babeltrace, each plain or compressed with LZ4, gzip, zstd or xz
    """

  /// Bytes that are looked at. The second is for logs that start with other output of `-d`.
  private static let lengths = [1 << 16, 1 << 20]
  /// Bytes of a web page that are looked at: a viewer's script comes before the trace.
  private static let pageLengths = [1 << 20, 1 << 22, 1 << 24, 1 << 26]

  /// Recognises an input without reading it; one that is still being written by less.
  static func recognise(_ input: ByteInput, isLive: Bool = false) -> CaptureContent {
    if input.peek(1).isEmpty, let damage = input.damage {
      return .unknown(
        "it is \(input.compression) data that cannot be decompressed: \(damage.reason), \(damage.position)")
    }
    if PcapContent.recognises(input.peek(PcapContent.recognisedBy)) { return .pcap }
    if input.peek(DatFile.magic.count).elementsEqual(DatFile.magic) { return .traceDat }
    let lengths = KernelTextContent.isPage(input.peek(64)) ? pageLengths : isLive ? [1 << 12] + lengths : lengths
    for length in lengths {
      let bytes = input.peek(length)
      let events = traceEvents(bytes)
      if events.ofGIC { return .qemuLog }
      if events.ofGICv5 { return .unknown("it is a QEMU log of a GICv5 (gicv5_* events), which is not modelled") }
      switch KernelTextContent.recognise(bytes) {
      case .events(let place): return .kernelText(place)
      case .timeless:
        return .unknown(
          "it is the output of the function_graph tracer without times; set options/funcgraph-abstime, "
            + "or use trace-cmd report")
      case .none: break
      }
      if bytes.count < length || !KernelTextContent.isText(bytes) {
        return .unknown(
          events.others ? "it looks like a QEMU log without GIC trace events" : ForeignContent.describe(bytes))
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
}
