extension Shape {
  /// The cluster.
  package static let cluster = Shape(
    id: "cluster", title: "the cluster",
    doc: "The cluster. Drucker puts a service on nodes with the label `host: <level>`.",
    keys: [
      Key(
        "domain", .text, .fallback("example.com"), "Under which the ingress serves the hosts.",
        example: "models.example.com"),
      Key(
        "nodes", .list(.shape(.node), mayBeEmpty: false), .required, "Its machines.",
        example: "[{ names: [n1, n2], labels: { host: production }, cpu: 8 }]"),
    ])

  /// Nodes that are alike.
  package static let node = Shape(
    id: "node", title: "a node", doc: "Machines that are alike.",
    keys: [
      Key(
        "names", .list(.text, mayBeEmpty: false), .required, "Their names.",
        example: "[production-1, production-2]"),
      Key(
        "labels", .names(.text, of: "keys and values"), .optional, "Their labels.",
        example: "{ host: production }"),
      Key("cpu", .cpu, .fallback("4"), "The CPU of each.", example: "8"),
      Key("memory", .memory, .fallback("16Gi"), "The memory of each.", example: "32Gi"),
      Key(
        "pods", .integer(1...10_000), .fallback("110"), "How many pods each takes.", example: "20"),
    ])

  /// The surroundings.
  package static let world = Shape(
    id: "world", title: "the world", doc: "How long things outside the pods take.",
    keys: [
      Key("imagePull", .duration, .fallback("4s"), "A pull of an image.", example: "20s"),
      Key("gitClone", .duration, .fallback("3s"), "A clone of a repository.", example: "8s"),
      Key(
        "bootScript", .duration, .fallback("2s"), "The boot script after the clone.", example: "1m"),
      Key(
        "networkLatency", .duration, .fallback("250us"), "One way between two hosts.",
        example: "1ms"),
    ])

  /// An application.
  package static let application = Shape(
    id: "application", title: "an application",
    doc: "An application: a predictor, its models, and one service a level.",
    keys: [
      Key("name", .text, .required, "At most 20 characters, a rule of Drucker.", example: "digits"),
      Key(
        "predictor", .text, .fallback("digits"),
        "`digits`, or one that the embedding program registers.", example: "digits"),
      Key(
        "predictCPU", .duration, .fallback("2ms"), "CPU time of one prediction.", example: "50ms"),
      Key("loadCPU", .duration, .fallback("500ms"), "CPU time to load a model.", example: "30s"),
      Key(
        "models", .names(.file, of: "names in storage, each with its file"), .required,
        "Models by their name in storage.",
        example: "{ digits-v1.model: ../Fixtures/models/digits-v1.model }"),
      Key(
        "services", .list(.shape(.service), mayBeEmpty: false), .required, "Its services.",
        example: "[{ level: production, model: digits-v1.model, replicas: 3 }]"),
    ])

  /// A service.
  package static let service = Shape(
    id: "service", title: "a service", doc: "A service, with every field of the dashboard's form.",
    keys: [
      // Which levels there are is checked later, with more words.
      Key(
        "level", .text, .required,
        "development, beta, staging, sandbox or production.", example: "production"),
      Key(
        "model", .text, .required, "The model that it is assigned at the start.",
        example: "digits-v1.model"),
      Key(
        "port", .integer(1...65_535), .fallback("5000"), "Where its containers listen.",
        example: "8080"),
      image(.fallback("drucker/worker:1.0")),
      Key(
        "git", .shape(.git), .optional, "What a pod clones at boot.",
        example: "{ url: \"git@git.example.com:ml/digits.git\", branch: master }"),
      bootScript(.fallback("start.sh")),
      Key(
        "cpu", .shape(.cpuAmounts), .optional, "CPU of a pod.",
        example: "{ request: 500m, limit: 1 }"),
      Key(
        "memory", .shape(.memoryAmounts), .optional, "Memory of a pod.",
        example: "{ request: 256Mi, limit: 1Gi }"),
      Key(
        "replicas", .either([.integer(1...100_000), .shape(.replicas)]), .fallback("1"),
        "How many pods, or between how many the autoscaler chooses.",
        example: "{ default: 3, minimum: 3, maximum: 6 }"),
      cpuThreshold(.fallback("80")),
      maxSurge(.fallback("1")),
      maxUnavailable(.fallback("0")),
      waitSeconds(.fallback("60")),
      Key(
        "budget", .shape(.budget), .optional,
        "How many of its pods may be evicted at a time, as a PodDisruptionBudget.",
        example: "{ minAvailable: 2 }"),
      Key("memo", .text, .optional, "A note.", example: "the January model"),
    ])

