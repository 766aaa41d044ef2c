import SQLite

extension DashboardStore {
  /// Adds a model under the application's next version.
  func insertModel(
    application: Int, path: String, description: String, at moment: WallTime
  ) throws -> ModelRecord {
    try database.transaction {
      try database.execute(
        """
        UPDATE applications SET model_versions = model_versions + 1 WHERE application_id = ?
        """, [.integer(application)])
      let version =
        try database.row(
          "SELECT model_versions FROM applications WHERE application_id = ?",
          [.integer(application)])?.integer("model_versions") ?? 1
      try database.execute(
        """
        INSERT INTO models (application_id, version, path, description, registered)
        VALUES (?, ?, ?, ?, ?)
        """,
        [
          .integer(application), .integer(version), .text(path), .text(description),
          .moment(moment),
        ])
      return ModelRecord(
        id: database.lastInsertedKey, applicationID: application, version: version, path: path,
        description: description, registered: moment)
    }
  }

  func models(ofApplication application: Int) throws -> [ModelRecord] {
    try database.rows(
      "SELECT * FROM models WHERE application_id = ? ORDER BY version", [.integer(application)]
    ).map(model)
  }

  func model(_ id: Int) throws -> ModelRecord? {
    try database.row("SELECT * FROM models WHERE model_id = ?", [.integer(id)]).map(model)
  }

  func model(path: String, application: Int) throws -> ModelRecord? {
    try database.row(
      "SELECT * FROM models WHERE path = ? AND application_id = ?",
      [.text(path), .integer(application)]
    ).map(model)
  }

  func describe(model id: Int, as description: String) throws -> Bool {
    try database.execute(
      "UPDATE models SET description = ? WHERE model_id = ?",
      [.text(description), .integer(id)]) > 0
  }

  private func model(_ row: SQLiteRow) throws -> ModelRecord {
    ModelRecord(
      id: try row.integer("model_id"), applicationID: try row.integer("application_id"),
      version: try row.integer("version"), path: try row.text("path"),
      description: try row.text("description"), registered: try row.moment("registered"))
  }
}
