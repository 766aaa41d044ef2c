import Scenario
import TestSupport
import Testing
import YAML

@testable import Andruck

@Suite struct `The vocabulary in Swift` {
  /// Keys of the language that have no parameter, with the reason.
  static let untyped: [String: [String]] = [
    // Swift itself includes, takes parameters and repeats.
    "scenario": ["include", "parameters", "for", "templates", "use"]
  ]

  private static let place = Place("here.swift", 1, 1)
  private static let moment = Scenario.Moment.after("bad switch", .seconds(90))

  private static let edit = Scenario.Edit(
    branch: "b", repository: "r", image: "i", bootScript: "s", replicas: 2, minimum: 1, maximum: 3,
    cpuRequest: "250m", cpuLimit: "2", memoryRequest: "1Gi", memoryLimit: "2Gi", cpuThreshold: 60,
    maxSurge: 2, maxUnavailable: 1, waitSeconds: 30)

  private static let service = Scenario.Service(
    "production", model: "m.model", replicas: .between(2...6, default: 3),
    cpu: .init(request: "500m", limit: "1"), memory: .init(request: "256Mi", limit: "1Gi"),
    cpuThreshold: 60, maxSurge: 2, maxUnavailable: 1, waitSeconds: 30, port: 8080, image: "i",
    git: .init(url: "u", branch: "b"), bootScript: "s", budget: .minAvailable("2"), memo: "m")

  private static let application = Scenario.Application(
    "digits", predictor: "digits", predictCPU: .milliseconds(50), loadCPU: .seconds(30),
    models: ["m.model": "m"], services: [service])

  private static let nodes = Scenario.Nodes(
    "n1", "n2", host: "production", labels: ["disk": "fast"], cpu: "8", memory: "32Gi", pods: 20)

  private static let timings = Scenario.Timings(
    imagePull: .seconds(20), gitClone: .seconds(8), bootScript: .minutes(1),
    networkLatency: .milliseconds(1))

  private static let retries = Scenario.Retries(
    attempts: 3, backOff: .milliseconds(50), statuses: ["UNAVAILABLE"])

  private static func traffic(
    _ load: Scenario.Load, _ payload: Scenario.Payload = .file("d.csv")
  ) -> Scenario.Traffic {
    Scenario.Traffic(
      "users", to: "digits/production", load, payload: payload, from: .seconds(1),
      until: .minutes(10), deadline: .milliseconds(250), retries: retries,
      aggregate: .milliseconds(10))
  }

  private static let spans: [Scenario.Span] = [
    .from(.seconds(1), until: .minutes(2)), .during("calm"), .between("calm", "storm"),
  ]

  private static let operations: [Scenario.Operation] = [
    .switchModel("digits/production", to: "m.model"), .deploy("digits/production"),
    .edit("digits/production", edit), .delete("digits/production"), .rollBack("digits/production"),
    .pause("digits/production"), .resume("digits/production"), .scale("digits/production", to: 5),
    .upload("digits", as: "n.model", file: "n"), .evaluate("digits", model: "m.model", file: "d"),
    .sync(), .assign("digits/production", to: "m.model"), .quota("production", pods: 4),
    .cordon("n1"), .uncordon("n1"), .drain("n1"), .deletePods(of: "digits/production", 2),
    .crash("digits/production", pods: 2), .nodeDown("n1"), .nodeUp("n1"),
  ]

  private static let faults: [Scenario.Fault] = [
    .unresponsive("digits/production", pods: 2),
    .slowContainer("digits/production", pods: 2, factor: 4), .modelMissing("digits", "m.model"),
    .modelDamaged("digits", "m.model"), .clockAhead("n1", by: .minutes(5)),
    .clockBehind("n1", by: .minutes(5)), .storageNotMounted("n1"), .storageSlow(by: .seconds(20)),
    .storeUnavailable, .storeLocked, .storeSlow(by: .seconds(2)), .registryDown,
    .registrySlow(factor: 10), .imageMissing("drucker/worker:1.1"), .gitDown, .gitRefuses("r"),
    .partition("n1"), .linkCut(between: "n1", and: "ingress"),
    .linkSlow(between: "n1", and: "ingress", by: .milliseconds(40), jitter: .milliseconds(10)),
    .linkLossy(between: "n1", and: "ingress", rate: "5%"), .namesFail, .namesSilent,
    .namesSlow(by: .seconds(2)), .ingressDown, .serverDown, .serverErrors(rate: "30%"),
    .serverSlow(by: .milliseconds(500)), .watchesCut, .schedulerPaused, .metricsDown,
  ]

