import CSQLite
import InterruptTrace

/// A database file that is written once: no journal, no waiting for the disk, one transaction.
final class SQLiteDatabase {
  let handle: OpaquePointer
  private let path: String

  /// A database in an empty file, for the output that `path` names.
  convenience init(into file: String, for path: String) throws {
    try self.init(file, for: path, flags: SQLITE_OPEN_READWRITE)
    try execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")
  }

  /// Opens a file with the flags of `sqlite3_open_v2`; `path` names it in errors.
  init(_ file: String, for path: String, flags: Int32) throws {
    self.path = path
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(file, &handle, flags, nil)
    guard status == SQLITE_OK, let handle else {
      sqlite3_close(handle)
      throw OutputError(path: path, reason: String(cString: sqlite3_errstr(status)))
    }
    self.handle = handle
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that give no rows.
  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error }
  }

  /// A statement to be run often.
  func prepare(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(sql, database: self, handle: handle) }

  fileprivate var error: OutputError {
    OutputError(path: path, reason: String(cString: sqlite3_errmsg(handle)))
  }
}

/// A prepared statement.
final class SQLiteStatement {
  private let statement: OpaquePointer
  private let database: SQLiteDatabase
  /// SQLite copies a text before it returns.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  fileprivate init(_ sql: String, database: SQLiteDatabase, handle: OpaquePointer) throws {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw database.error }
    self.statement = statement
    self.database = database
  }

  deinit { sqlite3_finalize(statement) }

  /// Sets one of the values of the next row; a number beyond 63 bits, which only raw register values are, keeps its bit
  /// pattern.
  func bind(_ value: ValueTree, at place: Int32) {
    switch value {
    case .unknown: sqlite3_bind_null(statement, place)
    case .number(let number), .register(let number): sqlite3_bind_int64(statement, place, Int64(bitPattern: number))
    case .bool(let flag): sqlite3_bind_int64(statement, place, flag ? 1 : 0)
    case .fraction(let number): sqlite3_bind_double(statement, place, number)
    case .text(let text): sqlite3_bind_text(statement, place, text, -1, Self.transient)
    case .list, .object: sqlite3_bind_text(statement, place, value.compactJSON, -1, Self.transient)
    }
  }

  /// Inserts the row whose values are set.
  func run() throws {
    let status = sqlite3_step(statement)
    sqlite3_reset(statement)
    guard status == SQLITE_DONE else { throw database.error }
  }
}
