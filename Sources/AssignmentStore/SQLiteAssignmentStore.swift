public import SQLite

/// The assignment table in SQLite, in the schema that Drucker workers share.
public final class SQLiteAssignmentStore: AssignmentStoring {
  /// Names longer than the columns of the shared schema are refused, as MySQL would.
  public static let nameCharactersMax = 512

  private let database: SQLiteDatabase

  /// Uses an open database, creating the table where it is missing.
  public init(database: SQLiteDatabase) throws(AssignmentError) {
    self.database = database
    do {
      try database.execute(
        """
        CREATE TABLE IF NOT EXISTS model_assignments (
          service_name VARCHAR(512) NOT NULL PRIMARY KEY UNIQUE,
          model_path VARCHAR(512) NOT NULL,
          first_boot BOOLEAN NOT NULL
        )
        """)
    } catch {
      throw AssignmentError(error)
    }
  }

  /// A table in memory, which is what a simulated world shares between its pods.
  public convenience init() throws(AssignmentError) {
    do {
      try self.init(database: SQLiteDatabase(.memory))
    } catch let error as AssignmentError {
      throw error
    } catch let error as SQLiteError {
      throw AssignmentError(error)
    } catch {
      throw AssignmentError(code: .unavailable, message: "\(error)")
    }
  }

  /// The service's row, nil where it has none.
  public func read(service: String) -> AssignmentOutcome<Assignment?> {
    outcome { try self.row(of: service) }
  }

  /// The service's row, created with `firstBoot` true for this model where there was none.
  public func createIfMissing(
    service: String, modelPath: String
  ) -> AssignmentOutcome<Assignment> {
    outcome(checking: [("service name", service), ("model path", modelPath)]) {
      try self.database.transaction {
        if let known = try self.row(of: service) { return known }
        return try self.write(service: service, modelPath: modelPath, firstBoot: true)
      }
    }
  }

  /// Writes the service's row, new or not, and returns it.
  public func assign(
    service: String, modelPath: String, firstBoot: Bool
  ) -> AssignmentOutcome<Assignment> {
    outcome(checking: [("service name", service), ("model path", modelPath)]) {
      try self.write(service: service, modelPath: modelPath, firstBoot: firstBoot)
    }
  }

  /// All rows, by service name.
  public func list() -> AssignmentOutcome<[Assignment]> {
    outcome {
      try self.database.rows(
        "SELECT service_name, model_path, first_boot FROM model_assignments ORDER BY service_name"
      ).map(Self.assignment)
    }
  }

  private func row(of service: String) throws -> Assignment? {
    try database.row(
      """
      SELECT service_name, model_path, first_boot FROM model_assignments WHERE service_name = ?
      """, [.text(service)]
    ).map(Self.assignment)
  }

  private func write(service: String, modelPath: String, firstBoot: Bool) throws -> Assignment {
    try database.execute(
      """
      INSERT INTO model_assignments (service_name, model_path, first_boot) VALUES (?, ?, ?)
      ON CONFLICT (service_name) DO UPDATE
      SET model_path = excluded.model_path, first_boot = excluded.first_boot
      """, [.text(service), .text(modelPath), .bool(firstBoot)])
    return Assignment(serviceName: service, modelPath: modelPath, firstBoot: firstBoot)
  }

  private static func assignment(_ row: SQLiteRow) throws -> Assignment {
    Assignment(
      serviceName: try row.text("service_name"), modelPath: try row.text("model_path"),
      firstBoot: try row.bool("first_boot"))
  }

  private func outcome<Value>(
    checking names: [(what: String, text: String)] = [], _ body: () throws -> Value
  ) -> AssignmentOutcome<Value> {
    for (what, text) in names where text.isEmpty || text.count > Self.nameCharactersMax {
      let message =
        "the \(what) has \(text.count) characters, expected 1 to \(Self.nameCharactersMax)"
      return AssignmentOutcome(
        .failure(AssignmentError(code: .invalidArgument, message: message)))
    }
    do {
      return AssignmentOutcome(.success(try body()))
    } catch let error as SQLiteError {
      return AssignmentOutcome(.failure(AssignmentError(error)))
    } catch {
      return AssignmentOutcome(
        .failure(AssignmentError(code: .unavailable, message: "\(error)")))
    }
  }
}

extension AssignmentError {
  init(_ error: SQLiteError) {
    switch error.code {
    case .busy, .locked: self.init(code: .locked, message: "\(error)")
    case .error, .mismatch, .notADatabase: self.init(code: .damaged, message: "\(error)")
    default: self.init(code: .unavailable, message: "\(error)")
    }
  }
}
