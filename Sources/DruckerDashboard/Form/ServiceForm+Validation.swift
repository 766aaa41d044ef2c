import KubernetesAPI

extension ServiceForm {
  /// Application names are part of object names that end in 38 characters of ours.
  package static let applicationNameCharactersMax = 20

  /// Every field that is at fault, in the order of the form; none where the form may be used.
  package func validate() -> [FormFieldError] {
    identityErrors + numberErrors + policyErrors + containerErrors + sourceErrors
  }

  private var identityErrors: [FormFieldError] {
    var errors: [FormFieldError] = []
    let isName =
      applicationName.count <= Self.applicationNameCharactersMax
      && FieldRules.isDNS1123Label(applicationName)
    if !isName {
      let expected = "1 to 20 lower-case letters, digits and inner hyphens"
      errors.append(.init(field: "app_name", expected: expected, found: applicationName))
    }
    if ServiceLevel(rawValue: serviceLevel) == nil {
      let expected = "one of " + ServiceLevel.allCases.map(\.rawValue).joined(separator: ", ")
      errors.append(.init(field: "service_level", expected: expected, found: serviceLevel))
    }
    return errors
  }

  private var numberErrors: [FormFieldError] {
    let largest = Int(Int32.max)
    let rules: [(String, Int, ClosedRange<Int>)] = [
      ("service_port", servicePort, 1...65_535),
      ("replicas_default", replicasDefault, 0...largest),
      ("replicas_minimum", replicasMinimum, 1...largest),
      ("replicas_maximum", replicasMaximum, 1...largest),
      ("autoscale_cpu_threshold", autoscaleCPUThreshold, 1...largest),
      ("policy_max_surge", policyMaxSurge, 0...largest),
      ("policy_max_unavailable", policyMaxUnavailable, 0...largest),
      // One second below the largest number, so that the progress deadline still fits above it.
      ("policy_wait_seconds", policyWaitSeconds, 0...(largest - 1)),
    ]
    var errors: [FormFieldError] = []
    for (field, value, range) in rules where !range.contains(value) {
      let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
      errors.append(.init(field: field, expected: expected, found: String(value)))
    }
    return errors
  }

  private var policyErrors: [FormFieldError] {
    var errors: [FormFieldError] = []
    if replicasMaximum < replicasMinimum {
      let expected = "at least replicas_minimum, which is \(replicasMinimum)"
      errors.append(
        .init(field: "replicas_maximum", expected: expected, found: String(replicasMaximum)))
    }
    if policyMaxSurge == 0 && policyMaxUnavailable == 0 {
      let expected = "more than 0 where policy_max_unavailable is 0, or no pod could be replaced"
      errors.append(.init(field: "policy_max_surge", expected: expected, found: "0"))
    }
    return errors
  }

  private var containerErrors: [FormFieldError] {
    var errors: [FormFieldError] = []
    if !isWord(containerImage) {
      errors.append(
        .init(
          field: "container_image", expected: "the name of an image", found: containerImage))
    }
    let resources = [
      ("cpu", resourceRequestCPU, resourceLimitCPU, "0.5 or 500m"),
      ("memory", resourceRequestMemory, resourceLimitMemory, "128Mi"),
    ]
    for (name, request, limit, example) in resources {
      let expected = "an amount above 0 such as \(example)"
      let amounts = [("request", request), ("limit", limit)].map { kind, text -> Quantity? in
        if let amount = Quantity(text), amount > .zero { return amount }
        errors.append(.init(field: "resource_\(kind)_\(name)", expected: expected, found: text))
        return nil
      }
      if let requested = amounts[0], let limited = amounts[1], limited < requested {
        errors.append(
          .init(
            field: "resource_limit_\(name)",
            expected: "at least resource_request_\(name), which is \(request)", found: limit))
      }
    }
    return errors
  }

  private var sourceErrors: [FormFieldError] {
    var errors: [FormFieldError] = []
    let words = [
      ("service_git_url", serviceGitURL, "the address of a git repository"),
      ("service_git_branch", serviceGitBranch, "the name of a git branch"),
      ("service_boot_script", serviceBootScript, "the path of a script in the repository"),
    ]
    for (field, text, expected) in words where !isWord(text) {
      errors.append(.init(field: field, expected: expected, found: text))
    }
    if commitMessage.utf8.contains(0) {
      errors.append(
        .init(field: "commit_message", expected: "text without zero bytes", found: commitMessage))
    }
    return errors
  }

  private func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
  }
}
