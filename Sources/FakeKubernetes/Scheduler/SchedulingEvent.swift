import KubernetesAPI

/// The scheduler's plug-ins that can reject a pod, as far as there are any here.
package struct SchedulingPlugins: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// A cordoned node.
  package static let nodeUnschedulable = SchedulingPlugins(rawValue: 1)
  /// Another node than the pod asks for by name.
  package static let nodeName = SchedulingPlugins(rawValue: 2)
  /// Taints that the pod does not bear.
  package static let taintToleration = SchedulingPlugins(rawValue: 4)
  /// Labels that the pod's selector or affinity does not match.
  package static let nodeAffinity = SchedulingPlugins(rawValue: 8)
  /// Ports of the node that others have.
  package static let nodePorts = SchedulingPlugins(rawValue: 16)
  /// Too few resources.
  package static let fit = SchedulingPlugins(rawValue: 32)
  /// Too uneven a spread.
  package static let topologySpread = SchedulingPlugins(rawValue: 64)
  /// Pods that must or must not be near.
  package static let podAffinity = SchedulingPlugins(rawValue: 128)
  /// Claims of storage.
  package static let volumes = SchedulingPlugins(rawValue: 256)
}

/// Something that may make a pod schedulable that was not.
///
/// Sources: `pkg/scheduler/eventhandlers.go`, `framework/events.go`.
enum SchedulingEvent {
  /// A node came; it has no pods yet.
  case nodeAdded(SchedulingNode)
  /// A node has other labels, taints or resources than before.
  case nodeChanged(from: SchedulingNode, to: SchedulingNode)
  /// A node went.
  case nodeGone(SchedulingNode)
  /// A pod was put onto a node.
  case podPlaced(SchedulingPod)
  /// A pod on a node has other labels, or asks for another amount.
  case podChanged(from: SchedulingPod, to: SchedulingPod)
  /// A pod has left its node.
  case podGone(SchedulingPod)

  /// Who wants to know of it, source: the plug-ins' `EventsToRegister`.
  var listeners: SchedulingPlugins {
    switch self {
    case .nodeAdded:
      [
        .nodeUnschedulable, .nodeName, .taintToleration, .nodeAffinity, .nodePorts, .fit,
        .topologySpread, .podAffinity, .volumes,
      ]
    case .nodeChanged:
      [
        .nodeUnschedulable, .taintToleration, .nodeAffinity, .fit, .topologySpread, .podAffinity,
      ]
    case .nodeGone: .topologySpread
    case .podPlaced: [.topologySpread, .podAffinity]
    case .podChanged, .podGone: [.nodePorts, .fit, .topologySpread, .podAffinity]
    }
  }
}
