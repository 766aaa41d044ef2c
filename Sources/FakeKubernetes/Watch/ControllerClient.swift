package import KubernetesAPI
import SimulationKernel

/// A component's way to the API server; adds up how long its calls take.
///
/// A call takes effect at once; the component that made it is busy for the modelled time
/// afterwards (`WorkQueue` asks for it after each reconcile).
package final class ControllerClient {
  package let server: APIServer
  /// Nanoseconds.
  private let shortest: Int64
  private let spread: Int
  private let stream: RandomStream
  @exclusivity(unchecked) private var elapsed: Int64 = 0
  @exclusivity(unchecked) private var batch: Batch?

  private struct Batch {
    var start: Int64
    var end: Int64
  }

  /// Makes a client that draws latencies from a stream of the component's name.
  package init(
    server: APIServer, component: String,
    latency: ClosedRange<Duration> = .milliseconds(3)...(.milliseconds(8))
  ) {
    self.server = server
    shortest = latency.lowerBound.wholeNanoseconds
    spread = Int(latency.upperBound.wholeNanoseconds - shortest)
    stream = server.simulation.randomStream("kubernetes/latency/\(component)")
  }

  /// The time that the calls since the last question took.
  package func takeElapsed() -> Duration {
    defer { elapsed = 0 }
    return .nanoseconds(elapsed)
  }

  /// Makes calls that run side by side: together they take as long as the longest.
  package func concurrently<Result>(_ body: () -> Result) -> Result {
    batch = Batch(start: elapsed, end: elapsed)
    let result = body()
    elapsed = batch?.end ?? elapsed
    batch = nil
    return result
  }

  /// Makes one call: it takes effect after a drawn latency.
  private func call<Result>(_ body: () throws(StatusError) -> Result) throws(StatusError) -> Result
  {
    let latency =
      shortest + Int64(stream.integer(below: spread + 1)) + server.faults.latency.wholeNanoseconds
    let effective = (batch?.start ?? elapsed) + latency
    if batch == nil {
      elapsed = effective
    } else {
      let end = batch?.end ?? effective
      batch?.end = max(end, effective)
    }
    server.pendingLatency = effective
    defer { server.pendingLatency = 0 }
    return try body()
  }

  @discardableResult
  package func create<Object: KubernetesObject>(_ object: Object) throws(StatusError) -> Object {
    try call { () throws(StatusError) in try server.create(object) }
  }

  @discardableResult
  package func update<Object: KubernetesObject>(_ object: Object) throws(StatusError) -> Object {
    try call { () throws(StatusError) in try server.update(object) }
  }

  @discardableResult
  package func updateStatus<Object: KubernetesObject>(_ object: Object) throws(StatusError)
    -> Object
  {
    try call { () throws(StatusError) in try server.updateStatus(object) }
  }

  @discardableResult
  package func delete<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String,
    options: DeleteOptions = DeleteOptions()
  ) throws(StatusError) -> Object {
    try call { () throws(StatusError) in try server.delete(type, namespace, name, options: options)
    }
  }

  /// Reads the latest state, not the informer's.
  package func get<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) throws(StatusError) -> Object {
    try call { () throws(StatusError) in
      try server.faults.check()
      return try server.get(type, namespace, name)
    }
  }

  /// Changes the latest state, as upstream's patches do.
  @discardableResult
  package func modify<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    try call { () throws(StatusError) in try server.modify(type, namespace, name, change) }
  }

  /// Changes the latest state's status, as upstream's patches do.
  @discardableResult
  package func modifyStatus<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    try call { () throws(StatusError) in try server.modifyStatus(type, namespace, name, change) }
  }
}
