package import KubernetesAPI

/// What runs inside containers: implemented by the assembly (a real model server) or by scripts.
///
/// The kubelet has pulled the image and mounted the volumes when it calls `start`.
package protocol ContainerRuntime: AnyObject {
  /// Starts the container's process.
  ///
  /// nil: the process could not be started (command not found); the kubelet reports
  /// RunContainerError. `context.onExited` may not be called before `start` has returned.
  func start(_ context: ContainerContext) -> (any RunningContainer)?
  /// What the runtime says about a process that could not be started; nil: its command is missing.
  func startFailure(_ context: ContainerContext) -> String?
}

extension ContainerRuntime {
  /// The command is missing.
  package func startFailure(_ context: ContainerContext) -> String? { nil }
}

/// A container's process while it runs.
package protocol RunningContainer: AnyObject {
  /// SIGTERM; the process may end later, or never.
  func signalTerminate()
  /// SIGKILL; the process ends at once (`onExited` with code 137).
  func kill()
  /// Asks what a kubelet's probe would see; `completion` may come later or never (time-out).
  func probe(_ check: ProbeCheck, completion: @escaping (ProbeAnswer) -> Void)
  /// Runs a command in the container, as exec probes and lifecycle hooks do.
  func execute(_ command: [String], completion: @escaping (ProbeAnswer) -> Void)
  /// CPU time used since the start of the process, nanoseconds.
  var cpuNanosecondsUsed: Int64 { get }
  /// Resident memory now, bytes.
  var memoryBytes: Int64 { get }
}

extension RunningContainer {
  /// No commands: exit code 126.
  package func execute(_ command: [String], completion: @escaping (ProbeAnswer) -> Void) {
    completion(.exited(code: 126, output: "exec: no commands in this container"))
  }
}

/// One check of a probe, with names resolved to numbers.
package enum ProbeCheck: Hashable, Sendable {
  /// Does the port accept a connection?
  case tcpSocket(port: Int)
  /// What status does GET answer?
  case httpGet(path: String, port: Int)
  /// What does the gRPC health service say of the service?
  case grpc(port: Int, service: String)
  /// What does the command exit with?
  case exec(command: [String])
}

/// What a check of a probe saw.
package enum ProbeAnswer: Hashable, Sendable {
  /// The connection was accepted, or the gRPC service is SERVING.
  case success
  /// Nothing listens.
  case refused
  /// An HTTP status; 200 to 399 is success.
  case httpStatus(Int)
  /// The gRPC service is NOT_SERVING.
  case notServing
  /// The command ended; 0 is success.
  case exited(code: Int, output: String)
  /// The container does not have the command; what the runtime says of it.
  case notStarted(cause: String)
}

/// How a container's process ended.
package struct ExitStatus: Hashable, Sendable {
  /// The exit code; 128 + signal for a process that a signal ended.
  package var code: Int
  /// `OOMKilled`, `StartError`, `ContainerCannotRun`; nil: Completed or Error by the code.
  package var reason: String?
  /// What the process left in `/dev/termination-log`.
  package var message: String?

  /// The code of a process that SIGKILL ended: 128 + 9.
  package static let killed = 137
  /// The code of a process that SIGTERM ended, having no handler for it: 128 + 15.
  package static let terminated = 143

  package init(code: Int, reason: String? = nil, message: String? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
  }
}

/// A volume of the pod as the container sees it.
package struct ContainerMount: Hashable, Sendable {
  /// The volume's name.
  package var volume: String
  /// Where the container sees it.
  package var mountPath: String
  /// The path on the node behind it, for hostPath volumes; else empty.
  package var hostPath: String
  package var isReadOnly: Bool

  package init(volume: String, mountPath: String, hostPath: String, isReadOnly: Bool) {
    self.volume = volume
    self.mountPath = mountPath
    self.hostPath = hostPath
    self.isReadOnly = isReadOnly
  }
}

/// What a container is started with.
package struct ContainerContext {
  package var podName: String
  package var namespace: String
  package var podUID: String
  package var nodeName: String
  package var podIP: String
  /// The container as the pod's spec has it.
  package var container: Container
  package var podLabels: [String: String]
  package var podAnnotations: [String: String]
  /// Environment with references resolved, in order.
  package var environment: [(name: String, value: String)]
  package var mounts: [ContainerMount]
  /// CPU limit in thousandths of a core; nil: none.
  package var cpuLimitMilli: Int64?
  /// Memory limit in bytes; nil: none.
  package var memoryLimitBytes: Int64?
  /// How often the container was started before in this pod.
  package var restartCount: Int
  /// The process reports its end, once.
  package var onExited: (ExitStatus) -> Void
  /// The process reports that its memory grew; above the limit the kernel kills it.
  package var onMemoryGrown: (Int64) -> Void
  /// Writes a line of the container's log.
  package var log: (String) -> Void

  /// The value of an environment variable.
  package func environmentValue(_ name: String) -> String? {
    environment.last { $0.name == name }?.value
  }
}
