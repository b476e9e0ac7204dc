import InterruptTrace

/// A QEMU log with `gic*` trace events, as a source of events in the order of their effects.
public final class QEMULogSource: EventSource {
  /// `qemu-log`, and how the file is compressed.
  public let format: TraceFormat
  /// What the capture's start shows of the controller.
  public private(set) var topology: Topology

  private var decoder: LogDecoder
  private var chunks: LineChunks
  private var chunkAt: UnsafeRawPointer
  private var chunkEnd: UnsafeRawPointer
  private var isFinished = false
  private var delivered: UInt64 = 0

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics {
    var statistics = decoder.statistics
    statistics.records = decoder.lines
    chunks.report(into: &statistics)
    return statistics
  }

  /// Events that are decoded ahead at most.
  private static let readAhead = 16_384

  /// Reads the log in `bytes`, which must stay where they are while the source lives.
  convenience init(bytes: UnsafeRawBufferPointer, isStrict: Bool = false) {
    self.init(LineChunks(bytes), format: TraceFormat(name: "qemu-log"), isStrict: isStrict)
  }

  init(_ chunks: consuming LineChunks, format: TraceFormat, isStrict: Bool) {
    self.format = format
    var chunks = chunks
    let elements = ProcessingElements()
    var survey = LogSurvey()
    let first = chunks.next(atLeast: LogSurvey.length)
    chunkAt = first.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    chunkEnd = chunkAt + first.count
    survey.read(chunkAt, LineChunks.wholeLines(chunkAt, chunkEnd, limit: LogSurvey.length))
    survey.conclude(into: elements)
    topology = survey.topology
    decoder = LogDecoder(elements: elements, epoch: survey.epoch, isStrict: isStrict)
    decoder.showsAcceptedSGIs = survey.showsAcceptedSGIs
    self.chunks = chunks
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    let target = min(batch.capacity, Self.readAhead)
    while decoder.order.available < target && !isFinished {
      decoder.decode(&chunkAt, end: chunkEnd, target: target)
      if decoder.stop != nil { isFinished = true }
      if chunkAt >= chunkEnd && !isFinished { nextChunk() }
    }
    if isFinished && decoder.order.available == 0 {
      if let stop = decoder.stop {
        throw .strict(path: chunks.path, position: stop.position, reason: stop.reason)
      }
    }
    batch.firstIndex = delivered
    let count = decoder.order.deliver(into: &batch)
    delivered += UInt64(count)
    return count
  }

  private func nextChunk() {
    let next = chunks.next(atLeast: 1)
    if let start = next.baseAddress, !next.isEmpty {
      chunkAt = start
      chunkEnd = start + next.count
    } else {
      decoder.finish()
      isFinished = true
    }
  }
}
