import JSON

/// Rules for pods and pod templates, source `pkg/apis/core/validation/validation.go`
/// ValidatePodSpec.
extension PodSpecContent {
  /// Adds a cause for every field at fault; `path` is where the specification stands.
  package func validate(
    _ path: String, nodeName: String, isPod: Bool, _ causes: inout CauseList
  ) {
    let surroundings = ContainerSurroundings(
      volumes: VolumeRules.validate(volumes, "\(path).volumes", &causes),
      gracePeriodSeconds: terminationGracePeriodSeconds, restartPolicy: restartPolicy)
    ContainerRules.validate(containers, "\(path).containers", surroundings, &causes)
    ContainerRules.validate(
      initContainers: initContainers, besides: containers, "\(path).initContainers", surroundings,
      &causes)
    validateSharedResources("\(path).resources", &causes)
    validateHostNetwork("\(path).containers", isPod: isPod, &causes)
    causes.oneOf("\(path).restartPolicy", restartPolicy, ["Always", "OnFailure", "Never"])
    causes.oneOf(
      "\(path).dnsPolicy", dnsPolicy,
      ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
    ObjectMeta.validate(labels: nodeSelector, "\(path).nodeSelector", &causes)
    if let securityContext {
      SecurityRules.validate(pod: securityContext, "\(path).securityContext", &causes)
    }
    affinity?.validate("\(path).affinity", &causes)
    DNSRules.validate(others["dnsConfig"], dnsPolicy, "\(path).dnsConfig", &causes)
    for (index, gate) in (readinessGates?.arrayValue ?? []).enumerated() {
      let type = gate["conditionType"]?.stringValue ?? ""
      causes.invalid(
        "\(path).readinessGates[\(index)].conditionType", text: type,
        RuleTexts.qualifiedNameFaults(type))
    }
    validateSchedulingGates("\(path).schedulingGates", &causes)
    TopologySpreadRules.validate(
      topologySpreadConstraints, "\(path).topologySpreadConstraints", &causes)
    validateHostUsers(path, &causes)
    validateNames(path, nodeName, &causes)
    for (index, toleration) in tolerations.enumerated() {
      toleration.validate("\(path).tolerations[\(index)]", &causes)
    }
    validateHostAliases("\(path).hostAliases", &causes)
    validatePriority(path, &causes)
  }

  private func validateSharedResources(_ path: String, _ causes: inout CauseList) {
    guard let resources else { return }
    if resources.claims != nil {
      causes.forbidden("\(path).claims", "claims may not be set for Resources at pod-level")
    }
    for (part, list) in [("limits", resources.limits), ("requests", resources.requests)] {
      for (name, amount) in list.pairs {
        let isKnown = ["cpu", "memory"].contains(name) || ResourceNames.isHugePages(name)
        if !isKnown {
          causes.notSupported("\(path).\(part)[\(name)]", name, ["cpu", "hugepages-", "memory"])
        }
        causes.amount("\(path).\(part)[\(name)]", name, amount)
      }
    }
    for (name, amount) in resources.requests.pairs {
      guard let limit = resources.limits[name], amount > limit else { continue }
      causes.invalid(
        "\(path).requests", "\"\(amount)\"",
        "must be less than or equal to \(name) limit of \(limit)")
    }
    validateConsistency(path, &causes)
  }

  /// In the node's network a container's ports are the node's.
  private func validateHostNetwork(_ path: String, isPod: Bool, _ causes: inout CauseList) {
    if !hostNetwork { return }
    for (index, container) in containers.enumerated() {
      for (number, port) in container.ports.enumerated()
      where (isPod || port.hostPort != 0) && port.hostPort != port.containerPort {
        causes.invalid(
          "\(path)[\(index)].ports[\(number)].hostPort", "\(port.hostPort)",
          "must match `containerPort` when `hostNetwork` is true")
      }
    }
  }

  private func validateSchedulingGates(_ path: String, _ causes: inout CauseList) {
    let names = schedulingGateNames
    for (index, name) in names.enumerated() {
      causes.invalid("\(path)[\(index)]", text: name, RuleTexts.qualifiedNameFaults(name))
      if names[..<index].contains(name) { causes.duplicate("\(path)[\(index)]", name.goQuoted) }
    }
  }

  private func validateHostUsers(_ path: String, _ causes: inout CauseList) {
    guard others["hostUsers"] == false else { return }
    let places = [
      ("hostNetwork", hostNetwork), ("HostPID", others["hostPID"] == true),
      ("HostIPC", others["hostIPC"] == true),
    ]
    for (name, isSet) in places where isSet {
      causes.forbidden("\(path).\(name)", "when `hostUsers` is false")
    }
  }

  private func validateNames(_ path: String, _ nodeName: String, _ causes: inout CauseList) {
    if !serviceAccountName.isEmpty {
      causes.invalid(
        "\(path).serviceAccountName", text: serviceAccountName,
        RuleTexts.subdomainFaults(serviceAccountName))
    }
    if !nodeName.isEmpty {
      causes.invalid("\(path).nodeName", text: nodeName, RuleTexts.subdomainFaults(nodeName))
    }
    if let seconds = activeDeadlineSeconds, !(1...Int64(Int32.max)).contains(seconds) {
      causes.invalid(
        "\(path).activeDeadlineSeconds", "\(seconds)",
        "must be between 1 and 2147483647, inclusive")
    }
    for (name, text) in [("hostname", hostname), ("subdomain", subdomain)] where !text.isEmpty {
      causes.invalid("\(path).\(name)", text: text, RuleTexts.labelFaults(text))
    }
  }

  private func validateHostAliases(_ path: String, _ causes: inout CauseList) {
    for (index, alias) in (hostAliases?.arrayValue ?? []).enumerated() {
      causes.address("\(path)[\(index)].ip", alias["ip"]?.stringValue ?? "")
      for (number, name) in (alias["hostnames"]?.arrayValue ?? []).enumerated() {
        let text = name.stringValue ?? ""
        causes.invalid(
          "\(path)[\(index)].hostnames[\(number)]", text: text, RuleTexts.subdomainFaults(text))
      }
    }
  }

  private func validatePriority(_ path: String, _ causes: inout CauseList) {
    for (field, name) in [
      ("priorityClassName", priorityClassName), ("runtimeClassName", runtimeClassName ?? ""),
    ] where !name.isEmpty {
      causes.invalid("\(path).\(field)", text: name, RuleTexts.subdomainFaults(name))
    }
    if let policy = preemptionPolicy {
      causes.oneOf("\(path).preemptionPolicy", policy, ["PreemptLowerPriority", "Never"])
    }
    for (name, amount) in overhead.pairs {
      causes.invalid(
        "\(path).overhead[\(name)]", text: name, ResourceNames.containerFaults(name))
      causes.amount("\(path).overhead[\(name)]", name, amount)
    }
    if let name = others["os"]?["name"]?.stringValue, !["linux", "windows"].contains(name) {
      causes.notSupported("\(path).os", name, ["linux", "windows"])
    }
  }
}

extension Toleration {
  func validate(_ path: String, _ causes: inout CauseList) {
    if !key.isEmpty {
      causes.invalid("\(path).key", text: key, RuleTexts.qualifiedNameFaults(key))
    }
    if key.isEmpty, operatorName != "Exists" {
      causes.invalid(
        "\(path).operator", operatorName.goQuoted,
        "operator must be Exists when `key` is empty, which means \"match all values and all "
          + "keys\"")
    }
    if tolerationSeconds != nil, effect != "NoExecute" {
      causes.invalid(
        "\(path).effect", effect.goQuoted,
        "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    switch operatorName {
    case "Equal", "":
      let faults = RuleTexts.labelValueFaults(value)
      if !faults.isEmpty {
        causes.invalid("\(path).operator", value.goQuoted, faults.joined(separator: ";"))
      }
    case "Exists":
      if !value.isEmpty {
        causes.invalid(
          "\(path).operator", value.goQuoted, "value must be empty when `operator` is 'Exists'")
      }
    default: causes.notSupported("\(path).operator", operatorName, ["Equal", "Exists"])
    }
    if !effect.isEmpty { causes.taintEffect("\(path).effect", effect) }
  }
}

/// Rules for resolvers' settings, source `validatePodDNSConfig`.
private enum DNSRules {
  static func validate(
    _ config: JSONValue?, _ policy: String, _ path: String, _ causes: inout CauseList
  ) {
    let servers = config?["nameservers"]?.arrayValue ?? []
    if policy == "None" {
      if config == nil {
        return causes.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
      }
      if servers.isEmpty {
        return causes.required(
          "\(path).nameservers",
          "must provide at least one DNS nameserver when `dnsPolicy` is None")
      }
    }
    guard let config else { return }
    if servers.count > 3 {
      causes.invalid(
        "\(path).nameservers", JSONValue.array(servers).text(),
        "must not have more than 3 nameservers")
    }
    for (index, server) in servers.enumerated() {
      causes.address("\(path).nameservers[\(index)]", server.stringValue ?? "")
    }
    let searches = (config["searches"]?.arrayValue ?? []).compactMap(\.stringValue)
    let shown = JSONValue.array(searches.map { .string($0) }).text()
    if searches.count > 32 {
      causes.invalid("\(path).searches", shown, "must not have more than 32 search paths")
    }
    if searches.joined(separator: " ").utf8.count > 2048 {
      causes.invalid(
        "\(path).searches", shown,
        "must not have more than 2048 characters (including spaces) in the search list")
    }
    for (index, search) in searches.enumerated() where search != "." {
      let name = search.hasSuffix(".") ? String(search.dropLast()) : search
      causes.invalid(
        "\(path).searches[\(index)]", text: name, RuleTexts.searchedDomainFaults(name))
    }
    for (index, option) in (config["options"]?.arrayValue ?? []).enumerated()
    where option["name"]?.stringValue ?? "" == "" {
      causes.required("\(path).options[\(index)]", "must not be empty")
    }
  }
}

extension CauseList {
  /// Adds a cause unless a taint's effect is one that there is.
  mutating func taintEffect(_ field: String, _ effect: String) {
    oneOf(field, effect, ["NoSchedule", "PreferNoSchedule", "NoExecute"])
  }
}

extension Pod {
  package func validate(_ causes: inout CauseList) {
    let content = spec.content.value
    content.validate("spec", nodeName: spec.nodeName, isPod: true, &causes)
    if content.serviceAccountName.isEmpty { validateTokens(&causes) }
    validateImages("spec.containers", content.containers, &causes)
    validateImages("spec.initContainers", content.initContainers, &causes)
    if !spec.nodeName.isEmpty, !content.schedulingGateNames.isEmpty {
      causes.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")
    }
  }

  /// A token needs an account.
  private func validateTokens(_ causes: inout CauseList) {
    for (index, volume) in spec.content.value.volumes.enumerated() {
      let sources = volume.source["projected"]?["sources"]?.arrayValue ?? []
      for (number, source) in sources.enumerated() where source["serviceAccountToken"] != nil {
        causes.forbidden(
          "spec.volumes[\(index)].projected.sources[\(number)].serviceAccountToken",
          "must not be specified when serviceAccountName is not set")
      }
    }
  }

  private func validateImages(
    _ path: String, _ containers: [Container], _ causes: inout CauseList
  ) {
    for (index, container) in containers.enumerated() {
      causes.paddedImage("\(path)[\(index)].image", container.image)
    }
  }
}

extension CauseList {
  /// Adds a cause if an image's name begins or ends with white space.
  mutating func paddedImage(_ field: String, _ image: String) {
    if image.first?.isWhitespace ?? false || image.last?.isWhitespace ?? false {
      invalid(field, image.goQuoted, "must not have leading or trailing whitespace")
    }
  }
}