  /// What an edit changes.
  package static let edit = Shape(
    id: "edit", title: "the fields to set", doc: "Fields of the form that an edit changes.",
    keys: [
      Key("branch", .text, .optional, "The branch that a pod clones.", example: "develop"),
      Key(
        "repository", .text, .optional, "The repository that a pod clones.",
        example: "\"git@git.example.com:ml/digits.git\""),
      image(.optional), bootScript(.optional),
      Key("replicas", .integer(1...100_000), .optional, "How many pods.", example: "5"),
      Key(
        "minimum", .integer(1...100_000), .optional, "The autoscaler's least.", example: "3"),
      Key("maximum", .integer(1...100_000), .optional, "The autoscaler's most.", example: "20"),
      Key("cpuRequest", .cpu, .optional, "The CPU request of a pod.", example: "250m"),
      Key("cpuLimit", .cpu, .optional, "The CPU limit of a pod.", example: "2"),
      Key("memoryRequest", .memory, .optional, "The memory request of a pod.", example: "1Gi"),
      Key("memoryLimit", .memory, .optional, "The memory limit of a pod.", example: "2Gi"),
      cpuThreshold(.optional), maxSurge(.optional), maxUnavailable(.optional),
      waitSeconds(.optional),
    ])

  /// A repository and a branch.
  package static let git = Shape(
    id: "git", title: "git", doc: "What a pod clones at boot.",
    keys: [
      Key(
        "url", .text, .required, "The repository.",
        example: "\"git@git.example.com:ml/digits.git\""),
      Key("branch", .text, .required, "The branch.", example: "master"),
    ])

  /// Request and limit of CPU.
  package static let cpuAmounts = Shape(
    id: "cpu", title: "cpu", doc: "CPU of a pod; what the limit leaves over, the kernel throttles.",
    keys: [
      Key("request", .cpu, .fallback("500m"), "What the scheduler reserves.", example: "1"),
      Key(
        "limit", .cpu, .optional, "What it may use at most; 1, or the request if that is more.",
        example: "2"),
    ])

  /// Request and limit of memory.
  package static let memoryAmounts = Shape(
    id: "memory", title: "memory", doc: "Memory of a pod; past the limit its process is killed.",
    keys: [
      Key("request", .memory, .fallback("256Mi"), "What the scheduler reserves.", example: "1Gi"),
      Key(
        "limit", .memory, .optional,
        "What it may use at most; 1Gi, or the request if that is more.",
        example: "2Gi"),
    ])

  /// A PodDisruptionBudget.
  package static let budget = Shape(
    id: "budget", title: "a budget",
    doc: """
      A PodDisruptionBudget: an eviction that would leave too few pods is refused, and `drain` tries \
      it again every 5 s. Rollouts, crashes and lost machines heed no budget.
      """,
    keys: [
      Key(
        "minAvailable", .countOrShare, .optional, "So many pods must stay available.",
        example: "2"),
      Key(
        "maxUnavailable", .countOrShare, .optional, "So many pods may be unavailable.",
        example: "50%"),
    ], alternatives: [["minAvailable", "maxUnavailable"]])

  /// Bounds of the autoscaler.
  package static let replicas = Shape(
    id: "replicas", title: "replicas", doc: "Between how many pods the autoscaler chooses.",
    keys: [
      Key("default", .integer(1...100_000), .required, "At the start.", example: "3"),
      Key(
        "minimum", .integer(1...100_000), .optional, "At least; `default` if not given.",
        example: "3"),
      Key(
        "maximum", .integer(1...100_000), .optional, "At most; `default` if not given.",
        example: "6"),
    ])

  private static func image(_ presence: Key.Presence) -> Key {
    Key("image", .text, presence, "The image of its containers.", example: "\"drucker/worker:1.1\"")
  }

  private static func bootScript(_ presence: Key.Presence) -> Key {
    Key("bootScript", .text, presence, "What a pod runs after the clone.", example: "start.sh")
  }

  private static func cpuThreshold(_ presence: Key.Presence) -> Key {
    Key(
      "cpuThreshold", .integer(1...1000), presence,
      "The autoscaler's target, percent of the CPU request.", example: "60")
  }

  private static func maxSurge(_ presence: Key.Presence) -> Key {
    Key(
      "maxSurge", .integer(0...1000), presence, "Pods above the number in a rollout.", example: "2")
  }

  private static func maxUnavailable(_ presence: Key.Presence) -> Key {
    Key(
      "maxUnavailable", .integer(0...1000), presence, "Pods below the number in a rollout.",
      example: "1")
  }

  private static func waitSeconds(_ presence: Key.Presence) -> Key {
    Key(
      "waitSeconds", .integer(0...86_400), presence,
      "How long a new pod must stay ready before it counts (minReadySeconds).", example: "30")
  }
}
