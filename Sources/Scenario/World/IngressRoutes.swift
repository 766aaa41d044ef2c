import FakeKubernetes
import KubernetesAPI

/// The ingress controller: turns Ingress and Endpoints objects into the proxy's routing table.
///
/// It reads through watches with modelled delay, so that for some milliseconds after a pod has
/// stopped being ready, requests may still be sent to it, as in a cluster.
final class IngressRoutes {
  private let ingresses: Informer<Ingress>
  private let endpoints: Informer<Endpoints>
  private let publish: ([ServiceRoute]) -> Void

  init(server: APIServer, publish: @escaping ([ServiceRoute]) -> Void) {
    self.publish = publish
    ingresses = Informer(server: server, component: "ingress")
    endpoints = Informer(server: server, component: "ingress")
    ingresses.onChange { [weak self] _, _ in self?.update() }
    endpoints.onChange { [weak self] _, _ in self?.update() }
  }

  private func update() {
    var routes: [ServiceRoute] = []
    for ingress in ingresses.list() {
      for rule in ingress.spec.rules {
        // One backend for a host is all that Drucker's Ingress objects use.
        guard let backend = rule.http?.paths.first?.backend.service else { continue }
        let endpoints = endpoints.find(ingress.metadata.namespace, backend.name)
        routes.append(ServiceRoute(host: rule.host, addresses: Self.addresses(endpoints)))
      }
    }
    publish(routes)
  }

  private static func addresses(_ endpoints: Endpoints?) -> [(host: String, port: Int)] {
    endpoints?.subsets.flatMap { subset in
      subset.addresses.map { (host: $0.ip, port: subset.ports.first?.port ?? 0) }
    } ?? []
  }
}

/// A host name of the ingress with the ready endpoints behind it.
struct ServiceRoute {
  let host: String
  let addresses: [(host: String, port: Int)]
}
