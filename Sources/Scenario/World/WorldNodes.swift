import FakeKubernetes
import KubernetesAPI

/// The machines of a scenario with their kubelets, the scheduler, the metrics pipeline and the
/// controllers that watch nodes.
final class WorldNodes {
  /// Where the model storage is mounted on every node.
  static let modelDirectory = "/mnt/drucker-model"

  private let nodes: FakeNodes
  private var fileSystems: [String: HostFileSystem] = [:]

  init(
    _ scenario: ScenarioFile, cluster: FakeCluster, registry: ImageRegistry, workers: WorkerWorld
  ) {
    nodes = FakeNodes(cluster: cluster, registry: registry, runtime: workers)
    for node in scenario.cluster.nodes {
      let fileSystem = HostFileSystem(hasUnlistedPaths: true)
      fileSystems[node.name] = fileSystem
      nodes.add(
        name: node.name, cpu: "\(node.cpuMilli)m", memory: "\(node.memoryBytes)", pods: node.pods,
        labels: Dictionary(node.labels, uniquingKeysWith: { $1 }), fileSystem: fileSystem)
    }
    cluster.startScheduler()
  }

  /// The machine loses power.
  func die(_ name: String) { nodes.kubelet(name)?.die() }

  /// The API server hears no more of the machine, nor the machine of it; containers run on.
  func cutOff(_ name: String) { nodes.kubelet(name)?.stop() }

  /// The machine boots again, or is heard of again.
  func start(_ name: String) { nodes.kubelet(name)?.start() }

  /// Sets how far a machine's clock is ahead of the others'.
  func setClock(_ skew: Duration, on name: String) {
    nodes.kubelet(name)?.clockSkewSeconds = skew.components.seconds
  }

  /// Whether the metrics API answers.
  func setMetricsAvailable(_ isAvailable: Bool) { nodes.metricsServer?.isAvailable = isAvailable }

  /// Mounts or unmounts the model storage on a node.
  func setStorageMounted(_ isMounted: Bool, on name: String) {
    fileSystems[name]?[Self.modelDirectory] = isMounted ? .directory : nil
  }
}
