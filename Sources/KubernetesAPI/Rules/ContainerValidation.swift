import JSON

/// What the containers of one pod share when they are checked.
struct ContainerSurroundings {
  /// The volumes that may be mounted.
  var volumes: [String]
  var gracePeriodSeconds: Int64?
  var restartPolicy: String
}

/// Rules for containers, source `pkg/apis/core/validation/validation.go` validateContainers and
/// validateInitContainers.
enum ContainerRules {
  static func validate(
    _ containers: [Container], _ path: String, _ surroundings: ContainerSurroundings,
    _ causes: inout CauseList
  ) {
    if containers.isEmpty { return causes.required(path) }
    var names: [String] = []
    for (index, container) in containers.enumerated() {
      let place = "\(path)[\(index)]"
      container.validateCommon(place, surroundings, &causes)
      if names.contains(container.name) {
        causes.duplicate("\(place).name", container.name.goQuoted)
      }
      names.append(container.name)
      container.validateHooksAndProbes(place, surroundings, &causes)
      if container.restartPolicy != nil {
        causes.forbidden("\(place).restartPolicy", "may not be set for non-init containers")
      }
    }
    validateHostPorts(containers, path, &causes)
  }

  static func validate(
    initContainers: [Container], besides containers: [Container], _ path: String,
    _ surroundings: ContainerSurroundings, _ causes: inout CauseList
  ) {
    var names = containers.map(\.name)
    for (index, container) in initContainers.enumerated() {
      let place = "\(path)[\(index)]"
      container.validateCommon(place, surroundings, &causes)
      if let policy = container.restartPolicy, policy != "Always" {
        causes.notSupported("\(place).restartPolicy", policy, ["Always"])
      }
      if names.contains(container.name) {
        causes.duplicate("\(place).name", container.name.goQuoted)
      } else if !container.name.isEmpty {
        names.append(container.name)
      }
      // Upstream takes each for a list of its own, so that the place is that of the first.
      validateHostPorts([container], path, &causes)
      if container.restartPolicy == "Always" {
        container.validateHooksAndProbes(place, surroundings, &causes)
        continue
      }
      let parts = [
        ("lifecycle", container.lifecycle != nil),
        ("livenessProbe", container.livenessProbe != nil),
        ("readinessProbe", container.readinessProbe != nil),
        ("startupProbe", container.startupProbe != nil),
      ]
      for (name, isGiven) in parts where isGiven {
        causes.forbidden(
          "\(place).\(name)", "may not be set for init containers without restartPolicy=Always")
      }
    }
  }

  private static func validateHostPorts(
    _ containers: [Container], _ path: String, _ causes: inout CauseList
  ) {
    var seen: [String] = []
    for (index, container) in containers.enumerated() {
      for (number, port) in container.ports.enumerated() where port.hostPort != 0 {
        let text = "\(port.protocolName)/\(port.hostIP)/\(port.hostPort)"
        if seen.contains(text) {
          causes.duplicate("\(path)[\(index)].ports[\(number)].hostPort", text.goQuoted)
        }
        seen.append(text)
      }
    }
  }
}

extension Container {
  fileprivate func validateCommon(
    _ path: String, _ surroundings: ContainerSurroundings, _ causes: inout CauseList
  ) {
    if name.isEmpty {
      causes.required("\(path).name")
    } else {
      causes.invalid("\(path).name", text: name, RuleTexts.labelFaults(name))
    }
    if image.isEmpty { causes.required("\(path).image") }
    causes.oneOf(
      "\(path).terminationMessagePolicy", terminationMessagePolicy,
      ["File", "FallbackToLogsOnError"])
    validatePorts("\(path).ports", &causes)
    EnvironmentRules.validate(env, "\(path).env", &causes)
    EnvironmentRules.validateSources(envFrom, "\(path).envFrom", &causes)
    validateMounts("\(path).volumeMounts", surroundings.volumes, &causes)
    causes.oneOf(
      "\(path).imagePullPolicy", imagePullPolicy, ["Always", "IfNotPresent", "Never"])
    resources.validate("\(path).resources", &causes)
    validateResizePolicy("\(path).resizePolicy", surroundings.restartPolicy, &causes)
    if let securityContext {
      SecurityRules.validate(container: securityContext, "\(path).securityContext", &causes)
    }
  }

