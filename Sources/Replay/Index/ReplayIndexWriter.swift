import InterruptTrace

/// Writes the checkpoints of a capture as it is replayed.
struct ReplayIndexWriter {
  /// Most checkpoints, and about the most bytes that they take.
  static let countLimit: UInt64 = 128
  static let sizeLimit: UInt64 = 256 << 20

  private let file: OutputFile
  private let recordLimit: UInt64
  private var checkpoints: [ReplayCheckpoint] = []
  private var present: ReplayCheckpoint
  /// Records at which the next checkpoint is due.
  private var due: UInt64

  /// Starts an index of a capture of at most `recordLimit` records, the first event at `records`.
  init(path: String, records: UInt64, recordLimit: UInt64) throws(OutputError) {
    file = try OutputFile(path: path)
    self.recordLimit = recordLimit
    present = ReplayCheckpoint(events: 0, records: records, gaps: 0)
    due = max(recordLimit / Self.countLimit, 1)
  }

  /// Takes in what was replayed, after which the replay stands behind it.
  mutating func consume(_ batch: ReplayBatch, _ engine: ReplayEngine) throws(OutputError) {
    present.records += UInt64(batch.events.count)
    if batch.firstTime != nil { present.latestTime = max(present.latestTime ?? 0, batch.latestTime) }
    for transition in batch.transitions where transition.kind == .gap { present.gaps += 1 }
    if present.records >= due { try add(engine) }
  }

  private mutating func add(_ engine: ReplayEngine) throws(OutputError) {
    let state = engine.archivedState()
    present.events = engine.events
    (present.firstTime, present.lastTime) = (engine.firstTime, engine.lastTime)
    (present.offset, present.length) = (file.bytesWritten, UInt64(state.count))
    present.checksum = StateArchive.checksum(state)
    try writeNow(state)
    checkpoints.append(present)
    // The larger states are, the fewer of them.
    let share = Double(recordLimit) / Double(Self.sizeLimit) * Double(state.count)
    due = present.records + max(recordLimit / Self.countLimit, UInt64(share), 1)
  }

  private func writeNow(_ bytes: [UInt8]) throws(OutputError) {
    try file.write(bytes)
    try file.flush()
  }

  /// Ends the index, if each of the capture's records was an event's: only then they are found by their numbers. Returns
  /// whether there is one.
  mutating func finish(_ engine: ReplayEngine, key: String) throws(OutputError) -> Bool {
    let statistics = engine.statistics
    guard engine.isAtEnd, statistics.problems.isEmpty, statistics.skipped == 0, statistics.damage == nil,
      statistics.records == present.records
    else { return false }
    present.isEnd = true
    try add(engine)
    var archive = StateArchive()
    var key = key
    archive.text(&key)
    archive.array(&checkpoints)
    let table = archive.bytes
    var trailer = ReplayIndex.Trailer(
      offset: file.bytesWritten, length: UInt64(table.count), checksum: StateArchive.checksum(table))
    try writeNow(table)
    try writeNow(withUnsafeBytes(of: &trailer) { Array($0) })
    try file.commit()
    return true
  }
}

extension ReplayIndex {
  /// Replays a capture and writes its index. False if it has none: its records are not found by their numbers.
  public static func write(
    to path: String, key: String, of source: NativeTraceReader, options: ReplayOptions,
    onProgress: ((ReplayProgress) -> Void)? = nil
  ) throws -> Bool {
    guard let limit = source.recordLimit else { return false }
    var writer = try ReplayIndexWriter(path: path, records: source.firstEventRecord, recordLimit: limit)
    let engine = ReplayEngine(source: source, options: options)
    engine.onProgress = onProgress
    try engine.run { try writer.consume($0, engine) }
    return try writer.finish(engine, key: key)
  }
}
