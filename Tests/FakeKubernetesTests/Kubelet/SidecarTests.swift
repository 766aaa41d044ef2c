import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// Sidecars where no recording shows them: expectations come from upstream's source.
struct SidecarTests {
  private func addSidecars(_ names: [String], to pod: inout Pod) {
    pod.spec.initContainers = names.map { name in
      var container = Container()
      container.name = name
      container.image = "app:1"
      container.restartPolicy = "Always"
      return container
    }
  }

  /// Source: `kuberuntime_termination_order.go`.
  @Test func `sidecars are told at once and stopped one after the other, the last one first`()
    throws
  {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      script.terminatesAfter = .seconds(["app": 3, "second": 2][context.container.name] ?? 1)
      return script
    }
    try world.create { addSidecars(["first", "second"], to: &$0) }
    try world.run(seconds: 10)
    try world.delete()
    try world.run(seconds: 1)
    for name in ["app", "first", "second"] {
      #expect(world.events["Killing: Stopping container \(name)"] == 1)
    }
    try world.run(seconds: 9)
    let gone = try #require(world.rows.last)
    #expect(gone.text == "gone")
    #expect(gone.seconds > 16 && gone.seconds < 18)
  }

  /// Source: `kuberuntime_container.go` killContainer: what waited for its turn has 2 s at least.
  @Test func `a sidecar that waits out the grace period is killed 2 s after it`() throws {
    let world = try KubeletWorld { _ in
      var script = ContainerScript()
      script.ignoresTerminate = true
      return script
    }
    try world.create {
      addSidecars(["proxy"], to: &$0)
      $0.spec.terminationGracePeriodSeconds = 4
    }
    try world.run(seconds: 10)
    try world.delete()
    try world.run(seconds: 15)
    let gone = try #require(world.rows.last)
    #expect(gone.text == "gone")
    #expect(gone.seconds > 16 && gone.seconds < 17.5)
  }

  /// Source: `kubelet_pods.go` convertToAPIContainerStatuses, which takes it for one that has done
  /// its work.
  @Test func `a sidecar that exits 0 is shown as ended while it backs off`() throws {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      if context.container.name == "proxy" { script.runs = [.init(after: .seconds(2), code: 0)] }
      return script
    }
    try world.create { addSidecars(["proxy"], to: &$0) }
    try world.run(seconds: 12)
    let status = try #require(world.pod?.status.initContainerStatuses.first)
    #expect(status.restartCount == 1)
    #expect(status.state.terminated?.reason == "Completed")
  }

  /// Source: `pkg/kubelet/prober/worker.go`: the worker of a sidecar outlives its container.
  @Test func `the probe of a sidecar goes on in a pod that is never restarted`() throws {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      script.port = 8080
      if context.container.name == "proxy" {
        script.runs = [.init(after: .seconds(5), code: 1), .init()]
      }
      return script
    }
    try world.create { pod in
      addSidecars(["proxy"], to: &pod)
      var probe = Probe()
      probe.tcpSocket = TCPSocketAction()
      probe.tcpSocket?.port = .int(8080)
      probe.periodSeconds = 1
      pod.spec.initContainers[0].readinessProbe = probe
      pod.spec.restartPolicy = "Never"
    }
    try world.run(seconds: 20)
    let status = try #require(world.pod?.status.initContainerStatuses.first)
    #expect(status.restartCount == 1 && status.ready)
  }

  /// Source: `prober_manager.go` StopLivenessAndStartup, which looks at `spec.containers` only.
  @Test func `liveness of a sidecar is asked while its pod ends, that of a container is not`()
    throws
  {
    let world = try KubeletWorld { context in
      var script = ContainerScript()
      script.port = 8080
      script.checks = [
        "live": [.init(at: .zero, holds: true), .init(at: .seconds(8), holds: false)]
      ]
      if context.container.name == "app" { script.terminatesAfter = .seconds(6) }
      return script
    }
    try world.create { pod in
      addSidecars(["proxy"], to: &pod)
      var probe = Probe()
      probe.httpGet = HTTPGetAction()
      probe.httpGet?.port = .int(8080)
      probe.httpGet?.path = "/live"
      probe.periodSeconds = 1
      pod.spec.initContainers[0].livenessProbe = probe
      pod.spec.containers[0].livenessProbe = probe
    }
    try world.run(seconds: 7)
    try world.delete()
    try world.run(seconds: 10)
    let unhealthy = world.cluster.server.list(Event.self).filter { $0.reason == "Unhealthy" }
    #expect(unhealthy.map(\.involvedObject.fieldPath) == ["spec.initContainers{proxy}"])
    #expect(world.rows.last?.text == "gone")
  }
}