  private static let entries: [Scenario.Entry] = [
    .at(moment, .sync().named("sync")), .after("sync", wait: .minutes(1), .sync()),
    .when("digits/production ready = 3", wait: .minutes(1), .sync()),
    .every(.minutes(2), from: .minutes(3), until: .minutes(20), times: 5, .sync()),
  ]

  /// Every mapping that the types make, with all that can be said, by the shape that it must have.
  private static let all: [(shape: Shape, nodes: [YAMLNode])] = [
    (.node, [nodes.node]), (.world, [timings.node]), (.application, [application.node]),
    (.service, [service.node]), (.git, [service.node["git"]].compactMap { $0 }),
    (.cpuAmounts, [service.node["cpu"]].compactMap { $0 }),
    (.memoryAmounts, [service.node["memory"]].compactMap { $0 }),
    (.replicas, [service.node["replicas"]].compactMap { $0 }),
    (
      .budget,
      [service.node["budget"], Scenario.Budget.maxUnavailable("1").node(place)]
        .compactMap { $0 }
    ),
    (.edit, [edit.node(place)]),
    (
      .traffic,
      [
        traffic(.rate("20/s", .constant)).node, traffic(.replay("a.csv")).node,
        traffic(.clients(20, pause: .seconds(1))).node,
        traffic(.steps([.init(from: .seconds(1), rate: "1/s")]), .generated()).node,
      ]
    ),
    (.rateStep, [Scenario.RateStep(from: moment, rate: "60/s", over: .minutes(2)).node(place)]),
    (
      .sine,
      [
        traffic(
          .sine(mean: "5/s", amplitude: "4/s", period: .minutes(30), peak: .minutes(10))
        ).node["rate"]
      ].compactMap { $0 }
    ), (.retries, [retries.node(place)]),
    (
      .generator,
      [traffic(.rate("1/s"), .generated(length: 64, values: 0...16)).node["generate"]]
        .compactMap { $0 }
    ), (.phase, [Scenario.Phase("calm", from: .minutes(1)).node]),
    (
      .entry,
      entries.map(\.node)
        + (operations + faults.map { .fault($0, for: .minutes(3)) })
        .map { Scenario.Entry.at(.minutes(1), $0).node }
    ),
    (
      .check,
      spans.flatMap { span in
        [
          Scenario.Check.always("digits/production ready = 3", span),
          .never("digits/production ready = 0", span),
          .eventually("digits/production ready = 3", within: .minutes(1), span),
          .over("digits/production requests > 0", span), .atEnd("digits/production ready = 3"),
        ].map(\.node)
      }
    ),
    (.column, spans.map { Scenario.Column("ready", "digits/production ready", $0).node }),
  ]

  @Test(arguments: all.map(\.shape.id))
  func `has a word for every key`(_ id: String) throws {
    let (shape, nodes) = try #require(Self.all.first { $0.shape.id == id })
    let said = Set(nodes.flatMap { $0.mapping ?? [] }.compactMap(\.key.text))
    let known =
      shape.keys
      + shape.variants.flatMap { variant in
        [variant.key] + variant.companions + variant.kinds.flatMap(\.companions)
      }
    let missing = known.map(\.name).filter {
      !said.contains($0) && !(Self.untyped[id] ?? []).contains($0)
    }
    #expect(missing.isEmpty, "\(id) has keys that cannot be said in Swift")
    for node in nodes where Self.isWhole(node, shape) {
      #expect(throws: Never.self) { try shape.check(node, file: "here.swift") }
    }
  }

  /// A source with everything that can be said at once says too much.
  private static func isWhole(_ node: YAMLNode, _ shape: Shape) -> Bool { shape.id != "traffic" }

