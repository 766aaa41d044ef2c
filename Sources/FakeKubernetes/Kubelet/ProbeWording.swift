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
      return number(http.port).map { .httpGet(path: http.path.isEmpty ? "/" : http.path, port: $0) }
    }
    if let tcp = probe.tcpSocket { return number(tcp.port).map { .tcpSocket(port: $0) } }
    if let grpc = probe.grpc { return .grpc(port: grpc.port, service: grpc.service ?? "") }
    if let exec = probe.exec { return .exec(command: exec.command) }
    return nil
  }

  /// nil: the check passed; else what the event says after `probe failed: `.
  package static func failure(
    _ answer: ProbeAnswer, check: ProbeCheck, podIP: String
  ) -> String? {
    switch answer {
    case .success: return nil
    case .httpStatus(let status):
      return (200..<400).contains(status) ? nil : "HTTP probe failed with statuscode: \(status)"
    case .notServing: return "service unhealthy (responded with \"NOT_SERVING\")"
    case .exited(let code, let output): return code == 0 ? nil : output
    case .refused:
      switch check {
      case .tcpSocket(let port): return refused(podIP, port)
      case .httpGet(let path, let port):
        return "Get \"http://\(podIP):\(port)\(path)\": \(refused(podIP, port))"
      case .grpc, .exec: return ""
      }
    }
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
    _ check: ProbeCheck, podIP: String, seconds: Int, isRefused: Bool = false
  ) -> String {
    switch check {
    case .grpc where !isRefused:
      "timeout: health rpc did not complete within \(duration(seconds))"
    case .tcpSocket(let port): "dial tcp \(podIP):\(port): i/o timeout"
    case .httpGet(let path, let port):
      "Get \"http://\(podIP):\(port)\(path)\": context deadline exceeded "
        + "(Client.Timeout exceeded while awaiting headers)"
    case .grpc(let port, _):
      "timeout: failed to connect service \"\(podIP):\(port)\" within \(duration(seconds)): "
        + "context deadline exceeded"
    case .exec(let command):
      "command timed out: \"\(command.joined(separator: " "))\" timed out after \(duration(seconds))"
    }
  }

  /// Whole seconds as Go prints a duration: `59s`, `1m0s`.
  private static func duration(_ seconds: Int) -> String {
    seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
  }

  private static func refused(_ host: String, _ port: Int) -> String {
    "dial tcp \(host):\(port): connect: connection refused"
  }
}
