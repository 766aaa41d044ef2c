import JSON

/// Defaults of pods, source `pkg/apis/core/v1/defaults.go`.
extension PodSpecContent {
  /// Fills in what holds for pods and pod templates alike.
  package mutating func applyDefaults() {
    if dnsPolicy.isEmpty { dnsPolicy = "ClusterFirst" }
    if restartPolicy.isEmpty { restartPolicy = "Always" }
    if securityContext == nil { securityContext = [:] }
    if terminationGracePeriodSeconds == nil { terminationGracePeriodSeconds = 30 }
    if let grace = terminationGracePeriodSeconds, grace < 0 { terminationGracePeriodSeconds = 1 }
    if schedulerName.isEmpty { schedulerName = "default-scheduler" }
    if !serviceAccountName.isEmpty { serviceAccount = serviceAccountName }
    if serviceAccountName.isEmpty { serviceAccountName = serviceAccount }
    for index in containers.indices { containers[index].applyDefaults() }
    for index in initContainers.indices { initContainers[index].applyDefaults() }
    for index in volumes.indices { volumes[index].applyDefaults() }
  }

  /// Fills in what holds for pods only.
  package mutating func applyPodDefaults() {
    if enableServiceLinks == nil { enableServiceLinks = true }
    for index in containers.indices { containers[index].resources.requestLimits() }
    for index in initContainers.indices { initContainers[index].resources.requestLimits() }
    if resources != nil { applySharedDefaults() }
    if hostNetwork {
      for index in containers.indices { containers[index].takeHostPorts() }
      for index in initContainers.indices { initContainers[index].takeHostPorts() }
    }
  }
}

extension PodSpec {
  /// Fills in defaults; a content that has them all stays shared.
  package mutating func applyDefaults() {
    var changed = content.value
    changed.applyDefaults()
    if changed != content.value { content.value = changed }
  }
}

extension ResourceRequirements {
  /// What is limited but not requested is requested up to the limit.
  fileprivate mutating func requestLimits() {
    for name in limits.names where requests[name] == nil { requests[name] = limits[name] }
  }
}

extension Container {
  /// In the node's network every port is the node's.
  fileprivate mutating func takeHostPorts() {
    for index in ports.indices where ports[index].hostPort == 0 {
      ports[index].hostPort = ports[index].containerPort
    }
  }

  fileprivate mutating func applyDefaults() {
    if terminationMessagePath.isEmpty { terminationMessagePath = "/dev/termination-log" }
    if terminationMessagePolicy.isEmpty { terminationMessagePolicy = "File" }
    if imagePullPolicy.isEmpty {
      imagePullPolicy = Self.tag(of: image) == "latest" ? "Always" : "IfNotPresent"
    }
    for index in ports.indices {
      if ports[index].protocolName.isEmpty { ports[index].protocolName = "TCP" }
    }
    for index in env.indices {
      if env[index].valueFrom?["resourceFieldRef"] != nil,
        env[index].valueFrom?["resourceFieldRef"]?["divisor"] == nil
      {
        env[index].valueFrom?["resourceFieldRef"]?["divisor"] = "0"
      }
      guard let reference = env[index].valueFrom?["fieldRef"], reference["apiVersion"] == nil
      else { continue }
      env[index].valueFrom?["fieldRef"]?["apiVersion"] = "v1"
    }
    livenessProbe?.applyDefaults()
    readinessProbe?.applyDefaults()
    startupProbe?.applyDefaults()
    lifecycle?.postStart?.httpGet?.applyDefaults()
    lifecycle?.preStop?.httpGet?.applyDefaults()
  }

  /// The tag of an image reference, `latest` without one; empty for a digest.
  package static func tag(of image: String) -> String {
    if image.contains("@") { return "" }
    let name = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let colon = name.lastIndex(of: ":") else { return "latest" }
    return String(name[name.index(after: colon)...])
  }
}

