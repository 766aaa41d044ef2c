import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

@Test func `a crashing container restarts at once, then backs off`() throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.runs = [.init(after: .seconds(2), code: 1)]
    return script
  }
  try world.create()
  try world.run(seconds: 60)
  let second = try #require(world.seconds(of: "Running running ready 1"))
  #expect(second < 6)
  let third = try #require(world.seconds(of: "Running running ready 2"))
  #expect(third > 15 && third < 24)
  #expect(world.rows.contains { $0.text == "Running CrashLoopBackOff 1" })
  #expect(world.rows.contains { $0.text == "Running Error 1" })
}

@Test func `a container over its memory limit is killed with 137`() throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.memoryBytes = 200 << 20
    script.memoryGrowth = .seconds(4)
    return script
  }
  try world.create { $0.spec.containers[0].resources.limits["memory"] = Quantity("64Mi") }
  try world.run(seconds: 5)
  let end = try #require(world.pod?.status.containerStatuses.first?.lastState.terminated)
  #expect(end.exitCode == 137)
  #expect(end.reason == "OOMKilled")
}

@Test func `SIGTERM is obeyed, SIGKILL comes with the deadline`() throws {
  for (ignores, phase, least) in [
    (false, "Succeeded Completed 0 deleting", 8.0),
    (true, "Failed Error 0 deleting", 10.0),
  ] {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.terminatesAfter = .seconds(3)
      script.ignoresTerminate = ignores
      return script
    }
    try world.create { $0.spec.terminationGracePeriodSeconds = 5 }
    try world.run(seconds: 5)
    try world.delete()
    try world.run(seconds: 10)
    let end = try #require(world.seconds(of: phase))
    #expect(end >= least && end < least + 0.5)
    #expect(world.rows.last?.text == "gone")
  }
}

@Test func `a failing liveness probe restarts the container`() throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.port = 8080
    script.checks["live"] = [.init(at: .zero, holds: true), .init(at: .seconds(6), holds: false)]
    script.goodFromRun = 2
    return script
  }
  try world.create { pod in
    var probe = Probe()
    probe.httpGet = HTTPGetAction()
    probe.httpGet?.path = "/live"
    probe.httpGet?.port = .int(8080)
    probe.periodSeconds = 2
    pod.spec.containers[0].livenessProbe = probe
  }
  try world.run(seconds: 20)
  #expect(
    world.events["Killing: Container app failed liveness probe, will be restarted"] == 1)
  let restarted = try #require(world.seconds(of: "Running running ready 1"))
  #expect(restarted > 10 && restarted < 15)
}

@Test func `containers outlive the kubelet but not the machine`() throws {
  let world = try KubeletWorld()
  try world.create()
  try world.run(seconds: 5)
  world.node.stop()
  try world.run(seconds: 5)
  world.node.start()
  try world.run(seconds: 10)
  #expect(world.rows.last?.text == "Running running ready 0")
  world.node.die()
  try world.run(seconds: 5)
  world.node.start()
  try world.run(seconds: 10)
  #expect(world.rows.last?.text == "Running running ready 1")
}

/// The first restart, at once, began the delay; ten minutes later nothing is left of it, although the
/// container ended before they were over (`kubelet_pods.go` HandlePodCleanups).
@Test func `a container that ends after 595 s begins its back-off anew`() throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.runs = [
      .init(after: .seconds(1), code: 1), .init(after: .seconds(595), code: 1),
      .init(after: .seconds(1), code: 1),
    ]
    return script
  }
  try world.create()
  try world.run(seconds: 619)
  #expect(world.pod?.status.containerStatuses.first?.restartCount == 2)
  let uid = try #require(world.pod?.metadata.uid)
  #expect(world.node.restarts.delay("\(uid)/app/app:1/{}") == 10_000_000_000)
}

/// Source: `status_manager.go` normalizeStatus.
@Test(arguments: [(3, 4096), (4, 3072), (5, 2457)])
func `messages of ended containers share 12 KiB`(count: Int, length: Int) throws {
  let world = try KubeletWorld { _ in
    var script = ContainerScript()
    script.runs = [.init(after: .seconds(1), code: 0)]
    script.terminationMessage = String(repeating: "x", count: 5000)
    return script
  }
  try world.create { pod in
    pod.spec.restartPolicy = "Never"
    let container = pod.spec.containers[0]
    pod.spec.containers = (0..<count).map { index in
      var copy = container
      copy.name = "c\(index)"
      return copy
    }
  }
  try world.run(seconds: 8)
  let statuses = world.pod?.status.containerStatuses ?? []
  #expect(
    statuses.map { $0.state.terminated?.message.utf8.count }
      == Array(repeating: length, count: count))
}
