import CSQLite
import Glibc

/// A value of a row.
enum SQLiteValue: Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  /// A number that fits 63 bits; greater ones, which only raw register values are, keep their bit pattern.
  static func number(_ value: some BinaryInteger) -> SQLiteValue { .integer(Int64(truncatingIfNeeded: value)) }
  /// A number, or null.
  static func number(_ value: (some BinaryInteger)?) -> SQLiteValue { value.map { number($0) } ?? .null }
  /// Text, or null.
  static func text(_ value: String?) -> SQLiteValue { value.map { SQLiteValue.text($0) } ?? .null }
}

/// A database file that is written once: no journal, no waiting for the disk, one transaction.
final class SQLiteDatabase {
  private let handle: OpaquePointer
  let path: String

  /// A new file; one that is there already is replaced.
  convenience init(creating path: String) throws {
    if unlink(path) != 0, errno != ENOENT {
      throw ReportWriteError(path: path, reason: String(cString: strerror(errno)))
    }
    try self.init(path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    try execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")
  }

  /// A file that is there, to be read.
  convenience init(reading path: String) throws { try self.init(path: path, flags: SQLITE_OPEN_READONLY) }

  private init(path: String, flags: Int32) throws {
    self.path = path
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(path, &handle, flags, nil)
    guard status == SQLITE_OK, let handle else {
      sqlite3_close(handle)
      throw ReportWriteError(path: path, reason: String(cString: sqlite3_errstr(status)))
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

  /// The rows of a query.
  func rows(_ sql: String) throws -> [[SQLiteValue]] {
    let statement = try prepare(sql)
    var rows: [[SQLiteValue]] = []
    while let row = try statement.next() { rows.append(row) }
    return rows
  }

  fileprivate var error: ReportWriteError {
    ReportWriteError(path: path, reason: String(cString: sqlite3_errmsg(handle)))
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

  /// The columns' names.
  var columns: [String] {
    (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
  }

  /// Runs an insertion with these values.
  func insert(_ values: [SQLiteValue]) throws {
    for (i, value) in values.enumerated() {
      let place = Int32(i + 1)
      switch value {
      case .null: sqlite3_bind_null(statement, place)
      case .integer(let number): sqlite3_bind_int64(statement, place, number)
      case .real(let number): sqlite3_bind_double(statement, place, number)
      case .text(let text): sqlite3_bind_text(statement, place, text, -1, Self.transient)
      }
    }
    let status = sqlite3_step(statement)
    sqlite3_reset(statement)
    guard status == SQLITE_DONE else { throw database.error }
  }

  /// The next row; nil after the last.
  func next() throws -> [SQLiteValue]? {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: break
    case SQLITE_DONE: return nil
    default: throw database.error
    }
    return (0..<sqlite3_column_count(statement)).map { column in
      switch sqlite3_column_type(statement, column) {
      case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, column))
      case SQLITE_FLOAT: .real(sqlite3_column_double(statement, column))
      case SQLITE_NULL: .null
      default: .text(sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "")
      }
    }
  }
}
