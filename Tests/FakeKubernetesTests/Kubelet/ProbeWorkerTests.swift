import KubernetesAPI
import Testing

@testable import FakeKubernetes

private func results(_ probes: String, success: Int, failure: Int) -> String {
  var worker = ProbeWorker(
    kind: .readiness, initialDelaySeconds: 0, successThreshold: success, failureThreshold: failure)
  let situation = ProbeWorker.Situation(
    phase: "Running", containerID: "a", state: .running, isStarted: true, runningNanoseconds: 1)
  return String(
    probes.map { probe -> Character in
      #expect(worker.tick(situation) == .check)
      _ = worker.checked(probe == "S" ? .success : .failure)
      return worker.published == .success ? "S" : "F"
    })
}

@Test func `results are published after consecutive outcomes`() {
  #expect(results("SSSFFFFFSSSFFFFF", success: 1, failure: 3) == "SSSSSFFFSSSSSFFF")
  #expect(results("SSSSSFSSSSSF", success: 3, failure: 1) == "FFSSSFFFSSSF")
}

@Test func `delays double from 10 to 300 seconds and are forgotten after ten minutes`() {
  var backOff = RestartBackOff()
  let second: Int64 = 1_000_000_000
  var now: Int64 = 0
  var delays: [Int64] = []
  for _ in 0..<7 {
    backOff.next("a", event: now, now: now)
    delays.append(backOff.delay("a") / second)
    now += 301 * second
  }
  #expect(delays == [10, 20, 40, 80, 160, 300, 300])
  #expect(backOff.isBackingOff("a", since: now - 10 * second, now: now))
  now += 700 * second
  #expect(!backOff.isBackingOff("a", since: now, now: now))
  backOff.next("a", event: now, now: now)
  #expect(backOff.delay("a") == 10 * second)
  #expect(RestartBackOff.text(80 * second) == "1m20s")
}

/// Source: `client-go/util/flowcontrol/backoff.go` GC.
@Test func `a delay that was not updated for ten minutes is forgotten, whenever the run ended`() {
  var backOff = RestartBackOff()
  let second: Int64 = 1_000_000_000
  for _ in 0..<6 { backOff.next("a", event: 0, now: 0) }
  backOff.collectGarbage(at: 600 * second)
  #expect(backOff.isBackingOff("a", since: 400 * second, now: 600 * second))
  backOff.collectGarbage(at: 601 * second)
  #expect(!backOff.isBackingOff("a", since: 400 * second, now: 601 * second))
  backOff.next("a", event: 400 * second, now: 601 * second)
  #expect(backOff.delay("a") == 10 * second)
}

/// Source: `pkg/kubelet/prober/results/results_manager.go` Set.
@Test func `the first result of a container is news, even that nothing is known yet`() throws {
  let world = try KubeletWorld()
  var results = 0
  let onResult = world.node.probes.onResult
  world.node.probes.onResult = {
    results += 1
    onResult($0)
  }
  try world.create { pod in
    var probe = Probe()
    probe.tcpSocket = TCPSocketAction()
    probe.tcpSocket?.port = .int(8080)
    probe.initialDelaySeconds = 100
    pod.spec.containers[0].startupProbe = probe
  }
  try world.run(seconds: 20)
  #expect(results == 1)
}
