import YAML

extension Scenario {
  /// An application: a predictor, its models, and one service a level.
  public struct Application: Sendable {
    let node: YAMLNode

    /// Says an application.
    ///
    /// - Parameters:
    ///   - name: At most 20 characters, a rule of Drucker.
    ///   - predictor: `digits`, or one of yours; `digits` by default.
    ///   - predictCPU: CPU time of one prediction; 2 ms by default.
    ///   - loadCPU: CPU time to load a model; 500 ms by default.
    ///   - models: Models by their name in storage, each with its file.
    ///   - services: Its services.
    ///   - others: Further keys in the language's own writing.
    public init(
      _ name: String, predictor: String? = nil, predictCPU: Duration? = nil,
      loadCPU: Duration? = nil, models: KeyValuePairs<String, String>, services: [Service],
      others: KeyValuePairs<String, String> = [:],
      file: String = #filePath, line: Int = #line, column: Int = #column
    ) {
      var keys = Keys(Place(file, line, column))
      keys.put("name", name)
      keys.put("predictor", predictor)
      keys.put("predictCPU", predictCPU)
      keys.put("loadCPU", loadCPU)
      keys.put("models", named: models)
      keys.put("services", services.map(\.node))
      keys.put(others: others)
      node = keys.node
    }
  }

  /// How many pods, or between how many the autoscaler chooses.
  public struct Replicas: Sendable, ExpressibleByIntegerLiteral {
    let wanted: Int
    let range: ClosedRange<Int>?

    /// So many pods.
    public init(integerLiteral count: Int) { (wanted, range) = (count, nil) }

    /// So many pods.
    public init(_ count: Int) { (wanted, range) = (count, nil) }

    /// The autoscaler chooses.
    public static func between(_ range: ClosedRange<Int>, default count: Int) -> Replicas {
      Replicas(wanted: count, range: range)
    }

    private init(wanted: Int, range: ClosedRange<Int>?) {
      (self.wanted, self.range) = (wanted, range)
    }

    func node(_ place: Place) -> YAMLNode {
      guard let range else { return place.plain("\(wanted)") }
      var keys = Keys(place)
      keys.put("default", wanted)
      keys.put("minimum", range.lowerBound)
      keys.put("maximum", range.upperBound)
      return keys.node
    }
  }

  /// What a pod asks for and what it may use at most, in the language's units.
  public struct Amounts: Sendable {
    let request: String?
    let limit: String?

    /// Says amounts such as `500m` of CPU or `256Mi` of memory; what is nil takes the default.
    public init(request: String? = nil, limit: String? = nil) {
      (self.request, self.limit) = (request, limit)
    }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      keys.put("request", request)
      keys.put("limit", limit)
      return keys.node
    }
  }

  /// What a pod clones at boot.
  public struct Git: Sendable {
    let url: String
    let branch: String

    /// Says a repository and a branch of it.
    public init(url: String, branch: String) { (self.url, self.branch) = (url, branch) }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      keys.put("url", url)
      keys.put("branch", branch)
      return keys.node
    }
  }

  /// How many pods may be evicted at a time, as a PodDisruptionBudget.
  public struct Budget: Sendable {
    let key: String
    let amount: String

    /// So many pods, such as `2` or `50%`, must stay available.
    public static func minAvailable(_ amount: String) -> Budget {
      Budget(key: "minAvailable", amount: amount)
    }

    /// So many pods, such as `1` or `25%`, may be unavailable.
    public static func maxUnavailable(_ amount: String) -> Budget {
      Budget(key: "maxUnavailable", amount: amount)
    }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      keys.put(key, amount)
      return keys.node
    }
  }

  /// A service, with every field of the dashboard's form.
  public struct Service: Sendable {
    let node: YAMLNode

    /// Says a service; what is nil takes the language's default.
    ///
    /// - Parameters:
    ///   - level: `development`, `beta`, `staging`, `sandbox` or `production`.
    ///   - model: The model that it is assigned at the start.
    ///   - replicas: How many pods, or between how many the autoscaler chooses.
    ///   - cpu: CPU of a pod.
    ///   - memory: Memory of a pod.
    ///   - cpuThreshold: The autoscaler's target, percent of the CPU request.
    ///   - maxSurge: Pods above the number in a rollout.
    ///   - maxUnavailable: Pods below the number in a rollout.
    ///   - waitSeconds: How long a new pod must stay ready before it counts (minReadySeconds).
    ///   - port: Where its containers listen.
    ///   - image: The image of its containers.
    ///   - git: What a pod clones at boot.
    ///   - bootScript: What a pod runs after the clone.
    ///   - budget: How many of its pods may be evicted at a time.
    ///   - memo: A note.
    ///   - others: Further keys in the language's own writing.
    public init(
      _ level: String, model: String, replicas: Replicas? = nil, cpu: Amounts? = nil,
      memory: Amounts? = nil, cpuThreshold: Int? = nil, maxSurge: Int? = nil,
      maxUnavailable: Int? = nil, waitSeconds: Int? = nil, port: Int? = nil, image: String? = nil,
      git: Git? = nil, bootScript: String? = nil, budget: Budget? = nil, memo: String? = nil,
      others: KeyValuePairs<String, String> = [:],
      file: String = #filePath, line: Int = #line, column: Int = #column
    ) {
      let place = Place(file, line, column)
      var keys = Keys(place)
      keys.put("level", level)
      keys.put("model", model)
      keys.put("replicas", replicas?.node(place))
      keys.put("cpu", cpu?.node(place))
      keys.put("memory", memory?.node(place))
      keys.put("cpuThreshold", cpuThreshold)
      keys.put("maxSurge", maxSurge)
      keys.put("maxUnavailable", maxUnavailable)
      keys.put("waitSeconds", waitSeconds)
      keys.put("port", port)
      keys.put("image", image)
      keys.put("git", git?.node(place))
      keys.put("bootScript", bootScript)
      keys.put("budget", budget?.node(place))
      keys.put("memo", memo)
      keys.put(others: others)
      node = keys.node
    }
  }
}
