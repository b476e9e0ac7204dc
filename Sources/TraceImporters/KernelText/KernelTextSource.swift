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
  /// The same of a text that is still being written.
  private static let liveSurveyLength = 1 << 14
  /// Events are given out before more text is waited for.
  private let isLive: Bool

  /// Reads the text in `bytes`, which must stay where they are while the source lives, in pieces of `pieceLength`.
  public convenience init(bytes: UnsafeRawBufferPointer, pieceLength: Int = 1 << 18, isStrict: Bool = false) {
    self.init(LineChunks(bytes, pieceLength: pieceLength), isStrict)
  }

  /// Reads the text in `input`.
  public convenience init(_ input: ByteInput, isStrict: Bool = false) {
    self.init(LineChunks(input), isStrict)
  }

  /// Opens the text in `input`; of a web page what comes before its trace is passed, as `place` says. The text of a
  /// host's recording and its guests', as `trace-cmd report` prints them together, is all of them as one capture:
  /// trace-cmd has put them on one clock.
  ///
  /// - Throws: ``TraceError/unreadable(path:reason:)`` if it is the text of several recordings otherwise.
  static func open(
    _ input: ByteInput, at place: KernelTextContent.Place, _ options: ImportOptions
  ) throws(TraceError) -> any EventSource {
    let source = KernelTextSource(input, place, options)
    let recordings = source.reader.header.recordings
    if recordings.isEmpty { return source }
    guard let (host, guests) = source.reader.header.hostAndGuests, input.path != "-", input.bytesTotal != nil else {
      throw .unreadable(
        path: input.path,
        reason:
          "it is the text of \(recordings.count) recordings (\(recordings.joined(separator: ", "))); report each by "
          + "itself (trace-cmd report -i FILE) and give the texts to gicscope merge")
    }
    func open(_ recording: [UInt8]) throws(TraceError) -> any EventSource {
      KernelTextSource(try ByteInput.open(path: input.path), place, options, recording: recording)
    }
    let signals = try CaptureSignals(try open(host))
    var steps: [[CaptureSignals.Signal]] = []
    for guest in guests { steps.append(try CaptureSignals(try open(guest)).steps) }
    var merged = try open(host)
    for (guest, domain) in zip(guests, GuestRuns.domains(ofGuests: steps, in: signals.runs)) {
      merged = MergedSource(
        merged, try open(guest), MergedSource.Relation(clock: ClockOffset(offset: 0), guest: domain))
    }
    return merged
  }

  private convenience init(
    _ input: ByteInput, _ place: KernelTextContent.Place, _ options: ImportOptions, recording: [UInt8]? = nil
  ) {
    var passed = 0
    while passed < place.offset, case let piece = input.nextPiece(atMost: place.offset - passed), !piece.isEmpty {
      passed += piece.count
    }
    self.init(LineChunks(input), options.isStrict, place, isLive: options.isLive, recording: recording)
  }

  private init(
    _ chunks: consuming LineChunks, _ isStrict: Bool, _ place: KernelTextContent.Place = KernelTextContent.Place(),
    isLive: Bool = false, recording: [UInt8]? = nil
  ) {
    self.isLive = isLive
    var lines = chunks
    format = TraceFormat(name: "ftrace-text", compression: lines.compression)
    let start = lines.first(isLive ? Self.liveSurveyLength : Self.surveyLength)
    reader = KernelTextReader(isStrict: isStrict, place: place, recording: recording)
    topology = reader.survey(start)
    if isLive { reader.decoder.order.holdsBackLess() }
    chunkAt = start.baseAddress!
    chunkEnd = chunkAt + start.count
    self.chunks = lines
  }

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics {
    var statistics = reader.statistics
    reader.report(into: &statistics)
    chunks.report(into: &statistics)
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
        if isLive, reader.decoder.order.isReady { break }
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
    if reader.stop == nil, let last = chunks.lastLine,
      reader.takeLast(last.baseAddress!, last.baseAddress! + last.count)
    {
      chunks.acceptLastLine()
    }
    reader.finish()
  }
}
