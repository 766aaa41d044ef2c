import DruckerDashboard
import FakeKubernetes
import JSON
import KubernetesAPI
import Testing

@Suite struct `Services on a cluster` {
  @Test func `adding an application creates the namespace, the four objects and the rows`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let name = "digits-development-20180701000000"
    #expect(added.service.name == name)
    #expect(added.service.host == "digits-v2-development.example.com")
    let places = [
      ("deployments.apps", "-deployment"), ("services", "-service"),
      ("ingresses.networking.k8s.io", "-ingress"),
      ("horizontalpodautoscalers.autoscaling", "-autoscaling"),
    ]
    for (kind, suffix) in places {
      let labels = try world.object(kind, name + suffix).value(at: "metadata", "labels")
      #expect(labels == ["drucker-worker": "True", "app": "digits", "sel": .string(name)])
    }
    #expect(throws: Never.self) { try world.object("namespaces", "development", in: "") }
    #expect(try world.dashboard.services(application: added.application.id) == [added.service])
  }

  @Test func `a second service in the same second gets the next one's name`() throws {
    let world = try DashboardWorld()
    let first = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let second = try world.dashboard.addService(application: first.application.id, world.form)
    #expect(second.name == "digits-development-20180701000001")
  }

  @Test func `a form at fault names its fields and changes nothing`() throws {
    let world = try DashboardWorld()
    var form = world.form
    form.applicationName = "Digits"
    form.policyMaxSurge = 0
    let error = dashboardError {
      _ = try world.dashboard.addApplication(cluster: world.cluster.id, form)
    }
    #expect(error?.code == .form)
    #expect(error?.fields.map(\.field) == ["app_name", "policy_max_surge"])
    #expect(try world.api.list("deployments.apps", namespace: "", labelSelector: "").get().isEmpty)
    #expect(try world.dashboard.applications().isEmpty)
  }

  @Test func `objects made before one is refused are taken back`() throws {
    let world = try DashboardWorld()
    let name = "digits-development-20180701000000-service"
    let rival: JSONValue = [
      "apiVersion": "v1", "kind": "Service",
      "metadata": ["name": .string(name), "namespace": "development"],
      "spec": ["ports": [["port": 1]]],
    ]
    let namespace: JSONValue = [
      "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "development"],
    ]
    _ = try world.api.create(namespace).get()
    _ = try world.api.create(rival, namespace: "development").get()
    let error = dashboardError {
      _ = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    }
    #expect(error?.code == .kubernetes)
    #expect(try world.api.list("deployments.apps", namespace: "", labelSelector: "").get().isEmpty)
    #expect(throws: Never.self) { try world.object("services", name) }
    #expect(try world.dashboard.applications().isEmpty)
  }

  @Test func `the form reads back as it was given`() throws {
    let world = try DashboardWorld()
    var form = world.form
    form.replicasDefault = 2
    form.replicasMaximum = 5
    form.autoscaleCPUThreshold = 65
    form.resourceRequestCPU = "500m"
    form.resourceLimitCPU = "2"
    form.commitMessage = "second try"
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, form)
    #expect(try world.dashboard.serviceForm(added.service.id) == form)
  }

  @Test func `editing changes what the form says in all four objects`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let name = added.service.name
    var form = try world.dashboard.serviceForm(added.service.id)
    form.servicePort = 6_000
    form.containerImage = "centos:centos8"
    form.replicasMaximum = 4
    form.commitMessage = "bigger"
    _ = try world.dashboard.editService(added.service.id, form)
    #expect(try world.dashboard.serviceForm(added.service.id) == form)
    let ingress = try world.object("ingresses.networking.k8s.io", name + "-ingress")
    let rules = try #require(ingress.value(at: "spec", "rules")?.arrayValue)
    let backend = rules[0]["http"]?["paths"]?[0]?["backend"]
    #expect(backend?.value(at: "service", "port", "number") == 6_000)
    #expect(try world.environment(added.service)["DRUCKER_SERVICE_PORT"] == "6000")
    let port = try world.object("services", name + "-service").value(at: "spec", "ports")?[0]
    #expect(port?["port"] == 6_000)
  }

  @Test func `deleting an application deletes its services' objects`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    _ = try world.dashboard.addService(application: added.application.id, world.form)
    try world.dashboard.deleteApplication(added.application.id)
    for kind in [
      "deployments.apps", "services", "ingresses.networking.k8s.io",
      "horizontalpodautoscalers.autoscaling",
    ] {
      let label = "drucker-worker=True"
      #expect(try world.api.list(kind, namespace: "", labelSelector: label).get().isEmpty)
    }
    #expect(try world.dashboard.applications().isEmpty)
  }

  @Test func `a cluster that cannot be reached is an error of the cluster`() throws {
    let world = try DashboardWorld()
    let other = try world.dashboard.registerCluster(.init(name: "unreachable"))
    let error = dashboardError {
      _ = try world.dashboard.addApplication(cluster: other.id, world.form)
    }
    #expect(error?.code == .kubernetes)
    let results = try world.dashboard.syncAll()
    #expect(throws: Never.self) { try results[0].result.get() }
    #expect(throws: DashboardError.self) { try results[1].result.get() }
  }

  @Test func `a cluster's name is used once and its fields are checked`() throws {
    let world = try DashboardWorld()
    let again = dashboardError { _ = try world.dashboard.registerCluster(.init(name: "main")) }
    #expect(again?.code == .conflict)
    let mysql = WorkerDatabase.mysql(
      host: "db", port: "70000", database: "drucker", user: "drucker", password: "")
    let wrong = dashboardError {
      _ = try world.dashboard.registerCluster(
        .init(name: "x", domain: "a b", hostModelDirectory: "models", database: mysql))
    }
    #expect(wrong?.fields.map(\.field) == ["dns_name", "host_model_dir", "db_mysql_port"])
  }
}

