import JSON
import KubernetesAPI
import SimulationKernel
import Testing

@testable import FakeKubernetes

/// What no recording shows: expectations come from upstream's source, named at each test.
struct KubeletWordingTests {
  private func probe(_ change: (inout Probe) -> Void) -> Probe {
    var probe = Probe()
    probe.periodSeconds = 5
    change(&probe)
    return probe
  }

  private func script(port: Int = 8080, listens: Duration = .zero, slow: Duration? = nil)
    -> ContainerScript
  {
    var script = ContainerScript()
    script.port = port
    script.listensAfter = listens
    if let slow {
      script.slow["ready"] = [.init(from: .zero, to: .seconds(1000), takes: slow)]
    }
    return script
  }

  /// Source: `pkg/probe/grpc/grpc.go`, which blocks on dialling until the time-out.
  @Test func `a gRPC probe says whether it could not connect or got no answer`() throws {
    for (listens, slow, failure) in [
      (
        Duration.seconds(30), Duration?.none,
        "timeout: failed to connect service \"10.244.0.3:8081\" within 3s: context deadline "
          + "exceeded"
      ),
      (.zero, .seconds(9), "timeout: health rpc did not complete within 3s"),
    ] {
      let world = try KubeletWorld { _ in script(listens: listens, slow: slow) }
      try world.create { pod in
        pod.spec.containers[0].readinessProbe = probe {
          $0.grpc = GRPCAction()
          $0.grpc?.port = 8081
          $0.grpc?.service = "ready"
          $0.timeoutSeconds = 3
        }
      }
      try world.run(seconds: 10)
      let ip = try #require(world.pod?.status.podIP)
      let wanted = failure.replacing("10.244.0.3", with: ip)
      #expect(world.events["Unhealthy: Readiness probe failed: \(wanted)"] != nil)
    }
  }

  /// Source: `pkg/kubelet/prober/prober.go`, `pkg/kubelet/util/util.go` ResolveContainerPort.
  @Test func `a probe of a port that has no such name errs and the pod is never ready`() throws {
    let world = try KubeletWorld { _ in script() }
    try world.create { pod in
      pod.spec.containers[0].readinessProbe = probe {
        $0.tcpSocket = TCPSocketAction()
        $0.tcpSocket?.port = .string("web")
      }
    }
    try world.run(seconds: 20)
    let text =
      "Unhealthy: Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "
      + "\"web\": invalid syntax"
    #expect(world.events[text] != nil)
    #expect(world.pod?.status.containerStatuses.first?.ready == false)
  }

  @Test func `the port of gRPC accepts connections too`() throws {
    let world = try KubeletWorld { _ in script() }
    try world.create { pod in
      pod.spec.containers[0].readinessProbe = probe {
        $0.tcpSocket = TCPSocketAction()
        $0.tcpSocket?.port = .int(8081)
      }
    }
    try world.run(seconds: 10)
    #expect(world.pod?.status.containerStatuses.first?.ready == true)
  }

  /// Source: `pkg/kubelet/kuberuntime/kuberuntime_container.go` getTerminationMessage.
  @Test func `a failure without a message leaves the end of its log, where that is wanted`() throws
  {
    for (code, message, wanted) in [
      (1, String?.none, "one\ntwo\n"), (1, "said", "said"), (0, nil, ""),
    ] {
      let world = try KubeletWorld { _ in
        var script = ContainerScript()
        script.prints = [.init(at: .zero, text: "one"), .init(at: .seconds(1), text: "two")]
        script.runs = [.init(after: .seconds(2), code: code)]
        script.terminationMessage = message
        return script
      }
      try world.create {
        $0.spec.restartPolicy = "Never"
        $0.spec.containers[0].terminationMessagePolicy = "FallbackToLogsOnError"
      }
      try world.run(seconds: 10)
      let end = try #require(world.pod?.status.containerStatuses.first?.state.terminated)
      #expect(end.message == wanted)
    }
  }

  /// Source: `pkg/kubelet/lifecycle/handlers.go` runHTTPHandler: any answer will do.
  @Test func `an HTTP hook fails only without an answer`() throws {
    for (listens, isFailure) in [(Duration.zero, false), (.seconds(30), true)] {
      let world = try KubeletWorld { _ in
        var script = script(listens: listens)
        script.checks["x"] = [.init(at: .zero, holds: false)]
        return script
      }
      try world.create { pod in
        var hook = LifecycleHandler()
        hook.httpGet = HTTPGetAction()
        hook.httpGet?.path = "/x"
        hook.httpGet?.port = .int(8080)
        pod.spec.containers[0].lifecycle = Lifecycle()
        pod.spec.containers[0].lifecycle?.postStart = hook
      }
      try world.run(seconds: 3)
      #expect((world.events["FailedPostStartHook: PostStartHook failed"] != nil) == isFailure)
      let waiting = world.pod?.status.containerStatuses.first?.state.waiting
      #expect((waiting != nil) == isFailure)
      if isFailure {
        let text = waiting?.message ?? ""
        #expect(text.hasPrefix("HTTP lifecycle hook (/x) for Container \"app\" in Pod"))
        #expect(text.hasSuffix(":8080: connect: connection refused"))
      }
    }
  }

