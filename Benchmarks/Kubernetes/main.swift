import FakeKubernetes
import Glibc
import JSON
import KubernetesAPI
import SimulationKernel

// Figures for the fake Kubernetes, each in a process of its own so that peak memory is its own:
// `andruck-bench-kubernetes start NODES PODS` and so on; `make bench-kubernetes` runs them all.

/// (a) Pods created, scheduled and made ready, in Deployments of 1,000.
func start(nodes: Int, pods: Int, events: Bool) throws {
  let world = try ScriptedWorld(nodes: nodes, events: events)
  let size = 1000
  let names = (0..<max(1, pods / size)).map { "service-\($0)" }
  let each = min(size, pods)
  let counters = world.counters
  let wall = try measure {
    for name in names { try world.deploy(name, replicas: each) }
    try world.run(limit: .seconds(36_000)) { names.allSatisfy { world.isComplete($0, each) } }
  }
  let count = names.count * each
  print(
    "(a) start: \(nodes) nodes, \(count) pods\(events ? "" : ", no events"): \(fixed(wall, 2)) s,"
      + " \(fixed(Double(count) / wall, 0)) pods/s, peak \(peakMemoryMiB()) MiB,"
      + " virtual \(world.simulation.now); " + world.costs(count, since: counters) + world.digest
      + (count == 100_000 ? target("100000 pods/s", isHeld: Double(count) / wall >= 100_000) : ""))
}

/// (b) A rolling update of all pods, 100 Deployments, maxSurge 5 %.
func roll(nodes: Int, pods: Int, events: Bool) throws {
  let world = try ScriptedWorld(nodes: nodes, events: events)
  let names = (0..<100).map { "service-\($0)" }
  let each = pods / names.count
  let first = try measure {
    for name in names {
      try world.deploy(name, replicas: each, maxSurge: "5%")
    }
    try world.run(limit: .seconds(36_000)) { names.allSatisfy { world.isComplete($0, each) } }
  }
  let counters = world.counters
  let wall = try measure {
    for name in names { try world.setImage(name, "v2") }
    try world.run(limit: .seconds(360_000)) {
      names.allSatisfy { world.isComplete($0, each) }
        && world.cluster.server.count(Pod.self) == pods
    }
  }
  print(
    "(b) roll: \(nodes) nodes, \(pods) pods in 100 Deployments\(events ? "" : ", no events"):"
      + " \(fixed(wall, 2)) s (\(fixed(first, 2)) s to start them),"
      + " \(fixed(Double(pods) / wall, 0)) pods/s, peak \(peakMemoryMiB()) MiB,"
      + " virtual \(world.simulation.now); " + world.costs(pods, since: counters) + world.digest
      + (pods == 1_000_000
        ? target("60 s and 2048 MiB", isHeld: wall < 60 && peakMemoryMiB() < 2048) : ""))
}

/// (c) An empty cluster: API server, controllers, scheduler.
func empty() {
  var clusters: [FakeCluster] = []
  let rounds = 200
  let wall = measure {
    for _ in 0..<rounds {
      clusters.append(FakeCluster(simulation: Simulation(seed: 1)))
    }
  }
  let each = wall / Double(clusters.count)
  print("(c) empty cluster: \(fixed(each * 1e6, 0)) us" + target("1 ms", isHeld: each < 0.001))
}

/// (d) A failed rollout with its deadline of 600 s.
func failedRollout(replicas: Int) throws {
  let rounds = 20
  var total = 0.0
  for _ in 0..<rounds {
    let world = try ScriptedWorld(nodes: max(3, replicas / 50))
    try world.deploy("digits", replicas: replicas)
    try world.run(limit: .seconds(3600)) { world.isComplete("digits", replicas) }
    total += try measure {
      try world.setImage("digits", "broken")
      try world.run(limit: .seconds(3600)) {
        world.deployment("digits")?.status.conditions.first("Progressing")?.reason
          == "ProgressDeadlineExceeded"
      }
    }
    guard let status = world.deployment("digits")?.status,
      status.availableReplicas >= replicas - replicas / 4
    else { throw Overdue(limit: .zero) }
  }
  let each = total / Double(rounds)
  print(
    "(d) failed rollout of \(replicas): \(fixed(each * 1000, 2)) ms"
      + (replicas == 10 ? target("10 ms", isHeld: each < 0.01) : ""))
}

/// (e) A day of autoscaled services whose load goes up and down every hour.
func autoscaledDay(services: Int) throws {
  let world = try ScriptedWorld(nodes: 4)
  for number in 0..<services {
    let name = "service-\(number)"
    try world.deploy(name, replicas: 2)
    _ = try world.cluster.server.create(
      [
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": ["name": .string(name)],
        "spec": [
          "scaleTargetRef": [
            "apiVersion": "apps/v1", "kind": "Deployment", "name": .string(name),
          ],
          "minReplicas": 2, "maxReplicas": 20,
          "metrics": [
            [
              "type": "Resource",
              "resource": [
                "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 60],
              ],
            ]
          ],
        ],
      ], namespace: ScriptedWorld.namespace
    ).get()
  }
  var most = 0
  let wall = try measure {
    for hour in 0..<24 {
      for quarter in 0..<4 {
        let load = hour % 2 == 0 ? 150 + 150 * quarter : 750 - 150 * quarter
        world.metrics.set(["totalMilli": .integer(Int64(load))])
        try world.simulation.run(for: .seconds(900))
        most = max(most, world.deployment("service-0")?.status.replicas ?? 0)
      }
    }
  }
  guard most > 10 else { throw Overdue(limit: .zero) }
  print(
    "(e) a day of \(services) autoscaled services (2 to \(most) pods): \(fixed(wall, 2)) s"
      + world.digest
      + (services == 10 ? target("1 s", isHeld: wall < 1) : ""))
}

/// What stands behind a figure that has a target.
func target(_ words: String, isHeld: Bool) -> String {
  "; target \(words): \(isHeld ? "held" : "missed")"
}

let arguments = CommandLine.arguments.dropFirst().map { $0 }
let numbers = arguments.dropFirst().compactMap { Int($0) }
let hasEvents = !arguments.contains("--no-events")
do {
  switch arguments.first {
  case "start": try start(nodes: numbers[0], pods: numbers[1], events: hasEvents)
  case "roll": try roll(nodes: numbers[0], pods: numbers[1], events: hasEvents)
  case "empty": empty()
  case "failed": try failedRollout(replicas: numbers[0])
  case "day": try autoscaledDay(services: numbers[0])
  case "reference": print("reference loop: \(fixed(referenceSeconds() * 1000, 1)) ms")
  default:
    print("usage: andruck-bench-kubernetes start|roll NODES PODS | empty | failed N | day N")
    exit(2)
  }
} catch {
  print("failed: \(error)")
  exit(1)
}
