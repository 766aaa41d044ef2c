import YAML

/// Reads one entry of `timeline`.
struct TimelineReader {
  let file: String

  private static let actions = [
    "switch", "deploy", "edit", "delete", "upload", "crash", "deletePods", "nodeDown", "nodeUp",
    "fault",
  ]

  func entry(_ node: YAMLNode, number: Int) throws -> TimelineEntry {
    var reader = try MappingReader(node, "an entry of the timeline", file: file)
    let kinds = Self.actions.filter { reader.keys.contains($0) }
    guard let kind = kinds.first, kinds.count == 1 else {
      throw reader.error(
        "an entry of the timeline needs exactly one of the keys "
          + Self.actions.joined(separator: ", "))
    }
    let trigger = try trigger(&reader)
    let action = try action(kind, &reader)
    let name = try reader.text("name", default: "entry \(number)")
    try reader.finish()
    return TimelineEntry(name: name, trigger: trigger, action: action, location: reader.location)
  }

  private func trigger(_ reader: inout MappingReader) throws -> Trigger {
    let phrases = MomentReader(file: file)
    switch (reader.optional("at"), reader.optional("when")) {
    case (let at?, nil): return .at(try phrases.moment(at))
    case (nil, let when?):
      let condition = try phrases.condition(when)
      guard condition.isAtEveryInstant else {
        throw when.error(
          "\(condition.metric.words) is known only over a window and cannot trigger anything",
          file: file)
      }
      return .when(condition, delay: try reader.duration("wait", default: .zero))
    case (nil, nil), (_?, _?):
      throw reader.error("an entry of the timeline needs one of the keys at, when")
    }
  }

  private func action(_ kind: String, _ reader: inout MappingReader) throws -> Action {
    let phrases = MomentReader(file: file)
    let value = try reader.required(kind)
    switch kind {
    case "switch":
      return .switchModel(try phrases.serviceReference(value), model: try reader.text("to"))
    case "deploy": return .deploy(try phrases.serviceReference(value))
    case "edit":
      return .edit(try phrases.serviceReference(value), try edit(reader.required("set")))
    case "delete": return .deleteService(try phrases.serviceReference(value))
    case "upload":
      return .upload(
        application: try MappingReader.text(value, kind, file), model: try reader.text("as"),
        file: try reader.text("file"))
    case "crash", "deletePods":
      let pods = try reader.integer("pods", in: 1...100_000, default: 1)
      let service = try phrases.serviceReference(value)
      return kind == "crash" ? .crash(service, pods: pods) : .deletePods(service, pods: pods)
    case "nodeDown": return .nodeDown(try MappingReader.text(value, kind, file))
    case "nodeUp": return .nodeUp(try MappingReader.text(value, kind, file))
    default:
      let lasts = try reader.optional("for").map { try MappingReader.duration($0, "for", file) }
      return .fault(try fault(value, &reader), lasts: lasts)
    }
  }

  private func edit(_ node: YAMLNode) throws -> ServiceEdit {
    var reader = try MappingReader(node, "the fields to set", file: file)
    var edit = ServiceEdit()
    func whole(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
      guard reader.keys.contains(key) else {
        _ = reader.optional(key)
        return nil
      }
      return try reader.integer(key, in: range)
    }
    edit.gitBranch = try reader.optional("branch").map {
      try MappingReader.text($0, "branch", file)
    }
    edit.image = try reader.optional("image").map { try MappingReader.text($0, "image", file) }
    edit.replicasDefault = try whole("replicas", 1...100_000)
    edit.replicasMinimum = try whole("minimum", 1...100_000)
    edit.replicasMaximum = try whole("maximum", 1...100_000)
    edit.cpuThresholdPercent = try whole("cpuThreshold", 1...1000)
    edit.waitSeconds = try whole("waitSeconds", 0...86_400)
    try reader.finish()
    return edit
  }

  private static let faults = [
    "storage not mounted", "storage slow", "registry down", "git down", "store unavailable",
    "store locked", "partition",
  ]

  private func fault(_ node: YAMLNode, _ reader: inout MappingReader) throws -> Fault {
    let text = try MappingReader.text(node, "fault", file)
    switch text {
    case "storage not mounted": return .storageNotMounted(node: try reader.text("node"))
    case "storage slow": return .storageSlow(try reader.duration("by"))
    case "registry down": return .registryDown
    case "git down": return .gitDown
    case "store unavailable": return .storeUnavailable
    case "store locked": return .storeLocked
    case "partition": return .partition(node: try reader.text("node"))
    default:
      throw node.error(
        "fault: expected one of \(Self.faults.joined(separator: ", ")), found \(node.summary)",
        file: file)
    }
  }
}