@Suite struct `Sync with a cluster` {
  @Test func `services come and go with their ingresses`() throws {
    let world = try DashboardWorld()
    let added = try world.dashboard.addApplication(cluster: world.cluster.id, world.form)
    let same = try world.dashboard.sync(cluster: world.cluster.id)
    #expect(same.confirmed == [added.service.name] && same.added.isEmpty && same.removed.isEmpty)
    let name = added.service.name + "-ingress"
    _ = try world.api.delete("ingresses.networking.k8s.io", namespace: "development", name: name)
      .get()
    let gone = try world.dashboard.sync(cluster: world.cluster.id)
    #expect(gone.removed == [added.service.name])
    #expect(gone.removedApplications == ["digits"])
    #expect(try world.dashboard.applications().isEmpty)
  }

  @Test(arguments: [
    (["digits-beta.example.com"], "digits-beta.example.com"),
    (["digits-v2-beta.example.com"], "digits-v2-beta.example.com"),
    (["digits-beta.example.com", "digits-v2-beta.example.com"], "digits-v2-beta.example.com"),
  ])
  func `an ingress of either host form is taken`(hosts: [String], expected: String) throws {
    let world = try DashboardWorld()
    let labels: JSONValue = ["drucker-worker": "True", "app": "digits", "sel": "digits-beta-1"]
    try ingress(world, name: "one", labels: labels, hosts: hosts)
    let report = try world.dashboard.sync(cluster: world.cluster.id)
    #expect(report.added == ["digits-beta-1"])
    let application = try #require(try world.dashboard.applications().first)
    let service = try #require(try world.dashboard.services(application: application.id).first)
    #expect(service.host == expected)
    #expect(service.serviceLevel == "beta")
  }

  @Test func `an ingress that lacks something is reported, not guessed`() throws {
    let world = try DashboardWorld()
    try ingress(world, name: "one", labels: ["drucker-worker": "True"], hosts: ["x.example.com"])
    let report = try world.dashboard.sync(cluster: world.cluster.id)
    #expect(report.skipped.map(\.ingress) == ["beta/one"])
    #expect(report.skipped.map(\.reason) == ["it has no label app"])
  }

  private func ingress(
    _ world: DashboardWorld, name: String, labels: JSONValue, hosts: [String]
  ) throws {
    let namespace: JSONValue = [
      "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "beta"],
    ]
    _ = try world.api.create(namespace).get()
    let object: JSONValue = [
      "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
      "metadata": ["name": .string(name), "namespace": "beta", "labels": labels],
      "spec": [
        "rules": .array(
          hosts.map { host in
            let backend: JSONValue = ["service": ["name": "s", "port": ["number": 1]]]
            let path: JSONValue = ["path": "/", "pathType": "Prefix", "backend": backend]
            return ["host": .string(host), "http": ["paths": [path]]]
          })
      ],
    ]
    _ = try world.api.create(object, namespace: "beta").get()
  }
}
