/// A call that SQLite refused, with the statement it was about.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why, in SQLite's own result codes (<https://sqlite.org/rescode.html>).
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The primary result code.
    public var rawValue: Int32

    /// A primary result code.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// SQL that does not parse, or names a table or column that is not there.
    public static let error = Code(rawValue: 1)
    /// Another connection holds the lock.
    public static let busy = Code(rawValue: 5)
    /// Another statement of this connection holds the lock.
    public static let locked = Code(rawValue: 6)
    /// The disk is full.
    public static let full = Code(rawValue: 13)
    /// The file cannot be opened.
    public static let cannotOpen = Code(rawValue: 14)
    /// A constraint of the schema does not hold.
    public static let constraint = Code(rawValue: 19)
    /// A value is not of the type that was asked for.
    public static let mismatch = Code(rawValue: 20)
    /// The wrapper was used wrongly: more than one statement, or a wrong number of values.
    public static let misuse = Code(rawValue: 21)
    /// The file is no database.
    public static let notADatabase = Code(rawValue: 26)
  }

  /// Why.
  public var code: Code
  /// SQLite's own words, or ours for a mismatch or misuse.
  public var message: String
  /// The statement, where there is one.
  public var sql: String?

  /// An error about a statement.
  public init(code: Code, message: String, sql: String? = nil) {
    self.code = code
    self.message = message
    self.sql = sql
  }

  /// One line: code, message and statement.
  public var description: String {
    "SQLite error \(code.rawValue): \(message)" + (sql.map { " in: \($0)" } ?? "")
  }
}
