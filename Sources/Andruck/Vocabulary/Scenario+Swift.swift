import Scenario
import YAML

extension Scenario {
  /// Says in Swift what a scenario file says: the same words, defaults, checks and errors, whose
  /// places are lines of the source file.
  ///
  /// Paths count from the folder of the source file. A scenario that is driven needs no `expect`.
  /// - Parameters:
  ///   - name: What the story is called.
  ///   - moral: What the story teaches, in one sentence.
  ///   - seed: The seed unless a run or its surroundings say one.
  ///   - duration: How long the story lasts, in virtual time, which costs nothing while nothing
  ///     happens.
  ///   - domain: Under which the ingress serves the hosts; nil for the language's default.
  ///   - nodes: The machines.
  ///   - world: How long things outside the pods take.
  ///   - applications: What is served.
  ///   - traffic: Who sends requests.
  ///   - phases: Parts of the story by name.
  ///   - steady: Conditions that must hold right before the first entry of the timeline.
  ///   - timeline: What the operator does and what breaks.
  ///   - expect: What must hold.
  ///   - table: What the result's `column` knows.
  ///   - others: Further keys of a scenario in the language's own writing.
  ///   - predictors: Predictors of yours by the names that the applications give them.
  ///   - readFile: The bytes of a file by its path, nil if it cannot be read.
  /// - Throws: An error with file, line, column and what was expected.
  public init(
    _ name: String, moral: String = "A story that a program tells.", seed: UInt64 = 1,
    duration: Duration = .hours(1), domain: String? = nil, nodes: [Nodes], world: Timings? = nil,
    applications: [Application], traffic: [Traffic] = [], phases: [Phase] = [],
    steady: [String] = [], timeline: [Entry] = [], expect: [Check] = [], table: [Column] = [],
    others: KeyValuePairs<String, String> = [:],
    predictors: [String: PredictorFactory] = [:],
    readFile: @escaping (String) -> [UInt8]? = { FileReader.bytes($0) },
    file: String = #filePath, line: Int = #line, column: Int = #column
  ) throws {
    let place = Place(file, line, column)
    var keys = Keys(place)
    keys.put("version", ScenarioFile.languageVersion)
    keys.put("name", name)
    keys.put("moral", moral)
    keys.put("seed", place.plain("\(seed)"))
    keys.put("duration", duration)
    var cluster = Keys(place)
    cluster.put("domain", domain)
    cluster.put("nodes", nodes.map(\.node))
    keys.put("cluster", cluster.node)
    keys.put("world", world?.node)
    keys.put("applications", applications.map(\.node))
    keys.put("traffic", traffic.map(\.node))
    keys.put("phases", phases.map(\.node))
    keys.put("steady", steady)
    keys.put("timeline", timeline.map(\.node))
    keys.put("expect", expect.map(\.node))
    keys.put("table", table.map(\.node))
    keys.put(others: others)
    let kinds = Self.kinds(predictors)
    let scenario = try ScenarioReader.read(
      keys.node, path: file, predictors: kinds.keys.sorted(), readFile: readFile)
    self.init(
      variants: [scenario], predictors: kinds, readFile: readFile, isFile: false)
  }

  /// Machines that are alike.
  public struct Nodes: Sendable {
    let node: YAMLNode

    /// Says machines.
    ///
    /// - Parameters:
    ///   - names: Their names.
    ///   - host: The level whose services Drucker puts onto them, their label `host`.
    ///   - labels: Their other labels.
    ///   - cpu: The CPU of each, such as `8` or `500m`; 4 by default.
    ///   - memory: The memory of each, such as `32Gi`; 16Gi by default.
    ///   - pods: How many pods each takes; 110 by default.
    ///   - others: Further keys in the language's own writing.
    public init(
      _ names: String..., host: String? = nil, labels: KeyValuePairs<String, String> = [:],
      cpu: String? = nil, memory: String? = nil, pods: Int? = nil,
      others: KeyValuePairs<String, String> = [:],
      file: String = #filePath, line: Int = #line, column: Int = #column
    ) {
      let place = Place(file, line, column)
      var keys = Keys(place)
      keys.put("names", place.node(.sequence(names.map(place.scalar))))
      var all = labels.map { (place.scalar($0.key), place.scalar($0.value)) }
      if let host { all.append((place.scalar("host"), place.scalar(host))) }
      if !all.isEmpty { keys.put("labels", place.node(.mapping(all))) }
      keys.put("cpu", cpu)
      keys.put("memory", memory)
      keys.put("pods", pods)
      keys.put(others: others)
      node = keys.node
    }
  }

  /// How long things outside the pods take.
  public struct Timings: Sendable {
    let node: YAMLNode

    /// Says how long; what is nil takes the language's default.
    public init(
      imagePull: Duration? = nil, gitClone: Duration? = nil, bootScript: Duration? = nil,
      networkLatency: Duration? = nil, others: KeyValuePairs<String, String> = [:],
      file: String = #filePath, line: Int = #line, column: Int = #column
    ) {
      var keys = Keys(Place(file, line, column))
      keys.put("imagePull", imagePull)
      keys.put("gitClone", gitClone)
      keys.put("bootScript", bootScript)
      keys.put("networkLatency", networkLatency)
      keys.put(others: others)
      node = keys.node
    }
  }

  /// A part of the story that checks and traffic can name; it ends when the next begins.
  public struct Phase: Sendable {
    let node: YAMLNode

    /// Names a part of the story.
    public init(
      _ name: String, from: Moment, file: String = #filePath, line: Int = #line,
      column: Int = #column
    ) {
      var keys = Keys(Place(file, line, column))
      keys.put("name", name)
      keys.put("from", from)
      node = keys.node
    }
  }
}
