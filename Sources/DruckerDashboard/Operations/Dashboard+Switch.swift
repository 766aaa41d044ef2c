import JSON
import KubernetesAPI

extension Dashboard {
  /// Switches a service to a model.
  ///
  /// The worker writes the assignment; on a cluster a changed variable of the Deployment then
  /// starts the rolling update, after which all pods have loaded the model. Where that variable
  /// cannot be changed, the error says so: pods that start from then on load the new model.
  /// - Parameters:
  ///   - id: the service.
  ///   - model: a model of the service's application.
  ///   - done: gets the service once the switch has started.
  package func switchModel(
    service id: Int, model: Int, _ done: @escaping Completion<ServiceRecord>
  ) {
    let record: ModelRecord
    let target: WorkerTarget
    do throws(DashboardError) {
      let service = try service(id)
      record = try self.model(model, application: service.applicationID)
      target = self.target(service, try application(service.applicationID))
    } catch {
      return done(.failure(error))
    }
    workers.switchModel(of: target, path: record.path) { result in
      self.answer(done) { () throws(DashboardError) in
        try self.outcome(result, "switch \(target.serviceName) to \(record.path)").get()
        let service = try self.service(id)
        if target.kubernetesService != nil { try self.startRollingUpdate(service, to: record) }
        _ = try self.data { try self.store.assign(model: model, toService: id, at: self.now) }
        return try self.service(id)
      }
    }
  }

  private func startRollingUpdate(
    _ service: ServiceRecord, to model: ModelRecord
  ) throws(DashboardError) {
    do throws(DashboardError) {
      let (identity, _, access) = try deployed(service)
      let deployment = try access.get(
        ClusterAccess.deployments, identity.deploymentName, in: identity.namespace)
      let reader = DeploymentReader(deployment)
      guard let name = reader.container?["name"] else {
        throw DashboardError(
          code: .kubernetes,
          message: "\(identity.deploymentName) has no container with \(DeploymentReader.updateFlag)"
        )
      }
      var flag = "Model switched: \(model.path) (version \(model.version)) at \(now.stamp)"
      // A flag that does not change would start nothing.
      if flag == reader.variable(DeploymentReader.updateFlag) { flag += " again" }
      let variable: JSONValue = [
        "name": .string(DeploymentReader.updateFlag), "value": .string(flag),
      ]
      let patch: JSONValue = [
        "spec": ["template": ["spec": ["containers": [["name": name, "env": [variable]]]]]]
      ]
      try access.patch(
        ClusterAccess.deployments, identity.deploymentName, in: identity.namespace,
        .strategicMerge, patch)
    } catch {
      var told = error
      told.message =
        "\(service.name) is assigned \(model.path), but its rolling update has not started: "
        + error.message
      throw told
    }
  }
}
