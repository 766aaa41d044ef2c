package import KubernetesAPI

/// How the kubelet reads and words the outcome of a check.
package enum ProbeWording {
  /// The check that a probe asks for, with named ports resolved; nil: none or unknown port.
  package static func check(_ probe: Probe, container: Container) -> ProbeCheck? {
    func number(_ port: IntOrString?) -> Int? {
      switch port {
      case nil: nil
      case .int(let value): value
      case .string(let name):
        container.ports.first { $0.name == name }?.containerPort ?? Int(name)
      }
    }
    if let http = probe.httpGet {
      let path = http.path.hasPrefix("/") ? http.path : "/" + http.path
      return number(http.port).map { .httpGet(path: path, port: $0) }
    }
    if let tcp = probe.tcpSocket { return number(tcp.port).map { .tcpSocket(port: $0) } }
    if let grpc = probe.grpc { return .grpc(port: grpc.port, service: grpc.service ?? "") }
    if let exec = probe.exec { return .exec(command: exec.command) }
    return nil
  }

  /// Where a check goes, as messages name it.
  package struct Place {
    var scheme: String
    var host: String

    /// The probe's own host, if it names one, instead of the pod's address.
    package init(_ probe: Probe, podIP: String) {
      scheme = (probe.httpGet?.scheme ?? "").lowercased() == "https" ? "https" : "http"
      let named = probe.httpGet?.host ?? probe.tcpSocket?.host ?? ""
      host = named.isEmpty ? podIP : named
    }

    fileprivate func get(_ path: String, _ port: Int) -> String {
      "Get \"\(scheme)://\(host):\(port)\(path)\": "
    }
  }

  /// nil: the check passed; else what the event says after `probe failed: `.
  package static func failure(
    _ answer: ProbeAnswer, check: ProbeCheck, place: Place
  ) -> String? {
    switch answer {
    case .success: return nil
    case .httpStatus(let status):
      if case .httpGet(let path, let port) = check, place.scheme == "https" {
        return place.get(path, port) + "http: server gave HTTP response to HTTPS client"
      }
      return (200..<400).contains(status) ? nil : "HTTP probe failed with statuscode: \(status)"
    case .notServing: return "service unhealthy (responded with \"NOT_SERVING\")"
    case .exited(let code, let output): return code == 0 ? nil : output
    case .notStarted(let cause): return cause
    case .refused:
      switch check {
      case .tcpSocket(let port): return refused(place.host, port)
      case .httpGet(let path, let port): return place.get(path, port) + refused(place.host, port)
      case .grpc, .exec: return ""
      }
    }
  }

  /// What the runtime says of a command in a container that has ended.
  package static let isEnded =
    "rpc error: code = Unknown desc = failed to exec in container: "
    + "container is in CONTAINER_EXITED state"

  /// What the runtime says of a command that a container does not have.
  package static func notStarted(_ cause: String, id: String) -> String {
    "rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"\(id)\": "
      + "OCI runtime exec failed: exec failed: unable to start container process: "
      + "\(cause): unknown"
  }

  /// Why a probe cannot even be tried: its port is a name that the container does not have.
  package static func unknownPort(_ probe: Probe) -> String {
    var name = ""
    if case .string(let text)? = probe.httpGet?.port ?? probe.tcpSocket?.port { name = text }
    return "strconv.Atoi: parsing \"\(name)\": invalid syntax"
  }

  /// What the event says when no answer came in time; `isRefused`: not even a connection.
  ///
  /// Source for gRPC, which tries to connect until its time is over: `pkg/probe/grpc/grpc.go`.
  package static func timeout(
    _ check: ProbeCheck, place: Place, seconds: Int, isRefused: Bool = false
  ) -> String {
    let text = GoText.duration(seconds: Int64(seconds))
    return switch check {
    case .grpc where !isRefused: "timeout: health rpc did not complete within \(text)"
    case .tcpSocket(let port): "dial tcp \(place.host):\(port): i/o timeout"
    case .httpGet(let path, let port):
      place.get(path, port)
        + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    case .grpc(let port, _):
      "timeout: failed to connect service \"\(place.host):\(port)\" within \(text): "
        + "context deadline exceeded"
    case .exec(let command):
      "command timed out: \"\(command.joined(separator: " "))\" timed out after \(text)"
    }
  }

  private static func refused(_ host: String, _ port: Int) -> String {
    "dial tcp \(host):\(port): connect: connection refused"
  }
}
