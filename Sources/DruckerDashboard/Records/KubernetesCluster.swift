/// A Kubernetes cluster that the dashboard knows.
package struct KubernetesCluster: Sendable, Equatable {
  /// The dashboard's number of it.
  package var id: Int
  /// What was registered.
  package var settings: Settings
  /// When it was registered.
  package var registered: WallTime

  /// What is registered of a cluster.
  package struct Settings: Sendable, Equatable {
    /// What people call it; used once.
    package var name: String
    /// The domain that services get their hosts in.
    package var domain: String
    /// The folder of the nodes that all of them share.
    package var hostModelDirectory: String
    /// Where the containers see that folder.
    package var podModelDirectory: String
    /// Where the workers keep their assignments.
    package var database: WorkerDatabase
    /// A memo.
    package var description: String

    package init(
      name: String, domain: String = "example.com",
      hostModelDirectory: String = "/mnt/drucker-model",
      podModelDirectory: String = "/mnt/drucker-model", database: WorkerDatabase = .sqlite,
      description: String = ""
    ) {
      self.name = name
      self.domain = domain
      self.hostModelDirectory = hostModelDirectory
      self.podModelDirectory = podModelDirectory
      self.database = database
      self.description = description
    }
  }
}

/// Where the workers of a cluster keep their assignments: `DRUCKER_DB_MODE`.
package enum WorkerDatabase: Sendable, Equatable {
  /// A SQLite file.
  case sqlite
  /// A MySQL server; Andruck's own workers refuse it.
  case mysql(host: String, port: String, database: String, user: String, password: String)
}
