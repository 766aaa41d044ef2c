import YAML

extension ScenarioReader {
  /// Reads one service with every field of the dashboard's form.
  func service(_ node: YAMLNode) throws -> ServiceSection {
    var reader = try MappingReader(node, "a service", file: file)
    let level = try reader.text("level")
    let git = try resourcePair(&reader, "git", ("url", "branch"))
    let (cpuRequest, cpuLimit) = try amounts(
      &reader, "cpu", "an amount of CPU such as 500m or 2", (500, 1000), Units.cpuMilli)
    let (memoryRequest, memoryLimit) = try amounts(
      &reader, "memory", "an amount of memory such as 256Mi or 1Gi", (256 << 20, 1 << 30),
      Units.bytes)
    let replicas = try replicaCounts(&reader)
    let service = try ServiceSection(
      level: level,
      model: reader.text("model"),
      port: reader.integer("port", in: 1...65_535, default: 5000),
      image: reader.text("image", default: "drucker/worker:1.0"),
      gitURL: git?.0 ?? "git@git.example.com:models/worker.git",
      gitBranch: git?.1 ?? "master",
      bootScript: reader.text("bootScript", default: "start.sh"),
      cpuRequestMilli: cpuRequest, cpuLimitMilli: cpuLimit,
      memoryRequestBytes: memoryRequest, memoryLimitBytes: memoryLimit,
      replicasDefault: replicas.0, replicasMinimum: replicas.1, replicasMaximum: replicas.2,
      cpuThresholdPercent: reader.integer("cpuThreshold", in: 1...1000, default: 80),
      maxSurge: reader.integer("maxSurge", in: 0...1000, default: 1),
      maxUnavailable: reader.integer("maxUnavailable", in: 0...1000, default: 0),
      waitSeconds: reader.integer("waitSeconds", in: 0...86_400, default: 60),
      memo: reader.text("memo", default: " ").trimmed,
      location: reader.location)
    if service.maxSurge == 0 && service.maxUnavailable == 0 {
      throw reader.error(
        "maxSurge and maxUnavailable are both 0, so that no rollout could ever move; expected at"
          + " least one of them above 0")
    }
    try reader.finish()
    return service
  }

  private func amounts(
    _ reader: inout MappingReader, _ key: String, _ expected: String,
    _ fallback: (Int64, Int64), _ parse: (String) -> Int64?
  ) throws -> (Int64, Int64) {
    guard let node = reader.optional(key) else { return fallback }
    var inner = try MappingReader(node, key, file: file)
    let request = try inner.quantity("request", expected, default: fallback.0, parse)
    let limit = try inner.quantity("limit", expected, default: max(request, fallback.1), parse)
    if limit < request {
      throw inner.error("\(key): the limit is below the request; expected at least the request")
    }
    try inner.finish()
    return (request, limit)
  }

  private func replicaCounts(_ reader: inout MappingReader) throws -> (Int, Int, Int) {
    guard let node = reader.optional("replicas") else { return (1, 1, 1) }
    if let count = node.int, (1...100_000).contains(count) { return (count, count, count) }
    var inner = try MappingReader(node, "replicas", file: file)
    let wanted = try inner.integer("default", in: 1...100_000)
    let minimum = try inner.integer("minimum", in: 1...100_000, default: wanted)
    let maximum = try inner.integer("maximum", in: 1...100_000, default: wanted)
    if minimum > wanted || wanted > maximum {
      throw inner.error(
        "replicas: expected minimum <= default <= maximum, found \(minimum), \(wanted), \(maximum)")
    }
    try inner.finish()
    return (wanted, minimum, maximum)
  }

  private func resourcePair(
    _ reader: inout MappingReader, _ key: String, _ names: (String, String)
  ) throws -> (String, String)? {
    guard let node = reader.optional(key) else { return nil }
    var inner = try MappingReader(node, key, file: file)
    let pair = (try inner.text(names.0), try inner.text(names.1))
    try inner.finish()
    return pair
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
