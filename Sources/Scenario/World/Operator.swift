import DruckerDashboard
import FakeKubernetes
import KubernetesAPI
import SQLite
import SimulationKernel

/// The person at the dashboard: every action goes through the dashboard's logic, which drives the
/// platform by the Kubernetes API and gRPC alone.
final class Operator {
  /// How long the operator waits before pressing a button again that did not work.
  static let retryInterval = Duration.seconds(2)
  /// How often the operator tries before giving up.
  static let attemptsMax = 300

  private let scenario: ScenarioFile
  private let simulation: Simulation
  private let dashboard: Dashboard
  private let callers: WorkerCalls
  private let observations: Observations
  private let tell: (_ who: String, _ text: String) -> Void
  private let clusterID: Int
  private var applications: [String: Int] = [:]
  private var services: [ServiceReference: Int] = [:]
  private var models: [String: Int] = [:]
  /// The bytes of files that the timeline uploads, by the path in the scenario.
  var files: [String: [UInt8]] = [:]

  init(
    _ scenario: ScenarioFile, simulation: Simulation, cluster: FakeCluster,
    network: WorldNetwork, observations: Observations,
    tell: @escaping (String, String) -> Void
  ) throws {
    self.scenario = scenario
    self.simulation = simulation
    self.observations = observations
    self.tell = tell
    callers = WorkerCalls(
      simulation: simulation, network: network, domain: scenario.cluster.domain)
    let server = cluster.server
    dashboard = try Dashboard(
      database: SQLiteDatabase(.memory), workers: callers,
      secondsSince1970: { simulation.wallSeconds }, connect: { _ in server })
    clusterID = try dashboard.registerCluster(
      KubernetesCluster.Settings(
        name: "simulated", domain: scenario.cluster.domain,
        hostModelDirectory: WorldNodes.modelDirectory,
        podModelDirectory: WorldNodes.modelDirectory)
    ).id
    for application in scenario.applications {
      let id = try dashboard.registerApplication(application.name, cluster: clusterID).id
      applications[application.name] = id
      for model in application.models {
        let record = try dashboard.registerModel(
          application: id, path: model.name, description: "on the storage before the story")
        models["\(application.name)/\(model.name)"] = record.id
      }
    }
  }

  /// gRPC calls that the dashboard made.
  var callCount: Int { callers.callCount }

  /// Adds a service with the fields of its form.
  func deploy(_ service: ServiceReference) {
    guard let section = scenario.service(service) else { return }
    tell(
      "operator",
      "deploys \(service): \(section.replicasDefault) replicas of \(section.model)")
    attempt("deploy \(service)") {
      let application = applications[service.application] ?? 0
      let record = try dashboard.addService(
        application: application, form(service.application, section),
        model: models["\(service.application)/\(section.model)"])
      services[service] = record.id
    }
    observations.assigned(section.model, to: service)
  }

  /// Assigns another model and starts the rolling update; presses the button again if it fails.
  func switchModel(_ service: ServiceReference, to model: String) {
    tell("operator", "switches \(service) to \(model)")
    // From the first try on the assignment may be written, whatever the answer says.
    observations.assigned(model, to: service)
    switchModel(service, to: model, attempt: 1)
  }

