/// Rules for pods and pod templates, source `pkg/apis/core/validation/validation.go`.
extension PodSpecContent {
  /// Adds a cause for every field at fault; `path` is where the specification stands.
  package func validate(_ path: String, isTemplate: Bool = false, _ causes: inout CauseList) {
    validateVolumes(path, &causes)
    if containers.isEmpty { causes.required("\(path).containers") }
    var names: [String] = []
    for (index, container) in containers.enumerated() {
      let place = "\(path).containers[\(index)]"
      container.validate(place, names: &names, volumes: volumes.map(\.name), &causes)
    }
    for (index, container) in initContainers.enumerated() {
      let place = "\(path).initContainers[\(index)]"
      container.validate(place, names: &names, volumes: volumes.map(\.name), &causes)
    }
    if isTemplate {
      if restartPolicy != "Always" {
        causes.notSupported("\(path).restartPolicy", restartPolicy, ["Always"])
      }
    } else {
      causes.oneOf("\(path).restartPolicy", restartPolicy, ["Always", "OnFailure", "Never"])
    }
    causes.oneOf(
      "\(path).dnsPolicy", dnsPolicy,
      ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
    if let seconds = terminationGracePeriodSeconds, seconds < 0 {
      causes.negative("\(path).terminationGracePeriodSeconds", seconds)
    }
    if let seconds = activeDeadlineSeconds, seconds < 1 {
      causes.invalid(
        "\(path).activeDeadlineSeconds", "\(seconds)",
        "must be between 1 and 2147483647, inclusive")
    }
    ObjectMeta.validate(labels: nodeSelector, "\(path).nodeSelector", &causes)
    for (index, toleration) in tolerations.enumerated() {
      toleration.validate("\(path).tolerations[\(index)]", &causes)
    }
  }

  private func validateVolumes(_ path: String, _ causes: inout CauseList) {
    var names: [String] = []
    for (index, volume) in volumes.enumerated() {
      let field = "\(path).volumes[\(index)].name"
      if volume.name.isEmpty {
        causes.required(field)
      } else if !FieldRules.isDNS1123Label(volume.name) {
        causes.invalid(field, "\"\(volume.name)\"", RuleTexts.label)
      } else if names.contains(volume.name) {
        causes.duplicate(field, "\"\(volume.name)\"")
      }
      names.append(volume.name)
    }
  }
}

extension Toleration {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if key.isEmpty, operatorName != "Exists" {
      causes.invalid(
        "\(path).operator", "\"\(operatorName)\"",
        "operator must be Exists when `key` is empty, which means \"match all values and all "
          + "keys\"")
    }
    if tolerationSeconds != nil, effect != "NoExecute" {
      causes.invalid(
        "\(path).effect", "\"\(effect)\"",
        "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    if !operatorName.isEmpty {
      causes.oneOf("\(path).operator", operatorName, ["Equal", "Exists"])
    }
  }
}

extension Container {
  fileprivate func validate(
    _ path: String, names: inout [String], volumes: [String], _ causes: inout CauseList
  ) {
    if name.isEmpty {
      causes.required("\(path).name")
    } else if !FieldRules.isDNS1123Label(name) {
      causes.invalid("\(path).name", "\"\(name)\"", RuleTexts.label)
    } else if names.contains(name) {
      causes.duplicate("\(path).name", "\"\(name)\"")
    }
    names.append(name)
    if image.isEmpty {
      causes.required("\(path).image")
    } else if image.first?.isWhitespace ?? false || image.last?.isWhitespace ?? false {
      causes.invalid(
        "\(path).image", "\"\(image)\"", "must not have leading or trailing whitespace")
    }
    causes.oneOf(
      "\(path).imagePullPolicy", imagePullPolicy, ["Always", "IfNotPresent", "Never"])
    validatePorts(path, &causes)
    for (index, variable) in env.enumerated() where variable.name.isEmpty {
      causes.required("\(path).env[\(index)].name")
    }
    for (index, mount) in volumeMounts.enumerated() {
      let place = "\(path).volumeMounts[\(index)]"
      if mount.name.isEmpty {
        causes.required("\(place).name")
      } else if !volumes.contains(mount.name) {
        causes.notFound("\(place).name", "\"\(mount.name)\"")
      }
      if mount.mountPath.isEmpty { causes.required("\(place).mountPath") }
    }
    livenessProbe?.validate("\(path).livenessProbe", isReadiness: false, &causes)
    readinessProbe?.validate("\(path).readinessProbe", isReadiness: true, &causes)
    startupProbe?.validate("\(path).startupProbe", isReadiness: false, &causes)
    resources.validate("\(path).resources", &causes)
  }

