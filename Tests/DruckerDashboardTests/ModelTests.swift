import DruckerDashboard
import FakeKubernetes
import JSON
import KubernetesAPI
import Testing

@Suite struct `Models` {
  @Test func `uploads get versions, and names by the clock`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let first = try world.model(added.application)
    let second = try world.model(added.application)
    #expect(first.path == "ml-20180701000000.model" && first.version == 1)
    #expect(second.path == "ml-20180701000001.model" && second.version == 2)
    #expect(world.workers.files["ml-20180701000000.model"] == [1, 2])
    try world.dashboard.deleteModel(second.id, application: added.application.id)
    #expect(try world.model(added.application, "c.model").version == 3, "never used again")
    #expect(dashboardError { _ = try world.model(added.application, "c.model") }?.code == .conflict)
    #expect(dashboardError { _ = try world.model(added.application, "../x") }?.code == .form)
  }

  @Test func `an upload goes on to the next service where one is down`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let second = try world.dashboard.addService(application: added.application.id, world.form)
    world.workers.unreachable = [added.service.name]
    _ = try world.model(added.application, "a.model")
    world.workers.unreachable.insert(second.name)
    let error = dashboardError { _ = try world.model(added.application, "b.model") }
    #expect(error?.code == .worker)
    #expect(
      try world.dashboard.models(application: added.application.id).map(\.path) == ["a.model"])
  }

  @Test func `a switch asks the worker, then starts a rolling update, each time`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let model = try world.model(added.application, "a.model")
    let before = try world.environment(added.service)
    var flags = [try #require(before["DRUCKER_SERVICE_UPDATE_FLAG"])]
    for _ in 0..<3 {
      var result: Result<ServiceRecord, DashboardError>?
      world.dashboard.switchModel(service: added.service.id, model: model.id) { result = $0 }
      #expect(try #require(result).get().modelID == model.id)
      let after = try world.environment(added.service)
      #expect(after.count == before.count)
      flags.append(try #require(after["DRUCKER_SERVICE_UPDATE_FLAG"]))
    }
    #expect(zip(flags, flags.dropFirst()).allSatisfy { $0 != $1 })
    #expect(world.workers.calls.last == "switch \(added.service.name) a.model")
    let table = try world.dashboard.servicesByModels(application: added.application.id)
    #expect(table.isServed(table.models[0], by: table.services[0]))
    let error = dashboardError {
      try world.dashboard.deleteModel(model.id, application: added.application.id)
    }
    #expect(error?.code == .conflict)
  }

  @Test func `a switch that the worker refuses changes nothing`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let model = try world.model(added.application, "a.model")
    let before = try world.environment(added.service)
    world.workers.answer = WorkerAnswer(status: 0, message: "no such file")
    var result: Result<ServiceRecord, DashboardError>?
    world.dashboard.switchModel(service: added.service.id, model: model.id) { result = $0 }
    #expect(throws: DashboardError.self) { try #require(result).get() }
    #expect(try world.environment(added.service) == before)
    #expect(try world.dashboard.service(added.service.id).modelID == nil)
  }

  @Test func `a switch whose rolling update cannot start says what has happened`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let model = try world.model(added.application, "a.model")
    let name = added.service.name + "-deployment"
    _ = try world.api.delete("deployments.apps", namespace: "development", name: name).get()
    var result: Result<ServiceRecord, DashboardError>?
    world.dashboard.switchModel(service: added.service.id, model: model.id) { result = $0 }
    let error = dashboardError { _ = try #require(result).get() }
    #expect(error?.message.contains("is assigned a.model, but its rolling update has not") == true)
  }

  @Test func `a new service can start with a model`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let model = try world.model(added.application, "a.model")
    let service = try world.dashboard.addService(
      application: added.application.id, world.form, model: model.id)
    #expect(service.modelID == model.id)
    #expect(try world.environment(service)["DRUCKER_SERVICE_MODEL_FILE"] == "a.model")
  }

  @Test func `a worker outside Kubernetes is added by its host and switched in place`() throws {
    let world = try DashboardWorld()
    var added: Result<(application: Application, service: ServiceRecord), DashboardError>?
    world.dashboard.addApplication(host: "worker:5000", description: "") { added = $0 }
    let (application, service) = try #require(added).get()
    #expect(application.name == "letters" && application.clusterID == nil)
    #expect(service.host == "worker:5000")
    let model = try world.model(application, "a.model")
    var result: Result<ServiceRecord, DashboardError>?
    world.dashboard.switchModel(service: service.id, model: model.id) { result = $0 }
    #expect(try #require(result).get().modelID == model.id)
  }

  @Test func `an evaluation is kept, and done again only when asked to`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let application = added.application.id
    let model = try world.model(added.application, "a.model")
    world.dashboard.uploadEvaluationData(application: application, bytes: [1]) { _ in }
    var result: Result<EvaluationResultRecord, DashboardError>?
    world.dashboard.evaluate(application: application, model: model.id) { result = $0 }
    #expect(dashboardError { _ = try #require(result).get() }?.code == .conflict)
    world.dashboard.switchModel(service: added.service.id, model: model.id) { _ in }
    world.dashboard.evaluate(application: application, model: model.id) { result = $0 }
    let first = try #require(result).get()
    #expect(first.metrics == world.workers.metrics)
    world.dashboard.evaluate(application: application, model: model.id) { result = $0 }
    #expect(try #require(result).get() == first)
    #expect(world.workers.calls.filter { $0.hasPrefix("evaluate") }.count == 1)
    world.dashboard.evaluate(application: application, model: model.id, overwrite: true) {
      result = $0
    }
    let second = try #require(result).get()
    #expect(world.workers.calls.filter { $0.hasPrefix("evaluate") }.count == 2)
    var details: [EvaluationDetail] = []
    world.dashboard.evaluationResult(second.id, application: application) {
      details = (try? $0.get().details) ?? []
    }
    #expect(details.map(\.isCorrect) == [true])
  }
}