  @Test func `has a word for every operation and every fault`() {
    let said = Set(Self.operations.compactMap { $0.keys.names.first })
    #expect(
      Shape.entry.variants.map(\.key.name).filter { !said.contains($0) } == ["fault"])
    #expect(Set(Self.faults.map(\.word)) == Set(Shape.faultKinds.map(\.word)))
  }

  @Test func `has a word for every key of a scenario`() throws {
    let said = [
      "version", "name", "moral", "seed", "duration", "cluster", "world", "applications",
      "traffic", "phases", "steady", "timeline", "expect", "table",
    ]
    #expect(
      Shape.scenario.keys.map(\.name).filter { !said.contains($0) }.sorted()
        == Self.untyped["scenario"]?.sorted())
    let covered = Self.all.map(\.shape.id) + ["scenario", "cluster"]
    let others = ["fragment", "include", "template", "use"]
    #expect(Shape.all.map(\.id).filter { !covered.contains($0) && !others.contains($0) } == [])
  }

  @Test func `says the same as a file does`() throws {
    let path = "\(Fixture.root)/Tests/AndruckTests/same.yaml"
    let written = try Scenario(
      text: """
        version: 1
        name: same
        moral: A story that a program tells.
        duration: 5m
        cluster:
          domain: models.example.com
          nodes:
            - { names: [n1, n2], labels: { host: production }, cpu: 8, memory: 32Gi, pods: 20 }
        world: { imagePull: 5s, networkLatency: 1ms }
        applications:
          - name: digits
            predictCPU: 3ms
            models: { digits-v1.model: ../../Fixtures/models/digits-v1.model }
            services:
              - level: production
                model: digits-v1.model
                replicas: { default: 3, minimum: 2, maximum: 6 }
                cpu: { request: 500m }
                memory: { limit: 2Gi }
                cpuThreshold: 60
                waitSeconds: 5
        phases: [{ name: load, from: 2m }]
        traffic:
          - name: users
            to: digits/production
            rate: [{ from: 1m, rate: 2/s }, { from: load, rate: 9/s, over: 1m30s }]
            arrivals: constant
            from: 1m
            deadline: 250ms
            retries: { attempts: 2 }
            payload: ../../Fixtures/digits/evaluation.csv
        timeline:
          - { name: crash, after: load, wait: 10s, crash: digits/production }
          - { at: crash + 30s, fault: link slow, between: n1, by: 5ms, for: 20s }
        expect:
          - { eventually: digits/production available >= 3, within: 2m }
          - { over: digits/production requests > 100, during: load }
        """, path: path)
    let said = try Scenario(
      "same", duration: .minutes(5), domain: "models.example.com",
      nodes: [.init("n1", "n2", host: "production", cpu: "8", memory: "32Gi", pods: 20)],
      world: .init(imagePull: .seconds(5), networkLatency: .milliseconds(1)),
      applications: [
        .init(
          "digits", predictCPU: .milliseconds(3),
          models: ["digits-v1.model": "../../Fixtures/models/digits-v1.model"],
          services: [
            .init(
              "production", model: "digits-v1.model", replicas: .between(2...6, default: 3),
              cpu: .init(request: "500m"), memory: .init(limit: "2Gi"), cpuThreshold: 60,
              others: ["waitSeconds": "5"])
          ])
      ],
      traffic: [
        .init(
          "users", to: "digits/production",
          .steps(
            [
              .init(from: .minutes(1), rate: "2/s"),
              .init(from: "load", rate: "9/s", over: .seconds(90)),
            ], .constant),
          payload: .file("../../Fixtures/digits/evaluation.csv"), from: .minutes(1),
          deadline: .milliseconds(250), retries: .init(attempts: 2))
      ],
      phases: [.init("load", from: .minutes(2))],
      timeline: [
        .after("load", wait: .seconds(10), .crash("digits/production").named("crash")),
        .at(
          .after("crash", .seconds(30)),
          .fault(.linkSlow(between: "n1", by: .milliseconds(5)), for: .seconds(20))),
      ],
      expect: [
        .eventually("digits/production available >= 3", within: .minutes(2)),
        .over("digits/production requests > 100", .during("load")),
      ])
    let (first, second) = (try written.run(seed: 2), try said.run(seed: 2))
    #expect(first.holds, "\(first)")
    #expect(first.digest == second.digest)
  }

  @Test func `is refused as a file is, at the line of the source`() throws {
    // Within a macro every place is the macro's.
    let line = #line + 1
    let error = #expect(throws: (any Error).self) {
      try Scenario(
        "refused", nodes: [.init("n1", host: "production", cpu: "many")],
        applications: [
          .init(
            "digits", models: ["digits-v1.model": "../../Fixtures/models/digits-v1.model"],
            services: [.init("production", model: "digits-v1.model")])
        ])
    }
    let message = "\(try #require(error))"
    #expect(message.contains("VocabularyTests.swift:\(line):"), "\(message)")
    #expect(message.contains("cpu: expected an amount of CPU such as 500m or 2"))
    let other = #expect(throws: (any Error).self) {
      try Scenario(
        "refused", nodes: [.init("n1", host: "production")],
        applications: [
          .init(
            "digits", models: ["m.model": "no-such-file"],
            services: [.init("production", model: "m.model", others: ["colour": "red"])])
        ])
    }
    #expect("\(try #require(other))".contains("unknown key \"colour\" in a service"))
  }
}
