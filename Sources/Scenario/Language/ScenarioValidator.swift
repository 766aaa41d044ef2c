import YAML

/// Checks what one part of a scenario says about another: names, models, capacity.
struct ScenarioValidator {
  static let levels = ["development", "beta", "staging", "sandbox", "production"]
  static let applicationNameCharactersMax = 20

  let scenario: ScenarioFile
  let predictors: [String]
  let fileExists: (String) -> Bool

  func validate() throws {
    for application in scenario.applications { try validate(application) }
    try refuseTwice(scenario.applications.map { ($0.name, $0.services[0].location) }, "application")
    try refuseTwice(
      scenario.cluster.nodes.map { ($0.name, SourceLocation(line: 1, column: 1)) }, "node")
    try refuseTwice(scenario.traffic.map { ($0.name, $0.location) }, "source of traffic")
    for traffic in scenario.traffic {
      try known(traffic.target, at: traffic.location)
      try file(traffic.payloadFile, at: traffic.location, "payload")
      for moment in traffic.steps.map(\.from) + [traffic.from] + [traffic.until].compactMap(\.self)
      {
        try known(moment)
      }
    }
    try refuseTwice(scenario.timeline.map { ($0.name, $0.location) }, "entry of the timeline")
    for entry in scenario.timeline { try validate(entry) }
    for check in scenario.checks {
      try validate(check.condition, at: check.location)
      try known(check.from)
      try check.until.map(known)
    }
  }

  private func fail(_ location: SourceLocation, _ message: String) -> YAMLError {
    YAMLError(
      file: scenario.path, line: location.line, column: location.column, message: message)
  }

  private func refuseTwice(_ names: [(String, SourceLocation)], _ what: String) throws {
    var seen: Set<String> = []
    for (name, location) in names where !seen.insert(name).inserted {
      throw fail(location, "there are two of the \(what) \"\(name)\"; expected distinct names")
    }
  }

  private func validate(_ application: ApplicationSection) throws {
    let location = application.services[0].location
    if application.name.count > Self.applicationNameCharactersMax {
      throw fail(
        location,
        "the application name \"\(application.name)\" is too long; expected at most"
          + " \(Self.applicationNameCharactersMax) characters")
    }
    guard predictors.contains(application.predictor) else {
      throw fail(
        location,
        "unknown predictor \"\(application.predictor)\"; expected one of"
          + " \(predictors.joined(separator: ", "))")
    }
    for model in application.models { try file(model.file, at: model.location, "model") }
    try refuseTwice(application.services.map { ($0.level, $0.location) }, "service level")
    for service in application.services { try validate(service, of: application) }
  }

  private func validate(_ service: ServiceSection, of application: ApplicationSection) throws {
    guard Self.levels.contains(service.level) else {
      throw fail(
        service.location,
        "unknown service level \"\(service.level)\"; expected one of"
          + " \(Self.levels.joined(separator: ", "))")
    }
    try model(service.model, of: application.name, at: service.location)
    try capacity(service, of: application)
  }

  private func capacity(_ service: ServiceSection, of application: ApplicationSection) throws {
    let nodes = scenario.cluster.nodes.filter { node in
      node.labels.contains { $0 == ("host", service.level) }
    }
    guard !nodes.isEmpty else {
      throw fail(
        service.location,
        "no node has the label host: \(service.level), where Drucker puts this service; expected"
          + " at least one")
    }
    let fitting = nodes.map { node in
      Int(
        min(
          service.cpuRequestMilli == 0 ? .max : node.cpuMilli / service.cpuRequestMilli,
          service.memoryRequestBytes == 0 ? .max : node.memoryBytes / service.memoryRequestBytes,
          Int64(node.pods)))
    }
    let total = fitting.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    if total < service.replicasDefault {
      throw fail(
        service.location,
        "impossible capacity: \(service.replicasDefault) replicas of"
          + " \(application.name)/\(service.level) with \(service.cpuRequestMilli)m CPU and"
          + " \(service.memoryRequestBytes >> 20)Mi memory each; its nodes hold \(total); expected"
          + " smaller requests, fewer replicas or more nodes")
    }
  }

  private func validate(_ entry: TimelineEntry) throws {
    switch entry.trigger {
    case .at(let moment): try known(moment)
    case .when(let condition, _): try validate(condition, at: entry.location)
    }
    switch entry.action {
    case .switchModel(let service, let name):
      try known(service, at: entry.location)
      try model(name, of: service.application, at: entry.location)
    case .deploy(let service), .edit(let service, _), .deleteService(let service),
      .crash(let service, _), .deletePods(let service, _):
      try known(service, at: entry.location)
    case .upload(let application, _, let path):
      guard scenario.applications.contains(where: { $0.name == application }) else {
        throw fail(entry.location, "there is no application \"\(application)\"")
      }
      try file(path, at: entry.location, "model")
    case .nodeDown(let name), .nodeUp(let name), .fault(.storageNotMounted(let name), _),
      .fault(.partition(let name), _):
      try node(name, at: entry.location)
    case .fault(.storageSlow, _), .fault(.registryDown, _), .fault(.gitDown, _),
      .fault(.storeUnavailable, _), .fault(.storeLocked, _):
      break
    }
  }

  private func validate(_ condition: Condition, at location: SourceLocation) throws {
    try known(condition.service, at: location)
    if condition.metric == .assignedModel || condition.metric == .servedModel,
      case .word(let name) = condition.value
    {
      try model(name, of: condition.service.application, at: location)
    }
  }

  private func known(_ service: ServiceReference, at location: SourceLocation) throws {
    if scenario.service(service) != nil { return }
    let names = scenario.applications.flatMap { application in
      application.services.map { "\(application.name)/\($0.level)" }
    }
    throw fail(
      location, "there is no service \(service); expected one of \(names.joined(separator: ", "))")
  }

  private func known(_ moment: Moment) throws {
    guard let entry = moment.entry else { return }
    let names = scenario.timeline.map(\.name)
    if names.contains(entry) { return }
    let hint = MappingReader.nearest(entry, names).map { "; did you mean \"\($0)\"?" } ?? ""
    throw fail(
      moment.location,
      "\"\(entry)\" is neither a duration such as 90s nor the name of an entry of the"
        + " timeline\(hint)")
  }

  private func model(
    _ name: String, of application: String, at location: SourceLocation
  ) throws {
    let uploaded = scenario.timeline.compactMap { entry -> String? in
      guard case .upload(application, let model, _) = entry.action else { return nil }
      return model
    }
    let names =
      (scenario.applications.first { $0.name == application }?.models.map(\.name) ?? []) + uploaded
    if names.contains(name) { return }
    throw fail(
      location,
      "there is no model \"\(name)\" of \(application); expected one of"
        + " \(names.joined(separator: ", "))")
  }

  private func node(_ name: String, at location: SourceLocation) throws {
    let names = scenario.cluster.nodes.map(\.name)
    if names.contains(name) { return }
    throw fail(
      location, "there is no node \"\(name)\"; expected one of \(names.joined(separator: ", "))")
  }

  private func file(_ path: String, at location: SourceLocation, _ what: String) throws {
    if fileExists(scenario.resolve(path)) { return }
    throw fail(
      location,
      "\(what): there is no file \(scenario.resolve(path)); expected a path relative to the"
        + " scenario's folder")
  }
}

extension ScenarioFile {
  /// The path of a file that the scenario names, relative to the scenario's folder.
  package func resolve(_ file: String) -> String {
    if file.hasPrefix("/") { return file }
    guard let slash = path.lastIndex(of: "/") else { return file }
    return path[...slash] + file
  }
}
