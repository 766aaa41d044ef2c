import SQLite

/// How a worker finds its assignment table: `DRUCKER_DB_MODE` and the test mode.
public enum AssignmentDatabase {
  /// The table's file name in a mode.
  public static func fileName(testMode: Bool) -> String {
    testMode ? "drucker.test.sqlite3" : "drucker.sqlite3"
  }

  /// Refuses a database mode that Andruck does not offer.
  /// - Throws: `AssignmentError` of code `unsupportedMode` for anything but `sqlite`.
  public static func check(mode: String) throws(AssignmentError) {
    switch mode {
    case "sqlite": return
    case "mysql":
      throw AssignmentError(
        code: .unsupportedMode,
        message: "DRUCKER_DB_MODE (use.db) is mysql, which Andruck does not serve;"
          + " expected sqlite")
    default:
      throw AssignmentError(
        code: .unsupportedMode,
        message: "DRUCKER_DB_MODE (use.db) is \"\(mode)\", expected sqlite")
    }
  }

  /// Opens the table of a worker that runs on a real disk.
  /// - Parameters:
  ///   - mode: `sqlite`; anything else is refused.
  ///   - folder: where the file is, without a slash at its end.
  ///   - testMode: chooses the file name.
  ///   - busyTimeout: how long a call waits in real time for another worker's lock.
  public static func open(
    mode: String, folder: String, testMode: Bool, busyTimeout: Duration = .seconds(5)
  ) throws(AssignmentError) -> SQLiteAssignmentStore {
    try check(mode: mode)
    let database: SQLiteDatabase
    do {
      database = try SQLiteDatabase(
        .file(folder + "/" + fileName(testMode: testMode)), busyTimeout: busyTimeout)
    } catch {
      throw AssignmentError(error)
    }
    return try SQLiteAssignmentStore(database: database)
  }
}
