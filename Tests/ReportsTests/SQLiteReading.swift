import CSQLite
import InterruptTrace

@testable import Reports

/// A value of a row that was read.
enum SQLiteValue: Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  static func number(_ value: some BinaryInteger) -> SQLiteValue { .integer(Int64(truncatingIfNeeded: value)) }
  static func number(_ value: (some BinaryInteger)?) -> SQLiteValue { value.map { number($0) } ?? .null }

  /// A value of the JSON report.
  init(_ json: ValueTree?) {
    switch json {
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    case .fraction(let value): self = .real(value)
    case .bool(let value): self = .integer(value ? 1 : 0)
    default: self = .null
    }
  }
}

extension SQLiteDatabase {
  /// A file that is there, to be read.
  convenience init(reading path: String) throws { try self.init(path, for: path, flags: SQLITE_OPEN_READONLY) }

  /// The rows of a query.
  func rows(_ sql: String) throws -> [[SQLiteValue]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      throw OutputError(path: "", reason: String(cString: sqlite3_errmsg(handle)))
    }
    defer { sqlite3_finalize(statement) }
    var rows: [[SQLiteValue]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(statement)).map { column in
          switch sqlite3_column_type(statement, column) {
          case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, column))
          case SQLITE_FLOAT: .real(sqlite3_column_double(statement, column))
          case SQLITE_NULL: .null
          default: .text(sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "")
          }
        }
      )
    }
    return rows
  }
}
