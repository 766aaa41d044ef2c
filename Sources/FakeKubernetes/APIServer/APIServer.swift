package import KubernetesAPI
package import SimulationKernel

/// The API server and its store: one version counter, optimistic concurrency, watches.
///
/// Calls take no virtual time and are atomic; who calls models the latency
/// (`ControllerClient`). Failures are thrown as `StatusError`.
package final class APIServer {
  /// What an operator could set.
  package struct Configuration {
    /// How many of the latest changes a watch may start behind; older versions are gone (410).
    package var historyMax = 10_000
    /// Whether every write becomes an event of the trace.
    package var tracesWrites = true
    /// Whether pods get tolerations of 300 s for unreachable and not-ready nodes.
    package var addsDefaultTolerations = true

    /// Whether a pod may say its priority itself, although there are no priority classes but the
    /// built-in ones.
    package var admitsGivenPriorities = true
    /// Whether new nodes get the taint that the node lifecycle controller takes off ready ones.
    package var taintsNewNodes = false

    package init() {}
  }

  package let simulation: Simulation
  package let configuration: Configuration
  /// The version of the latest write.
  package private(set) var version: Int64 = 0
  /// The latest changes, oldest first; `historyStart` is the version before the first.
  private(set) var history: [Change] = []
  private(set) var historyStart: Int64 = 0
  /// How much later than its commit a write made now would really take effect.
  ///
  /// A component's writes commit at once but stand for calls one after the other; informers add
  /// this to their delay, so that others see each write when they would.
  var pendingLatency: Duration = .zero
  /// Whether writes are answered but not kept.
  private(set) var isDryRun = false
  let names: NameGenerator
  /// What is wrong with it at present.
  package let faults: APIServerFaults
  var admission: Admission
  private var tables: [ResourceType: ObjectTable] = [:]
  private var observers: [(identifier: Int, action: (Change) -> Void)] = []
  private var resourceObservers: [ResourceType: [(identifier: Int, action: (Change) -> Void)]] = [:]
  private var nextObserver = 0
  private var pending: [Change] = []
  private var isNotifying = false

  package init(simulation: Simulation, configuration: Configuration = Configuration()) {
    self.simulation = simulation
    self.configuration = configuration
    names = NameGenerator(simulation: simulation)
    faults = APIServerFaults(simulation: simulation)
    admission = Admission()
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
      var namespace = Namespace()
      namespace.metadata.name = name
      do {
        _ = try create(namespace)
      } catch {
        preconditionFailure("the namespace \(name) could not be made: \(error)")
      }
    }
  }

  /// The wall clock as API objects carry it.
  package var now: Timestamp { Timestamp(seconds: simulation.wallSeconds) }

  /// The wall clock in nanoseconds since 1970, for rules that compare within a second.
  package var wallNanoseconds: Int64 {
    simulation.epochSeconds * 1_000_000_000 + simulation.now.nanoseconds
  }

  func table(_ resource: ResourceType) -> ObjectTable {
    if let table = tables[resource] { return table }
    let table = ObjectTable()
    tables[resource] = table
    return table
  }

  /// Runs a body whose writes are answered but not kept, if `isDryRun`.
  func withDryRun<Value>(_ isDryRun: Bool, _ body: () throws(StatusError) -> Value)
    throws(StatusError) -> Value
  {
    let previous = self.isDryRun
    self.isDryRun = previous || isDryRun
    defer { self.isDryRun = previous }
    return try body()
  }

  /// Stores an object under the next version and tells everyone; nil deletes it.
  func commit<Object: KubernetesObject>(_ kind: Change.Kind, _ object: Object, previous: Object?)
    -> Object
  {
    if isDryRun { return object }
    version += 1
    var stored = object
    stored.metadata.resourceVersion = String(version)
    let key = stored.key
    let boxed: any KubernetesObject = stored
    table(Object.resource)[key] = kind == .deleted ? nil : boxed
    let change = Change(
      kind: kind, resource: Object.resource, key: key, version: version, object: boxed,
      previous: previous)
    if configuration.tracesWrites {
      simulation.trace.record(
        "api.\(kind.rawValue.lowercased())", "\(Object.resource.plural)/\(key)",
        [("version", .integer(version))])
    }
    remember(change)
    pending.append(change)
    notify()
    return stored
  }

  private func remember(_ change: Change) {
    history.append(change)
    if history.count >= 2 * configuration.historyMax {
      forgetHistory(keeping: configuration.historyMax)
    }
  }

  /// Drops old changes, so that watches from before them get 410.
  package func forgetHistory(keeping count: Int = 0) {
    let dropped = history.count - count
    guard dropped > 0 else { return }
    historyStart = history[dropped - 1].version
    history.removeFirst(dropped)
  }

  /// Tells observers of changes in the order of versions, also of those made while telling.
  private func notify() {
    if isNotifying { return }
    isNotifying = true
    var position = 0
    while position < pending.count {
      let change = pending[position]
      position += 1
      for observer in observers { observer.action(change) }
      for observer in resourceObservers[change.resource] ?? [] { observer.action(change) }
    }
    pending.removeAll(keepingCapacity: true)
    isNotifying = false
  }

  /// Calls `action` synchronously for every change from now on, of one kind or of all.
  @discardableResult
  package func observe(
    _ resource: ResourceType? = nil, _ action: @escaping (Change) -> Void
  ) -> Observation {
    nextObserver += 1
    let identifier = nextObserver
    if let resource {
      resourceObservers[resource, default: []].append((identifier, action))
    } else {
      observers.append((identifier, action))
    }
    return Observation { [weak self] in
      self?.observers.removeAll { $0.identifier == identifier }
      if let resource {
        self?.resourceObservers[resource]?.removeAll { $0.identifier == identifier }
      }
    }
  }
}

/// A registration that can be ended.
package final class Observation {
  private var end: (() -> Void)?

  init(_ end: @escaping () -> Void) { self.end = end }

  /// Ends the registration; a second call does nothing.
  package func cancel() {
    end?()
    end = nil
  }
}
