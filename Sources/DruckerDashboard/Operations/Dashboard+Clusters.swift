import KubernetesAPI

extension Dashboard {
  /// Registers a cluster, which is connected to only when it is needed.
  package func registerCluster(
    _ settings: KubernetesCluster.Settings
  ) throws(DashboardError) -> KubernetesCluster {
    try check(settings, exceptCluster: nil)
    return try data { try store.insert(settings, at: now) }
  }

  /// Changes what is registered of a cluster; services keep what they were made with.
  package func editCluster(
    _ id: Int, _ settings: KubernetesCluster.Settings
  ) throws(DashboardError) -> KubernetesCluster {
    try check(settings, exceptCluster: id)
    guard try data({ try store.update(cluster: id, settings) }) else {
      throw .notFound("cluster", id)
    }
    return try cluster(id)
  }

  /// All clusters, by number.
  package func clusters() throws(DashboardError) -> [KubernetesCluster] {
    try data { try store.clusters() }
  }

  /// A cluster.
  package func cluster(_ id: Int) throws(DashboardError) -> KubernetesCluster {
    try existing("cluster", id) { try store.cluster(id) }
  }

  /// Forgets a cluster with its applications; what runs on it stays.
  package func forgetCluster(_ id: Int) throws(DashboardError) {
    guard try data({ try store.delete(from: .clusters, id: id) }) else {
      throw .notFound("cluster", id)
    }
  }

  private func check(
    _ settings: KubernetesCluster.Settings, exceptCluster id: Int?
  ) throws(DashboardError) {
    let errors = settings.validate()
    if !errors.isEmpty { throw .form(errors) }
    if let known = try data({ try store.cluster(named: settings.name) }), known.id != id {
      throw DashboardError(
        code: .conflict, message: "the name \(settings.name) is that of cluster \(known.id)")
    }
  }
}

extension KubernetesCluster.Settings {
  /// Every field that is at fault, by its name in the REST form.
  package func validate() -> [FormFieldError] {
    var errors: [FormFieldError] = []
    if name.isEmpty { errors.append(.init(field: "display_name", expected: "a name", found: "")) }
    if !FieldRules.isDNS1123Subdomain(domain) {
      errors.append(.init(field: "dns_name", expected: "a domain name", found: domain))
    }
    let folders = [
      ("host_model_dir", hostModelDirectory), ("pod_model_dir", podModelDirectory),
    ]
    for (field, folder) in folders where !folder.hasPrefix("/") {
      errors.append(.init(field: field, expected: "an absolute path", found: folder))
    }
    if case .mysql(let host, let port, let database, let user, _) = database {
      let texts = [
        ("db_mysql_host", host), ("db_mysql_dbname", database), ("db_mysql_user", user),
      ]
      for (field, text) in texts where text.isEmpty {
        errors.append(.init(field: field, expected: "a name", found: text))
      }
      if !(1...65_535).contains(Int(port) ?? 0) {
        errors.append(
          .init(field: "db_mysql_port", expected: "a port from 1 to 65535", found: port))
      }
    }
    return errors
  }
}
