package import KubernetesAPI
package import SimulationKernel

/// The API server and its store: one version counter, optimistic concurrency, watches.
///
/// Calls take no virtual time and are atomic; who calls models the latency
/// (`ControllerClient`). Failures are thrown as `StatusError`.
package final class APIServer {
  /// What an operator could set.
  package struct Configuration {
    /// How many of a kind's latest changes a watch may start behind; older versions are gone (410).
    package var historyMax = 10_000
    /// Whether components write events about objects; worlds of a million pods may do without.
    package var keepsEvents = true
    /// Whether every write becomes an event of the trace.
    package var tracesWrites = true
    /// Whether pods get tolerations of 300 s for unreachable and not-ready nodes.
    package var addsDefaultTolerations = true
    /// Whether new nodes get the taint that the node lifecycle controller takes off ready ones;
    /// without that controller a node keeps it, and nothing is scheduled there.
    package var taintsNewNodes = true

    package init() {}
  }

  package let simulation: Simulation
  package let configuration: Configuration
  /// The version of the latest write.
  @exclusivity(unchecked) package private(set) var version: Int64 = 0
  /// How much later than its commit a write made now would really take effect, in nanoseconds.
  ///
  /// A component's writes commit at once but stand for calls one after the other; informers add
  /// this to their delay, so that others see each write when they would.
  @exclusivity(unchecked) var pendingLatency: Int64 = 0
  /// Whether writes are answered but not kept.
  @exclusivity(unchecked) private(set) var isDryRun = false
  let names: NameGenerator
  /// What is wrong with it at present.
  package let faults: APIServerFaults
  @exclusivity(unchecked) var admission: Admission
  @exclusivity(unchecked) var statusSharing = PodStatusSharing()
  /// The tables by kind, in the order in which they were asked for first: there are so few that a
  /// look at each is quicker than a dictionary's hash.
  @exclusivity(unchecked) private var tables: [(kind: ObjectIdentifier, table: AnyObjectTable)] = []
  @exclusivity(unchecked) private var observers: [(identifier: Int, action: (Change) -> Void)] = []
  private var nextObserver = 0
  /// The tables of changes that nobody was told of, in the order of versions.
  @exclusivity(unchecked) private var untold: [AnyObjectTable] = []
  @exclusivity(unchecked) private var isTelling = false

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
    table(PriorityClass.self).addFeed { [weak self] _, _ in self?.admission.forgetContents() }
    for priority in PriorityClass.system {
      do {
        _ = try create(priority)
      } catch {
        preconditionFailure("the class \(priority.metadata.name) could not be made: \(error)")
      }
    }
  }

  /// The wall clock as API objects carry it.
  package var now: Timestamp { Timestamp(seconds: simulation.wallSeconds) }

  /// The wall clock in nanoseconds since 1970, for rules that compare within a second.
  package var wallNanoseconds: Int64 {
    simulation.epochSeconds * 1_000_000_000 + simulation.now.nanoseconds
  }

  /// The table of a kind.
  func table<Object: KubernetesObject>(_ type: Object.Type) -> ObjectTable<Object> {
    let kind = ObjectIdentifier(type)
    for entry in tables where entry.kind == kind {
      return unsafeDowncast(entry.table, to: ObjectTable<Object>.self)
    }
    let table = ObjectTable<Object>()
    tables.append((kind, table))
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
    stored.metadata.set(version: version)
    if configuration.tracesWrites {
      let subject = TraceSubject(
        prefix: Object.resource.tracePrefix, namespace: stored.metadata.namespace,
        name: stored.metadata.name)
      simulation.trace.record(kind.traceName, subject, "version", version)
    }
    let table = table(Object.self)
    let change = table.commit(
      kind, stored, previous: previous, version: version, latency: pendingLatency,
      historyMax: configuration.historyMax)
    if isTelling {
      untold.append(table)
    } else {
      isTelling = true
      table.tellNext(observers)
      tellUntold()
    }
    return change.object
  }

  /// Drops old changes, so that watches from before them get 410.
  package func forgetHistory(keeping count: Int = 0) {
    for (_, table) in tables { table.forgetHistory(keeping: count) }
  }

  /// Tells observers of changes in the order of versions, also of those made while telling.
  private func tellUntold() {
    defer { isTelling = false }
    if untold.isEmpty { return }
    var position = 0
    while position < untold.count {
      let table = untold[position]
      position += 1
      table.tellNext(observers)
    }
    untold.removeAll(keepingCapacity: true)
  }

  /// Calls `action` synchronously for every change from now on.
  @discardableResult
  package func observe(_ action: @escaping (Change) -> Void) -> Observation {
    nextObserver += 1
    let identifier = nextObserver
    observers.append((identifier, action))
    return Observation { [weak self] in
      self?.observers.removeAll { $0.identifier == identifier }
    }
  }

  /// Calls `action` synchronously for every change of one kind from now on.
  @discardableResult
  package func observe<Object: KubernetesObject>(
    _ type: Object.Type, _ action: @escaping (TypedChange<Object>) -> Void
  ) -> Observation {
    nextObserver += 1
    let identifier = nextObserver
    let table = table(type)
    table.addObserver(identifier, action)
    return Observation { [weak table] in table?.removeObserver(identifier) }
  }
}

extension ChangeKind {
  /// How the trace names the write.
  fileprivate var traceName: String {
    switch self {
    case .added: "api.added"
    case .modified: "api.modified"
    case .deleted: "api.deleted"
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
