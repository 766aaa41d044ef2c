import JSON
import KubernetesAPI

extension Dashboard {
  /// The services of an application, by number.
  package func services(application id: Int) throws(DashboardError) -> [ServiceRecord] {
    _ = try application(id)
    return try data { try store.services(ofApplication: id) }
  }

  /// A service.
  package func service(_ id: Int) throws(DashboardError) -> ServiceRecord {
    try existing("service", id) { try store.service(id) }
  }

  /// Changes what people call a service, and its memo where one is given.
  package func describeService(
    _ id: Int, displayName: String, description: String?
  ) throws(DashboardError) -> ServiceRecord {
    let isKnown = try data {
      try store.describe(
        service: id, displayName: displayName, description: description, at: now)
    }
    if !isKnown { throw .notFound("service", id) }
    return try service(id)
  }

  /// What the form of a service on a cluster holds at present, read from its objects.
  package func serviceForm(_ id: Int) throws(DashboardError) -> ServiceForm {
    let (identity, _, access) = try deployed(try service(id))
    let deployment = try access.get(
      ClusterAccess.deployments, identity.deploymentName, in: identity.namespace)
    let autoscaler = try access.find(
      ClusterAccess.autoscalers, identity.autoscalerName, in: identity.namespace)
    return ServiceForm(identity: identity, deployment: deployment, autoscaler: autoscaler)
  }

  /// Changes the objects of a service to what the form says; a changed pod rolls out.
  ///
  /// The form's application and service level are those of the service, whatever it says.
  package func editService(_ id: Int, _ form: ServiceForm) throws(DashboardError) -> ServiceRecord {
    let record = try service(id)
    let (identity, cluster, access) = try deployed(record)
    var form = form
    form.applicationName = identity.applicationName
    form.serviceLevel = identity.serviceLevel
    let errors = form.validate()
    if !errors.isEmpty { throw .form(errors) }
    let deployment = try access.get(
      ClusterAccess.deployments, identity.deploymentName, in: identity.namespace)
    let objects = ServiceObjects(
      identity: identity, form: form, cluster: cluster.settings,
      modelFile: DeploymentReader(deployment).variable("DRUCKER_SERVICE_MODEL_FILE"))
    try access.change(objects)
    _ = try data { try store.touch(service: id, at: now) }
    return try service(id)
  }

  /// Deletes a service and, where it runs on a cluster, its objects.
  package func deleteService(_ id: Int) throws(DashboardError) {
    let record = try service(id)
    if try application(record.applicationID).clusterID != nil {
      let (identity, _, access) = try deployed(record)
      for place in identity.places.reversed() {
        try access.delete(place.kind, place.name, in: place.namespace)
      }
    }
    _ = try data { try store.delete(from: .services, id: id) }
  }

  /// The names, the cluster and its API of a service that runs on one.
  func deployed(
    _ service: ServiceRecord
  ) throws(DashboardError) -> (ServiceIdentity, KubernetesCluster, ClusterAccess) {
    let application = try application(service.applicationID)
    guard let clusterID = application.clusterID else {
      throw DashboardError(
        code: .conflict, message: "the service \(service.name) runs on no cluster")
    }
    let cluster = try cluster(clusterID)
    let identity = ServiceIdentity(
      applicationName: application.name, serviceLevel: service.serviceLevel,
      serviceName: service.name)
    return (identity, cluster, try access(cluster))
  }
}

extension ClusterAccess {
  /// Changes the four objects of a service; what others added to them stays.
  ///
  /// The Deployment comes last: it is what starts pods with the new values.
  fileprivate func change(_ objects: ServiceObjects) throws(DashboardError) {
    let identity = objects.identity
    let namespace = identity.namespace
    // An autoscaler is replaced: a patch would have to know in which version it is stored.
    var autoscaler = objects.autoscaler
    if let known = try find(Self.autoscalers, identity.autoscalerName, in: namespace) {
      var metadata = autoscaler["metadata"] ?? [:]
      metadata["resourceVersion"] = known.value(at: "metadata", "resourceVersion")
      autoscaler["metadata"] = metadata
      try replace(autoscaler, in: namespace)
    } else {
      try create(autoscaler, in: namespace)
    }
    try changePort(objects)
    let annotations = objects.ingress.value(at: "metadata", "annotations") ?? [:]
    let ingress: JSONValue = [
      "metadata": ["annotations": annotations],
      "spec": ["rules": objects.ingress.value(at: "spec", "rules") ?? []],
    ]
    try patch(Self.ingresses, identity.ingressName, in: namespace, .merge, ingress)
    var spec = objects.deployment["spec"] ?? [:]
    spec["selector"] = nil
    try patch(Self.deployments, identity.deploymentName, in: namespace, .merge, ["spec": spec])
  }

  /// Changes the Service's port where it differs; the node port stays as it is.
  private func changePort(_ objects: ServiceObjects) throws(DashboardError) {
    let identity = objects.identity
    let known = try get(Self.services, identity.serviceObjectName, in: identity.namespace)
    let knownPort = known.value(at: "spec", "ports")?[0]
    if knownPort?["port"]?.intValue == objects.form.servicePort { return }
    var port = objects.service.value(at: "spec", "ports")?[0] ?? [:]
    port["nodePort"] = knownPort?["nodePort"]
    try patch(
      Self.services, identity.serviceObjectName, in: identity.namespace, .merge,
      ["spec": ["ports": [port]]])
  }
}
