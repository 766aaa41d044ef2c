import DruckerDashboard
import FakeKubernetes
import JSON
import KubernetesAPI
import SQLite
import SimulationKernel
import Testing

/// A dashboard with one registered cluster, which is FakeKubernetes' API server alone.
final class DashboardWorld {
  let simulation = Simulation(seed: 1)
  let api: APIServer
  let workers = FakeWorkers()
  let dashboard: Dashboard
  let cluster: KubernetesCluster

  init() throws {
    let api = APIServer(simulation: simulation)
    self.api = api
    let simulation = simulation
    dashboard = try Dashboard(
      database: try SQLiteDatabase(.memory), workers: workers,
      secondsSince1970: { simulation.wallSeconds }
    ) { $0.settings.name == "unreachable" ? nil : api }
    cluster = try dashboard.registerCluster(.init(name: "main"))
  }

  var form: ServiceForm {
    var form = ServiceForm()
    form.applicationName = "digits"
    return form
  }

  func object(_ kind: String, _ name: String, in namespace: String = "development") throws
    -> JSONValue
  {
    try api.get(kind, namespace: namespace, name: name).get()
  }

  func environment(_ service: ServiceRecord) throws -> [String: String] {
    let deployment = try object("deployments.apps", service.name + "-deployment")
    let containers = deployment["spec"]?.value(at: "template", "spec", "containers")
    let variables = try #require(containers?[0]?["env"]?.arrayValue)
    return Dictionary(
      uniqueKeysWithValues: variables.map {
        ($0["name"]?.stringValue ?? "", $0["value"]?.stringValue ?? "")
      })
  }

  /// Uploads a model and returns it.
  func model(_ application: Application, _ fileName: String? = nil) throws -> ModelRecord {
    var result: Result<ModelRecord, DashboardError>?
    dashboard.uploadModel(
      application: application.id, bytes: [1, 2], description: "first", fileName: fileName
    ) { result = $0 }
    return try #require(result).get()
  }
}

/// The error that a body throws.
func dashboardError(_ body: () throws -> Void) -> DashboardError? {
  do {
    try body()
    return nil
  } catch {
    return error as? DashboardError
  }
}
