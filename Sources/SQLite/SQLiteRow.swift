/// One row of a result, copied out of SQLite.
///
/// The typed getters throw `SQLiteError.Code.mismatch` with the column's name, since a file may
/// have been written by others; a column that the statement has not asked for is one too.
public struct SQLiteRow: Sendable, Equatable {
  /// The columns' names, in the order of the statement.
  public let columns: [String]
  /// The values, one a column.
  public let values: [SQLiteValue]
  let sql: String

  /// The value of the first column of this name.
  public func value(_ column: String) throws(SQLiteError) -> SQLiteValue {
    guard let index = columns.firstIndex(of: column) else {
      throw SQLiteError(
        code: .mismatch,
        message: "no column \(column) among \(columns.joined(separator: ", "))", sql: sql)
    }
    return values[index]
  }

  /// The text of a column.
  public func text(_ column: String) throws(SQLiteError) -> String {
    let value = try value(column)
    guard case .text(let text) = value else { throw mismatch(column, value, expected: "text") }
    return text
  }

  /// The integer of a column.
  public func integer(_ column: String) throws(SQLiteError) -> Int {
    let value = try value(column)
    guard case .integer(let integer) = value else {
      throw mismatch(column, value, expected: "an integer")
    }
    return Int(integer)
  }

  /// The boolean of a column: an integer, true when it is not 0.
  public func bool(_ column: String) throws(SQLiteError) -> Bool {
    try integer(column) != 0
  }

  /// The number of a column, also where it is stored as an integer.
  public func real(_ column: String) throws(SQLiteError) -> Double {
    let value = try value(column)
    switch value {
    case .real(let real): return real
    case .integer(let integer): return Double(integer)
    case .null, .text, .blob: throw mismatch(column, value, expected: "a number")
    }
  }

  /// The bytes of a column.
  public func blob(_ column: String) throws(SQLiteError) -> [UInt8] {
    let value = try value(column)
    guard case .blob(let bytes) = value else { throw mismatch(column, value, expected: "a blob") }
    return bytes
  }

  /// The text of a column, nil for NULL.
  public func optionalText(_ column: String) throws(SQLiteError) -> String? {
    try value(column) == .null ? nil : try text(column)
  }

  /// The integer of a column, nil for NULL.
  public func optionalInteger(_ column: String) throws(SQLiteError) -> Int? {
    try value(column) == .null ? nil : try integer(column)
  }

  private func mismatch(_ column: String, _ value: SQLiteValue, expected: String) -> SQLiteError {
    SQLiteError(
      code: .mismatch,
      message: "column \(column) holds \(value.storageClass), expected \(expected)", sql: sql)
  }
}
