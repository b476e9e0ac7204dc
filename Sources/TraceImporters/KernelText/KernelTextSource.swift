import InterruptTrace

/// A kernel's trace as text: ftrace's `trace` and `trace_pipe`, `trace-cmd report`, `perf script`.
public final class KernelTextSource: EventSource {
  /// `ftrace-text`, and how the file is compressed.
  public let format: TraceFormat
  /// What the capture's start shows.
  public let topology: Topology

  private var chunks: LineChunks
  private var chunkAt: UnsafeRawPointer
  private var chunkEnd: UnsafeRawPointer
  private var reader: KernelTextReader
  private var isFinished = false
  private var delivered: UInt64 = 0

  /// Bytes of the start that are surveyed at most, and lines: which threads run vCPUs is learned there.
  private static let surveyLength = 8 << 20

  /// Reads the text in `bytes`, which must stay where they are while the source lives, in pieces of `pieceLength`.
  public convenience init(bytes: UnsafeRawBufferPointer, pieceLength: Int = 1 << 18, isStrict: Bool = false) {
    self.init(LineChunks(bytes, pieceLength: pieceLength), isStrict)
  }

  /// Reads the text in `input`.
  public convenience init(_ input: ByteInput, isStrict: Bool = false) {
    self.init(LineChunks(input), isStrict)
  }

  private init(_ chunks: consuming LineChunks, _ isStrict: Bool) {
    var lines = chunks
    format = TraceFormat(name: "ftrace-text", compression: lines.compression)
    let start = lines.first(Self.surveyLength)
    reader = KernelTextReader(isStrict: isStrict)
    topology = reader.survey(start)
    chunkAt = start.baseAddress!
    chunkEnd = chunkAt + start.count
    self.chunks = lines
  }

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics {
    var statistics = reader.statistics
    chunks.report(into: &statistics)
    reader.report(into: &statistics)
    return statistics
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    while !isFinished, reader.decoder.order.hasRoom {
      reader.decode(&chunkAt, end: chunkEnd)
      if reader.stop != nil {
        finish()
      } else if chunkAt >= chunkEnd {
        let next = chunks.next()
        if let start = next.baseAddress, !next.isEmpty {
          chunkAt = start
          chunkEnd = start + next.count
        } else {
          finish()
        }
      }
    }
    let count = reader.decoder.order.deliver(into: &batch)
    if count == 0, let stop = reader.stop {
      throw .strict(path: chunks.path, position: stop.position, reason: stop.reason)
    }
    delivered += UInt64(count)
    return count
  }

  private func finish() {
    isFinished = true
    reader.finish()
  }
}

/// Turns lines into records for the decoder.
struct KernelTextReader: ~Copyable {
  var decoder = KernelDecoder()
  var statistics = ImportStatistics()
  /// Lines read so far.
  private(set) var lines: UInt64 = 0
  /// Where and why reading stopped, with `--strict`.
  private(set) var stop: (position: String, reason: String)?
  /// Lines whose time is a whole number, and events that were used.
  private var countedTimes: UInt64 = 0
  private var used: UInt64 = 0

  private var record = KernelRecord()
  private let text = KernelText()
  private let isStrict: Bool
  private var unused = UnusedEvents()
  /// The name of the event before: most come in rows.
  private var lastTime: UInt64 = 0

  /// Records that are surveyed at most: as many for every form of a capture.
  static let surveyLimit: UInt64 = 32_768

  init(isStrict: Bool) { self.isStrict = isStrict }

  /// Learns which threads run vCPUs from the lines of the capture's start.
  mutating func survey(_ start: UnsafeRawBufferPointer) -> Topology {
    var at = start.baseAddress!
    let end = at + start.count
    decoder.isSurvey = true
    var records: UInt64 = 0
    while at < end, records < Self.surveyLimit {
      let next = LogDecoder.nextLine(at, end)
      if surveyLine(at, Self.lineEnd(at, next)) { records += 1 }
      at = next
    }
    let topology = decoder.topology(cpus: decoder.cpuCount)
    decoder.conclude()
    return topology
  }

  /// Learns from one line; whether it is an event.
  private mutating func surveyLine(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    guard case .event(let name, let body) = KernelLine.read(start, end, into: &record) else { return false }
    if let event = text.catalogue.find(name) {
      record.event = event
      if text.read(body, end, into: &record) { decoder.take(record) }
    }
    return true
  }

  /// Decodes whole lines until there is no more room or the lines end; moves `at` behind the last one read.
  mutating func decode(_ at: inout UnsafeRawPointer, end: UnsafeRawPointer) {
    while at < end, decoder.order.hasRoom, stop == nil {
      lines &+= 1
      let next = LogDecoder.nextLine(at, end)
      take(at, Self.lineEnd(at, next))
      at = next
    }
  }

