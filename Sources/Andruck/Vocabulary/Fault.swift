extension Scenario {
  /// Something that fails, for a while or for good.
  public struct Fault: Sendable {
    /// The language's word for it, such as `registry down`.
    public let word: String
    private let keys: [(key: String, value: Value)]

    fileprivate enum Value: Sendable, ExpressibleByStringInterpolation,
      ExpressibleByIntegerLiteral
    {
      case text(String)
      case number(Int)
      /// In the language's own writing.
      case written(String)

      init(stringLiteral text: String) { self = .text(text) }
      init(integerLiteral number: Int) { self = .number(number) }
      static func duration(_ duration: Duration) -> Value { .text(Moment.text(duration)) }
    }

    /// A fault in the language's own writing, for which there is no function.
    public init(_ word: String, _ keys: KeyValuePairs<String, String> = [:]) {
      self.word = word
      self.keys = keys.map { ($0.key, .written($0.value)) }
    }

    fileprivate static func make(
      _ word: String, _ keys: KeyValuePairs<String, Value>
    ) -> Fault {
      Fault(word: word, keys: keys.map { ($0.key, $0.value) })
    }

    private init(word: String, keys: [(key: String, value: Value)]) {
      (self.word, self.keys) = (word, keys)
    }

    func put(into other: inout Keys) {
      for (key, value) in keys {
        switch value {
        case .text(let text): other.put(key, text)
        case .number(let number): other.put(key, number)
        case .written(let text): other.put(key, Scenario.parsed(text, other.place))
        }
      }
    }
  }
}

/// Pods, machines and models.
extension Scenario.Fault {
  /// Some pods of a service accept no connections, so that probes fail, but live.
  public static func unresponsive(_ service: String, pods: Int = 1) -> Self {
    make("unresponsive", ["of": .text(service), "pods": .number(pods)])
  }

  /// Some pods of a service need so many times the CPU, as with a noisy neighbour.
  public static func slowContainer(_ service: String, pods: Int = 1, factor: Int) -> Self {
    make(
      "slow container", ["of": .text(service), "pods": .number(pods), "factor": .number(factor)])
  }

  /// A model's file is not on the storage.
  public static func modelMissing(_ application: String, _ model: String) -> Self {
    make("model missing", ["application": .text(application), "model": .text(model)])
  }

  /// A model's file has wrong bytes in it.
  public static func modelDamaged(_ application: String, _ model: String) -> Self {
    make("model damaged", ["application": .text(application), "model": .text(model)])
  }

  /// The clock of a machine is ahead of the others'.
  public static func clockAhead(_ node: String, by skew: Duration) -> Self {
    make("clock ahead", ["node": .text(node), "by": .duration(skew)])
  }

  /// The clock of a machine is behind the others'.
  public static func clockBehind(_ node: String, by skew: Duration) -> Self {
    make("clock behind", ["node": .text(node), "by": .duration(skew)])
  }
}

/// Storage, assignment store, registry and git host.
extension Scenario.Fault {
  /// The model storage is not mounted on a machine.
  public static func storageNotMounted(_ node: String) -> Self {
    make("storage not mounted", ["node": .text(node)])
  }

  /// Every call of the model storage takes longer.
  public static func storageSlow(by delay: Duration) -> Self {
    make("storage slow", ["by": .duration(delay)])
  }

  /// The assignment store cannot be reached.
  public static let storeUnavailable = Self("store unavailable")

  /// Somebody holds the assignment store's lock.
  public static let storeLocked = Self("store locked")

  /// Every call of the assignment store takes longer.
  public static func storeSlow(by delay: Duration) -> Self {
    make("store slow", ["by": .duration(delay)])
  }

  /// The image registry does not answer.
  public static let registryDown = Self("registry down")

  /// Pulls of images take so many times as long.
  public static func registrySlow(factor: Int) -> Self {
    make("registry slow", ["factor": .number(factor)])
  }

  /// The image registry does not know an image.
  public static func imageMissing(_ image: String) -> Self {
    make("image missing", ["image": .text(image)])
  }

  /// The git host does not answer.
  public static let gitDown = Self("git down")

  /// The git host refuses the key for a repository.
  public static func gitRefuses(_ repository: String) -> Self {
    make("git refuses", ["repository": .text(repository)])
  }
}

/// Network, names and ingress.
extension Scenario.Fault {
  /// Nothing crosses the network between a machine and the rest.
  public static func partition(_ node: String) -> Self {
    make("partition", ["node": .text(node)])
  }

  /// Nothing crosses the network between two sides: machines, `client`, `ingress` or `*`.
  public static func linkCut(between first: String, and second: String = "*") -> Self {
    make("link cut", ["between": .text(first), "and": .text(second)])
  }

  /// What crosses the network between two sides takes longer, one way.
  public static func linkSlow(
    between first: String, and second: String = "*", by delay: Duration, jitter: Duration = .zero
  ) -> Self {
    make(
      "link slow",
      [
        "between": .text(first), "and": .text(second), "by": .duration(delay),
        "jitter": .duration(jitter),
      ])
  }

  /// Some packets between two sides are lost, such as `5%`, and sent again.
  public static func linkLossy(
    between first: String, and second: String = "*", rate: String
  ) -> Self {
    make("link lossy", ["between": .text(first), "and": .text(second), "rate": .text(rate)])
  }

  /// Names cannot be resolved: the server says so.
  public static let namesFail = Self("DNS fails")

  /// Names cannot be resolved: no answer comes.
  public static let namesSilent = Self("DNS silent")

  /// Names take longer to resolve.
  public static func namesSlow(by delay: Duration) -> Self {
    make("DNS slow", ["by": .duration(delay)])
  }

  /// The ingress is not there; its connections break.
  public static let ingressDown = Self("ingress down")
}

/// The control plane.
extension Scenario.Fault {
  /// The API server answers nobody and tells no watch; what runs, runs.
  public static let serverDown = Self("API server down")

  /// The API server answers some requests, such as `30%`, with an error 500.
  public static func serverErrors(rate: String) -> Self {
    make("API server errors", ["rate": .text(rate)])
  }

  /// Requests to the API server take longer.
  public static func serverSlow(by delay: Duration) -> Self {
    make("API server slow", ["by": .duration(delay)])
  }

  /// Nobody learns of changes until the watches are back.
  public static let watchesCut = Self("watches cut")

  /// No pod is put onto a machine.
  public static let schedulerPaused = Self("scheduler paused")

  /// The metrics API answers with an error.
  public static let metricsDown = Self("metrics down")
}
