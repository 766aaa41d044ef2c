import JSON
import SQLite

extension Dashboard {
  /// Adds a service to an application that runs on a cluster.
  /// - Parameters:
  ///   - application: the application, whose name takes the place of the form's.
  ///   - form: everything else.
  ///   - model: the model that its first start loads; nil for the worker's default.
  package func addService(
    application id: Int, _ form: ServiceForm, model: Int? = nil
  ) throws(DashboardError) -> ServiceRecord {
    let application = try application(id)
    guard let clusterID = application.clusterID else {
      throw DashboardError(
        code: .conflict, message: "the application \(application.name) runs on no cluster")
    }
    var form = form
    form.applicationName = application.name
    var record: ModelRecord?
    if let model { record = try self.model(model, application: id) }
    return try deploy(form, on: try cluster(clusterID), model: record).service
  }

  /// Creates the objects of a new service and its rows; on a failure neither stays.
  func deploy(
    _ form: ServiceForm, on cluster: KubernetesCluster, model: ModelRecord?
  ) throws(DashboardError) -> (application: Application, service: ServiceRecord) {
    let errors = form.validate()
    if !errors.isEmpty { throw .form(errors) }
    let access = try access(cluster)
    let moment = now
    let identity = try freshIdentity(form, cluster: cluster, at: moment)
    let objects = ServiceObjects(
      identity: identity, form: form, cluster: cluster.settings, modelFile: model?.path)
    try access.create(objects)
    do throws(DashboardError) {
      return try data {
        try store.database.transaction {
          let name = form.applicationName
          let application =
            try store.application(named: name, cluster: cluster.id)
            ?? store.insertApplication(
              name: name, cluster: cluster.id, description: "", at: moment)
          let service = try store.insertService(
            application: application.id, name: identity.serviceName, level: form.serviceLevel,
            host: identity.versionedHost(domain: cluster.settings.domain), model: model?.id,
            at: moment)
          return (application, service)
        }
      }
    } catch {
      access.withdraw(objects.parts.map(\.place))
      throw error
    }
  }

  /// The service's names by the clock; where the second is taken, by the next free one.
  private func freshIdentity(
    _ form: ServiceForm, cluster: KubernetesCluster, at moment: WallTime
  ) throws(DashboardError) -> ServiceIdentity {
    var moment = moment
    while true {
      let identity = ServiceIdentity(
        applicationName: form.applicationName, serviceLevel: form.serviceLevel, at: moment)
      let isTaken = try data {
        try store.hasService(named: identity.serviceName, cluster: cluster.id)
      }
      if !isTaken { return identity }
      moment = moment.later(seconds: 1)
    }
  }
}

extension ServiceObjects {
  /// Where an object of the service is.
  struct Place {
    var kind: String
    var name: String
    var namespace: String
  }

  /// The four objects in the order of their creation.
  var parts: [(place: Place, object: JSONValue)] {
    zip(identity.places, [deployment, service, ingress, autoscaler]).map { ($0, $1) }
  }
}

extension ServiceIdentity {
  /// Where the four objects of the service are, in the order of their creation.
  var places: [ServiceObjects.Place] {
    [
      .init(kind: ClusterAccess.deployments, name: deploymentName, namespace: namespace),
      .init(kind: ClusterAccess.services, name: serviceObjectName, namespace: namespace),
      .init(kind: ClusterAccess.ingresses, name: ingressName, namespace: namespace),
      .init(kind: ClusterAccess.autoscalers, name: autoscalerName, namespace: namespace),
    ]
  }
}

extension ClusterAccess {
  /// Creates the namespace where it is missing and the four objects, or none of these.
  func create(_ objects: ServiceObjects) throws(DashboardError) {
    try createNamespace(objects.namespace, name: objects.identity.namespace)
    var created: [ServiceObjects.Place] = []
    for (place, object) in objects.parts {
      do throws(DashboardError) {
        try create(object, in: place.namespace)
      } catch {
        withdraw(created)
        throw error
      }
      created.append(place)
    }
  }

  /// Deletes as well as it can what a failed operation had created, the last first.
  func withdraw(_ places: [ServiceObjects.Place]) {
    for place in places.reversed() {
      // The failure that led here is what is reported; a second one would hide it.
      try? delete(place.kind, place.name, in: place.namespace)
    }
  }
}
