package import KubernetesAPI

/// The informers of one process, one for each kind, shared by its controllers.
package final class SharedInformers {
  private let server: APIServer
  private let component: String
  private let delay: ClosedRange<Duration>
  private var informers: [ObjectIdentifier: AnyObject] = [:]
  /// Which pods each Service selects.
  private(set) lazy var servicePods = ServicePods(
    services: informer(Service.self), pods: informer(Pod.self))

  package init(
    server: APIServer, component: String,
    delay: ClosedRange<Duration> = .milliseconds(1)...(.milliseconds(4))
  ) {
    self.server = server
    self.component = component
    self.delay = delay
  }

  /// The informer of a kind.
  package func informer<Object: KubernetesObject>(_ type: Object.Type) -> Informer<Object> {
    if let informer = informers[ObjectIdentifier(type)] as? Informer<Object> { return informer }
    let informer = Informer<Object>(server: server, component: component, delay: delay)
    informers[ObjectIdentifier(type)] = informer
    return informer
  }
}
