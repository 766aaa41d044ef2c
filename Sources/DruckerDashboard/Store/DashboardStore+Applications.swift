import SQLite

extension DashboardStore {
  func insertApplication(
    name: String, cluster: Int?, description: String, at moment: WallTime
  ) throws -> Application {
    try database.execute(
      """
      INSERT INTO applications (name, cluster_id, description, registered, confirmed)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .text(name), .integer(orNull: cluster), .text(description), .moment(moment),
        .moment(moment),
      ])
    return Application(
      id: database.lastInsertedKey, name: name, clusterID: cluster, description: description,
      registered: moment, confirmed: moment)
  }

  func applications() throws -> [Application] {
    try database.rows("SELECT * FROM applications ORDER BY application_id").map(application)
  }

  func applications(ofCluster cluster: Int) throws -> [Application] {
    try database.rows(
      "SELECT * FROM applications WHERE cluster_id = ? ORDER BY application_id",
      [.integer(cluster)]
    ).map(application)
  }

  func application(_ id: Int) throws -> Application? {
    try database.row("SELECT * FROM applications WHERE application_id = ?", [.integer(id)])
      .map(application)
  }

  func application(named name: String, cluster: Int?) throws -> Application? {
    try database.row(
      "SELECT * FROM applications WHERE name = ? AND cluster_id IS ?",
      [.text(name), .integer(orNull: cluster)]
    ).map(application)
  }

  func describe(application id: Int, as description: String) throws -> Bool {
    try database.execute(
      "UPDATE applications SET description = ? WHERE application_id = ?",
      [.text(description), .integer(id)]) > 0
  }

  func confirm(application id: Int, at moment: WallTime) throws {
    try database.execute(
      "UPDATE applications SET confirmed = ? WHERE application_id = ?",
      [.moment(moment), .integer(id)])
  }

  private func application(_ row: SQLiteRow) throws -> Application {
    Application(
      id: try row.integer("application_id"), name: try row.text("name"),
      clusterID: try row.optionalInteger("cluster_id"), description: try row.text("description"),
      registered: try row.moment("registered"), confirmed: try row.moment("confirmed"))
  }
}
