import YAML

/// Reads a scenario file's text into a `ScenarioFile`, or says what is wrong and where.
package struct ScenarioReader {
  let file: String

  /// Reads and checks a scenario.
  ///
  /// - Parameters:
  ///   - text: The file's content.
  ///   - path: Its path, for messages and for the paths in it, which are relative to its folder.
  ///   - predictors: The predictors that it may name.
  ///   - fileExists: Whether there is a file at a path.
  /// - Throws: `YAMLError` with file, line, column and what was expected.
  package static func read(
    _ text: String, path: String, predictors: [String] = ["digits"],
    fileExists: @escaping (String) -> Bool
  ) throws -> ScenarioFile {
    let reader = ScenarioReader(file: path)
    let scenario = try reader.scenario(YAMLDocument.parse(text, file: path))
    try ScenarioValidator(scenario: scenario, predictors: predictors, fileExists: fileExists)
      .validate()
    return scenario
  }

  private func scenario(_ node: YAMLNode) throws -> ScenarioFile {
    var reader = try MappingReader(node, "a scenario", file: file)
    let version = try reader.integer("version", in: 1...ScenarioFile.languageVersion)
    precondition(version == ScenarioFile.languageVersion)
    let scenario = try ScenarioFile(
      path: file,
      name: reader.text("name", default: Self.baseName(file)),
      moral: reader.text("moral"),
      seed: UInt64(reader.integer("seed", in: 0...Int.max, default: 1)),
      duration: reader.duration("duration"),
      cluster: cluster(reader.required("cluster")),
      world: reader.optional("world").map(world) ?? WorldSection(),
      applications: list(&reader, "applications", "an application", application),
      traffic: reader.sequence("traffic").map(traffic),
      timeline: reader.sequence("timeline").enumerated().map {
        try TimelineReader(file: file).entry($0.element, number: $0.offset + 1)
      },
      checks: list(&reader, "expect", "a check", CheckReader(file: file).check))
    try reader.finish()
    return scenario
  }

  private func list<Element>(
    _ reader: inout MappingReader, _ key: String, _ what: String,
    _ read: (YAMLNode) throws -> Element
  ) throws -> [Element] {
    let node = try reader.required(key)
    guard let items = node.sequence, !items.isEmpty else {
      throw node.error("\(key): expected a list with at least \(what)", file: file)
    }
    return try items.map(read)
  }

  private func cluster(_ node: YAMLNode) throws -> ClusterSection {
    var reader = try MappingReader(node, "the cluster", file: file)
    let cluster = try ClusterSection(
      domain: reader.text("domain", default: "example.com"),
      nodes: list(&reader, "nodes", "a node", nodes).flatMap { $0 })
    try reader.finish()
    return cluster
  }

  private func nodes(_ node: YAMLNode) throws -> [NodeSection] {
    var reader = try MappingReader(node, "a node", file: file)
    let names = try reader.sequence("names").map { try MappingReader.text($0, "names", file) }
    guard !names.isEmpty else { throw reader.error("a node needs the key \"names\", a list") }
    var labels: [(String, String)] = []
    if let node = reader.optional("labels") {
      guard let entries = node.mapping else {
        throw node.error("labels: expected keys and values, found \(node.summary)", file: file)
      }
      for (key, value) in entries {
        labels.append((key.text ?? "", try MappingReader.text(value, "labels", file)))
      }
    }
    let cpu = try reader.quantity(
      "cpu", "an amount of CPU such as 4 or 500m", default: 4000, Units.cpuMilli)
    let memory = try reader.quantity(
      "memory", "an amount of memory such as 16Gi", default: 16 << 30, Units.bytes)
    let pods = try reader.integer("pods", in: 1...10_000, default: 110)
    try reader.finish()
    labels.sort { $0.0 < $1.0 }
    return names.map {
      NodeSection(name: $0, labels: labels, cpuMilli: cpu, memoryBytes: memory, pods: pods)
    }
  }

  private func world(_ node: YAMLNode) throws -> WorldSection {
    var reader = try MappingReader(node, "the world", file: file)
    var world = WorldSection()
    world.imagePull = try reader.duration("imagePull", default: world.imagePull)
    world.gitClone = try reader.duration("gitClone", default: world.gitClone)
    world.bootScript = try reader.duration("bootScript", default: world.bootScript)
    world.networkLatency = try reader.duration("networkLatency", default: world.networkLatency)
    try reader.finish()
    return world
  }

  private func application(_ node: YAMLNode) throws -> ApplicationSection {
    var reader = try MappingReader(node, "an application", file: file)
    let models = try reader.required("models")
    guard let entries = models.mapping, !entries.isEmpty else {
      throw models.error(
        "models: expected names in storage, each with its file, found \(models.summary)",
        file: file)
    }
    let application = try ApplicationSection(
      name: reader.text("name"),
      predictor: reader.text("predictor", default: "digits"),
      predictCPU: reader.duration("predictCPU", default: .milliseconds(2)),
      loadCPU: reader.duration("loadCPU", default: .milliseconds(500)),
      models: entries.map { key, value in
        (
          key.text ?? "", try MappingReader.text(value, "models", file),
          SourceLocation(line: value.line, column: value.column)
        )
      },
      services: list(&reader, "services", "a service", service))
    try reader.finish()
    return application
  }

  private func traffic(_ node: YAMLNode) throws -> TrafficSection {
    var reader = try MappingReader(node, "a source of traffic", file: file)
    let from =
      try reader.optional("from").map(moment)
      ?? Moment(entry: nil, offset: .zero, location: reader.location)
    let arrivals = try reader.text("arrivals", default: "poisson")
    guard arrivals == "poisson" || arrivals == "constant" else {
      throw reader.error("arrivals: expected poisson or constant, found \"\(arrivals)\"")
    }
    let traffic = try TrafficSection(
      name: reader.text("name"),
      target: serviceReference(reader.required("to")),
      isPoisson: arrivals == "poisson",
      steps: steps(reader.required("rate"), from: from),
      from: from,
      until: reader.optional("until").map(moment),
      deadline: reader.duration("deadline", default: .seconds(1)),
      payloadFile: reader.text("payload"),
      location: reader.location)
    try reader.finish()
    return traffic
  }

  private func steps(
    _ node: YAMLNode, from: Moment
  ) throws -> [(from: Moment, perSecond: Double)] {
    guard let items = node.sequence else { return [(from, try rate(node))] }
    return try items.map { item in
      var reader = try MappingReader(item, "a step of a rate", file: file)
      let step = (
        from: try moment(reader.required("from")), perSecond: try rate(reader.required("rate"))
      )
      try reader.finish()
      return step
    }
  }

  private func rate(_ node: YAMLNode) throws -> Double {
    guard let text = node.text, let rate = Units.ratePerSecond(text) else {
      throw node.error(
        "rate: expected a rate with a unit such as 20/s or 600/min, or a list of steps, found"
          + " \(node.summary)", file: file)
    }
    return rate
  }

  private func moment(_ node: YAMLNode) throws -> Moment {
    try MomentReader(file: file).moment(node)
  }

  private func serviceReference(_ node: YAMLNode) throws -> ServiceReference {
    try MomentReader(file: file).serviceReference(node)
  }

  private static func baseName(_ path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