  /// Source: `pkg/kubelet/kuberuntime/security_context.go` verifyRunAsNonRoot.
  @Test func `a container that asks for root and forbids it says so`() throws {
    let world = try KubeletWorld()
    try world.create {
      $0.spec.containers[0].securityContext = ["runAsNonRoot": true, "runAsUser": 0]
    }
    try world.run(seconds: 3)
    let waiting = world.pod?.status.containerStatuses.first?.state.waiting
    #expect(waiting?.reason == "CreateContainerConfigError")
    #expect(waiting?.message.hasPrefix("container's runAsUser breaks non-root policy") == true)
  }

  /// Source: `pkg/volume/hostpath/host_path.go` checkTypeInternal.
  @Test func `a folder is no socket and no device`() throws {
    for (type, what) in [
      ("Socket", "a socket file"), ("CharDevice", "a character device"),
      ("BlockDevice", "a block device"),
    ] {
      let world = try KubeletWorld()
      world.fileSystem["/x"] = .directory
      try world.create {
        KubeletWorld.mount("v", "hostPath", ["path": "/x", "type": .string(type)], in: &$0)
      }
      try world.run(seconds: 3)
      let text = "hostPath type check failed: /x is not \(what)"
      #expect(
        world.events["FailedMount: MountVolume.SetUp failed for volume \"v\" : \(text)"] != nil)
    }
  }

  /// Source: `pkg/volume/configmap/configmap.go`, `pkg/volume/secret/secret.go` MakePayload.
  @Test func `a volume tells which key its ConfigMap or Secret lacks`() throws {
    for (kind, source, failure) in [
      ("ConfigMap", "configMap", "configmap references non-existent config key: b"),
      ("Secret", "secret", "references non-existent secret key: b"),
    ] {
      let world = try KubeletWorld()
      let object: JSONValue = [
        "apiVersion": "v1", "kind": .string(kind), "metadata": ["name": "s"],
        "data": ["a": "QQ=="],
      ]
      _ = try world.cluster.server.create(object, namespace: "default").get()
      let name = kind == "Secret" ? "secretName" : "name"
      let items: JSONValue = [name: "s", "items": [["key": "b", "path": "p"]]]
      try world.create { KubeletWorld.mount("v", source, items, in: &$0) }
      try world.run(seconds: 3)
      let text = "FailedMount: MountVolume.SetUp failed for volume \"v\" : \(failure)"
      #expect(world.events[text] != nil)
    }
  }

  /// Source: `pkg/kubelet/lifecycle/predicate.go` generalFilter.
  @Test func `a node refuses a pod whose port of the node is taken`() throws {
    let world = try KubeletWorld()
    for name in ["first", "pod"] {
      try world.create { pod in
        pod.metadata.name = name
        pod.spec.nodeName = "node-1"
        var port = ContainerPort()
        port.containerPort = 80
        port.hostPort = 8080
        port.protocolName = "TCP"
        pod.spec.containers[0].ports = [port]
      }
      try world.run(seconds: 2)
    }
    #expect(world.pod?.status.reason == "NodePorts")
    #expect(
      world.pod?.status.message
        == "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the "
        + "requested pod ports")
  }

  /// Source: `pkg/kubelet/kuberuntime/kuberuntime_manager.go` computePodResizeAction.
  @Test func `a resize restarts a container whose policy asks for it`() throws {
    let world = try KubeletWorld()
    try world.create { pod in
      pod.spec.containers[0].resources.requests["cpu"] = Quantity("100m")
      pod.spec.containers[0].others["resizePolicy"] = [
        ["resourceName": "cpu", "restartPolicy": "RestartContainer"]
      ]
    }
    try world.run(seconds: 3)
    let patch: JSONValue = [
      "spec": ["containers": [["name": "app", "resources": ["requests": ["cpu": "200m"]]]]]
    ]
    _ = try world.cluster.server.patch(
      "pods", namespace: "default", name: "pod", subresource: "resize", patch
    ).get()
    try world.run(seconds: 3)
    #expect(world.events["Killing: Container app resize requires restart"] == 1)
    #expect(world.pod?.status.containerStatuses.first?.restartCount == 1)
  }
}
