import SQLite

extension DashboardStore {
  func insertService(
    application: Int, name: String, level: String, host: String, model: Int?, at moment: WallTime
  ) throws -> ServiceRecord {
    try database.execute(
      """
      INSERT INTO services (application_id, name, display_name, service_level, model_id, host,
        description, registered, confirmed, updated)
      VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)
      """,
      [
        .integer(application), .text(name), .text(name), .text(level), .integer(orNull: model),
        .text(host), .moment(moment), .moment(moment), .moment(moment),
      ])
    return ServiceRecord(
      id: database.lastInsertedKey, applicationID: application, name: name, displayName: name,
      serviceLevel: level, modelID: model, host: host, description: "", registered: moment,
      confirmed: moment, updated: moment)
  }

  func services(ofApplication application: Int) throws -> [ServiceRecord] {
    try database.rows(
      "SELECT * FROM services WHERE application_id = ? ORDER BY service_id",
      [.integer(application)]
    ).map(service)
  }

  func service(_ id: Int) throws -> ServiceRecord? {
    try database.row("SELECT * FROM services WHERE service_id = ?", [.integer(id)]).map(service)
  }

  func service(named name: String, application: Int) throws -> ServiceRecord? {
    try database.row(
      "SELECT * FROM services WHERE name = ? AND application_id = ?",
      [.text(name), .integer(application)]
    ).map(service)
  }

  func hasService(named name: String, cluster: Int) throws -> Bool {
    try database.row(
      """
      SELECT 1 FROM services JOIN applications USING (application_id)
      WHERE services.name = ? AND applications.cluster_id = ?
      """, [.text(name), .integer(cluster)]) != nil
  }

  func confirm(service id: Int, level: String, host: String, at moment: WallTime) throws {
    try database.execute(
      "UPDATE services SET service_level = ?, host = ?, confirmed = ? WHERE service_id = ?",
      [.text(level), .text(host), .moment(moment), .integer(id)])
  }

  func describe(
    service id: Int, displayName: String, description: String?, at moment: WallTime
  ) throws -> Bool {
    try database.execute(
      """
      UPDATE services SET display_name = ?, description = coalesce(?, description), updated = ?
      WHERE service_id = ?
      """,
      [.text(displayName), .text(orNull: description), .moment(moment), .integer(id)]) > 0
  }

  func touch(service id: Int, at moment: WallTime) throws -> Bool {
    try database.execute(
      "UPDATE services SET updated = ? WHERE service_id = ?", [.moment(moment), .integer(id)]) > 0
  }

  func assign(model: Int, toService id: Int, at moment: WallTime) throws -> Bool {
    try database.execute(
      "UPDATE services SET model_id = ?, updated = ? WHERE service_id = ?",
      [.integer(model), .moment(moment), .integer(id)]) > 0
  }

  private func service(_ row: SQLiteRow) throws -> ServiceRecord {
    ServiceRecord(
      id: try row.integer("service_id"), applicationID: try row.integer("application_id"),
      name: try row.text("name"), displayName: try row.text("display_name"),
      serviceLevel: try row.text("service_level"), modelID: try row.optionalInteger("model_id"),
      host: try row.text("host"), description: try row.text("description"),
      registered: try row.moment("registered"), confirmed: try row.moment("confirmed"),
      updated: try row.moment("updated"))
  }
}
