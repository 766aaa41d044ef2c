import JSON
import KubernetesAPI
import SimulationKernel

extension KubernetesFacts {
  static func kubelet() -> [String: JSONValue] {
    let second: Int64 = 1_000_000_000
    let timings = KubeletTimings()
    let restarts = RestartBackOff()
    func initial(_ kind: ProbeKind) -> JSONValue {
      let worker = ProbeWorker(
        kind: kind, initialDelaySeconds: 0, successThreshold: 1, failureThreshold: 1)
      return switch worker.initialResult {
      case .success: "Success"
      case .failure: "Failure"
      case .unknown: "Unknown"
      }
    }
    func whole(_ duration: Duration) -> JSONValue { .integer(duration.wholeNanoseconds / second) }
    func jitter(_ range: ClosedRange<Duration>) -> JSONValue {
      .number(
        Double(range.upperBound.wholeNanoseconds) / Double(range.lowerBound.wholeNanoseconds) - 1)
    }
    let delays = restartDelays(8)
    return [
      "containerRestartBackoffInitial": .integer(restarts.initialNanoseconds / second),
      "containerRestartBackoffMax": .integer(restarts.maxNanoseconds / second),
      "containerRestartBackoffFactor": .integer(delays[2] / delays[1]),
      "containerRestartBackoffResetAfter": .integer(resetAfter()),
      "containerRestartDelays": .array(delays.map { .integer($0) }),
      "imagePullBackoffInitial": .integer(restarts.initialNanoseconds / second),
      "imagePullBackoffMax": .integer(restarts.maxNanoseconds / second),
      "imagePullBackoffKey": .string(ImagePuller.backOffKey(podUID: "podUID", image: "image")),
      "evictionMonitoringPeriod": whole(MemoryPressure.interval),
      "podResyncPeriod": whole(timings.resync.lowerBound),
      "podResyncJitter": jitter(timings.resync),
      "podSyncErrorBackoff": whole(timings.backOff.lowerBound),
      "podSyncErrorJitter": jitter(timings.backOff),
      "housekeepingPeriod": whole(KubeletTimings.housekeeping),
      "plegRelistPeriod": .integer(PodRelist.period / second),
      "probeInitialResultReadiness": initial(.readiness),
      "probeInitialResultLiveness": initial(.liveness),
      "probeInitialResultStartup": initial(.startup),
      "minimumGraceAfterPreStop": .integer(ContainerKill.minimumGraceNanoseconds / second),
      "exitCodeOnSIGKILL": JSONValue(ExitStatus.killed),
      "exitCodeOnSIGTERM": JSONValue(ExitStatus.terminated),
      "nodeStatusUpdateFrequency": whole(KubeletTimings.statusUpdate),
      "nodeStatusReportFrequency": .integer(KubeletTimings.statusReportNanoseconds / second),
      "nodeLeaseDuration": JSONValue(KubeletTimings.leaseDurationSeconds),
      "nodeLeaseRenewInterval": .integer(KubeletTimings.leaseRenewalNanoseconds / second),
      "metricsServerResolution": whole(MetricsServer.standardResolution),
    ]
  }

  /// Delays before the first so many restarts of a container that ends at once, seconds.
  private static func restartDelays(_ count: Int) -> [Int64] {
    var backOff = RestartBackOff()
    return (0..<count).map { _ in
      let delay = backOff.delay("container")
      backOff.next("container", event: 0, now: 0)
      return delay / 1_000_000_000
    }
  }

  /// The seconds without a restart after which the next one comes without delay.
  private static func resetAfter() -> Int64 {
    var backOff = RestartBackOff()
    backOff.next("container", event: 0, now: 0)
    for seconds in Int64(1)...10_000 {
      var copy = backOff
      copy.next("container", event: (seconds + 1) * 1_000_000_000, now: 0)
      if copy.delay("container") == copy.initialNanoseconds { return seconds }
    }
    return 0
  }

  /// The defaults of objects that say nothing, as the API answers them.
  static func defaults() throws -> [String: JSONValue] {
    let server = APIServer(simulation: Simulation(seed: 1))
    func made(_ json: JSONValue) throws -> JSONValue {
      try server.create(json, namespace: "default").get()
    }
    let template: JSONValue = [
      "metadata": ["labels": ["app": "a"]],
      "spec": [
        "containers": [["name": "c", "image": "i:1", "readinessProbe": ["tcpSocket": ["port": 1]]]]
      ],
    ]
    let deployment = try made([
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"],
      "spec": ["selector": ["matchLabels": ["app": "a"]], "template": template],
    ])
    let autoscaler = try made([
      "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": ["name": "h"],
      "spec": [
        "maxReplicas": 2,
        "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "d"],
      ],
    ])
    let pod = try made([
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
      "spec": ["containers": [["name": "a", "image": "i"], ["name": "b", "image": "i:1"]]],
    ])
    let rolling = deployment.value(at: "spec", "strategy", "rollingUpdate")
    let podSpec = deployment.value(at: "spec", "template", "spec")
    let probe = podSpec?["containers"]?[0]?["readinessProbe"]
    func tolerated(_ key: String) -> JSONValue {
      let all = pod.value(at: "spec", "tolerations")?.arrayValue ?? []
      return all.first { $0["key"] == .string(key) }?["tolerationSeconds"] ?? .null
    }
    let metric = autoscaler["spec"]?["metrics"]?[0]?["resource"]
    return [
      "replicas": deployment["spec"]?["replicas"] ?? .null,
      "revisionHistoryLimit": deployment["spec"]?["revisionHistoryLimit"] ?? .null,
      "progressDeadlineSeconds": deployment["spec"]?["progressDeadlineSeconds"] ?? .null,
      "maxSurge": rolling?["maxSurge"] ?? .null,
      "maxUnavailable": rolling?["maxUnavailable"] ?? .null,
      "terminationGracePeriodDefault": podSpec?["terminationGracePeriodSeconds"] ?? .null,
      "probeDefaultInitialDelay": probe?["initialDelaySeconds"] ?? 0,
      "probeDefaultPeriod": probe?["periodSeconds"] ?? .null,
      "probeDefaultTimeout": probe?["timeoutSeconds"] ?? .null,
      "probeDefaultSuccessThreshold": probe?["successThreshold"] ?? .null,
      "probeDefaultFailureThreshold": probe?["failureThreshold"] ?? .null,
      "imagePullPolicyLatestTagDefault": pod["spec"]?["containers"]?[0]?["imagePullPolicy"]
        ?? .null,
      "imagePullPolicyOtherTagDefault": pod["spec"]?["containers"]?[1]?["imagePullPolicy"] ?? .null,
      "defaultMinReplicas": autoscaler["spec"]?["minReplicas"] ?? .null,
      "defaultCPUUtilization": metric?["target"]?["averageUtilization"] ?? .null,
      "defaultNotReadyTolerationSeconds": tolerated(NodeTaintRules.notReady),
      "defaultUnreachableTolerationSeconds": tolerated(NodeTaintRules.unreachable),
    ]
  }
}
