import JSON

/// What a probe or hook does; one of these should be there.
struct Handler {
  var exec: ExecAction?
  var httpGet: HTTPGetAction?
  var tcpSocket: TCPSocketAction?
  var grpc: GRPCAction?
  var sleep: SleepAction?
}

/// Rules for probes and hooks, source `pkg/apis/core/validation/validation.go` validateHandler.
extension Handler {
  func validate(_ path: String, _ gracePeriodSeconds: Int64?, _ causes: inout CauseList) {
    let given = [
      ("exec", exec != nil), ("httpGet", httpGet != nil), ("tcpSocket", tcpSocket != nil),
      ("grpc", grpc != nil), ("sleep", sleep != nil),
    ].filter(\.1).map(\.0)
    if given.isEmpty { causes.required(path, "must specify a handler type") }
    for (index, kind) in given.enumerated() {
      let place = "\(path).\(kind)"
      if index > 0 {
        causes.forbidden(place, "may not specify more than 1 handler type")
        continue
      }
      if let exec, exec.command.isEmpty { causes.required("\(place).command") }
      if kind == "httpGet" { httpGet?.validate(place, &causes) }
      if kind == "tcpSocket", let tcpSocket { causes.port("\(place).port", tcpSocket.port) }
      if kind == "grpc", let grpc { causes.port("\(place).port", grpc.port) }
      if kind == "sleep", let grace = gracePeriodSeconds {
        let seconds = sleep?.seconds ?? 0
        if seconds < 0 || seconds > grace {
          causes.invalid(
            place, "\(seconds)",
            "must be non-negative and less than terminationGracePeriodSeconds (\(grace))")
        }
      }
    }
  }
}

extension HTTPGetAction {
  fileprivate func validate(_ path: String, _ causes: inout CauseList) {
    if self.path.isEmpty { causes.required("\(path).path") }
    causes.port("\(path).port", port)
    if !["HTTP", "HTTPS"].contains(scheme) {
      causes.notSupported("\(path).scheme", scheme, ["HTTP", "HTTPS"])
    }
    for header in httpHeaders?.arrayValue ?? [] {
      let name = header["name"]?.stringValue ?? ""
      let isName =
        !name.isEmpty
        && name.utf8.allSatisfy {
          FieldRules.isNameByte($0) && $0 != 0x2E && $0 != 0x5F || $0 == 0x2D
        }
      if isName { continue }
      causes.invalid(
        "\(path).httpHeaders", name.goQuoted,
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. "
          + "'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')")
    }
  }
}

extension LifecycleHandler {
  var handler: Handler {
    Handler(exec: exec, httpGet: httpGet, tcpSocket: tcpSocket, sleep: sleep)
  }
}

extension Probe {
  func validate(_ path: String, isReadiness: Bool, _ causes: inout CauseList) {
    Handler(exec: exec, httpGet: httpGet, tcpSocket: tcpSocket, grpc: grpc)
      .validate(path, nil, &causes)
    let numbers = [
      ("initialDelaySeconds", initialDelaySeconds), ("timeoutSeconds", timeoutSeconds),
      ("periodSeconds", periodSeconds), ("successThreshold", successThreshold),
      ("failureThreshold", failureThreshold),
    ]
    for (name, number) in numbers where number < 0 {
      causes.negative("\(path).\(name)", Int64(number))
    }
    let field = "\(path).terminationGracePeriodSeconds"
    if let seconds = terminationGracePeriodSeconds, seconds <= 0 {
      causes.invalid(field, "\(seconds)", "must be greater than 0")
    }
    if isReadiness {
      if let seconds = terminationGracePeriodSeconds {
        causes.invalid(field, "\(seconds)", "must not be set for readinessProbes")
      }
    } else if successThreshold != 1 {
      causes.invalid("\(path).successThreshold", "\(successThreshold)", "must be 1")
    }
  }
}

/// Rules for security contexts, source `pkg/apis/core/validation/validation.go`.
enum SecurityRules {
  private static func identifier(
    _ context: JSONValue, _ name: String, _ path: String, _ causes: inout CauseList
  ) {
    guard let number = context[name]?.integerValue, !(0...Int64(Int32.max)).contains(number) else {
      return
    }
    causes.invalid("\(path).\(name)", "\(number)", "must be between 0 and 2147483647, inclusive")
  }

  static func validate(container context: JSONValue, _ path: String, _ causes: inout CauseList) {
    identifier(context, "runAsUser", path, &causes)
    identifier(context, "runAsGroup", path, &causes)
    if let mount = context["procMount"]?.stringValue, !["Default", "Unmasked"].contains(mount) {
      causes.notSupported("\(path).procMount", mount, ["Default", "Unmasked"])
    }
    guard context["allowPrivilegeEscalation"] == false else { return }
    if context["privileged"] == true {
      causes.invalid(
        path, context.text(),
        "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
    }
    let added = context.value(at: "capabilities", "add")?.arrayValue ?? []
    if added.contains(where: { $0 == "SYS_ADMIN" || $0 == "CAP_SYS_ADMIN" }) {
      causes.invalid(
        path, context.text(),
        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN")
    }
  }

  static func validate(pod context: JSONValue, _ path: String, _ causes: inout CauseList) {
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
      identifier(context, name, path, &causes)
    }
    for (index, group) in (context["supplementalGroups"]?.arrayValue ?? []).enumerated() {
      guard let number = group.integerValue, !(0...Int64(Int32.max)).contains(number) else {
        continue
      }
      causes.invalid(
        "\(path).supplementalGroups[\(index)]", "\(number)",
        "must be between 0 and 2147483647, inclusive")
    }
    if let policy = context["fsGroupChangePolicy"]?.stringValue,
      !["Always", "OnRootMismatch"].contains(policy)
    {
      causes.notSupported("\(path).fsGroupChangePolicy", policy, ["Always", "OnRootMismatch"])
    }
  }
}
