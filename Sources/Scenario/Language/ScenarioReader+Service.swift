import YAML

extension ScenarioReader {
  /// Reads one service with every field of the dashboard's form.
  func service(_ record: Record) throws -> ServiceSection {
    let git = record.has("git") ? try record.record("git", .git) : nil
    let cpu = try amounts(record.record("cpu", .cpuAmounts), "cpu", 1000) { try $0.cpu($1) }
    let memory = try amounts(record.record("memory", .memoryAmounts), "memory", 1 << 30) {
      try $0.bytes($1)
    }
    let replicas = try replicaCounts(record)
    let service = try ServiceSection(
      level: record.text("level"),
      model: record.text("model"),
      port: record.integer("port"),
      image: record.text("image"),
      gitURL: git?.text("url") ?? "git@git.example.com:models/worker.git",
      gitBranch: git?.text("branch") ?? "master",
      bootScript: record.text("bootScript"),
      cpuRequestMilli: cpu.request, cpuLimitMilli: cpu.limit,
      memoryRequestBytes: memory.request, memoryLimitBytes: memory.limit,
      replicasDefault: replicas.wanted, replicasMinimum: replicas.minimum,
      replicasMaximum: replicas.maximum,
      cpuThresholdPercent: record.integer("cpuThreshold"),
      maxSurge: record.integer("maxSurge"),
      maxUnavailable: record.integer("maxUnavailable"),
      waitSeconds: record.integer("waitSeconds"),
      budget: record.has("budget") ? budget(record.record("budget", .budget)) : nil,
      memo: record.text("memo", default: " ").trimmed,
      location: record.location)
    if service.maxSurge == 0 && service.maxUnavailable == 0 {
      throw record.error(
        "maxSurge and maxUnavailable are both 0, so that no rollout could ever move; expected at"
          + " least one of them above 0")
    }
    return service
  }

  private func budget(_ record: Record) throws -> Budget {
    record.has("minAvailable")
      ? .minAvailable(try record.text("minAvailable"))
      : .maxUnavailable(try record.text("maxUnavailable"))
  }

  private func amounts(
    _ record: Record, _ key: String, _ usual: Int64, _ read: (Record, String) throws -> Int64
  ) throws -> (request: Int64, limit: Int64) {
    let request = try read(record, "request")
    let limit = record.has("limit") ? try read(record, "limit") : max(request, usual)
    if limit < request {
      throw record.error("\(key): the limit is below the request; expected at least the request")
    }
    return (request, limit)
  }

  private func replicaCounts(
    _ record: Record
  ) throws -> (wanted: Int, minimum: Int, maximum: Int) {
    if let count = record.value("replicas")?.int { return (count, count, count) }
    let inner = try record.record("replicas", .replicas)
    let wanted = try inner.integer("default")
    let minimum = try inner.integerIfAny("minimum") ?? wanted
    let maximum = try inner.integerIfAny("maximum") ?? wanted
    if minimum > wanted || wanted > maximum {
      throw inner.error(
        "replicas: expected minimum <= default <= maximum, found \(minimum), \(wanted), \(maximum)")
    }
    return (wanted, minimum, maximum)
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