  /// The capture has ended.
  mutating func finish() { decoder.finish(lastTime) }

  private static func lineEnd(_ start: UnsafeRawPointer, _ next: UnsafeRawPointer) -> UnsafeRawPointer {
    var end = next
    while end > start, Digits.byte(end - 1) == 0x0A || Digits.byte(end - 1) == 0x0D { end -= 1 }
    return end
  }

  @inline(__always) private mutating func take(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    switch KernelLine.read(start, end, into: &record) {
    case .event(let name, let body):
      lastTime = record.time
      if record.isTimeCount { countedTimes &+= 1 }
      guard let event = text.catalogue.find(name) else { return skipUnused(name, start, end) }
      record.event = event
      if text.read(body, end, into: &record) {
        used &+= 1
        decoder.take(record)
      } else {
        malformed(start, end)
      }
    case .lost(let cpu, let count): decoder.lose(count, cpu: cpu)
    case .comment:
      if let overrun = Self.overrun(start, end) { decoder.lose(overrun, cpu: PE.none, reason: 1) }
    case .text: skipText(start, end)
    }
  }

  /// `# entries-in-buffer/entries-written: 396772/396800   #P:2`: the difference was overwritten.
  private static func overrun(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
    var scanner = TextScanner(start, end)
    guard scanner.skip("# entries-in-buffer/entries-written: "), let kept = scanner.decimal(), scanner.skip("/"),
      let written = scanner.decimal(), written > kept
    else { return nil }
    return written - kept
  }

  private mutating func skipUnused(_ name: UnsafeRawBufferPointer, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    statistics.skipped &+= 1
    let line = lines
    statistics.note(unused.kind(name), example: Excerpt.of(start, end), position: "line \(line)")
  }

  private mutating func skipText(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    statistics.skipped &+= 1
    let line = lines
    if Self.isExpected(start, end) { return }
    statistics.note("text that is no trace event", example: Excerpt.of(start, end), position: "line \(line)")
  }

  /// What tools print between events: the number of CPUs, which of them are empty, marks of perf's, callers of an event.
  private static func isExpected(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var scanner = TextScanner(start, end)
    if scanner.skip("cpus=") || scanner.skip("version = ") || scanner.skip("PERF_RECORD_FINISHED_ROUND") { return true }
    if scanner.skip("CPU "), scanner.decimal() != nil { return scanner.skip(" is empty") }
    // `\tffffccc2c3d1a2b4 kvm_arch_vcpu_ioctl_run+0x10 ([kernel.kallsyms])`
    var at = start
    KernelText.skipBlanks(&at, end)
    var address: UInt64 = 0
    let first = at
    guard at > start, Digits.readHex(&at, into: &address), at - first >= 6, at < end else { return false }
    return Digits.byte(at) == 0x20
  }

  /// Adds what the lines as a whole tell.
  func report(into statistics: inout ImportStatistics) {
    statistics.records = lines
    if countedTimes > 0 {
      statistics.note(
        "times of a clock that counts", count: countedTimes,
        example: "the trace clock is no time (counter, x86-tsc): its counts are taken for ns; record with -C mono",
        position: "before line \(lines)")
    }
    if used == 0, lines > 0, stop == nil {
      KernelDecoder.noteNothingKnown(
        &statistics, "perf script has to print the event's name (-F +event), trace-cmd record KVM's events (-e kvm)",
        "before line \(lines)")
    }
    decoder.report(into: &statistics, records: lines, unit: "line")
  }

  private mutating func malformed(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    let line = lines
    statistics.skipped &+= 1
    statistics.note("malformed line", example: Excerpt.of(start, end), position: "line \(line)")
    if isStrict { stop = ("line \(line)", "malformed line: \(Excerpt.of(start, end))") }
  }
}

/// Names of events that are not used, each with the kind of remark that stands for it.
struct UnusedEvents {
  private var kinds: [(name: [UInt8], kind: String)] = []
  private var last = 0
  static let limit = 64
  static let kind = "event that is not used"

  /// The kind of remark for an event.
  mutating func kind(_ name: UnsafeRawBufferPointer) -> String {
    if last < kinds.count, name.elementsEqual(kinds[last].name) { return kinds[last].kind }
    if let known = kinds.firstIndex(where: { name.elementsEqual($0.name) }) {
      last = known
      return kinds[known].kind
    }
    guard kinds.count < Self.limit, name.count < 100 else { return Self.kind }
    kinds.append((Array(name), Self.kind + ": \(String(decoding: name, as: UTF8.self))"))
    last = kinds.count - 1
    return kinds[last].kind
  }
}
