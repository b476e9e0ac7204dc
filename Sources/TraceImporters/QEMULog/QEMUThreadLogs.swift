import InterruptTrace

/// The logs of one capture with a file per thread of the emulator (`-d tid -D name-%d.log`), merged by time.
///
/// Each file is put into the order of effects by itself, as the lines of one access are all in the file of the thread
/// that made it. Then the file whose next event is earliest goes on. An event that was printed late counts from the first
/// line that it caused: from there on its thread held the lock. Of equal times the file that is being read goes on.
public final class QEMUThreadLogs: EventSource {
  /// `qemu-log`, and how the first file is compressed.
  public let format: TraceFormat
  /// What the files' starts show of the controller.
  public let topology: Topology

  private let files: [File]
  private var current = 0
  private var delivered: UInt64 = 0

  /// Reads the logs in `inputs`.
  public convenience init(_ inputs: [ByteInput], isStrict: Bool = false) {
    self.init(inputs.map { LineChunksBox(LineChunks($0)) }, isStrict: isStrict)
  }

  init(_ chunks: [LineChunksBox], isStrict: Bool) {
    let (readers, topology) = LogReader.open(chunks, isStrict: isStrict)
    files = readers.map { File($0) }
    self.topology = topology
    format = TraceFormat(name: "qemu-log", compression: readers.first?.compression ?? "none")
  }

  /// What was read, skipped and wrong so far, in all files.
  public var statistics: ImportStatistics {
    var sum = ImportStatistics()
    for (number, file) in files.enumerated() { sum.add(file.reader.statistics, of: "file \(number + 1)") }
    return sum
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    batch.count = 0
    while batch.count < batch.capacity {
      guard let next = try earliest() else { break }
      current = next
      batch.append(files[next].take())
    }
    delivered += UInt64(batch.count)
    return batch.count
  }

  /// The file to go on with.
  private func earliest() throws(TraceError) -> Int? {
    var best: Int?
    var bestTime = UInt64.max
    for number in files.indices {
      guard let time = try files[number].nextTime() else { continue }
      if best == nil || time < bestTime || time == bestTime && number == current {
        best = number
        bestTime = time
      }
    }
    return best
  }

  /// One file with some events that were read ahead.
  private final class File {
    let reader: LogReader
    private var batch = EventBatch(capacity: 4096)
    private var events: [Event] = []
    private var at = 0
    private var isAtEnd = false

    init(_ reader: LogReader) { self.reader = reader }

    /// When the next event's access began, or nil at the end.
    func nextTime() throws(TraceError) -> UInt64? {
      // A late event's own effects come next, with the times at which they were printed.
      if at + 1 >= events.count, !isAtEnd { try refill() }
      guard at < events.count else { return nil }
      let own = events[at].time
      return at + 1 < events.count ? min(own, events[at + 1].time) : own
    }

    func take() -> Event {
      at += 1
      return events[at - 1]
    }

    private func refill() throws(TraceError) {
      events.removeFirst(at)
      at = 0
      isAtEnd = try reader.read(into: &batch) == 0
      if !isAtEnd { events += batch.events }
    }
  }
}

extension ImportStatistics {
  /// Adds the counts of one of several files.
  fileprivate mutating func add(_ other: ImportStatistics, of file: String) {
    bytesRead += other.bytesRead
    bytesTotal = other.bytesTotal.map { (bytesTotal ?? 0) + $0 }
    records += other.records
    skipped += other.skipped
    for event in other.ignored { ignore(event.name, count: event.count) }
    for problem in other.problems {
      note(
        problem.kind, count: problem.count, example: problem.firstExample,
        position: "\(file), \(problem.firstPosition)")
    }
    if let damage = other.damage, self.damage == nil {
      self.damage = Damage(reason: damage.reason, position: "\(file), \(damage.position)")
    }
  }
}
