import SQLite

/// The dashboard's tables; methods throw `SQLiteError`, the operations turn it into their own.
final class DashboardStore {
  let database: SQLiteDatabase

  init(_ database: SQLiteDatabase) throws {
    self.database = database
    let schema =
      """
      CREATE TABLE IF NOT EXISTS clusters (
        cluster_id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        domain TEXT NOT NULL,
        host_model_directory TEXT NOT NULL,
        pod_model_directory TEXT NOT NULL,
        database_mode TEXT NOT NULL CHECK (database_mode IN ('sqlite', 'mysql')),
        mysql_host TEXT NOT NULL,
        mysql_port TEXT NOT NULL,
        mysql_database TEXT NOT NULL,
        mysql_user TEXT NOT NULL,
        mysql_password TEXT NOT NULL,
        description TEXT NOT NULL,
        registered INTEGER NOT NULL
      );
      CREATE TABLE IF NOT EXISTS applications (
        application_id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        cluster_id INTEGER REFERENCES clusters (cluster_id) ON DELETE CASCADE,
        description TEXT NOT NULL,
        model_versions INTEGER NOT NULL DEFAULT 0,
        registered INTEGER NOT NULL,
        confirmed INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX IF NOT EXISTS applications_by_name
        ON applications (name, coalesce(cluster_id, 0));
      CREATE TABLE IF NOT EXISTS models (
        model_id INTEGER PRIMARY KEY AUTOINCREMENT,
        application_id INTEGER NOT NULL
          REFERENCES applications (application_id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        path TEXT NOT NULL,
        description TEXT NOT NULL,
        registered INTEGER NOT NULL,
        UNIQUE (application_id, path),
        UNIQUE (application_id, version)
      );
      CREATE TABLE IF NOT EXISTS services (
        service_id INTEGER PRIMARY KEY AUTOINCREMENT,
        application_id INTEGER NOT NULL
          REFERENCES applications (application_id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        display_name TEXT NOT NULL,
        service_level TEXT NOT NULL,
        model_id INTEGER REFERENCES models (model_id),
        host TEXT NOT NULL,
        description TEXT NOT NULL,
        registered INTEGER NOT NULL,
        confirmed INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        UNIQUE (application_id, name)
      );
      CREATE TABLE IF NOT EXISTS evaluations (
        evaluation_id INTEGER PRIMARY KEY AUTOINCREMENT,
        application_id INTEGER NOT NULL
          REFERENCES applications (application_id) ON DELETE CASCADE,
        data_path TEXT NOT NULL,
        registered INTEGER NOT NULL,
        UNIQUE (application_id, data_path)
      );
      CREATE TABLE IF NOT EXISTS evaluation_results (
        result_id INTEGER PRIMARY KEY AUTOINCREMENT,
        model_id INTEGER NOT NULL REFERENCES models (model_id) ON DELETE CASCADE,
        evaluation_id INTEGER NOT NULL
          REFERENCES evaluations (evaluation_id) ON DELETE CASCADE,
        result_path TEXT NOT NULL,
        metrics TEXT NOT NULL,
        registered INTEGER NOT NULL,
        UNIQUE (model_id, evaluation_id)
      );
      """
    try database.executeScript(schema)
  }

  func delete(from table: Table, id: Int) throws -> Bool {
    try database.execute(
      "DELETE FROM \(table.rawValue) WHERE \(table.key) = ?", [.integer(id)]) > 0
  }

  /// Tables whose rows are deleted by their number.
  enum Table: String {
    case clusters
    case applications
    case services
    case models
    case evaluations
    case results = "evaluation_results"

    var key: String {
      switch self {
      case .clusters: return "cluster_id"
      case .applications: return "application_id"
      case .services: return "service_id"
      case .models: return "model_id"
      case .evaluations: return "evaluation_id"
      case .results: return "result_id"
      }
    }
  }
}

extension SQLiteRow {
  func moment(_ column: String) throws(SQLiteError) -> WallTime {
    WallTime(secondsSince1970: Int64(try integer(column)))
  }
}

extension SQLiteValue {
  static func moment(_ moment: WallTime) -> SQLiteValue { .integer(moment.secondsSince1970) }
}
