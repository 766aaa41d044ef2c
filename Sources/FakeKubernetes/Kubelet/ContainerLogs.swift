import KubernetesAPI
import SimulationKernel

/// The logs of a node's containers, by container id; of each the latest 1000 lines are kept.
struct ContainerLogs {
  struct Line: Equatable {
    var nanoseconds: Int64
    var text: String
  }

  private var lines: [String: [Line]] = [:]

  mutating func append(_ text: String, to containerID: String, at nanoseconds: Int64) {
    lines[containerID, default: []].append(Line(nanoseconds: nanoseconds, text: text))
    if let count = lines[containerID]?.count, count > 1000 { lines[containerID]?.removeFirst() }
  }

  mutating func remove(_ containerID: String) { lines[containerID] = nil }

  subscript(containerID: String) -> [Line] { lines[containerID] ?? [] }
}

/// What is asked of a container's log, as `pods/log` has it.
package struct LogQuery: Equatable, Sendable {
  package var container = ""
  /// The log of the run before.
  package var isPrevious = false
  package var hasTimestamps = false
  /// Only the last so many lines.
  package var tailLines: Int?
  /// Only the first so many bytes of the answer.
  package var limitBytes: Int?
  /// Only the lines of the last so many seconds.
  package var sinceSeconds: Int64?

  package init() {}

  /// Reads a URL's query; parameters that are not known are ignored.
  package init(_ query: String) {
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else { continue }
      switch pair[0] {
      case "container": container = pair[1]
      case "previous": isPrevious = pair[1] == "true"
      case "timestamps": hasTimestamps = pair[1] == "true"
      case "tailLines": tailLines = Int(pair[1])
      case "limitBytes": limitBytes = Int(pair[1])
      case "sinceSeconds": sinceSeconds = Int64(pair[1])
      default: break
      }
    }
  }
}

extension FakeNodes {
  /// The answer to `GET …/pods/POD/log?QUERY`: HTTP status, and the log or what is wrong.
  ///
  /// Sources: `pkg/registry/core/pod/strategy.go` LogLocation, `pkg/kubelet/kubelet_pods.go`
  /// validateContainerLogStatus.
  package func log(namespace: String, pod name: String, query text: String) -> (
    status: Int, text: String
  ) {
    guard let pod = cluster.server.find(Pod.self, namespace, name) else {
      return (404, "pods \"\(name)\" not found")
    }
    var query = LogQuery(text)
    let containers = pod.spec.containers.map(\.name)
    let initContainers = pod.spec.initContainers.map(\.name)
    if query.container.isEmpty {
      guard containers.count == 1 else {
        let list = containers.joined(separator: " ")
        let others =
          initContainers.isEmpty
          ? "" : " or one of the init containers: [\(initContainers.joined(separator: " "))]"
        return (
          400,
          "a container name must be specified for pod \(name), choose one of: [\(list)]\(others)"
        )
      }
      query.container = containers[0]
    }
    guard (containers + initContainers).contains(query.container) else {
      return (400, "container \(query.container) is not valid for pod \(name)")
    }
    // A pod that no node has yet has an empty log.
    if pod.spec.nodeName.isEmpty { return (200, "") }
    guard let kubelet = kubelet(pod.spec.nodeName), kubelet.isRunning else {
      return (500, "Get \"https://\(pod.status.hostIP):10250\": connection refused")
    }
    return kubelet.log(of: pod, query)
  }
}

extension Kubelet {
  /// A failed process without a message may leave the end of its log instead.
  ///
  /// Source: `pkg/kubelet/kuberuntime/kuberuntime_container.go` getTerminationMessage.
  func withLog(
    _ status: ExitStatus, _ worker: PodWorker, _ name: String, _ id: String
  ) -> ExitStatus {
    let container = (worker.pod.spec.containers + worker.pod.spec.initContainers)
      .first { $0.name == name }
    var result = status
    // `pkg/kubelet/container/runtime.go` MaxContainerTerminationMessageLength.
    result.message = status.message.map { String(decoding: $0.utf8.suffix(4096), as: UTF8.self) }
    guard status.code != 0, status.message ?? "" == "",
      container?.terminationMessagePolicy == "FallbackToLogsOnError"
    else { return result }
    let text = logs[id].suffix(80).map { $0.text + "\n" }.joined()
    if !text.isEmpty { result.message = String(decoding: text.utf8.suffix(2048), as: UTF8.self) }
    return result
  }

  fileprivate func log(of pod: Pod, _ query: LogQuery) -> (status: Int, text: String) {
    let believed = writer.status(pod.metadata.uid) ?? pod.status
    let statuses = believed.initContainerStatuses + believed.containerStatuses
    let place = "container \"\(query.container)\" in pod \"\(pod.metadata.name)\""
    guard let status = statuses.first(where: { $0.name == query.container }) else {
      return (400, "\(place) is not available")
    }
    let last = status.lastState.terminated?.containerID ?? ""
    let id: String
    if query.isPrevious {
      if last.isEmpty { return (400, "previous terminated \(place) not found") }
      id = last
    } else if status.state.running != nil {
      id = status.containerID
    } else if let end = status.state.terminated {
      id = end.containerID.isEmpty ? last : end.containerID
      if id.isEmpty { return (400, "\(place) is terminated") }
    } else if status.lastState.terminated != nil {
      id = last
      if id.isEmpty { return (400, "\(place) is terminated") }
    } else {
      let why =
        switch status.state.waiting?.reason {
        case "ErrImagePull": "image can't be pulled"
        case "ImagePullBackOff": "trying and failing to pull image"
        case let reason: reason ?? ""
        }
      return (400, "\(place) is waiting to start: \(why)")
    }
    return (200, text(of: logs[String(id.drop { $0 != "/" }.drop { $0 == "/" })], query))
  }

  private func text(of lines: [ContainerLogs.Line], _ query: LogQuery) -> String {
    var lines = lines
    if let seconds = query.sinceSeconds {
      let earliest = simulation.now.nanoseconds - seconds * 1_000_000_000
      lines.removeAll { $0.nanoseconds < earliest }
    }
    if let count = query.tailLines { lines = lines.suffix(count) }
    var text = ""
    for line in lines {
      if query.hasTimestamps {
        let time = Timestamp(
          seconds: simulation.epochSeconds + line.nanoseconds / 1_000_000_000)
        text += time.microText(microseconds: line.nanoseconds / 1000 % 1_000_000) + " "
      }
      text += line.text + "\n"
    }
    if let limit = query.limitBytes {
      text = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    }
    return text
  }
}
