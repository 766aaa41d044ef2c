import CSQLite

/// A prepared statement that is bound, stepped to its end and reset in one call.
final class SQLiteStatement {
  private let statement: OpaquePointer
  private let connection: OpaquePointer
  private let sql: String
  private let columns: [String]

  init(_ statement: OpaquePointer, connection: OpaquePointer, sql: String) {
    self.statement = statement
    self.connection = connection
    self.sql = sql
    columns = (0..<sqlite3_column_count(statement)).map { index in
      sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
    }
  }

  deinit { sqlite3_finalize(statement) }

  func run(_ values: [SQLiteValue]) throws(SQLiteError) -> [SQLiteRow] {
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    try bind(values)
    var rows: [SQLiteRow] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: rows.append(row())
      case SQLITE_DONE: return rows
      default: throw SQLiteError(last: connection, sql: sql)
      }
    }
  }

  private func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
    let expected = Int(sqlite3_bind_parameter_count(statement))
    guard values.count == expected else {
      throw SQLiteError(
        code: .misuse, message: "\(values.count) values for \(expected) parameters", sql: sql)
    }
    for (offset, value) in values.enumerated() {
      guard bind(value, at: Int32(offset + 1)) == SQLITE_OK else {
        throw SQLiteError(last: connection, sql: sql)
      }
    }
  }

  private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
    // SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let integer): return sqlite3_bind_int64(statement, index, integer)
    case .real(let real): return sqlite3_bind_double(statement, index, real)
    case .text(let text):
      return text.withCString {
        sqlite3_bind_text64(
          statement, index, $0, UInt64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
      }
    case .blob(let bytes):
      if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), transient)
      }
    }
  }

  private func row() -> SQLiteRow {
    SQLiteRow(
      columns: columns, values: (0..<Int32(columns.count)).map { value(at: $0) }, sql: sql)
  }

  private func value(at index: Int32) -> SQLiteValue {
    switch sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, index))
    case SQLITE_TEXT:
      guard let start = sqlite3_column_text(statement, index) else { return .text("") }
      let count = Int(sqlite3_column_bytes(statement, index))
      return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      guard let start = sqlite3_column_blob(statement, index) else { return .blob([]) }
      let count = Int(sqlite3_column_bytes(statement, index))
      return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
    default: return .null
    }
  }
}

extension SQLiteError {
  init(last connection: OpaquePointer?, sql: String?) {
    self.init(
      code: Code(rawValue: sqlite3_errcode(connection) & 0xff),
      message: String(cString: sqlite3_errmsg(connection)), sql: sql)
  }
}
