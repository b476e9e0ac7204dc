import Analyzers
import InterruptTrace
import Replay

/// The database of results: `analyze --sqlite`. ``SQLiteSchema`` describes its tables.
public final class SQLiteReport: AnalysisOutput {
  let database: SQLiteDatabase
  private let filter: TransitionFilter
  private let interrupts: SQLiteStatement
  let guestInterrupts: SQLiteStatement
  private let stages: SQLiteStatement
  private let translations: SQLiteStatement
  private let mappings: SQLiteStatement
  private let occupancy: SQLiteStatement
  private let transitions: SQLiteStatement?
  private var lastInterrupt: Int64 = 0
  private var use = ListRegistersHeld()
  /// The last change on each PE, whose end is not known yet.
  private var lastUse: [UInt64: (start: UInt64, inUse: Int)] = [:]
  /// An MSI whose fault, if any, comes next.
  private var msi: Transition?
  private static let stageNames = LatencyStage.allCases.map { SQLiteValue.text($0.name) }

  /// A new database; one that is there already is replaced. `withTransitions` adds the table of that name.
  public init(path: String, filter: TransitionFilter = TransitionFilter(), withTransitions: Bool = false) throws {
    self.filter = filter
    let database = try SQLiteDatabase(creating: path)
    self.database = database
    try database.execute("BEGIN; PRAGMA user_version = \(SQLiteSchema.version); \(SQLiteSchema.tables)")
    func into(_ table: String, _ columns: Int) throws -> SQLiteStatement {
      try database.prepare(
        "INSERT INTO \(table) VALUES (\(Array(repeating: "?", count: columns).joined(separator: ",")))")
    }
    interrupts = try into("interrupts", 22)
    guestInterrupts = try into("guest_interrupts", 24)
    stages = try into("stages", 4)
    translations = try into("translations", 7)
    mappings = try into("mappings", 7)
    occupancy = try into("lr_occupancy", 5)
    if withTransitions { try database.execute(SQLiteSchema.transitions) }
    transitions = withTransitions ? try into("transitions", 10) : nil
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
      case .mapping:
        try mappings.insert([
          .number(t.event), .number(t.time), .number(t.domain), .number(t.mapping.deviceID), .number(t.mapping.eventID),
          Self.intid(t), .number(t.mapping.isMapped ? 1 : 0),
        ])
      default: break
      }
      if let inUse { try changeUse(t, inUse) }
      try writeTransition(t)
    }
  }

  private static func intid(_ t: Transition) -> SQLiteValue { t.intid == INTID.none ? .null : .number(t.intid) }

  private func writeTranslation(fault: Transition?) throws {
    guard let t = msi else { return }
    msi = nil
    let reason = fault.map { $0.itsFault.fault?.name ?? "fault \($0.itsFault.faultNumber)" }
    let intid = fault.map { $0.intid == INTID.none ? t.intid : $0.intid } ?? t.intid
    try translations.insert([
      .number(t.event), .number(t.time), .number(t.domain), .number(t.msi.deviceID), .number(t.msi.eventID),
      intid == INTID.none ? .null : .number(intid), .text(reason),
    ])
  }

  private func changeUse(_ t: Transition, _ inUse: Int) throws {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    if let last = lastUse[key] { try writeUse(key, last.start, t.time, last.inUse) }
    lastUse[key] = (t.time, inUse)
  }

  private func writeUse(_ key: UInt64, _ start: UInt64, _ end: UInt64, _ inUse: Int) throws {
    try occupancy.insert([
      .number(key >> 32), .number(key & 0xFFFF_FFFF), .number(start), .number(max(start, end)), .number(inUse),
    ])
  }

  private func writeTransition(_ t: Transition) throws {
    guard let transitions else { return }
    try transitions.insert([
      .number(t.event), .number(t.time), .text("\(t.kind)"), .text("\(t.provenance)"), .number(t.domain),
      t.pe == PE.none ? .null : .number(t.pe), Self.intid(t), .number(t.priority), .number(t.a), .number(t.b),
    ])
  }

  // MARK: Lives

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    for life in lives { if life.isVirtual { try writeGuests(life) } else { try write(life) } }
  }

  private func write(_ life: InterruptLife) throws {
    lastInterrupt += 1
    func moment(_ part: InterruptLife.Shown, _ value: UInt64) -> SQLiteValue {
      life.shown.contains(part) ? .number(value) : .null
    }
    try interrupts.insert([
      .integer(lastInterrupt), .number(life.domain), life.pe == PE.none ? .null : .number(life.pe),
      .number(life.intid), .text(life.interruptClass.name), .text(life.pendingCause.map { "\($0)" }),
      .number(life.sourcePE), .number(life.deviceID), .number(life.eventID), .number(life.priority),
      .number(life.merged), moment(.pending, life.pendingTime), moment(.acknowledge, life.acknowledgeTime),
      moment(.end, life.endTime), moment(.deactivation, life.deactivationTime),
      moment(.pending, life.pendingEvent), moment(.acknowledge, life.acknowledgeEvent), moment(.end, life.endEvent),
      moment(.deactivation, life.deactivationEvent),
      life.outcome == .withdrawn ? .number(life.endTime) : .null, .text(life.outcome.name),
      .text("\(life.certainty)"),
    ])
    for stage in LatencyStage.allCases {
      guard let span = life.span(stage) else { continue }
      try stages.insert([
        .integer(lastInterrupt), Self.stageNames[Int(stage.rawValue)], .number(span.start), .number(span.length),
      ])
    }
  }

  // MARK: The end

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    try writeTranslation(fault: nil)
    for (key, last) in lastUse.sorted(by: { $0.key < $1.key }) {
      try writeUse(key, last.start, report.trace.lastTime ?? last.start, last.inUse)
    }
    try writeResults(report)
    // A read in normal mode gives the lock back, so that others can open the file from now on.
    try database.execute("\(SQLiteSchema.indices) COMMIT; ANALYZE; PRAGMA locking_mode = NORMAL; SELECT * FROM trace")
  }

  func insert(into table: String, _ rows: some Sequence<[SQLiteValue]>) throws {
    var statement: SQLiteStatement?
    for row in rows {
      let places = Array(repeating: "?", count: row.count).joined(separator: ",")
      let prepared = try statement ?? database.prepare("INSERT INTO \(table) VALUES (\(places))")
      statement = prepared
      try prepared.insert(row)
    }
  }
}
