package import JSON

/// What pods of one template share: everything but the node.
package struct PodSpecContent: JSONConvertible {
  package var volumes: [Volume] = []
  package var initContainers: [Container] = []
  package var containers: [Container] = []
  package var restartPolicy = ""
  package var terminationGracePeriodSeconds: Int64?
  package var activeDeadlineSeconds: Int64?
  package var dnsPolicy = ""
  package var nodeSelector: [String: String] = [:]
  package var serviceAccountName = ""
  package var serviceAccount = ""
  package var automountServiceAccountToken: Bool?
  package var hostNetwork = false
  package var securityContext: JSONValue?
  package var imagePullSecrets: JSONValue?
  package var hostname = ""
  package var subdomain = ""
  package var affinity: Affinity?
  package var schedulerName = ""
  package var tolerations: [Toleration] = []
  package var hostAliases: JSONValue?
  package var priorityClassName = ""
  package var priority: Int?
  package var readinessGates: JSONValue?
  package var runtimeClassName: String?
  package var enableServiceLinks: Bool?
  package var preemptionPolicy: String?
  package var overhead: ResourceList = [:]
  package var topologySpreadConstraints: JSONValue?
  /// What keeps the scheduler from the pod as long as there is any.
  package var schedulingGates: JSONValue?
  /// What the containers may use together.
  package var resources: ResourceRequirements?
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    volumes = try fields.list("volumes")
    initContainers = try fields.list("initContainers")
    containers = try fields.list("containers")
    restartPolicy = try fields.text("restartPolicy")
    terminationGracePeriodSeconds = try fields.int64("terminationGracePeriodSeconds")
    activeDeadlineSeconds = try fields.int64("activeDeadlineSeconds")
    dnsPolicy = try fields.text("dnsPolicy")
    nodeSelector = try fields.stringMap("nodeSelector")
    serviceAccountName = try fields.text("serviceAccountName")
    serviceAccount = try fields.text("serviceAccount")
    automountServiceAccountToken = try fields.bool("automountServiceAccountToken")
    hostNetwork = try fields.bool("hostNetwork") ?? false
    securityContext = fields.given("securityContext")
    imagePullSecrets = fields.given("imagePullSecrets")
    hostname = try fields.text("hostname")
    subdomain = try fields.text("subdomain")
    affinity = try fields.nested("affinity")
    schedulerName = try fields.text("schedulerName")
    tolerations = try fields.list("tolerations")
    hostAliases = fields.given("hostAliases")
    priorityClassName = try fields.text("priorityClassName")
    priority = try fields.int("priority")
    readinessGates = fields.given("readinessGates")
    runtimeClassName = try fields.string("runtimeClassName")
    enableServiceLinks = try fields.bool("enableServiceLinks")
    preemptionPolicy = try fields.string("preemptionPolicy")
    overhead = try fields.resources("overhead")
    topologySpreadConstraints = fields.given("topologySpreadConstraints")
    schedulingGates = fields.given("schedulingGates")
    resources = try fields.nested("resources")
    others = fields.kept([
      "shareProcessNamespace", "dnsConfig", "setHostnameAsFQDN", "os", "hostUsers",
      "resourceClaims",
    ])
    for key in ["hostPID", "hostIPC"] where try fields.bool(key) == true { others[key] = true }
  }

  package func write(to object: inout JSONObject) {
    object.put("volumes", volumes)
    object.put("initContainers", initContainers)
    object.put("containers", containers)
    object.putText("restartPolicy", restartPolicy)
    object.put("terminationGracePeriodSeconds", terminationGracePeriodSeconds)
    object.put("activeDeadlineSeconds", activeDeadlineSeconds)
    object.putText("dnsPolicy", dnsPolicy)
    object.put("nodeSelector", nodeSelector)
    object.putText("serviceAccountName", serviceAccountName)
    object.putText("serviceAccount", serviceAccount)
    object.put("automountServiceAccountToken", automountServiceAccountToken)
    object.putFlag("hostNetwork", hostNetwork)
    object.put("securityContext", json: securityContext)
    object.put("imagePullSecrets", json: imagePullSecrets)
    object.putText("hostname", hostname)
    object.putText("subdomain", subdomain)
    object.put("affinity", affinity)
    object.putText("schedulerName", schedulerName)
    object.put("tolerations", tolerations)
    object.put("hostAliases", json: hostAliases)
    object.putText("priorityClassName", priorityClassName)
    object.put("priority", priority)
    object.put("readinessGates", json: readinessGates)
    object.put("runtimeClassName", runtimeClassName)
    object.put("enableServiceLinks", enableServiceLinks)
    object.put("preemptionPolicy", preemptionPolicy)
    object.put("overhead", overhead)
    object.put("topologySpreadConstraints", json: topologySpreadConstraints)
    object.put("schedulingGates", json: schedulingGates)
    object.put("resources", resources)
    object.put(others)
  }
}

extension PodSpecContent {
  /// The names of what keeps the scheduler from the pod.
  package var schedulingGateNames: [String] {
    guard let schedulingGates else { return [] }
    return schedulingGates.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
  }
}
