package import KubernetesAPI
import SimulationKernel

/// A component's way to the API server; adds up how long its calls take.
///
/// A call takes effect at once; the component that made it is busy for the modelled time
/// afterwards (`WorkQueue` asks for it after each reconcile).
package final class ControllerClient {
  package let server: APIServer
  private let latency: ClosedRange<Duration>
  private let stream: RandomStream
  private var elapsed: Duration = .zero

  /// Makes a client that draws latencies from a stream of the component's name.
  package init(
    server: APIServer, component: String,
    latency: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(5))
  ) {
    self.server = server
    self.latency = latency
    stream = server.simulation.randomStream("kubernetes/latency/\(component)")
  }

  /// The time that the calls since the last question took.
  package func takeElapsed() -> Duration {
    defer { elapsed = .zero }
    return elapsed
  }

  private func spend() { elapsed += stream.duration(in: latency) }

  @discardableResult
  package func create<Object: KubernetesObject>(_ object: Object) throws(StatusError) -> Object {
    spend()
    return try server.create(object)
  }

  @discardableResult
  package func update<Object: KubernetesObject>(_ object: Object) throws(StatusError) -> Object {
    spend()
    return try server.update(object)
  }

  @discardableResult
  package func updateStatus<Object: KubernetesObject>(_ object: Object) throws(StatusError)
    -> Object
  {
    spend()
    return try server.updateStatus(object)
  }

  @discardableResult
  package func delete<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String,
    options: DeleteOptions = DeleteOptions()
  ) throws(StatusError) -> Object {
    spend()
    return try server.delete(type, namespace, name, options: options)
  }

  /// Reads the latest state, not the informer's.
  package func get<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) throws(StatusError) -> Object {
    spend()
    return try server.get(type, namespace, name)
  }

  /// Changes the latest state, as upstream's patches do.
  @discardableResult
  package func modify<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    spend()
    return try server.modify(type, namespace, name, change)
  }

  /// Changes the latest state's status, as upstream's patches do.
  @discardableResult
  package func modifyStatus<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ change: (inout Object) -> Void
  ) throws(StatusError) -> Object {
    spend()
    return try server.modifyStatus(type, namespace, name, change)
  }
}
