import SQLite

extension DashboardStore {
  func insert(_ settings: KubernetesCluster.Settings, at moment: WallTime) throws
    -> KubernetesCluster
  {
    try database.execute(
      """
      INSERT INTO clusters (name, domain, host_model_directory, pod_model_directory,
        database_mode, mysql_host, mysql_port, mysql_database, mysql_user, mysql_password,
        description, registered)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, values(settings) + [.moment(moment)])
    return KubernetesCluster(
      id: database.lastInsertedKey, settings: settings, registered: moment)
  }

  func update(cluster id: Int, _ settings: KubernetesCluster.Settings) throws -> Bool {
    try database.execute(
      """
      UPDATE clusters SET name = ?, domain = ?, host_model_directory = ?,
        pod_model_directory = ?, database_mode = ?, mysql_host = ?, mysql_port = ?,
        mysql_database = ?, mysql_user = ?, mysql_password = ?, description = ?
      WHERE cluster_id = ?
      """, values(settings) + [.integer(id)]) > 0
  }

  func clusters() throws -> [KubernetesCluster] {
    try database.rows("SELECT * FROM clusters ORDER BY cluster_id").map(cluster)
  }

  func cluster(_ id: Int) throws -> KubernetesCluster? {
    try database.row("SELECT * FROM clusters WHERE cluster_id = ?", [.integer(id)]).map(cluster)
  }

  func cluster(named name: String) throws -> KubernetesCluster? {
    try database.row("SELECT * FROM clusters WHERE name = ?", [.text(name)]).map(cluster)
  }

  private func values(_ settings: KubernetesCluster.Settings) -> [SQLiteValue] {
    let database: [String]
    switch settings.database {
    case .sqlite: database = ["sqlite", "", "", "", "", ""]
    case .mysql(let host, let port, let name, let user, let password):
      database = ["mysql", host, port, name, user, password]
    }
    let texts =
      [settings.name, settings.domain, settings.hostModelDirectory, settings.podModelDirectory]
      + database + [settings.description]
    return texts.map { .text($0) }
  }

  private func cluster(_ row: SQLiteRow) throws -> KubernetesCluster {
    let database: WorkerDatabase =
      try row.text("database_mode") == "mysql"
      ? .mysql(
        host: row.text("mysql_host"), port: row.text("mysql_port"),
        database: row.text("mysql_database"), user: row.text("mysql_user"),
        password: row.text("mysql_password")) : .sqlite
    let settings = KubernetesCluster.Settings(
      name: try row.text("name"), domain: try row.text("domain"),
      hostModelDirectory: try row.text("host_model_directory"),
      podModelDirectory: try row.text("pod_model_directory"), database: database,
      description: try row.text("description"))
    return KubernetesCluster(
      id: try row.integer("cluster_id"), settings: settings,
      registered: try row.moment("registered"))
  }
}
