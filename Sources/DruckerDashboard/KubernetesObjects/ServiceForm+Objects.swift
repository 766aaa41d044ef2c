import JSON
import KubernetesAPI

extension ServiceForm {
  /// Reads the form back from a service's objects, also from those that an older dashboard wrote.
  ///
  /// Where an object lacks something, the form keeps its default.
  init(identity: ServiceIdentity, deployment: JSONValue, autoscaler: JSONValue?) {
    self.init()
    applicationName = identity.applicationName
    serviceLevel = identity.serviceLevel
    let spec = deployment["spec"]
    set(\.replicasDefault, spec?["replicas"])
    set(\.policyWaitSeconds, spec?["minReadySeconds"])
    let rollingUpdate = spec?.value(at: "strategy", "rollingUpdate")
    set(\.policyMaxSurge, rollingUpdate?["maxSurge"])
    set(\.policyMaxUnavailable, rollingUpdate?["maxUnavailable"])
    let scaling = autoscaler?["spec"]
    set(\.replicasMinimum, scaling?["minReplicas"])
    set(\.replicasMaximum, scaling?["maxReplicas"])
    set(\.autoscaleCPUThreshold, Self.cpuThreshold(scaling))
    if let container = DeploymentReader(deployment).container { read(container) }
  }

  /// The CPU target of an autoscaler's spec in the form of autoscaling/v1 or v2.
  private static func cpuThreshold(_ spec: JSONValue?) -> JSONValue? {
    if let target = spec?["targetCPUUtilizationPercentage"] { return target }
    for metric in spec?["metrics"]?.arrayValue ?? [] {
      guard let resource = metric["resource"], resource["name"]?.stringValue == "cpu" else {
        continue
      }
      return resource.value(at: "target", "averageUtilization")
    }
    return nil
  }

  private mutating func read(_ container: JSONValue) {
    set(\.containerImage, container["image"])
    set(\.servicePort, container["ports"]?[0]?["containerPort"])
    let resources = container["resources"]
    set(\.resourceRequestCPU, resources?.value(at: "requests", "cpu"))
    set(\.resourceRequestMemory, resources?.value(at: "requests", "memory"))
    set(\.resourceLimitCPU, resources?.value(at: "limits", "cpu"))
    set(\.resourceLimitMemory, resources?.value(at: "limits", "memory"))
    let variables = DeploymentReader.environment(of: container)
    let texts: [(String, WritableKeyPath<ServiceForm, String>)] = [
      ("DRUCKER_SERVICE_UPDATE_FLAG", \.commitMessage),
      ("DRUCKER_SERVICE_GIT_URL", \.serviceGitURL),
      ("DRUCKER_SERVICE_GIT_BRANCH", \.serviceGitBranch),
      ("DRUCKER_SERVICE_BOOT_SHELL", \.serviceBootScript),
    ]
    for (name, path) in texts {
      if let value = variables.first(where: { $0.name == name })?.value {
        self[keyPath: path] = value
      }
    }
  }

  private mutating func set(_ path: WritableKeyPath<ServiceForm, Int>, _ value: JSONValue?) {
    if let integer = value?.intValue { self[keyPath: path] = integer }
  }

  private mutating func set(_ path: WritableKeyPath<ServiceForm, String>, _ value: JSONValue?) {
    if let text = value?.stringValue { self[keyPath: path] = text }
  }
}

/// Finds the worker's container in a Deployment.
struct DeploymentReader {
  static let updateFlag = "DRUCKER_SERVICE_UPDATE_FLAG"

  /// The container that Drucker configures, else the only one.
  let container: JSONValue?

  init(_ deployment: JSONValue) {
    let path = deployment["spec"]?.value(at: "template", "spec", "containers")
    let containers = path?.arrayValue ?? []
    container =
      containers.first { container in
        Self.environment(of: container).contains { $0.name == Self.updateFlag }
      } ?? (containers.count == 1 ? containers.first : nil)
  }

  static func environment(of container: JSONValue) -> [(name: String, value: String)] {
    (container["env"]?.arrayValue ?? []).compactMap { variable in
      guard let name = variable["name"]?.stringValue else { return nil }
      return (name, variable["value"]?.stringValue ?? "")
    }
  }

  func variable(_ name: String) -> String? {
    container.flatMap { container in
      Self.environment(of: container).first { $0.name == name }?.value
    }
  }
}
