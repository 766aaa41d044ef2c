import DruckerDashboard
import JSON
import KubernetesAPI
import Testing

@Suite struct `The service form` {
  @Test func `the defaults are valid`() {
    #expect(ServiceForm().validate().isEmpty)
  }

  @Test(arguments: [
    ("app_name", ""), ("app_name", "a23456789012345678901"), ("app_name", "-a"),
    ("service_level", "test"), ("service_port", "0"), ("service_port", "65536"),
    ("replicas_default", "-1"), ("replicas_minimum", "0"), ("replicas_maximum", "0"),
    ("autoscale_cpu_threshold", "0"), ("policy_max_unavailable", "-1"),
    ("policy_wait_seconds", "-1"), ("container_image", ""), ("container_image", "a b"),
    ("resource_request_cpu", "much"), ("resource_limit_cpu", "0.5"),
    ("resource_request_memory", "0"), ("resource_limit_memory", "100Mi"),
    ("service_git_url", ""), ("service_git_branch", "a b"), ("service_boot_script", ""),
  ])
  func `a field at fault is named with what it found`(field: String, value: String) throws {
    let errors = try ServiceForm(fields: [(name: field, value: value)]).validate()
    let error = try #require(errors.first { $0.field == field })
    #expect(error.found == value)
    #expect(!error.expected.isEmpty)
  }

  @Test func `fields are read by name, and all that cannot be read are named`() throws {
    let form = try ServiceForm(fields: [(name: "replicas_maximum", value: "7")])
    #expect(form.replicasMaximum == 7)
    #expect {
      try ServiceForm(fields: [
        (name: "service_port", value: "five"), (name: "colour", value: "red"),
        (name: "app_name", value: "a"), (name: "app_name", value: "b"),
      ])
    } throws: {
      ($0 as? DashboardError)?.fields.map(\.field) == ["service_port", "colour", "app_name"]
    }
    let again = try ServiceForm(fields: form.fields)
    #expect(again == form)
  }

  @Test(arguments: [
    // wait, maximum, surge, unavailable, deadline
    [300, 4, 1, 2, 2_000], [300, 1, 1, 0, 1_500], [10, 1, 60, 0, 11], [0, 1, 1, 0, 1],
    [2_147_483_646, 2_147_483_647, 1, 0, 2_147_483_647],
  ])
  func `the progress deadline follows the contract`(row: [Int]) {
    var form = ServiceForm()
    form.policyWaitSeconds = row[0]
    form.replicasMaximum = row[1]
    form.policyMaxSurge = row[2]
    form.policyMaxUnavailable = row[3]
    #expect(form.progressDeadlineSeconds == row[4])
  }
}

@Suite struct `The Kubernetes objects of a service` {
  let objects: ServiceObjects

  init() {
    var form = ServiceForm()
    form.applicationName = "digits"
    objects = ServiceObjects(
      identity: ServiceIdentity(
        applicationName: "digits", serviceLevel: "development",
        at: WallTime(secondsSince1970: 1_541_073_600)),
      form: form, cluster: .init(name: "main"))
  }

  @Test func `the deployment follows the contract`() throws {
    let deployment = objects.deployment
    let spec = try #require(deployment["spec"])
    let name = "digits-development-20181101120000"
    #expect(deployment.value(at: "metadata", "name") == .string(name + "-deployment"))
    #expect(spec["minReadySeconds"] == 300)
    #expect(spec["progressDeadlineSeconds"] == 1_500)
    #expect(spec["revisionHistoryLimit"] == 3)
    #expect(spec.value(at: "selector", "matchLabels") == ["sel": .string(name)])
    let pod = try #require(spec.value(at: "template", "spec"))
    #expect(pod["nodeSelector"] == ["host": "development"])
    let container = try #require(pod["containers"]?[0])
    #expect(container["command"] == ["sh", "/usr/local/src/entrypoint.sh"])
    #expect(container["imagePullPolicy"] == "Always")
    let probe: JSONValue = [
      "tcpSocket": ["port": 5_000], "periodSeconds": 1, "failureThreshold": 1,
    ]
    #expect(container["readinessProbe"] == probe)
    let mounts = container["volumeMounts"]?.arrayValue?.map { $0["mountPath"] }
    #expect(mounts == ["/mnt/drucker-model", "/root/.ssh"])
  }

  @Test func `the ingress carries a rule for each form of host`() throws {
    let rules = try #require(objects.ingress.value(at: "spec", "rules")?.arrayValue)
    let hosts = ["digits-v2-development.example.com", "digits-development.example.com"]
    #expect(rules.compactMap { $0["host"]?.stringValue } == hosts)
    let annotations = objects.ingress.value(at: "metadata", "annotations")
    let backend =
      #"{"digits-development-20181101120000-service":{"5000":{"proto":"h2"}}}"#
    #expect(annotations?["ingress.zlab.co.jp/backend-config"] == .string(backend))
  }

  @Test func `mysql is written into the environment`() {
    var objects = objects
    objects.cluster.database = .mysql(
      host: "db", port: "3306", database: "drucker", user: "u", password: "p")
    let names = objects.environment.map(\.name)
    #expect(names.contains("DRUCKER_DB_MYSQL_PASSWORD"))
    #expect(objects.environment.first { $0.name == "DRUCKER_DB_MODE" }?.value == "mysql")
  }
}

@Suite struct `Wall time` {
  @Test(arguments: [
    (0, "19700101000000"), (951_782_400, "20000229000000"), (1_541_073_600, "20181101120000"),
    (1_709_164_799, "20240228235959"), (4_107_542_400, "21000301000000"), (-1, "19691231235959"),
  ])
  func `a moment is stamped in the Gregorian calendar`(seconds: Int64, stamp: String) {
    #expect(WallTime(secondsSince1970: seconds).stamp == stamp)
  }
}
