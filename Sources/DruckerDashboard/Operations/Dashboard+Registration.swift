extension Dashboard {
  /// Adds an application to a cluster before its first service, or finds it there.
  package func registerApplication(
    _ name: String, cluster id: Int
  ) throws(DashboardError) -> Application {
    _ = try cluster(id)
    let moment = now
    return try data {
      try store.application(named: name, cluster: id)
        ?? store.insertApplication(name: name, cluster: id, description: "", at: moment)
    }
  }

  /// Adds a model whose file is on the storage already.
  package func registerModel(
    application id: Int, path: String, description: String
  ) throws(DashboardError) -> ModelRecord {
    _ = try application(id)
    return try data {
      try store.insertModel(application: id, path: path, description: description, at: now)
    }
  }
}
