import KubernetesAPI
package import SimulationKernel

/// A Kubernetes cluster in virtual time: API server, controllers and what else is switched on.
package final class FakeCluster {
  /// Which parts run and how.
  package struct Configuration {
    package var server = APIServer.Configuration()
    /// How long after a commit informers learn of it.
    package var watchDelay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
    /// Whether controllers run; without them only requests change anything.
    package var runsControllers = true
    /// The node controller's and the pod garbage collector's flags.
    package var nodeLifecycle = NodeLifecycleSettings()
    /// The horizontal pod autoscaler's flags.
    package var autoscaler = AutoscalerSettings()

    package init() {}
  }

  package let simulation: Simulation
  package let configuration: Configuration
  package let server: APIServer
  /// The informers of the controller manager.
  package let informers: SharedInformers
  /// The controllers, kept alive.
  private var controllers: [AnyObject] = []
  /// Where the autoscaler reads metrics; nil: there is no metrics API.
  package var metrics: (any MetricsSource)? {
    didSet { autoscaler?.metrics = metrics }
  }
  private var autoscaler: HorizontalPodAutoscalerController?
  private var scheduler: Scheduler?

  package init(simulation: Simulation, configuration: Configuration = Configuration()) {
    self.simulation = simulation
    self.configuration = configuration
    server = APIServer(simulation: simulation, configuration: configuration.server)
    informers = SharedInformers(
      server: server, component: "controller-manager", delay: configuration.watchDelay)
    if configuration.runsControllers { startControllers() }
  }

  private func startControllers() {
    controllers = [
      DeploymentController(server: server, informers: informers),
      ReplicaSetController(server: server, informers: informers),
      EndpointsController(server: server, informers: informers),
      EndpointSliceController(server: server, informers: informers),
      GarbageCollector(server: server, informers: informers),
      NamespaceController(server: server),
      NodeLifecycleController(
        server: server, informers: informers, settings: configuration.nodeLifecycle),
      TaintEvictionController(server: server, informers: informers),
      PodGarbageCollector(
        server: server, informers: informers, settings: configuration.nodeLifecycle),
      DisruptionController(server: server, informers: informers),
      ResourceQuotaController(server: server, informers: informers),
    ]
    let autoscaler = HorizontalPodAutoscalerController(
      server: server, informers: informers, settings: configuration.autoscaler)
    self.autoscaler = autoscaler
    startScheduler()
  }

  /// Starts the default scheduler, unless it runs already.
  package func startScheduler() {
    if scheduler != nil { return }
    scheduler = Scheduler(
      server: server, events: EventSeriesRecorder(server: server, component: "default-scheduler"))
  }

  /// Whether the scheduler puts no pod onto a node.
  package var isSchedulerPaused: Bool {
    get { scheduler?.isPaused ?? false }
    set { scheduler?.isPaused = newValue }
  }

  /// Keeps a part of the cluster alive as long as the cluster.
  package func keep(_ part: AnyObject) { controllers.append(part) }
}
