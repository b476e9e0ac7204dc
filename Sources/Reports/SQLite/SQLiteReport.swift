import Analyzers
import InterruptTrace
import Replay

/// The database of results: `analyze --sqlite`. Its tables are those of ``ResultTables`` that have a name.
public final class SQLiteReport: AnalysisOutput {
  /// `PRAGMA user_version`: changes with the meaning of a column, not with an addition.
  private static let version = 1

  /// `PRAGMA application_id`, by which a database of gicscope's is known: "gics".
  static let applicationID: UInt32 = 0x6769_6373

  private let database: SQLiteDatabase
  private let file: OutputFile
  private let filter: TransitionFilter
  private let interrupts: SQLiteInserter<InterruptLife>
  private let guestInterrupts: SQLiteInserter<InterruptLife>
  private let stages: SQLiteInserter<ResultTables.StageSpan>
  private let translations: SQLiteInserter<(msi: Transition, fault: Transition?)>
  private let mappings: SQLiteInserter<Transition>
  private let occupancy: SQLiteInserter<ResultTables.OccupiedSpan>
  private let transitions: SQLiteInserter<Transition>?
  private var lastInterrupt: UInt64 = 0
  private var use = ListRegistersHeld()
  /// The last change on each PE, whose end is not known yet.
  private var lastUse: [UInt64: (start: UInt64, inUse: Int)] = [:]
  /// An MSI whose fault, if any, comes next.
  private var msi: Transition?

  /// A new database; an existing one of gicscope's is replaced when this one is whole; anything else is an error.
  /// `withTransitions` adds the table of that name.
  public init(path: String, filter: TransitionFilter = TransitionFilter(), withTransitions: Bool = false) throws {
    self.filter = filter
    guard mayReplaceDatabase(path) else {
      throw OutputError(path: path, reason: "it exists and is not a gicscope database")
    }
    file = try OutputFile(path: path)
    guard let temporary = file.temporaryPath else {
      throw OutputError(path: path, reason: "a database goes to a regular file only")
    }
    let database = try SQLiteDatabase(into: temporary, for: path)
    self.database = database
    let tables = ResultTables.all + (withTransitions ? ResultTables.onRequest : [])
    try database.execute(
      "BEGIN; PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.version); "
        + tables.map(\.schema).joined())
    interrupts = try SQLiteInserter(ResultTables.interrupts, database)
    guestInterrupts = try SQLiteInserter(ResultTables.guestInterrupts, database)
    stages = try SQLiteInserter(ResultTables.stages, database)
    translations = try SQLiteInserter(ResultTables.translations, database)
    mappings = try SQLiteInserter(ResultTables.mappings, database)
    occupancy = try SQLiteInserter(ResultTables.lrOccupancy, database)
    transitions = withTransitions ? try SQLiteInserter(ResultTables.transitions, database) : nil
  }

  // MARK: Transitions

  /// As ``AnalysisOutput`` wants it.
  public func consume(_ batch: ReplayBatch) throws {
    for t in batch.transitions {
      let inUse = use.changed(by: t)
      guard batch.isReported, filter.includes(t) else { continue }
      switch t.kind {
      case .msi:
        try writeTranslation(fault: nil)
        msi = t
      case .itsFault where msi?.event == t.event && msi?.msi.message == t.itsFault.message:
        try writeTranslation(fault: t)
      case .mapping: try mappings.insert(t)
      default: break
      }
      if let inUse { try changeUse(t, inUse) }
      try transitions?.insert(t)
    }
  }

  private func writeTranslation(fault: Transition?) throws {
    guard let t = msi else { return }
    msi = nil
    try translations.insert((t, fault))
  }

  private func changeUse(_ t: Transition, _ inUse: Int) throws {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    if let last = lastUse[key] { try writeUse(key, last.start, t.time, last.inUse) }
    lastUse[key] = (t.time, inUse)
  }

  private func writeUse(_ key: UInt64, _ start: UInt64, _ end: UInt64, _ inUse: Int) throws {
    let (domain, pe) = (UInt16(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
    try occupancy.insert((domain, pe, start, max(start, end), inUse))
  }

  // MARK: Lives

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    for life in lives {
      guard !life.isVirtual else {
        try guestInterrupts.insert(life)
        continue
      }
      lastInterrupt += 1
      try interrupts.insert(life)
      for stage in LatencyStage.allCases {
        guard let span = life.span(stage) else { continue }
        try stages.insert((lastInterrupt, stage, span.start, span.length))
      }
    }
  }

  // MARK: The end

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    try writeTranslation(fault: nil)
    for (key, last) in lastUse.sorted(by: { $0.key < $1.key }) {
      try writeUse(key, last.start, report.trace.lastTime ?? last.start, last.inUse)
    }
    for table in ResultTables.all { try table.insert(report, into: database) }
    // A read in normal mode gives the lock back, so that others can open the file from now on. Indices are made when the rows
    // are in, which is faster than keeping them up.
    try database.execute(
      """
      CREATE INDEX interrupts_by_intid ON interrupts (intid, pending_ns);
      CREATE INDEX stages_by_interrupt ON stages (interrupt);
      CREATE INDEX translations_by_device ON translations (device_id, event_id);
      COMMIT; ANALYZE; PRAGMA locking_mode = NORMAL; SELECT * FROM trace
      """
    )
    try file.commit()
  }
}