extension Probe {
  fileprivate mutating func applyDefaults() {
    if timeoutSeconds == 0 { timeoutSeconds = 1 }
    if periodSeconds == 0 { periodSeconds = 10 }
    if successThreshold == 0 { successThreshold = 1 }
    if failureThreshold == 0 { failureThreshold = 3 }
    httpGet?.applyDefaults()
    if grpc != nil, grpc?.service == nil { grpc?.service = "" }
  }
}

extension HTTPGetAction {
  fileprivate mutating func applyDefaults() {
    if path.isEmpty { path = "/" }
    if scheme.isEmpty { scheme = "HTTP" }
  }
}

extension Volume {
  fileprivate mutating func applyDefaults() {
    if source.isEmpty { source["emptyDir"] = [:] }
    if let image = source["image"], image["pullPolicy"] == nil {
      let tag = Container.tag(of: image["reference"]?.stringValue ?? "")
      source["image"]?["pullPolicy"] = tag == "latest" ? "Always" : "IfNotPresent"
    }
    if let downward = source["downwardAPI"] {
      source["downwardAPI"] = Self.withFieldDefaults(downward)
    }
    if let parts = source["projected"]?["sources"]?.arrayValue {
      source["projected"]?["sources"] = .array(parts.map(Self.withProjectionDefaults))
    }
    if source["ephemeral"]?.value(at: "volumeClaimTemplate", "spec") != nil,
      source["ephemeral"]?.value(at: "volumeClaimTemplate", "spec", "volumeMode") == nil
    {
      source["ephemeral"]?["volumeClaimTemplate"]?["spec"]?["volumeMode"] = "Filesystem"
    }
    for kind in ["configMap", "secret", "projected", "downwardAPI"] {
      if source[kind] != nil, source[kind]?["defaultMode"] == nil {
        source[kind]?["defaultMode"] = 420
      }
    }
    if let limit = source["emptyDir"]?["sizeLimit"],
      let quantity = Quantity(limit.stringValue ?? limit.text())
    {
      source["emptyDir"]?["sizeLimit"] = .string(quantity.description)
    }
    if source["hostPath"] != nil, source["hostPath"]?["type"] == nil {
      source["hostPath"]?["type"] = ""
    }
  }
}

extension Volume {
  private static func withProjectionDefaults(_ given: JSONValue) -> JSONValue {
    var part = given
    if part["serviceAccountToken"] != nil, part["serviceAccountToken"]?["expirationSeconds"] == nil
    {
      part["serviceAccountToken"]?["expirationSeconds"] = 3600
    }
    if let downward = part["downwardAPI"] { part["downwardAPI"] = withFieldDefaults(downward) }
    return part
  }

  private static func withFieldDefaults(_ given: JSONValue) -> JSONValue {
    var downward = given
    guard var items = downward["items"]?.arrayValue else { return given }
    for index in items.indices {
      if items[index]["fieldRef"] != nil, items[index]["fieldRef"]?["apiVersion"] == nil {
        items[index]["fieldRef"]?["apiVersion"] = "v1"
      }
      if items[index]["resourceFieldRef"] != nil,
        items[index]["resourceFieldRef"]?["divisor"] == nil
      {
        items[index]["resourceFieldRef"]?["divisor"] = "0"
      }
    }
    downward["items"] = .array(items)
    return downward
  }
}

extension Pod {
  package mutating func applyDefaults() { spec.applyDefaults() }

  package mutating func prepareForCreate() {
    metadata.generation = 1
    status = PodStatus()
    status.phase = "Pending"
    status.qosClass = spec.content.value.qualityOfService
    if spec.content.value.schedulingGates == nil { return }
    if spec.content.value.schedulingGateNames.isEmpty { return }
    var gated = Condition(
      type: "PodScheduled", status: .false, reason: "SchedulingGated",
      message: "Scheduling is blocked due to non-empty scheduling gates",
      lastTransitionTime: metadata.creationTimestamp)
    gated.observedGeneration = metadata.generation
    status.conditions = [gated]
  }
}
