import InterruptTrace

/// Reads one file of a QEMU log. A capture is one file, or one per thread of the emulator.
final class LogReader {
  private var decoder: LogDecoder
  private var chunks: LineChunks
  private var chunkAt: UnsafeRawPointer
  private var chunkEnd: UnsafeRawPointer
  private var isFinished = false

  /// Events that are decoded ahead at most.
  private static let readAhead = 16_384

  /// Opens the files of one capture: surveys their starts, numbers the PEs, and returns a reader for each file with what
  /// the starts show of the controller.
  static func open(_ files: consuming [LineChunksBox], isStrict: Bool) -> (readers: [LogReader], topology: Topology) {
    var survey = LogSurvey()
    let starts = files.enumerated().map { number, file in
      let lines = file.chunks.first(LogSurvey.length)
      // From version 11 on QEMU's lines name no thread; the file does. Thread ids of Linux are below 2^22.
      let thread = files.count > 1 ? 1 << 31 | UInt32(number) : 0
      let first = survey.read(lines.baseAddress!, lines.baseAddress! + lines.count, ownThread: thread)
      return (lines: lines, first: first, ownThread: thread)
    }
    let elements = ProcessingElements()
    survey.conclude(into: elements)
    let readers = zip(files, starts).map { file, start in
      var decoder = LogDecoder(elements: elements, epoch: survey.epoch, isStrict: isStrict)
      decoder.showsAcceptedSGIs = survey.showsAcceptedSGIs
      decoder.text.showsReturns = survey.topology.architecture != .v2
      if files.count > 1 {
        decoder.isOneThread(start.first.thread, own: start.ownThread, from: start.first.time)
      }
      return LogReader(file, start.lines, decoder)
    }
    return (readers, survey.topology)
  }

  private init(_ file: LineChunksBox, _ start: UnsafeRawBufferPointer, _ decoder: consuming LogDecoder) {
    chunks = file.take()
    self.decoder = decoder
    chunkAt = start.baseAddress!
    chunkEnd = chunkAt + start.count
  }

  /// What was read, skipped and wrong so far.
  var statistics: ImportStatistics {
    var statistics = decoder.statistics
    statistics.records = decoder.lines
    chunks.report(into: &statistics)
    decoder.otherEvents.report(into: &statistics)
    statistics.note(
      "ITS commands without the write that started them", count: decoder.order.overlong,
      example: "more events than are kept back", position: "before line \(decoder.lines)")
    return statistics
  }

  /// How the file is compressed.
  var compression: String { chunks.compression }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the file.
  func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    let target = min(batch.capacity, Self.readAhead)
    while decoder.order.available < target && !isFinished {
      decoder.decode(&chunkAt, end: chunkEnd, target: target)
      if decoder.stop != nil {
        // What was read before the malformed line is delivered first.
        decoder.finish()
        isFinished = true
      } else if chunkAt >= chunkEnd {
        nextChunk()
      }
    }
    if decoder.order.available == 0, let stop = decoder.stop {
      throw .strict(path: chunks.path, position: stop.position, reason: stop.reason)
    }
    return decoder.order.deliver(into: &batch)
  }

  private func nextChunk() {
    let next = chunks.next()
    if let start = next.baseAddress, !next.isEmpty {
      chunkAt = start
      chunkEnd = start + next.count
    } else {
      decoder.finish()
      isFinished = true
    }
  }
}

/// Holds a ``LineChunks`` until a reader takes it: arrays cannot hold what cannot be copied.
final class LineChunksBox {
  /// The lines.
  var chunks: LineChunks
  private var isTaken = false

  init(_ chunks: consuming LineChunks) { self.chunks = chunks }

  /// The lines, for good.
  func take() -> LineChunks {
    precondition(!isTaken)
    isTaken = true
    var taken = LineChunks(UnsafeRawBufferPointer(start: nil, count: 0))
    swap(&taken, &chunks)
    return taken
  }
}
