import YAML

/// Reads one entry of `timeline`.
struct TimelineReader {
  let file: String

  func entry(_ record: Record, number: Int) throws -> TimelineEntry {
    let trigger = try trigger(record)
    try refuseStray(record)
    return TimelineEntry(
      name: try record.text("name", default: "entry \(number)"), trigger: trigger,
      action: try action(record), location: record.location)
  }

  private func trigger(_ record: Record) throws -> Trigger {
    let wait = try record.duration("wait")
    if record.has("at") { return .at(try record.moment("at")) }
    if record.has("after") {
      return .at(
        Moment(entry: try record.text("after"), offset: wait, location: record.location))
    }
    if record.has("when") {
      let condition = try record.condition("when")
      guard condition.metric.isAtEveryInstant else {
        throw record.error(
          "\(condition.metric.words) is known only over a window and cannot trigger anything;"
            + " expected a state or a count")
      }
      return .when(condition, delay: wait)
    }
    let interval = try record.duration("every")
    if interval <= .zero { throw record.error("every: expected more than 0s, found 0s") }
    return .every(
      interval,
      from: try record.momentIfAny("from")
        ?? Moment(entry: nil, offset: interval, location: record.location),
      until: try record.momentIfAny("until"), times: try record.integerIfAny("times"))
  }

  /// Keys that say something only beside another.
  private func refuseStray(_ record: Record) throws {
    for key in ["from", "until", "times"] where record.has(key) && !record.has("every") {
      throw record.error("\"\(key)\" goes with \"every\"; expected the key \"every\"")
    }
    if record.has("wait"), !record.has("after"), !record.has("when") {
      throw record.error(
        "\"wait\" goes with \"after\" and \"when\"; expected one of these keys")
    }
  }

  private func action(_ record: Record) throws -> Action {
    guard let key = record.variant?.key.name else { preconditionFailure("an entry of no kind") }
    switch key {
    case "switch": return .switchModel(try record.service(key), model: try record.text("to"))
    case "deploy": return .deploy(try record.service(key))
    case "edit":
      return .edit(try record.service(key), try edit(record.record("set", .edit)))
    case "delete": return .deleteService(try record.service(key))
    case "rollBack": return .rollBack(try record.service(key))
    case "pause": return .setPaused(try record.service(key), true)
    case "resume": return .setPaused(try record.service(key), false)
    case "scale":
      return .scale(try record.service(key), replicas: try record.integer("replicas"))
    case "upload":
      return .upload(
        application: try record.text(key), model: try record.text("as"),
        file: try record.path("file"))
    case "evaluate":
      return .evaluate(
        application: try record.text(key), model: try record.text("model"),
        file: try record.path("file"))
    case "sync": return .sync
    case "assign": return .assign(try record.service(key), model: try record.text("to"))
    case "quota": return .quota(level: try record.text(key), pods: try record.integer("pods"))
    case "cordon": return .setCordoned(node: try record.text(key), true)
    case "uncordon": return .setCordoned(node: try record.text(key), false)
    case "drain": return .drain(node: try record.text(key))
    case "deletePods":
      return .deletePods(try record.service(key), pods: try record.integer("pods"))
    case "crash": return .crash(try record.service(key), pods: try record.integer("pods"))
    case "nodeDown": return .nodeDown(try record.text(key))
    case "nodeUp": return .nodeUp(try record.text(key))
    case "fault":
      return .fault(try fault(record), lasts: try record.durationIfAny("for"))
    default: preconditionFailure("no action for the key \(key)")
    }
  }

  private func edit(_ record: Record) throws -> ServiceEdit {
    var edit = ServiceEdit()
    edit.gitBranch = try record.textIfAny("branch")
    edit.gitURL = try record.textIfAny("repository")
    edit.image = try record.textIfAny("image")
    edit.bootScript = try record.textIfAny("bootScript")
    edit.replicasDefault = try record.integerIfAny("replicas")
    edit.replicasMinimum = try record.integerIfAny("minimum")
    edit.replicasMaximum = try record.integerIfAny("maximum")
    edit.cpuThresholdPercent = try record.integerIfAny("cpuThreshold")
    edit.cpuRequestMilli = record.has("cpuRequest") ? try record.cpu("cpuRequest") : nil
    edit.cpuLimitMilli = record.has("cpuLimit") ? try record.cpu("cpuLimit") : nil
    edit.memoryRequestBytes =
      record.has("memoryRequest") ? try record.bytes("memoryRequest") : nil
    edit.memoryLimitBytes = record.has("memoryLimit") ? try record.bytes("memoryLimit") : nil
    edit.maxSurge = try record.integerIfAny("maxSurge")
    edit.maxUnavailable = try record.integerIfAny("maxUnavailable")
    edit.waitSeconds = try record.integerIfAny("waitSeconds")
    return edit
  }

  private func fault(_ record: Record) throws -> Fault {
    guard let word = record.kind?.word else { preconditionFailure("a fault of no kind") }
    switch word {
    case "unresponsive":
      return .unresponsive(try record.service("of"), pods: try record.integer("pods"))
    case "slow container":
      return .slowContainer(
        try record.service("of"), pods: try record.integer("pods"),
        factor: try record.integer("factor"))
    case "storage not mounted": return .storageNotMounted(node: try record.text("node"))
    case "storage slow": return .storageSlow(try record.duration("by"))
    case "model missing":
      return .modelMissing(
        application: try record.text("application"), model: try record.text("model"))
    case "model damaged":
      return .modelDamaged(
        application: try record.text("application"), model: try record.text("model"))
    case "store unavailable": return .storeUnavailable
    case "store locked": return .storeLocked
    case "store slow": return .storeSlow(try record.duration("by"))
    case "registry down": return .registryDown
    case "registry slow": return .registrySlow(factor: try record.integer("factor"))
    case "image missing": return .imageMissing(try record.text("image"))
    case "git down": return .gitDown
    case "git refuses": return .gitRefuses(repository: try record.text("repository"))
    case "partition": return .partition(node: try record.text("node"))
    case "link cut": return .linkCut(try record.text("between"), try record.text("and"))
    case "link slow":
      return .linkSlow(
        try record.text("between"), try record.text("and"), by: try record.duration("by"),
        jitter: try record.duration("jitter"))
    case "link lossy":
      return .linkLossy(
        try record.text("between"), try record.text("and"), rate: try record.share("rate"))
    default: return try clusterFault(word, record)
    }
  }

  private func clusterFault(_ word: String, _ record: Record) throws -> Fault {
    switch word {
    case "DNS fails": return .namesFail
    case "DNS silent": return .namesSilent
    case "DNS slow": return .namesSlow(try record.duration("by"))
    case "ingress down": return .ingressDown
    case "API server down": return .serverDown
    case "API server errors": return .serverErrors(rate: try record.share("rate"))
    case "API server slow": return .serverSlow(try record.duration("by"))
    case "watches cut": return .watchesCut
    case "scheduler paused": return .schedulerPaused
    case "metrics down": return .metricsDown
    case "clock ahead":
      return .clockSkew(node: try record.text("node"), by: try record.duration("by"))
    case "clock behind":
      return .clockSkew(node: try record.text("node"), by: .zero - (try record.duration("by")))
    default: preconditionFailure("no fault \(word)")
    }
  }
}
