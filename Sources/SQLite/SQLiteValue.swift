/// A value of one of SQLite's five storage classes.
public enum SQLiteValue: Sendable, Equatable {
  /// NULL.
  case null
  /// A signed 64-bit integer; booleans are stored as 0 and 1.
  case integer(Int64)
  /// A double; SQLite stores a NaN as NULL.
  case real(Double)
  /// UTF-8 text.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  /// An integer.
  public static func integer(_ value: Int) -> SQLiteValue { .integer(Int64(value)) }

  /// A boolean as SQLite has it: 0 or 1.
  public static func bool(_ value: Bool) -> SQLiteValue { .integer(value ? Int64(1) : 0) }

  /// Text, or NULL for nil.
  public static func text(orNull value: String?) -> SQLiteValue { value.map { .text($0) } ?? .null }

  /// An integer, or NULL for nil.
  public static func integer(orNull value: Int?) -> SQLiteValue {
    value.map { .integer(Int64($0)) } ?? .null
  }

  var storageClass: String {
    switch self {
    case .null: return "NULL"
    case .integer: return "an integer"
    case .real: return "a real"
    case .text: return "text"
    case .blob: return "a blob"
    }
  }
}

extension SQLiteValue: ExpressibleByStringLiteral {
  /// Text.
  public init(stringLiteral value: String) { self = .text(value) }
}

extension SQLiteValue: ExpressibleByIntegerLiteral {
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
}
