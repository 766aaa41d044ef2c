import KubernetesAPI
import SimulationKernel

/// One watch on all pods that serves every kubelet with those of its node.
package final class PodFeed {
  typealias Handler = (_ pod: Pod, _ isRemoved: Bool) -> Void

  private struct Subscription {
    var handler: Handler
    var lastDelivery: SimulationTime
    var identifier: Int
  }

  private let server: APIServer
  private let simulation: Simulation
  private let stream: RandomStream
  private var subscriptions: [String: Subscription] = [:]
  private var nextIdentifier = 0

  package init(server: APIServer) {
    self.server = server
    simulation = server.simulation
    stream = simulation.randomStream("kubernetes/watch/kubelet")
    server.observe(Pod.self) { [weak self] change in
      if change.object.spec.nodeName.isEmpty { return }
      self?.deliver(change.object, isRemoved: change.kind == .deleted)
    }
  }

  /// Calls `handler` for each pod of a node, now and whenever it changes.
  func subscribe(_ node: String, _ handler: @escaping Handler) {
    nextIdentifier += 1
    subscriptions[node] = Subscription(
      handler: handler, lastDelivery: simulation.now, identifier: nextIdentifier)
    server.forEach(Pod.self) { pod in
      if pod.spec.nodeName == node { deliver(pod, isRemoved: false) }
    }
  }

  func unsubscribe(_ node: String) { subscriptions[node] = nil }

  private func deliver(_ pod: Pod, isRemoved: Bool) {
    let node = pod.spec.nodeName
    guard let subscription = subscriptions[node] else { return }
    let delay = stream.duration(in: .milliseconds(1)...(.milliseconds(4)))
    let time = max(subscription.lastDelivery, simulation.now + delay)
    subscriptions[node]?.lastDelivery = time
    let identifier = subscription.identifier
    simulation.schedule(at: time) { [weak self] in
      self?.tell(pod, isRemoved, node, identifier)
    }
  }

  private func tell(_ pod: Pod, _ isRemoved: Bool, _ node: String, _ identifier: Int) {
    if server.faults.holdsWatches {
      return server.faults.hold { [weak self] in self?.tell(pod, isRemoved, node, identifier) }
    }
    guard let current = subscriptions[node], current.identifier == identifier else { return }
    current.handler(pod, isRemoved)
  }
}