  private func validatePorts(_ path: String, _ causes: inout CauseList) {
    var names: [String] = []
    for (index, port) in ports.enumerated() {
      let place = "\(path).ports[\(index)]"
      if !port.name.isEmpty {
        for text in RuleTexts.portNameFaults(port.name) {
          causes.invalid("\(place).name", "\"\(port.name)\"", text)
        }
        if names.contains(port.name) {
          causes.duplicate("\(place).name", "\"\(port.name)\"")
        }
        names.append(port.name)
      }
      if port.containerPort == 0 {
        causes.required("\(place).containerPort")
      } else {
        causes.port("\(place).containerPort", port.containerPort)
      }
      if port.hostPort != 0 { causes.port("\(place).hostPort", port.hostPort) }
      causes.oneOf("\(place).protocol", port.protocolName, ["SCTP", "TCP", "UDP"])
    }
  }
}

extension Probe {
  fileprivate func validate(_ path: String, isReadiness: Bool, _ causes: inout CauseList) {
    let handlers = [exec != nil, httpGet != nil, tcpSocket != nil, grpc != nil].count { $0 }
    if handlers == 0 { causes.required(path, "must specify a handler type") }
    if let exec, exec.command.isEmpty { causes.required("\(path).exec.command") }
    if let httpGet { httpGet.port.validate("\(path).httpGet.port", &causes) }
    if let tcpSocket { tcpSocket.port.validate("\(path).tcpSocket.port", &causes) }
    if let grpc { causes.port("\(path).grpc.port", grpc.port) }
    let numbers = [
      ("initialDelaySeconds", initialDelaySeconds), ("timeoutSeconds", timeoutSeconds),
      ("periodSeconds", periodSeconds), ("successThreshold", successThreshold),
      ("failureThreshold", failureThreshold),
    ]
    for (name, number) in numbers where number < 0 {
      causes.negative("\(path).\(name)", Int64(number))
    }
    if !isReadiness, successThreshold != 1 {
      causes.invalid("\(path).successThreshold", "\(successThreshold)", "must be 1")
    }
  }
}

extension IntOrString? {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    switch self {
    case nil: causes.port(path, 0)
    case .int(let number): causes.port(path, number)
    case .string(let name):
      for text in RuleTexts.portNameFaults(name) { causes.invalid(path, "\"\(name)\"", text) }
    }
  }
}

extension ResourceRequirements {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    for (part, list) in [("limits", limits), ("requests", requests)] {
      for (name, amount) in list.pairs where amount < .zero {
        causes.invalid(
          "\(path).\(part)[\(name)]", "\"\(amount)\"", "must be greater than or equal to 0")
      }
    }
    for (name, amount) in requests.pairs {
      guard let limit = limits[name], amount > limit else { continue }
      causes.invalid(
        "\(path).requests", "\"\(amount)\"",
        "must be less than or equal to \(name) limit of \(limit)")
    }
  }
}

extension Pod {
  package func validate(_ causes: inout CauseList) {
    spec.content.value.validate("spec", &causes)
    let gates = spec.content.value.schedulingGateNames
    if !gates.isEmpty, !spec.nodeName.isEmpty {
      causes.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
    }
    for (index, gate) in gates.enumerated() {
      if gates[..<index].contains(gate) {
        causes.duplicate("spec.schedulingGates[\(index)].name", "\"\(gate)\"")
      }
      if !FieldRules.isQualifiedName(gate) {
        causes.invalid(
          "spec.schedulingGates[\(index)].name", "\"\(gate)\"",
          ObjectMeta.qualifiedNameText)
      }
    }
  }

  /// Only images, deadlines, tolerations and a few other fields of a pod may change.
  package func validateUpdate(from old: Pod, _ causes: inout CauseList) {
    if spec == old.spec { return }
    if spec.containers.count != old.spec.containers.count {
      causes.forbidden("spec.containers", "pod updates may not add or remove containers")
      return
    }
    validateDeadline(from: old, &causes)
    let gates = old.spec.content.value.schedulingGateNames
    for gate in spec.content.value.schedulingGateNames where !gates.contains(gate) {
      causes.forbidden(
        "spec.schedulingGates",
        "only deletion is allowed, but found new scheduling gate '\(gate)'")
    }
    let isKept = old.spec.tolerations.allSatisfy { toleration in
      spec.tolerations.contains { $0.isSame(as: toleration) }
    }
    if !isKept {
      causes.forbidden(
        "spec.tolerations",
        "existing toleration can not be modified except its tolerationSeconds")
    }
    if !causes.causes.isEmpty { return }
    var allowed = old.spec
    for index in allowed.containers.indices {
      allowed.containers[index].image = spec.containers[index].image
    }
    for index in allowed.initContainers.indices
    where spec.initContainers.indices.contains(index) {
      allowed.initContainers[index].image = spec.initContainers[index].image
    }
    allowed.schedulingGates = spec.schedulingGates
    allowed.activeDeadlineSeconds = spec.activeDeadlineSeconds
    allowed.tolerations = spec.tolerations
    if allowed == spec { return }
    causes.forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only "
        + "additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be "
        + "set to 1 if it was previously negative)\n")
  }
}

extension Pod {
  /// A deadline may be set and brought forward, never put off or taken away.
  fileprivate func validateDeadline(from old: Pod, _ causes: inout CauseList) {
    let field = "spec.activeDeadlineSeconds"
    guard let before = old.spec.activeDeadlineSeconds else { return }
    guard let deadline = spec.activeDeadlineSeconds else {
      return causes.invalid(field, "null", "must not update from a positive integer to nil value")
    }
    if deadline > before {
      causes.invalid(field, "\(deadline)", "must be less than or equal to previous value")
    }
  }
}

extension Toleration {
  /// Whether both tolerate the same, for however long.
  fileprivate func isSame(as other: Toleration) -> Bool {
    var copy = self
    copy.tolerationSeconds = other.tolerationSeconds
    return copy == other
  }
}