  private func validatePorts(_ path: String, _ causes: inout CauseList) {
    var names: [String] = []
    for (index, port) in ports.enumerated() {
      let place = "\(path)[\(index)]"
      if !port.name.isEmpty {
        let faults = RuleTexts.portNameFaults(port.name)
        causes.invalid("\(place).name", text: port.name, faults)
        if faults.isEmpty, names.contains(port.name) {
          causes.duplicate("\(place).name", port.name.goQuoted)
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

  private func validateMounts(_ path: String, _ volumes: [String], _ causes: inout CauseList) {
    var paths: [String] = []
    for (index, mount) in volumeMounts.enumerated() {
      let place = "\(path)[\(index)]"
      if mount.name.isEmpty { causes.required("\(place).name") }
      if !volumes.contains(mount.name) { causes.notFound("\(place).name", mount.name.goQuoted) }
      if mount.mountPath.isEmpty { causes.required("\(place).mountPath") }
      if paths.contains(mount.mountPath) {
        causes.invalid("\(place).mountPath", mount.mountPath.goQuoted, "must be unique")
      }
      paths.append(mount.mountPath)
      // Upstream leaves the index out of these places.
      if !mount.subPath.isEmpty {
        VolumeRules.descendingPath("\(path).subPath", mount.subPath, &causes)
      }
      if !mount.subPathExpr.isEmpty {
        if !mount.subPath.isEmpty {
          causes.invalid(
            "\(place).subPathExpr", mount.subPathExpr.goQuoted,
            "subPathExpr and subPath are mutually exclusive")
        }
        VolumeRules.descendingPath("\(path).subPathExpr", mount.subPathExpr, &causes)
      }
      validatePropagation(of: mount, path, &causes)
    }
  }

  private func validatePropagation(
    of mount: VolumeMount, _ path: String, _ causes: inout CauseList
  ) {
    if let propagation = mount.mountPropagation {
      let known = ["Bidirectional", "HostToContainer", "None"]
      if !known.contains(propagation) {
        causes.notSupported("\(path).mountPropagation", propagation, known)
      }
      if propagation == "Bidirectional", securityContext?["privileged"] != true {
        causes.forbidden(
          "\(path).mountPropagation",
          "Bidirectional mount propagation is available only to privileged containers")
      }
    }
    switch mount.recursiveReadOnly {
    case nil, "Disabled": break
    case "Enabled", "IfPossible":
      if !mount.readOnly {
        causes.forbidden("\(path).recursiveReadOnly", "may only be specified when readOnly is true")
      }
      if ![nil, "None"].contains(mount.mountPropagation) {
        causes.forbidden(
          "\(path).recursiveReadOnly",
          "may only be specified when mountPropagation is None or not specified")
      }
    case let other?:
      causes.notSupported(
        "\(path).recursiveReadOnly", other, ["Disabled", "Enabled", "IfPossible"])
    }
  }

  private func validateResizePolicy(
    _ path: String, _ podPolicy: String, _ causes: inout CauseList
  ) {
    var seen: [String] = []
    for (index, item) in (others["resizePolicy"]?.arrayValue ?? []).enumerated() {
      let resource = item["resourceName"]?.stringValue ?? ""
      if seen.contains(resource) { causes.duplicate("\(path)[\(index)]", resource.goQuoted) }
      seen.append(resource)
      causes.oneOf(path, resource, ["cpu", "memory"])
      let policy = item["restartPolicy"]?.stringValue ?? ""
      causes.oneOf(path, policy, ["NotRequired", "RestartContainer"])
      if podPolicy == "Never", policy != "NotRequired" {
        causes.invalid(
          path, policy.goQuoted, "must be 'NotRequired' when `restartPolicy` is 'Never'")
      }
    }
  }

  fileprivate func validateHooksAndProbes(
    _ path: String, _ surroundings: ContainerSurroundings, _ causes: inout CauseList
  ) {
    let grace = surroundings.gracePeriodSeconds
    if let hook = lifecycle?.postStart {
      hook.handler.validate("\(path).lifecycle.postStart", grace, &causes)
    }
    if let hook = lifecycle?.preStop {
      hook.handler.validate("\(path).lifecycle.preStop", grace, &causes)
    }
    livenessProbe?.validate("\(path).livenessProbe", isReadiness: false, &causes)
    readinessProbe?.validate("\(path).readinessProbe", isReadiness: true, &causes)
    startupProbe?.validate("\(path).startupProbe", isReadiness: false, &causes)
  }
}
