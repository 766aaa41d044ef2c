import KubernetesAPI

/// Turns what the runtime saw into container statuses (`kubelet_pods.go` convertToAPIContainerStatuses).
struct ContainerStatusRules {
  var pod: Pod
  var snapshot: RuntimePodSnapshot
  /// The statuses that the kubelet reported last.
  var previous: [ContainerStatus]
  var failures: [String: StartFailure]
  /// Whether an image was on the node from the start, so that no registry knows its digest.
  var isPreloaded: (String) -> Bool
  /// What the node has set aside and given; where nothing is said, what the spec asks for.
  var resize: PodResize
  /// Wall seconds since 1970 at the simulation's start.
  var epochSeconds: Int64

  /// Init containers in their order, others by name (`pkg/kubelet/types` SortedContainerStatuses).
  func statuses(of containers: [Container], areInit: Bool) -> [ContainerStatus] {
    let ordered = areInit ? containers : containers.sorted { $0.name < $1.name }
    return ordered.map { container in
      var status = status(of: container, isInit: areInit)
      status.volumeMounts = container.volumeMounts.map(Self.mounted)
      if !status.containerID.isEmpty {
        let allocated = resize.allocations[container.name] ?? container.resources
        status.allocatedResources = allocated.requests
        status.resources =
          status.state.running == nil ? allocated : resize.given[container.name] ?? allocated
      }
      return status
    }
  }

  private static func mounted(_ mount: VolumeMount) -> VolumeMountStatus {
    var status = VolumeMountStatus()
    status.name = mount.name
    status.mountPath = mount.mountPath
    status.readOnly = mount.readOnly
    if mount.readOnly { status.recursiveReadOnly = "Disabled" }
    return status
  }

  private func status(of container: Container, isInit: Bool) -> ContainerStatus {
    let records = snapshot.containers.filter { $0.name == container.name }
    var status = records.first.map(converted) ?? unseen(container)
    if records.count > 1 { status.lastState = converted(records[1]).state }
    if isInit, records.first?.state == .exited, records.first?.exitCode == 0 { return status }
    guard let failure = failures[container.name],
      PodStatusRules.shouldRestart(container, pod: pod, snapshot: snapshot)
    else { return status }
    if status.state.terminated != nil { status.lastState = status.state }
    status.state = .waiting(failure.reason, failure.message)
    return status
  }

  /// A container that the runtime does not know.
  private func unseen(_ container: Container) -> ContainerStatus {
    var status = ContainerStatus()
    status.name = container.name
    status.image = container.image
    status.state = .waiting(
      pod.spec.initContainers.isEmpty ? "ContainerCreating" : "PodInitializing", "")
    guard let old = previous.first(where: { $0.name == container.name }) else { return status }
    if old.state.terminated != nil { return old }
    status.restartCount = old.restartCount
    status.lastState = old.lastState
    if old.state.running != nil {
      var lost = ContainerStateTerminated()
      lost.exitCode = ExitStatus.killed
      lost.reason = "ContainerStatusUnknown"
      lost.message =
        "The container could not be located when the pod was deleted.  "
        + "The container used to be Running"
      status.lastState.terminated = lost
      if pod.metadata.deletionTimestamp == nil { status.restartCount += 1 }
    }
    return status
  }

  private func converted(_ record: ContainerRecord) -> ContainerStatus {
    var status = ContainerStatus()
    status.name = record.name
    status.restartCount = record.restartCount
    status.image = Self.fullName(record.image)
    status.imageID = Self.imageID(record.image)
    if !isPreloaded(record.image) {
      let name = status.image
      let tag = name.lastIndex(of: ":") ?? name.endIndex
      status.imageID = name[..<tag] + "@" + status.imageID
    }
    status.containerID = "containerd://" + record.id
    switch record.state {
    case .created: status.state = .waiting("", "")
    case .running:
      var running = ContainerStateRunning()
      running.startedAt = time(record.startedNanoseconds)
      status.state.running = running
    case .exited:
      var end = ContainerStateTerminated()
      end.exitCode = record.exitCode
      end.reason = record.reason
      end.message = record.message
      end.startedAt = time(record.startedNanoseconds)
      end.finishedAt = time(record.finishedNanoseconds)
      end.containerID = status.containerID
      status.state.terminated = end
    }
    return status
  }

  private func time(_ nanoseconds: Int64) -> Timestamp {
    Timestamp(seconds: epochSeconds + nanoseconds / 1_000_000_000)
  }

  /// `app:1` as `docker.io/library/app:1`.
  static func fullName(_ image: String) -> String {
    let parts = image.split(separator: "/", omittingEmptySubsequences: false)
    var name = image
    if parts.count == 1 {
      name = "docker.io/library/" + image
    } else if let host = parts.first, !host.contains("."), !host.contains(":"), host != "localhost"
    {
      name = "docker.io/" + image
    }
    return parts.last?.contains(where: { $0 == ":" || $0 == "@" }) == true ? name : name + ":latest"
  }

  /// A digest that stands for the image: the same on every node.
  static func imageID(_ image: String) -> String {
    var text = "sha256:"
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for round in 0..<4 {
      for byte in image.utf8 { hash = (hash ^ UInt64(byte) ^ UInt64(round)) &* 0x100_0000_01b3 }
      let digits = String(hash, radix: 16)
      text += String(repeating: "0", count: 16 - digits.count) + digits
    }
    return text
  }
}

extension ContainerState {
  static func waiting(_ reason: String, _ message: String) -> ContainerState {
    var waiting = ContainerStateWaiting()
    waiting.reason = reason
    waiting.message = message
    var state = ContainerState()
    state.waiting = waiting
    return state
  }
}
