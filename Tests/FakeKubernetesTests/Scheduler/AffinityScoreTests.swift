import FakeKubernetes
import KubernetesAPI
import Testing

struct AffinityScoreTests {
  private static func term(_ zone: String, _ weight: Int) -> PreferredSchedulingTerm {
    var preference = NodeSelectorTerm()
    preference.matchExpressions = [LabelRequirement(key: "zone", operator: .in, values: [zone])]
    var term = PreferredSchedulingTerm()
    term.weight = weight
    term.preference = preference
    return term
  }

  @Test func `preferred node terms count by weight, the best node 100`() {
    var pod = Pod()
    var affinity = Affinity()
    var nodeAffinity = NodeAffinity()
    nodeAffinity.preferred = [Self.term("a", 80), Self.term("b", 20)]
    affinity.nodeAffinity = nodeAffinity
    pod.spec.affinity = affinity
    let nodes = ["a", "b", "c"].map { SchedulingNode(name: $0, labels: ["zone": $0]) }
    #expect(AffinityScores.nodeAffinity(SchedulingPod(pod), nodes: nodes) == [100, 25, 0])
  }

  /// Source: `interpodaffinity/scoring.go` PreScore.
  @Test(arguments: [(false, [100, 0]), (true, nil)] as [(Bool, [Int]?)])
  func `preferences of others can be ignored, whatever a required one weighs`(
    isIgnored: Bool, scores: [Int]?
  ) {
    var traits = SchedulingTraits()
    traits.requiredAffinity = [
      SchedulingTraits.PodTerm(topologyKey: "zone", selector: LabelSelector())
    ]
    let existing = SchedulingPod(
      uid: "existing", place: 0, isDeleting: false, traits: Shared(traits))
    var nodes = ["a", "b"].map { SchedulingNode(name: $0, labels: ["zone": $0]) }
    nodes[0].add(existing)
    let seen = AffinityScores.interPodAffinity(
      SchedulingPod(), nodes: nodes, candidates: nodes, namespaceLabels: [:],
      ignoresPreferencesOfOthers: isIgnored)
    #expect(seen == scores)
  }
}
