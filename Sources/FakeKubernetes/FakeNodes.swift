import KubernetesAPI
import SimulationKernel

/// The nodes of a cluster with real (fake) kubelets, and the scheduler that fills them.
package final class FakeNodes {
  package let cluster: FakeCluster
  /// The images that nodes can pull.
  package let registry: ImageRegistry
  /// Starts containers; the assembly's, or scripts.
  package let runtime: any ContainerRuntime
  /// The kubelets in the order in which they were added.
  package private(set) var kubelets: [Kubelet] = []
  private let feed: PodFeed
  /// Samples the containers of all nodes for the autoscaler.
  package private(set) var metricsServer: MetricsServer?

  package init(
    cluster: FakeCluster, registry: ImageRegistry = ImageRegistry(),
    runtime: any ContainerRuntime
  ) {
    self.cluster = cluster
    self.registry = registry
    self.runtime = runtime
    feed = PodFeed(server: cluster.server)
    let metricsServer = MetricsServer(simulation: cluster.simulation) { [weak self] in
      self?.kubelets.flatMap { $0.containerUsage() } ?? []
    }
    self.metricsServer = metricsServer
    cluster.metrics = metricsServer
  }

  /// The kubelet of a node.
  package func kubelet(_ name: String) -> Kubelet? {
    kubelets.first { $0.configuration.name == name }
  }

  /// Adds a node and switches it on; it is Ready half a second later.
  @discardableResult
  package func add(
    _ configuration: KubeletConfiguration, fileSystem: HostFileSystem = HostFileSystem(),
    timings: KubeletTimings = KubeletTimings()
  ) -> Kubelet {
    let kubelet = Kubelet(
      server: cluster.server, configuration: configuration, registry: registry, runtime: runtime,
      fileSystem: fileSystem, feed: feed, timings: timings)
    kubelets.append(kubelet)
    kubelet.start()
    return kubelet
  }

  /// Adds a node of a usual size, with the next free address and pod network.
  @discardableResult
  package func add(
    name: String, cpu: String = "4", memory: String = "16Gi", pods: Int = 110,
    labels: [String: String] = [:], fileSystem: HostFileSystem = HostFileSystem()
  ) -> Kubelet {
    let number = kubelets.count + 1
    var capacity: ResourceList = ["pods": Quantity(Int64(pods))]
    capacity["cpu"] = Quantity(cpu)
    capacity["memory"] = Quantity(memory)
    return add(
      KubeletConfiguration(
        name: name, address: "10.0.\(number / 250).\(number % 250 + 2)",
        podNetwork: "10.\(244 + number / 256).\(number % 256)", capacity: capacity,
        labels: labels),
      fileSystem: fileSystem)
  }
}
