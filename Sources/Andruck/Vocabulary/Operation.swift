import YAML

extension Scenario {
  /// Something that the operator does or that breaks: of a timeline, or by hand in a rehearsal.
  public struct Operation: Sendable {
    var keys: Keys
    /// The mapping of the language.
    var node: YAMLNode { keys.node }

    /// An action in the language's own writing, for which there is no function.
    public init(
      _ others: KeyValuePairs<String, String>, file: String = #filePath, line: Int = #line,
      column: Int = #column
    ) {
      keys = Keys(Place(file, line, column))
      keys.put(others: others)
    }

    init(_ key: String, _ value: String, _ place: Place) {
      keys = Keys(place)
      keys.put(key, value)
    }

    fileprivate func with(_ change: (inout Keys) -> Void) -> Operation {
      var operation = self
      change(&operation.keys)
      return operation
    }

    /// The same with a name, by which moments refer to it.
    public func named(_ name: String) -> Operation { with { $0.put("name", name) } }
  }
}

/// What the operator does.
extension Scenario.Operation {
  /// Assigns another model and starts the rolling update.
  public static func switchModel(
    _ service: String, to model: String, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("switch", service, Place(file, line, column)).with { $0.put("to", model) }
  }

  /// Adds a service that is not there.
  public static func deploy(
    _ service: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("deploy", service, Place(file, line, column)) }

  /// Changes fields of the form.
  public static func edit(
    _ service: String, _ edit: Scenario.Edit, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    let place = Place(file, line, column)
    return Self("edit", service, place).with { $0.put("set", edit.node(place)) }
  }

  /// Deletes the service.
  public static func delete(
    _ service: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("delete", service, Place(file, line, column)) }

  /// Undoes the last rollout, as `kubectl rollout undo` does.
  public static func rollBack(
    _ service: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("rollBack", service, Place(file, line, column)) }

  /// Pauses the rollout, as `kubectl rollout pause` does.
  public static func pause(
    _ service: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("pause", service, Place(file, line, column)) }

  /// Resumes the rollout.
  public static func resume(
    _ service: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("resume", service, Place(file, line, column)) }

  /// Sets the number of replicas, as `kubectl scale` does.
  public static func scale(
    _ service: String, to replicas: Int, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("scale", service, Place(file, line, column)).with { $0.put("replicas", replicas) }
  }

  /// Uploads a model's file through a running service, under a name.
  public static func upload(
    _ application: String, as model: String, file path: String, sourceFile: String = #filePath,
    line: Int = #line, column: Int = #column
  ) -> Self {
    Self("upload", application, Place(sourceFile, line, column)).with {
      $0.put("as", model)
      $0.put("file", path)
    }
  }

  /// Evaluates a model that a service serves, against labelled data.
  public static func evaluate(
    _ application: String, model: String, file path: String, sourceFile: String = #filePath,
    line: Int = #line, column: Int = #column
  ) -> Self {
    Self("evaluate", application, Place(sourceFile, line, column)).with {
      $0.put("model", model)
      $0.put("file", path)
    }
  }

  /// The dashboard compares its records with the cluster.
  public static func sync(
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("sync", "cluster", Place(file, line, column)) }

  /// Somebody writes the assignment table by hand; pods take it over when they start.
  public static func assign(
    _ service: String, to model: String, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("assign", service, Place(file, line, column)).with { $0.put("to", model) }
  }

  /// An administrator limits the pods of a service level.
  public static func quota(
    _ level: String, pods: Int, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("quota", level, Place(file, line, column)).with { $0.put("pods", pods) }
  }

  /// Lets no new pods onto a machine.
  public static func cordon(
    _ node: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("cordon", node, Place(file, line, column)) }

  /// Lets pods onto a machine again.
  public static func uncordon(
    _ node: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("uncordon", node, Place(file, line, column)) }

  /// Cordons a machine and evicts its pods.
  public static func drain(
    _ node: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("drain", node, Place(file, line, column)) }

  /// Somebody deletes some pods; one unless said.
  public static func deletePods(
    of service: String, _ count: Int? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("deletePods", service, Place(file, line, column)).with { $0.put("pods", count) }
  }

  /// The main process of some pods ends with exit code 1; of one unless said.
  public static func crash(
    _ service: String, pods: Int? = nil, file: String = #filePath, line: Int = #line,
    column: Int = #column
  ) -> Self {
    Self("crash", service, Place(file, line, column)).with { $0.put("pods", pods) }
  }

  /// A machine loses power.
  public static func nodeDown(
    _ node: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("nodeDown", node, Place(file, line, column)) }

  /// A machine comes back, empty.
  public static func nodeUp(
    _ node: String, file: String = #filePath, line: Int = #line, column: Int = #column
  ) -> Self { Self("nodeUp", node, Place(file, line, column)) }

  /// Something fails for a while; nil: for good.
  public static func fault(
    _ fault: Scenario.Fault, for duration: Duration? = nil, file: String = #filePath,
    line: Int = #line, column: Int = #column
  ) -> Self {
    Self("fault", fault.word, Place(file, line, column)).with {
      fault.put(into: &$0)
      $0.put("for", duration)
    }
  }
}

extension Scenario {
  /// Fields of the form that an edit changes; what is nil stays as it is.
  public struct Edit: Sendable {
    private let fill: @Sendable (inout Keys) -> Void

    /// Says which fields, and to what.
    public init(
      branch: String? = nil, repository: String? = nil, image: String? = nil,
      bootScript: String? = nil, replicas: Int? = nil, minimum: Int? = nil, maximum: Int? = nil,
      cpuRequest: String? = nil, cpuLimit: String? = nil, memoryRequest: String? = nil,
      memoryLimit: String? = nil, cpuThreshold: Int? = nil, maxSurge: Int? = nil,
      maxUnavailable: Int? = nil, waitSeconds: Int? = nil
    ) {
      fill = { keys in
        keys.put("branch", branch)
        keys.put("repository", repository)
        keys.put("image", image)
        keys.put("bootScript", bootScript)
        keys.put("replicas", replicas)
        keys.put("minimum", minimum)
        keys.put("maximum", maximum)
        keys.put("cpuRequest", cpuRequest)
        keys.put("cpuLimit", cpuLimit)
        keys.put("memoryRequest", memoryRequest)
        keys.put("memoryLimit", memoryLimit)
        keys.put("cpuThreshold", cpuThreshold)
        keys.put("maxSurge", maxSurge)
        keys.put("maxUnavailable", maxUnavailable)
        keys.put("waitSeconds", waitSeconds)
      }
    }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      fill(&keys)
      return keys.node
    }
  }
}
