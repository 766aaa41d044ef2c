package import YAML

/// Reads a scenario file's text into `ScenarioFile`s, or says what is wrong and where.
package struct ScenarioReader {
  /// How long a story may last.
  static let durationMax = Duration.seconds(8784 * 3600)

  let file: String

  /// Reads and checks a scenario; of a matrix the first run.
  ///
  /// - Parameters:
  ///   - text: The file's content.
  ///   - path: Its path, for messages and for the paths in it, which are relative to its folder.
  ///   - predictors: The predictors that it may name.
  ///   - fileExists: Whether there is a file at a path.
  ///   - readFile: The bytes of a file that the scenario includes, nil if it cannot be read.
  /// - Throws: `YAMLError` with file, line, column and what was expected.
  package static func read(
    _ text: String, path: String, predictors: [String] = ["digits"],
    fileExists: @escaping (String) -> Bool, readFile: @escaping (String) -> [UInt8]? = { _ in nil }
  ) throws -> ScenarioFile {
    try readAll(
      text, path: path, predictors: predictors, fileExists: fileExists, readFile: readFile)[0]
  }

  /// Reads and checks a scenario: one `ScenarioFile` for each run, which is more than one where the
  /// file has a `for`.
  ///
  /// - Throws: `YAMLError` with file, line, column and what was expected.
  package static func readAll(
    _ text: String, path: String, predictors: [String] = ["digits"],
    fileExists: @escaping (String) -> Bool, readFile: @escaping (String) -> [UInt8]? = { _ in nil }
  ) throws -> [ScenarioFile] {
    let reader = ScenarioReader(file: path)
    let expander = Expander(file: path, readFile: readFile)
    return try expander.variants(of: YAMLDocument.parse(text, file: path)).map { variant in
      var scenario = try reader.scenario(variant.node)
      scenario.parameters = variant.parameters
      if !variant.parameters.isEmpty {
        let values = variant.parameters.map { "\($0.name) \($0.value)" }
        scenario.name += " (\(values.joined(separator: ", ")))"
      }
      try ScenarioValidator(scenario: scenario, predictors: predictors, fileExists: fileExists)
        .validate()
      return scenario
    }
  }

  /// Reads and checks a scenario that a program says, as the tree that a file would be.
  ///
  /// It may lack `expect`: what drives it may look itself.
  /// - Throws: `YAMLError` with file, line, column and what was expected.
  package static func read(
    _ node: YAMLNode, path: String, predictors: [String],
    readFile: @escaping (String) -> [UInt8]?
  ) throws -> ScenarioFile {
    let scenario = try ScenarioReader(file: path).scenario(node, .driven)
    try ScenarioValidator(
      scenario: scenario, predictors: predictors, fileExists: { readFile($0) != nil }
    ).validate()
    return scenario
  }

  private func scenario(_ node: YAMLNode, _ shape: Shape = .scenario) throws -> ScenarioFile {
    let record = try Record(node, shape, file: file)
    let duration = try record.duration("duration")
    if duration > Self.durationMax {
      throw record.error("duration: expected at most 8784h, a year")
    }
    let phases = try record.records("phases", .phase).map {
      try Phase(name: $0.text("name"), from: $0.moment("from"), location: $0.location)
    }
    let checks = CheckReader(file: file, phases: phases)
    let traffic = TrafficReader(file: file, phases: phases, storyEnd: duration)
    return try ScenarioFile(
      path: file,
      name: record.text("name", default: Self.baseName(file)),
      moral: record.text("moral"),
      seed: UInt64(record.integer("seed")),
      duration: duration,
      cluster: cluster(record.record("cluster", .cluster)),
      world: world(record.record("world", .world)),
      applications: record.records("applications", .application).map(application),
      traffic: record.records("traffic", .traffic).map(traffic.source),
      timeline: record.records("timeline", .entry).enumerated().map {
        try TimelineReader(file: file).entry($0.element, number: $0.offset + 1)
      },
      phases: phases,
      checks: record.list("steady").map(checks.steady)
        + record.records("expect", .check).map(checks.check),
      columns: record.records("table", .column).map(checks.column))
  }

  private func cluster(_ record: Record) throws -> ClusterSection {
    try ClusterSection(
      domain: record.text("domain"), nodes: record.records("nodes", .node).flatMap(nodes))
  }

  private func nodes(_ record: Record) throws -> [NodeSection] {
    var labels: [(String, String)] = []
    for (key, value) in record.names("labels") {
      labels.append((key.text ?? "", try Values.text(value, "labels", file)))
    }
    labels.sort { $0.0 < $1.0 }
    let cpu = try record.cpu("cpu")
    let memory = try record.bytes("memory")
    let pods = try record.integer("pods")
    return try record.list("names").map {
      NodeSection(
        name: try Values.text($0, "names", file), labels: labels, cpuMilli: cpu,
        memoryBytes: memory, pods: pods)
    }
  }

  private func world(_ record: Record) throws -> WorldSection {
    var world = WorldSection()
    world.imagePull = try record.duration("imagePull")
    world.gitClone = try record.duration("gitClone")
    world.bootScript = try record.duration("bootScript")
    world.networkLatency = try record.duration("networkLatency")
    return world
  }

  private func application(_ record: Record) throws -> ApplicationSection {
    try ApplicationSection(
      name: record.text("name"),
      predictor: record.text("predictor"),
      predictCPU: record.duration("predictCPU"),
      loadCPU: record.duration("loadCPU"),
      models: record.names("models").map { key, value in
        (key.text ?? "", try Values.path(value, "models", file), SourceLocation(value))
      },
      services: record.records("services", .service).map(service))
  }

  private static func baseName(_ path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
