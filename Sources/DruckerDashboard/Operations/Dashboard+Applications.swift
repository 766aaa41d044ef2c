import SQLite

extension Dashboard {
  /// Adds an application's first service on a cluster, and the application where it is new.
  package func addApplication(
    cluster: Int, _ form: ServiceForm
  ) throws(DashboardError) -> (application: Application, service: ServiceRecord) {
    let cluster = try self.cluster(cluster)
    return try deploy(form, on: cluster, model: nil)
  }

  /// Adds an application that runs outside Kubernetes, by asking its worker who it is.
  package func addApplication(
    host: String, description: String,
    _ done: @escaping Completion<(application: Application, service: ServiceRecord)>
  ) {
    if host.isEmpty {
      let error = FormFieldError(field: "host", expected: "host:port of a worker", found: "")
      return done(.failure(.form([error])))
    }
    let target = WorkerTarget(
      applicationName: "", serviceLevel: "", serviceName: "", host: host, kubernetesService: nil)
    workers.serviceInfo(of: target) { result in
      self.answer(done) { () throws(DashboardError) in
        let info = try workerValue(result, "ask \(host) for its service")
        return try self.register(info, host: host, description: description)
      }
    }
  }

  private func register(
    _ info: WorkerInfo, host: String, description: String
  ) throws(DashboardError) -> (application: Application, service: ServiceRecord) {
    let moment = now
    return try data {
      try store.database.transaction {
        let name = info.applicationName
        let application =
          try store.application(named: name, cluster: nil)
          ?? store.insertApplication(
            name: name, cluster: nil, description: description, at: moment)
        if let known = try store.service(named: info.serviceName, application: application.id) {
          throw DashboardError(
            code: .conflict, message: "the service \(known.name) is known as number \(known.id)")
        }
        let service = try store.insertService(
          application: application.id, name: info.serviceName, level: info.serviceLevel,
          host: host, model: nil, at: moment)
        return (application, service)
      }
    }
  }

  /// All applications, by number.
  package func applications() throws(DashboardError) -> [Application] {
    try data { try store.applications() }
  }

  /// The applications of a cluster, by number.
  package func applications(cluster id: Int) throws(DashboardError) -> [Application] {
    _ = try cluster(id)
    return try data { try store.applications(ofCluster: id) }
  }

  /// An application.
  package func application(_ id: Int) throws(DashboardError) -> Application {
    try existing("application", id) { try store.application(id) }
  }

  /// Changes an application's memo.
  package func describeApplication(
    _ id: Int, _ description: String
  ) throws(DashboardError) -> Application {
    guard try data({ try store.describe(application: id, as: description) }) else {
      throw .notFound("application", id)
    }
    return try application(id)
  }

  /// Deletes an application with its services, also their objects on the cluster.
  ///
  /// Stops at the first service that cannot be deleted; those before it are gone. The files of
  /// its models stay on the storage.
  package func deleteApplication(_ id: Int) throws(DashboardError) {
    _ = try application(id)
    for service in try services(application: id) { try deleteService(service.id) }
    _ = try data { try store.delete(from: .applications, id: id) }
  }
}
