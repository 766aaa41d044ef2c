package import KubernetesAPI

/// Looks for the node on which the removal of pods of less priority does the least harm.
///
/// Source: `pkg/scheduler/framework/preemption/preemption.go`,
/// `plugins/defaultpreemption/default_preemption.go`.
package struct Preemption {
  /// A pod that may be removed, with what decides whether it is.
  package struct Victim: Equatable {
    package var pod: SchedulingPod
    package var name: String
    /// When the kubelet took it; now for one that no kubelet has taken yet.
    package var startSeconds: Int64

    package init(pod: SchedulingPod, name: String, startSeconds: Int64) {
      self.pod = pod
      self.name = name
      self.startSeconds = startSeconds
    }

    var priority: Int { pod.traits.value.priority }

    /// Whether it stays rather than the other: of more priority, then started earlier.
    func isMoreImportant(than other: Victim) -> Bool {
      priority != other.priority ? priority > other.priority : startSeconds < other.startSeconds
    }
  }

  /// What a disruption budget allows.
  package struct Budget {
    package var namespace: String
    package var selector: LabelSelector
    package var disruptionsAllowed: Int
    /// Names of pods whose disruption is counted already.
    package var disruptedPods: Set<String>

    package init(
      namespace: String, selector: LabelSelector, disruptionsAllowed: Int,
      disruptedPods: Set<String> = []
    ) {
      self.namespace = namespace
      self.selector = selector
      self.disruptionsAllowed = disruptionsAllowed
      self.disruptedPods = disruptedPods
    }
  }

  /// A node and the pods that would have to go.
  package struct Candidate: Equatable {
    package var node: String
    /// The most important first.
    package var victims: [Victim]
    /// How many of them a disruption budget protects.
    package var violations: Int
  }

  /// What a search ends with.
  package enum Outcome: Equatable {
    case candidate(Candidate)
    /// No node; the message is upstream's.
    case none(message: String)
  }

  private let pod: SchedulingPod
  private let snapshot: SchedulingSnapshot
  private let budgets: [Budget]
  private let victim: (SchedulingPod) -> Victim?
  /// Whether what is on other nodes matters.
  private let looksAround: Bool

  /// Makes a search; `victim` tells more of a pod that is on a node.
  package init(
    _ pod: SchedulingPod, snapshot: SchedulingSnapshot, budgets: [Budget],
    victim: @escaping (SchedulingPod) -> Victim?
  ) {
    self.pod = pod
    self.snapshot = snapshot
    self.budgets = budgets
    self.victim = victim
    looksAround = snapshot.looksAround(for: pod)
  }

  /// Tries the nodes whose failure can be helped and picks the best.
  ///
  /// `failures` are those of all nodes, in the order of the snapshot. `draw` gets a number and
  /// returns a smaller one: where the search begins, and which of equal nodes is taken.
  package func find(failures: [FilterFailure], draw: (Int) -> Int) -> Outcome {
    let potential = failures.indices.filter { failures[$0].isHelpedByPreemption }
    let wanted = min(potential.count, max(100, potential.count / 10))
    let isSearched = potential.count > wanted
    let offset = isSearched ? draw(potential.count) : 0
    var harmless: [Candidate] = []
    var harmful: [Candidate] = []
    var refusals: [FilterFailure] = []
    for step in potential.indices {
      if !harmless.isEmpty, harmless.count + harmful.count >= wanted { break }
      switch select(on: potential[(offset + step) % potential.count]) {
      case .success(let candidate):
        if candidate.violations == 0 {
          harmless.append(candidate)
        } else {
          harmful.append(candidate)
        }
      case .failure(let refusal): refusals.append(refusal.failure)
      }
    }
    let candidates = harmless + harmful
    if candidates.isEmpty { return .none(message: message(refusals, count: failures.count)) }
    return .candidate(Self.pick(candidates, draw: draw))
  }

  private func message(_ refusals: [FilterFailure], count: Int) -> String {
    let hopeless = FilterFailure(
      ["Preemption is not helpful for scheduling"], isHelpedByPreemption: false)
    return SchedulingSnapshot.headline(
      refusals + Array(repeating: hopeless, count: count - refusals.count))
  }

  private struct Refusal: Error {
    var failure: FilterFailure
  }

  /// The pods of one node that have to go: as few and as unimportant as can be.
  private func select(on position: Int) -> Result<Candidate, Refusal> {
    var node = snapshot.nodes[position]
    let priority = pod.traits.value.priority
    func refuse(_ reason: String) -> Result<Candidate, Refusal> {
      .failure(Refusal(failure: FilterFailure([reason], isHelpedByPreemption: false)))
    }
    let nothing = "No preemption victims found for incoming pod"
    if !node.groups.contains(where: { $0.traits.value.priority < priority }) {
      return refuse(nothing)
    }
    let potential = node.pods.filter { $0.traits.value.priority < priority }.compactMap(victim)
    if potential.isEmpty { return refuse(nothing) }
    for victim in potential { node.remove(uid: victim.pod.uid) }
    if let failure = failure(node, position) { return .failure(Refusal(failure: failure)) }
    let ranked = Self.ranked(potential)
    let (violating, others) = splitByBudgets(ranked)
    var victims: [Victim] = []
    var violations = 0
    for (group, isProtected) in [(violating, true), (others, false)] {
      for victim in group {
        let without = node
        node.add(victim.pod)
        if failure(node, position) == nil { continue }
        node = without
        victims.append(victim)
        if isProtected { violations += 1 }
      }
    }
    if victims.isEmpty {
      return refuse("expected at least one victim pod on node \"\(node.name)\"")
    }
    return .success(
      Candidate(node: node.name, victims: Self.ranked(victims), violations: violations))
  }

  private func failure(_ node: SchedulingNode, _ position: Int) -> FilterFailure? {
    snapshot.failure(pod, at: position, with: node, looksAround: looksAround)
  }

  /// The most important first; of equals those that come first.
  private static func ranked(_ victims: [Victim]) -> [Victim] {
    victims.enumerated().sorted { left, right in
      if left.element.isMoreImportant(than: right.element) { return true }
      if right.element.isMoreImportant(than: left.element) { return false }
      return left.offset < right.offset
    }.map(\.element)
  }

  /// Those whose removal a budget does not allow, if the rest goes in this order, and the others.
  private func splitByBudgets(_ victims: [Victim]) -> (violating: [Victim], others: [Victim]) {
    var allowed = budgets.map(\.disruptionsAllowed)
    var violating: [Victim] = []
    var others: [Victim] = []
    for victim in victims {
      let traits = victim.pod.traits.value
      var isViolated = false
      for (index, budget) in budgets.enumerated()
      where !traits.labels.isEmpty && budget.namespace == traits.namespace
        && !budget.selector.isEmpty && budget.selector.matches(traits.labels)
        && !budget.disruptedPods.contains(victim.name)
      {
        allowed[index] -= 1
        if allowed[index] < 0 { isViolated = true }
      }
      if isViolated { violating.append(victim) } else { others.append(victim) }
    }
    return (violating, others)
  }

  /// How much harm a candidate does; the least of all is taken, part by part.
  private struct Harm: Comparable {
    var violations: Int
    var highestPriority: Int
    var prioritySum: Int
    var victims: Int
    /// The later the earliest of the most important began, the better.
    var earliestStart: Int64

    init(_ candidate: Candidate) {
      violations = candidate.violations
      highestPriority = candidate.victims.map(\.priority).max() ?? 0
      prioritySum = candidate.victims.reduce(0) { $0 + $1.priority + Int(Int32.max) + 1 }
      victims = candidate.victims.count
      let highest = highestPriority
      earliestStart =
        candidate.victims.filter { $0.priority == highest }.map(\.startSeconds).min() ?? 0
    }

    static func < (left: Harm, right: Harm) -> Bool {
      (left.violations, left.highestPriority, left.prioritySum, left.victims, -left.earliestStart)
        < (
          right.violations, right.highestPriority, right.prioritySum, right.victims,
          -right.earliestStart
        )
    }
  }

  private static func pick(_ candidates: [Candidate], draw: (Int) -> Int) -> Candidate {
    let harms = candidates.map(Harm.init)
    let least = harms.min()
    let best = candidates.indices.filter { harms[$0] == least }
    return candidates[best[best.count == 1 ? 0 : draw(best.count)]]
  }
}
