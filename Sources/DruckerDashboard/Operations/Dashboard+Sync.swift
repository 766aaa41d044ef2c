import JSON
import SQLite

/// What a synchronisation with a cluster changed.
package struct SyncReport: Sendable, Equatable {
  /// Names of services that were found for the first time.
  package var added: [String] = []
  /// Names of services that were found again.
  package var confirmed: [String] = []
  /// Names of services that are no longer there.
  package var removed: [String] = []
  /// Names of applications that have no service left.
  package var removedApplications: [String] = []
  /// Ingresses with the worker's label that lack something, and what.
  package var skipped: [(ingress: String, reason: String)] = []

  package init() {}

  /// Whether both report the same.
  package static func == (left: SyncReport, right: SyncReport) -> Bool {
    left.added == right.added && left.confirmed == right.confirmed
      && left.removed == right.removed && left.removedApplications == right.removedApplications
      && left.skipped.elementsEqual(right.skipped) { $0 == $1 }
  }
}

/// A service as an Ingress tells of it.
private struct FoundService {
  var identity: ServiceIdentity
  var host: String

  /// Reads an Ingress; of one without what is needed, says what it lacks.
  static func read(_ ingress: JSONValue) -> Result<FoundService, Lack> {
    let labels = ingress.value(at: "metadata", "labels")
    guard let application = labels?["app"]?.stringValue, !application.isEmpty else {
      return .failure(Lack(reason: "it has no label app"))
    }
    guard let service = labels?["sel"]?.stringValue, !service.isEmpty else {
      return .failure(Lack(reason: "it has no label sel"))
    }
    let identity = ServiceIdentity(
      applicationName: application,
      serviceLevel: ingress.value(at: "metadata", "namespace")?.stringValue ?? "",
      serviceName: service)
    let rules = ingress.value(at: "spec", "rules")?.arrayValue ?? []
    let hosts = rules.compactMap { $0["host"]?.stringValue }.filter { !$0.isEmpty }
    guard let host = identity.preferredHost(among: hosts) else {
      return .failure(Lack(reason: "it has no rule with a host"))
    }
    return .success(FoundService(identity: identity, host: host))
  }

  struct Lack: Error {
    var reason: String
  }
}

extension Dashboard {
  /// Synchronises with every cluster; one that fails does not keep the others from it.
  package func syncAll() throws(DashboardError) -> [(
    cluster: KubernetesCluster, result: Result<SyncReport, DashboardError>
  )] {
    try clusters().map { cluster in
      do throws(DashboardError) {
        return (cluster, .success(try sync(cluster)))
      } catch {
        return (cluster, .failure(error))
      }
    }
  }

  /// Synchronises with one cluster.
  package func sync(cluster id: Int) throws(DashboardError) -> SyncReport {
    try sync(try cluster(id))
  }

  /// Rebuilds the cluster's applications and services from its Ingresses.
  ///
  /// All or nothing: a cluster that cannot be listed changes nothing here.
  private func sync(_ cluster: KubernetesCluster) throws(DashboardError) -> SyncReport {
    let label = ServiceIdentity.workerLabel
    let ingresses = try access(cluster).list(
      ClusterAccess.ingresses, labels: "\(label.key)=\(label.value)")
    let moment = now
    return try data {
      try store.database.transaction {
        var report = SyncReport()
        for ingress in ingresses {
          switch FoundService.read(ingress) {
          case .success(let found): try take(found, on: cluster, at: moment, &report)
          case .failure(let lack):
            let metadata = ingress["metadata"]
            let namespace = metadata?["namespace"]?.stringValue ?? ""
            let name = metadata?["name"]?.stringValue ?? ""
            report.skipped.append((ingress: "\(namespace)/\(name)", reason: lack.reason))
          }
        }
        try dropLost(of: cluster, &report)
        return report
      }
    }
  }

  private func take(
    _ found: FoundService, on cluster: KubernetesCluster, at moment: WallTime,
    _ report: inout SyncReport
  ) throws {
    let name = found.identity.applicationName
    let application =
      try store.application(named: name, cluster: cluster.id)
      ?? store.insertApplication(name: name, cluster: cluster.id, description: "", at: moment)
    try store.confirm(application: application.id, at: moment)
    let service = found.identity.serviceName
    if report.added.contains(service) || report.confirmed.contains(service) { return }
    if let known = try store.service(named: service, application: application.id) {
      try store.confirm(
        service: known.id, level: found.identity.serviceLevel, host: found.host, at: moment)
      report.confirmed.append(service)
    } else {
      _ = try store.insertService(
        application: application.id, name: service, level: found.identity.serviceLevel,
        host: found.host, model: nil, at: moment)
      report.added.append(service)
    }
  }

  private func dropLost(of cluster: KubernetesCluster, _ report: inout SyncReport) throws {
    for application in try store.applications(ofCluster: cluster.id) {
      var remaining = 0
      for service in try store.services(ofApplication: application.id) {
        if report.added.contains(service.name) || report.confirmed.contains(service.name) {
          remaining += 1
          continue
        }
        _ = try store.delete(from: .services, id: service.id)
        report.removed.append(service.name)
      }
      if remaining > 0 { continue }
      _ = try store.delete(from: .applications, id: application.id)
      report.removedApplications.append(application.name)
    }
  }
}
