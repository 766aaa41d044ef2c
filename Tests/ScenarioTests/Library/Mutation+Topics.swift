extension Mutation {
  /// Of the stories about rollouts that fail.
  static let rollout = [
    Mutation(
      "rollout/missing-image", "the image is there",
      "fault: image missing\n    image: \"drucker/worker:1.1\"",
      "fault: registry slow\n    factor: 1",
      fails: "never: digits/production updated > 1"),
    Mutation(
      "rollout/missing-branch", "nobody corrects it",
      "set: { branch: master }",
      "set: { branch: mastre }",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "rollout/refused-key", "the key stays refused",
      "for: 6m",
      "for: 19m",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "rollout/memory-limit", "too little more memory",
      "memoryLimit: 8Gi",
      "memoryLimit: 1100Mi",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "rollout/slow-start", "a model that loads at once",
      "loadCPU: 60s",
      "loadCPU: 1s",
      fails: "always: digits/production rollout is progressing"),
    Mutation(
      "rollout/readiness-flapping", "two pods flap",
      "    pods: 1",
      "    pods: 2",
      fails: "never: digits/production ready < 2"),
    Mutation(
      "rollout/no-capacity", "room for one more",
      "nodeCPU: 2",
      "nodeCPU: 4",
      fails: "eventually: digits/production events FailedScheduling >= 1"),
    Mutation(
      "rollout/quota", "a larger quota",
      "    pods: 3",
      "    pods: 4",
      fails: "always: digits/production pods = 3"),
    Mutation(
      "rollout/paused", "nobody resumes",
      "    resume: digits/production",
      "    pause: digits/production",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "rollout/undo-keeps-the-model", "the model is switched back instead",
      "    rollBack: digits/production",
      "    switch: digits/production\n    to: digits-v1.model",
      fails: "atEnd: digits/production assigned model is broken.model"),
    Mutation(
      "rollout/wait-seconds", "a good model",
      "to: large.model",
      "to: digits-v2.model",
      fails: "eventually: digits/production restarts >= 2"),
  ]

  /// Of the stories about the autoscaler.
  static let autoscaling = [
    Mutation(
      "autoscaling/spike", "the autoscaler off",
      "maximum: 10",
      "maximum: 2",
      fails: "eventually: digits/production desired >= 6"),
    Mutation(
      "autoscaling/ramp", "the autoscaler off",
      "maximum: 10",
      "maximum: 2",
      fails: "eventually: digits/production desired >= 4"),
    Mutation(
      "autoscaling/flapping-load", "long pauses",
      "from: 7m, rate: 4/s",
      "from: 12m, rate: 4/s",
      fails: "never: digits/production desired < 4"),
    Mutation(
      "autoscaling/slow-start", "a model that loads at once",
      "loadCPU: 30s",
      "loadCPU: 100ms",
      fails: "never: digits/production available > 2"),
    Mutation(
      "autoscaling/missing-metrics", "the metrics stay",
      "fault: metrics down",
      "fault: git down",
      fails: "eventually: digits/production autoscaler ScalingActive"),
    Mutation(
      "autoscaling/limit-reached", "nobody raises the limit",
      "set: { maximum: 10 }",
      "set: { maximum: 3 }",
      fails: "eventually: digits/production available >= 6"),
    Mutation(
      "autoscaling/scale-down-in-rollout", "the load stays",
      "from: 8m, rate: 0.4/s",
      "from: 21m, rate: 0.4/s",
      fails: "eventually: digits/production desired = 2"),
    Mutation(
      "autoscaling/day", "no autoscaler but for noon",
      "{ default: 2, minimum: 2,",
      "{ default: 9, minimum: 9,",
      fails: "over: digits/production pod hours"),
  ]

  /// Of the stories about switches.
  static let switching = [
    Mutation(
      "switching/during-rollout", "the same model twice",
      "to: digits-v3.model",
      "to: digits-v2.model",
      fails: "over: digits/production models = 3"),
    Mutation(
      "switching/two-operators", "the other way round",
      "at: one + 1ms",
      "at: 2m59s",
      fails: "atEnd: digits/production served model is digits-v3.model"),
    Mutation(
      "switching/wrong-model-assigned", "nobody crashes",
      "    crash: digits/production",
      "    uncordon: production-1",
      fails: "over: digits/production models = 2"),
    Mutation(
      "switching/store-down-at-boot", "the store stays",
      "fault: store unavailable",
      "fault: registry slow\n    factor: 1",
      fails: "eventually: digits/production restarts >= 3"),
    Mutation(
      "switching/stale-mount", "the mount stays",
      "fault: storage not mounted\n    node: production-2",
      "fault: registry slow\n    factor: 1",
      fails: "never: digits/production rollout is complete"),
    Mutation(
      "switching/model-file-gone", "it never comes back",
      "    for: 5m\n",
      "",
      fails: "eventually: digits/production available = 3"),
    Mutation(
      "switching/evaluate-first", "a worse model",
      "digits-v3.model",
      "digits-v1.model",
      fails: "eventually: trial/staging evaluation >= 95%"),
  ]

  /// Of the stories about the infrastructure.
  static let infrastructure = [
    Mutation(
      "infrastructure/drain", "only cordoned",
      "    drain: production-2",
      "    cordon: production-2",
      fails: "eventually: digits/production available = 2"),
    Mutation(
      "infrastructure/drain-with-budget", "a budget that lets two go",
      "budget: { minAvailable: 3 }",
      "budget: { maxUnavailable: 50% }",
      fails: "always: digits/production ready >= 3"),
    Mutation(
      "infrastructure/ingress-restart", "it stays away",
      "    for: 10s",
      "    for: 3m",
      fails: "over: digits/production failures = 0"),
    Mutation(
      "infrastructure/api-server-outage", "it does not come back",
      "    for: 4m",
      "    for: 12m",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "infrastructure/api-server-errors", "all requests fail",
      "rate: 30%",
      "rate: 100%",
      fails: "always: digits/production available >= 3"),
    Mutation(
      "infrastructure/watches-cut", "nothing is cut",
      "fault: watches cut",
      "fault: git down",
      fails: "always: digits/production pods = 3"),
    Mutation(
      "infrastructure/lossy-link", "nothing is lost",
      "rate: 2%",
      "rate: 0%",
      fails: "over: digits/production p99 latency >= 150ms"),
    Mutation(
      "infrastructure/slow-link", "every link is slow",
      "between: production-2",
      "between: ingress",
      fails: "over: digits/production p50 latency"),
    Mutation(
      "infrastructure/dns-outage", "the ingress does not restart",
      "    fault: ingress down\n    for: 5s",
      "    uncordon: production-1",
      fails: "over: digits/production error rate > 90%"),
    Mutation(
      "infrastructure/clock-behind", "the clock is ahead",
      "fault: clock behind",
      "fault: clock ahead",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      "infrastructure/scheduler-paused", "it works",
      "fault: scheduler paused",
      "fault: git refuses\n    repository: none",
      fails: "always: digits/production pending = 2"),
    Mutation(
      "infrastructure/slow-registry", "it is fast",
      "factor: 30",
      "factor: 1",
      fails: "never: digits/production rollout is complete"),
  ]

  /// Of the stories about service levels.
  static let serviceLevels = [
    Mutation(
      "service-levels/two-models-compared", "the same model",
      "digits-v3.model",
      "digits-v1.model",
      fails: "over: challenger/beta accuracy >= 94%"),
    Mutation(
      "service-levels/noisy-neighbour", "three neighbours",
      "    pods: 1",
      "    pods: 3",
      fails: "over: digits/production p50 latency"),
    Mutation(
      "service-levels/closed-loop-hides", "a short outage",
      "for: 20s",
      "for: 1s",
      fails: "over: digits/production p95 latency"),
    Mutation(
      "service-levels/retry-storm", "no peak",
      "rate: 12/s",
      "rate: 4/s",
      fails: "over: digits/production error rate DEADLINE_EXCEEDED > 10%"),
    Mutation(
      "service-levels/large-load", "too few pods",
      "replicas: 24",
      "replicas: 4",
      fails: "over: digits/production throughput >= 5900/s"),
  ]

  /// Of the stories about the published benchmark.
  static let benchmark = [
    Mutation(
      "benchmark/steady", "more than a core can do",
      "rate: 500/s",
      "rate: 1000/s",
      fails: "over: digits/production p99 latency"),
    Mutation(
      "benchmark/overload", "no autoscaler",
      "duration: 12m\ninclude: [../shared/benchmark.yaml,",
      "duration: 12m\ninclude: [{ file: ../shared/benchmark.yaml, with: { maximum: 1 } },",
      fails: "eventually: digits/production available >= 2"),
    Mutation(
      "benchmark/recovery", "two pods at least",
      "include: [../shared/benchmark.yaml,",
      "include: [{ file: ../shared/benchmark.yaml, with: { minimum: 2 } },",
      fails: "eventually: digits/production desired = 1"),
    Mutation(
      "benchmark/autoscaler-settings", "no autoscaler",
      "cpuThreshold: $(cpuThreshold)",
      "cpuThreshold: 900",
      fails: "over: digits/production failures = 0"),
  ]
}
