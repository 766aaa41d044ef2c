import JSON
import KubernetesAPI
package import SimulationKernel

/// Runs a kubelet's story on one node of a cluster in virtual time.
package final class KubeletStoryRunner {
  package let story: KubeletStory
  package let simulation: Simulation
  package let cluster: FakeCluster
  package let nodes: FakeNodes
  private let kubelet: Kubelet
  private let fileSystem = HostFileSystem()
  private let namespace = KubeletStoryNames.namespace
  private var recorder: KubeletStoryRecorder?
  private var refusals: [String] = []

  private let phase: Duration

  /// How far into a second of the wall clock a story starts, the likeliest first.
  ///
  /// The kubelet lists its containers every second, and the recordings began at any time between two
  /// lists. Most medians are those of a kubelet that sees the running container 0.7 s after the pod
  /// was made.
  package static let phases: [Duration] = [3, 4, 2, 5, 1, 6, 0, 7, 8, 9].map {
    .milliseconds(100 * $0)
  }

  /// Makes a runner; nothing runs before `run`.
  package init(
    _ story: KubeletStory, seed: UInt64 = 1,
    phase: Duration = KubeletStoryRunner.phases[0]
  ) {
    self.story = story
    self.phase = phase
    simulation = Simulation(seed: seed)
    var configuration = FakeCluster.Configuration()
    configuration.server.tracesWrites = false
    configuration.nodeLifecycle.gracePeriod = .seconds(20)
    configuration.nodeLifecycle.monitorPeriod = .seconds(2)
    cluster = FakeCluster(simulation: simulation, configuration: configuration)
    let runtime = ScriptedContainerRuntime(simulation: simulation)
    runtime.commands = ["/app"]
    let scripts = story.scripts
    runtime.script = { scripts[$0.container.name] ?? ContainerScript() }
    let registry = ImageRegistry(hasUnlistedImages: false)
    registry.downHosts = ["127.0.0.1:5009"]
    nodes = FakeNodes(cluster: cluster, registry: registry, runtime: runtime)
    var timings = KubeletTimings()
    timings.relistPhase = .zero
    // Times of the recordings are medians of three runs: draw near the middle of upstream's ranges.
    // Above it in the second one, since in the one story that minds (liveness-fails-each-run) two
    // delays in a row were beyond 12 s in all runs.
    timings.resync = .milliseconds(72_500)...(.milliseconds(77_500))
    timings.backOff = .milliseconds(13_000)...(.milliseconds(13_500))
    kubelet = nodes.add(Self.machine, fileSystem: fileSystem, timings: timings)
    for image in story.images { set(image.name, image.settings) }
  }

  /// The machine of the recordings.
  private static var machine: KubeletConfiguration {
    var capacity: ResourceList = ["pods": Quantity(110)]
    capacity["cpu"] = Quantity("2")
    capacity["memory"] = Quantity("16Gi")
    capacity["ephemeral-storage"] = Quantity("100Gi")
    capacity["hugepages-1Gi"] = Quantity("0")
    capacity["hugepages-2Mi"] = Quantity("0")
    var configuration = KubeletConfiguration(
      name: "node-1", address: KubeletStoryNames.nodeAddress, podNetwork: "10.244.1",
      capacity: capacity, images: ["app:1", "app:2"])
    configuration.startWarnings = [
      (
        "CgroupV1", "cgroup v1 support is in maintenance mode, please migrate to cgroup v2"
      ),
      ("InvalidDiskCapacity", "invalid capacity 0 on image filesystem"),
    ]
    return configuration
  }

  /// Runs the story and judges each of its facets.
  package func run() throws -> KubeletStory.Report {
    var space = Namespace()
    space.metadata.name = namespace
    try cluster.server.create(space)
    try simulation.run(for: .seconds(20) + phase)
    let recorder = KubeletStoryRecorder(server: cluster.server)
    self.recorder = recorder
    for step in story.timeline {
      simulation.schedule(after: step.at) { [weak self] in self?.perform(step) }
    }
    try simulation.run(for: story.until)
    let judge = KubeletStoryJudge(story)
    let atEnd = recorder.allRows()
    let first = judge.judge(atEnd)
    // What the recording saw in its last moments may come a little later here.
    try simulation.run(for: Story.duration(judge.slack))
    let later = judge.judge(recorder.allRows())
    let verdicts = zip(first, later).map { $1.hasPassed ? $1 : $0 }
    return KubeletStory.Report(
      name: story.name, verdicts: verdicts, refusals: refusals, seen: atEnd)
  }

  private func perform(_ step: Story.Step) {
    do {
      try act(step)
    } catch {
      refusals.append("\(step.action) at \(step.at): \(error)")
    }
  }

  private func act(_ step: Story.Step) throws {
    let fields = step.fields
    let server = cluster.server
    let patch = KubeletStoryNames.filled(fields["patch"] ?? .null)
    switch step.action {
    case "create":
      let pod = KubeletStoryNames.filled(manifest())
      _ = try server.create(pod, namespace: namespace).get()
    case "create-object":
      let object = KubeletStoryNames.filled(fields["object"] ?? .null)
      _ = try server.create(object, namespace: namespace).get()
    case "delete":
      let seconds = fields["options"]?["gracePeriodSeconds"]?.integerValue
      _ = try server.delete(
        "Pod", namespace: namespace, name: "pod",
        options: DeleteOptions(gracePeriodSeconds: seconds)
      ).get()
    case "evict": try evict(fields["options"]?["gracePeriodSeconds"]?.integerValue)
    case "patch":
      _ = try server.patch("Pod", namespace: namespace, name: "pod", patch).get()
    case "patch-status":
      _ = try server.patch(
        "Pod", namespace: namespace, name: "pod", subresource: "status", patch
      ).get()
    case "resize":
      _ = try server.patch(
        "Pod", namespace: namespace, name: "pod", subresource: "resize", patch
      ).get()
    case "logs": readLog(fields["query"]?.stringValue ?? "")
    case "mkdir": fileSystem[path(fields)] = .directory
    case "rmdir": fileSystem[path(fields)] = nil
    case "image": set(fields["image"]?.stringValue ?? "", fields["set"] ?? .null)
    case "kubelet-stop": kubelet.stop()
    case "kubelet-start": kubelet.start()
    case "delete-node":
      _ = try server.delete("Node", namespace: "", name: "node-1").get()
    default: throw ScriptError("unknown action \"\(step.action)\"")
    }
  }

  /// What the eviction subresource does: the condition that tells why, then deletion.
  private func evict(_ graceSeconds: Int64?) throws {
    try cluster.server.modifyStatus(Pod.self, namespace, "pod") {
      $0.status.conditions.append(
        Condition(
          type: "DisruptionTarget", status: .true, reason: "EvictionByEvictionAPI",
          message: "Eviction API: evicting", lastTransitionTime: cluster.server.now))
    }
    _ = try cluster.server.delete(
      "Pod", namespace: namespace, name: "pod",
      options: DeleteOptions(gracePeriodSeconds: graceSeconds)
    ).get()
  }

  private func path(_ fields: JSONValue) -> String {
    "\(KubeletStoryNames.hostFolder)/\(fields["path"]?.stringValue ?? "")"
  }

  /// The pod with the volume in which its containers count their runs.
  private func manifest() -> JSONValue {
    var pod = story.pod
    var spec = pod["spec"] ?? [:]
    var needsVolume = false
    for list in ["initContainers", "containers"] {
      guard let containers = spec[list]?.arrayValue else { continue }
      spec[list] = .array(
        containers.map { container in
          guard story.scripts[container["name"]?.stringValue ?? ""]?.keepsState == true else {
            return container
          }
          needsVolume = true
          var container = container
          let mounts = container["volumeMounts"]?.arrayValue ?? []
          container["volumeMounts"] = .array(mounts + [["name": "state", "mountPath": "/state"]])
          return container
        })
    }
    guard needsVolume else { return pod }
    let volumes = spec["volumes"]?.arrayValue ?? []
    spec["volumes"] = .array(volumes + [["name": "state", "emptyDir": [:]]])
    pod["spec"] = spec
    return pod
  }

  private func readLog(_ query: String) {
    let answer = nodes.log(namespace: namespace, pod: "pod", query: query)
    recorder?.addLog(query: query, status: answer.status, text: answer.text)
  }

  /// Changes what the registry has of an image, whatever its tag.
  private func set(_ name: String, _ settings: JSONValue) {
    let path = "\(KubeletStoryNames.registry)/\(name)"
    for full in imageNames.map(ImageName.tagged)
    where full.hasPrefix(path + ":") || full.hasPrefix(path + "@") {
      var image = nodes.registry[full] ?? ImageRegistry.Image()
      if let pull = settings["pull"]?.doubleValue { image.pullDuration = Story.duration(pull) }
      if let isPresent = settings["present"]?.boolValue { image.isPresent = isPresent }
      image.failureStatus = settings["status"]?.intValue
      nodes.registry[full] = image
    }
  }

  /// The images that the story's pods name.
  private var imageNames: [String] {
    var pods = [story.pod]
    for step in story.timeline {
      if let object = step.fields["object"] { pods.append(object) }
      if let patch = step.fields["patch"] { pods.append(patch) }
    }
    return pods.flatMap { pod in
      ["initContainers", "containers"].flatMap { list in
        (pod["spec"]?[list]?.arrayValue ?? []).compactMap { container in
          container["image"].flatMap { KubeletStoryNames.filled($0).stringValue }
        }
      }
    }
  }
}
