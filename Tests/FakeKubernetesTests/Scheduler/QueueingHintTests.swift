import KubernetesAPI
import Testing

@testable import FakeKubernetes

/// Sources: `isSchedulableAfterNodeChange`, `isSchedulableAfterPodChange` and
/// `isSchedulableAfterPodEvent` of the plug-ins.
struct QueueingHintTests {
  private static func traits(_ change: (inout SchedulingTraits) -> Void) -> SchedulingPod {
    var traits = SchedulingTraits()
    traits.namespace = "default"
    change(&traits)
    return SchedulingPod(uid: "p", place: 0, isDeleting: false, traits: Shared(traits))
  }

  private static func node(_ change: (inout SchedulingNode) -> Void = { _ in }) -> SchedulingNode {
    var node = SchedulingNode(
      name: "n", labels: ["zone": "a"], allocatable: ["cpu": 2000, "memory": 1000])
    change(&node)
    return node
  }

  private static func labelled(_ label: String, in namespace: String = "default") -> SchedulingPod {
    traits {
      $0.labels = ["app": label]
      $0.namespace = namespace
    }
  }

  private static let taint = NodeTaint(key: "gpu", effect: "NoSchedule")
  private static let term = SchedulingTraits.PodTerm(
    topologyKey: "zone", selector: LabelSelector(matchLabels: ["app": "db"]))
  private static let constraint = SchedulingTraits.SpreadConstraint(
    topologyKey: "zone", maxSkew: 1, isRequired: true,
    selector: LabelSelector(matchLabels: ["app": "db"]))

  private func check(
    _ plugins: SchedulingPlugins, _ pod: SchedulingPod,
    _ rows: [(name: String, event: SchedulingEvent, isHelpful: Bool)]
  ) {
    for row in rows {
      let hints = QueueingHints(row.event)
      let isHelpful =
        !plugins.isDisjoint(with: row.event.listeners)
        && hints.isHelpful(to: pod, rejectedBy: plugins)
      #expect(isHelpful == row.isHelpful, "\(row.name)")
    }
  }

  @Test func `room is made by nodes that are large enough, growth and pods that go`() {
    let pod = Self.traits { $0.requests = ["cpu": 4000] }
    let (small, large) = (Self.node(), Self.node { $0.allocatable["cpu"] = 4000 })
    check(
      .fit, pod,
      [
        ("a node that is too small", .nodeAdded(small), false),
        ("one that is large enough", .nodeAdded(large), true),
        ("growth", .nodeChanged(from: small, to: large), true),
        (
          "growth of something else",
          .nodeChanged(from: large, to: Self.node { $0.allocatable = ["cpu": 4000, "memory": 9] }),
          false
        ),
        (
          "a cordon", .nodeChanged(from: large, to: Self.node { $0.isUnschedulable = true }), false
        ),
        ("any pod that goes", .podGone(Self.labelled("x")), true),
        ("a pod that comes", .podPlaced(Self.labelled("x")), false),
        ("a pod that asks for less", .podChanged(from: pod, to: Self.labelled("x")), true),
      ])
  }

  @Test func `cordons and taints help when they are lifted`() {
    let (open, cordoned) = (Self.node(), Self.node { $0.isUnschedulable = true })
    let tainted = Self.node { $0.taints = [Self.taint] }
    check(
      .nodeUnschedulable, Self.traits { _ in },
      [
        ("lifted", .nodeChanged(from: cordoned, to: open), true),
        ("set", .nodeChanged(from: open, to: cordoned), false),
        ("as before", .nodeChanged(from: open, to: tainted), false),
        ("cordoned from the start", .nodeAdded(cordoned), false),
      ])
    check(
      .taintToleration, Self.traits { _ in },
      [
        ("lifted", .nodeChanged(from: tainted, to: open), true),
        ("set", .nodeChanged(from: open, to: tainted), false),
        ("tainted from the start", .nodeAdded(tainted), false),
        ("none from the start", .nodeAdded(open), true),
      ])
    check(
      .nodeAffinity, Self.traits { $0.nodeSelector = ["disk": "ssd"] },
      [
        (
          "the label",
          .nodeChanged(from: open, to: Self.node { $0.labels = ["disk": "ssd"] }), true
        ),
        ("another label", .nodeChanged(from: open, to: Self.node { $0.labels = [:] }), false),
        ("another node", .nodeAdded(open), false),
      ])
  }

  @Test func `company helps when it comes, and what is to be far when it goes`() {
    let relabelled = SchedulingEvent.podChanged(from: Self.labelled("x"), to: Self.labelled("db"))
    let (here, elsewhere) = (Self.node(), Self.node { $0.labels = ["zone": "b"] })
    check(
      .podAffinity, Self.traits { $0.requiredAffinity = [Self.term] },
      [
        ("it", .podPlaced(Self.labelled("db")), true),
        ("another pod", .podPlaced(Self.labelled("x")), false),
        ("one of another namespace", .podPlaced(Self.labelled("db", in: "kube-system")), false),
        ("one that becomes it", relabelled, true),
        ("it goes", .podGone(Self.labelled("db")), false),
        ("another zone", .nodeChanged(from: here, to: elsewhere), true),
        (
          "a taint", .nodeChanged(from: here, to: Self.node { $0.taints = [Self.taint] }), false
        ),
        ("a node without the label", .nodeAdded(Self.node { $0.labels = [:] }), false),
      ])
    check(
      .podAffinity, Self.traits { $0.requiredAntiAffinity = [Self.term] },
      [
        ("it", .podPlaced(Self.labelled("db")), false),
        ("it goes", .podGone(Self.labelled("db")), true),
        ("another goes", .podGone(Self.labelled("x")), false),
        ("a node without the label", .nodeAdded(Self.node { $0.labels = [:] }), true),
      ])
  }

  @Test func `a spread changes with the pods that it counts and the nodes that it spans`() {
    let pod = Self.traits { $0.spreadConstraints = [Self.constraint] }
    let (here, tainted) = (Self.node(), Self.node { $0.taints = [Self.taint] })
    let without = Self.node { $0.labels = [:] }
    check(
      .topologySpread, pod,
      [
        ("one that counts", .podPlaced(Self.labelled("db")), true),
        ("another one", .podPlaced(Self.labelled("x")), false),
        ("one that counts goes", .podGone(Self.labelled("db")), true),
        ("another one goes", .podGone(Self.labelled("x")), false),
        (
          "one that counted", .podChanged(from: Self.labelled("db"), to: Self.labelled("x")), true
        ),
        ("a taint", .nodeChanged(from: here, to: tainted), true),
        ("the label goes", .nodeChanged(from: here, to: without), true),
        ("a node without the label", .nodeAdded(without), false),
        ("a node goes", .nodeGone(here), true),
      ])
  }

  @Test func `ports are freed by pods that have them`() {
    let pod = Self.traits { $0.hostPorts = ["TCP/80"] }
    check(
      .nodePorts, pod,
      [
        ("the port", .podGone(pod), true), ("none", .podGone(Self.labelled("x")), false),
        ("a node", .nodeAdded(Self.node { $0.podsMax = 0 }), true),
      ])
  }
}
