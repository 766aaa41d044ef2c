package import KubernetesAPI

/// The informers of one process, one for each kind, shared by its controllers.
package final class SharedInformers {
  private let server: APIServer
  private let component: String
  private let delay: ClosedRange<Duration>
  private var informers: [ResourceType: AnyObject] = [:]

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
    if let informer = informers[Object.resource] as? Informer<Object> { return informer }
    let informer = Informer<Object>(server: server, component: component, delay: delay)
    informers[Object.resource] = informer
    return informer
  }
}
