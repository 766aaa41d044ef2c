import CSQLite

/// One connection to a SQLite database; synchronous, for one thread.
///
/// Statements are prepared once and kept. Foreign keys are enforced. Nothing here reads a clock;
/// only a busy timeout above zero waits in real time, so a simulation leaves it at zero.
public final class SQLiteDatabase {
  /// Where the data lives.
  public enum Location: Sendable, Equatable {
    /// Memory that goes with the connection.
    case memory
    /// A file, created when it is missing.
    case file(String)
  }

  private let connection: OpaquePointer
  private var statements: [String: SQLiteStatement] = [:]
  private var transactionDepth = 0
  private let preparedStatementsMax = 128

  /// Opens a connection.
  /// - Parameters:
  ///   - location: memory or a file.
  ///   - busyTimeout: how long a call waits, in real time, for a lock that another connection
  ///     holds before it throws `busy`; zero does not wait.
  public init(_ location: Location, busyTimeout: Duration = .zero) throws(SQLiteError) {
    let path: String
    switch location {
    case .memory: path = ":memory:"
    case .file(let file): path = file
    }
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let result = sqlite3_open_v2(path, &opened, flags, nil)
    guard result == SQLITE_OK, let opened else {
      let error = SQLiteError(
        code: .init(rawValue: result & 0xff),
        message: opened.map { String(cString: sqlite3_errmsg($0)) + ": \(path)" } ?? "no memory")
      sqlite3_close_v2(opened)
      throw error
    }
    connection = opened
    let (seconds, attoseconds) = busyTimeout.components
    sqlite3_busy_timeout(
      opened, Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    try execute("PRAGMA foreign_keys = ON")
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(connection)
  }

  /// Runs one statement and drops its rows.
  /// - Returns: how many rows the statement inserted, updated or deleted.
  @discardableResult
  public func execute(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> Int {
    let before = sqlite3_total_changes64(connection)
    _ = try statement(sql).run(values)
    return Int(sqlite3_total_changes64(connection) - before)
  }

  /// Runs one statement and returns all its rows.
  public func rows(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> [SQLiteRow] {
    try statement(sql).run(values)
  }

  /// Runs one statement and returns its first row, nil where it has none.
  public func row(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> SQLiteRow? {
    try rows(sql, values).first
  }

  /// Runs statements separated by semicolons, such as a schema, all of them or none.
  public func executeScript(_ sql: String) throws {
    try transaction {
      guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
        throw SQLiteError(last: connection, sql: sql)
      }
    }
  }

  /// Runs the body so that all of its changes happen, or none when it throws.
  ///
  /// Takes the write lock at once; a transaction inside another is a savepoint of it.
  public func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    let depth = transactionDepth
    try execute(depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT level\(depth)")
    transactionDepth += 1
    defer { transactionDepth -= 1 }
    do {
      let value = try body()
      try execute(depth == 0 ? "COMMIT" : "RELEASE level\(depth)")
      return value
    } catch {
      // SQLite may have rolled back by itself (a full disk): then there is nothing left to undo.
      if sqlite3_get_autocommit(connection) == 0 {
        if depth == 0 {
          try execute("ROLLBACK")
        } else {
          try execute("ROLLBACK TO level\(depth)")
          try execute("RELEASE level\(depth)")
        }
      }
      throw error
    }
  }

  /// The key of the row that this connection inserted last.
  public var lastInsertedKey: Int { Int(sqlite3_last_insert_rowid(connection)) }

  private func statement(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    if let known = statements[sql] { return known }
    var prepared: OpaquePointer?
    var restIsEmpty = true
    let result = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let result = sqlite3_prepare_v3(
        connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
      while let character = tail?.pointee, character != 0 {
        if !" \n\t\r;".utf8.contains(UInt8(bitPattern: character)) { restIsEmpty = false }
        tail = tail?.successor()
      }
      return result
    }
    guard result == SQLITE_OK else { throw SQLiteError(last: connection, sql: sql) }
    guard let prepared else {
      throw SQLiteError(code: .misuse, message: "no statement", sql: sql)
    }
    let statement = SQLiteStatement(prepared, connection: connection, sql: sql)
    guard restIsEmpty else {
      throw SQLiteError(code: .misuse, message: "more than one statement", sql: sql)
    }
    if statements.count >= preparedStatementsMax { statements.removeAll() }
    statements[sql] = statement
    return statement
  }
}
