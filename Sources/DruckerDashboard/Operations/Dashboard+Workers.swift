extension Dashboard {
  /// The services of an application as targets, by number; an error where it has none.
  func targets(application id: Int) throws(DashboardError) -> [WorkerTarget] {
    let application = try application(id)
    let services = try services(application: id)
    if services.isEmpty {
      throw DashboardError(
        code: .conflict, message: "the application \(application.name) has no service to ask")
    }
    return services.map { target($0, application) }
  }

  func target(_ service: ServiceRecord, _ application: Application) -> WorkerTarget {
    let identity = ServiceIdentity(
      applicationName: application.name, serviceLevel: service.serviceLevel,
      serviceName: service.name)
    return WorkerTarget(
      applicationName: application.name, serviceLevel: service.serviceLevel,
      serviceName: service.name, host: service.host,
      kubernetesService: application.clusterID.map { cluster in
        .init(
          clusterID: cluster, namespace: identity.namespace, name: identity.serviceObjectName)
      })
  }

  /// Uploads through the first service that takes it: all of them see the same storage.
  func upload(
    to targets: ArraySlice<WorkerTarget>,
    _ call:
      @escaping (
        WorkerTarget, @escaping (Result<WorkerAnswer, WorkerCallError>) -> Void
      ) -> Void,
    _ done: @escaping Completion<Void>
  ) {
    guard let target = targets.first else {
      return done(.failure(DashboardError(code: .worker, message: "no service to upload to")))
    }
    call(target) { result in
      let outcome = self.outcome(result, "upload through \(target.serviceName)")
      if case .failure = outcome, targets.count > 1 {
        self.upload(to: targets.dropFirst(), call, done)
      } else {
        done(outcome)
      }
    }
  }

  func outcome(
    _ result: Result<WorkerAnswer, WorkerCallError>, _ action: String
  ) -> Result<Void, DashboardError> {
    switch result {
    case .failure(let error):
      return .failure(DashboardError(code: .worker, message: "cannot \(action): \(error)"))
    case .success(let answer) where answer.status == 1: return .success(())
    case .success(let answer):
      return .failure(
        DashboardError(code: .worker, message: "cannot \(action): \(answer.message)"))
    }
  }
}

/// The value of a worker's call, or the error in the dashboard's words.
func workerValue<Value>(
  _ result: Result<Value, WorkerCallError>, _ action: String
) throws(DashboardError) -> Value {
  switch result {
  case .success(let value): return value
  case .failure(let error):
    throw DashboardError(code: .worker, message: "cannot \(action): \(error)")
  }
}