  private func switchModel(_ service: ServiceReference, to model: String, attempt: Int) {
    guard let id = services[service], let modelID = models["\(service.application)/\(model)"] else {
      return tell("operator", "\(service) or \(model) is not there")
    }
    dashboard.switchModel(service: id, model: modelID) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success: tell("dashboard", "\(service): \(model) assigned, rolling update started")
      case .failure(let error):
        if attempt == 1 { tell("dashboard", "\(service): \(error.message); tries again") }
        guard attempt < Self.attemptsMax else { return tell("operator", "gives up") }
        simulation.schedule(after: Self.retryInterval) { [weak self] in
          self?.switchModel(service, to: model, attempt: attempt + 1)
        }
      }
    }
  }

  /// Changes fields of the form.
  func edit(_ service: ServiceReference, _ edit: ServiceEdit) {
    tell("operator", "edits \(service): \(edit.words)")
    attempt("edit \(service)") {
      guard let id = services[service] else { return tell("operator", "\(service) is not there") }
      var form = try dashboard.serviceForm(id)
      edit.apply(to: &form)
      _ = try dashboard.editService(id, form)
    }
  }

  /// Deletes a service with its objects.
  func delete(_ service: ServiceReference) {
    tell("operator", "deletes \(service)")
    attempt("delete \(service)") {
      guard let id = services.removeValue(forKey: service) else {
        return tell("operator", "\(service) is not there")
      }
      try dashboard.deleteService(id)
    }
  }

  /// Uploads a model through a running service.
  func upload(_ application: String, model: String, file: String) {
    tell("operator", "uploads \(model) of \(application)")
    let bytes = files[file] ?? []
    dashboard.uploadModel(
      application: applications[application] ?? 0, bytes: bytes, description: file,
      fileName: model
    ) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let record):
        models["\(application)/\(model)"] = record.id
        tell("dashboard", "\(application): \(model) is version \(record.version)")
      case .failure(let error): tell("dashboard", "\(application): \(error.message)")
      }
    }
  }

  /// Evaluates a model against labelled data, and keeps the share of right answers.
  func evaluate(_ application: String, model: String, file: String) {
    tell("operator", "evaluates \(model) of \(application)")
    guard let id = applications[application], let modelID = models["\(application)/\(model)"] else {
      return tell("operator", "\(application) or \(model) is not there")
    }
    dashboard.uploadEvaluationData(application: id, bytes: files[file] ?? []) {
      [weak self] result in
      guard let self else { return }
      if case .failure(let error) = result {
        return tell("dashboard", "\(application): \(error.message)")
      }
      dashboard.evaluate(application: id, model: modelID, overwrite: true) { [weak self] result in
        self?.evaluated(application, model, result)
      }
    }
  }

  private func evaluated(
    _ application: String, _ model: String,
    _ result: Result<EvaluationResultRecord, DashboardError>
  ) {
    switch result {
    case .success(let record):
      let accuracy = record.metrics.accuracy
      let tenths = Int((accuracy * 1000).rounded())
      tell(
        "dashboard",
        "\(application): \(model) is right in \(tenths / 10).\(tenths % 10)% of"
          + " \(record.metrics.count) cases")
      for service in observations.services where service.application == application {
        observations.update(service) { $0.evaluation = accuracy }
      }
    case .failure(let error): tell("dashboard", "\(application): \(error.message)")
    }
  }

  /// Compares the dashboard's records with the cluster.
  func sync() {
    tell("operator", "compares the dashboard with the cluster")
    attempt("sync") {
      for (cluster, result) in try dashboard.syncAll() {
        switch result {
        case .success(let report):
          tell(
            "dashboard",
            "\(cluster.settings.name): \(report.confirmed.count) services confirmed,"
              + " \(report.added.count) added, \(report.removed.count) removed")
        case .failure(let error): tell("dashboard", "\(error.message)")
        }
      }
    }
  }

  /// The name by which the assignment table knows a service.
  func storeName(of service: ServiceReference) -> String? {
    services[service].flatMap { try? dashboard.service($0).name }
  }

  private func attempt(_ what: String, _ action: () throws -> Void) {
    do { try action() } catch { tell("dashboard", "cannot \(what): \(error)") }
  }

  private func form(_ application: String, _ section: ServiceSection) -> ServiceForm {
    var form = ServiceForm()
    form.applicationName = application
    form.serviceLevel = section.level
    form.servicePort = section.port
    form.replicasDefault = section.replicasDefault
    form.replicasMinimum = section.replicasMinimum
    form.replicasMaximum = section.replicasMaximum
    form.autoscaleCPUThreshold = section.cpuThresholdPercent
    form.policyMaxSurge = section.maxSurge
    form.policyMaxUnavailable = section.maxUnavailable
    form.policyWaitSeconds = section.waitSeconds
    form.containerImage = section.image
    form.resourceRequestCPU = "\(section.cpuRequestMilli)m"
    form.resourceLimitCPU = "\(section.cpuLimitMilli)m"
    form.resourceRequestMemory = "\(section.memoryRequestBytes)"
    form.resourceLimitMemory = "\(section.memoryLimitBytes)"
    form.commitMessage = section.memo.isEmpty ? form.commitMessage : section.memo
    form.serviceGitURL = section.gitURL
    form.serviceGitBranch = section.gitBranch
    form.serviceBootScript = section.bootScript
    return form
  }
}
