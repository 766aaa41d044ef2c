import GRPC
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
      scenario.cluster.nodes.map { ($0.name, SourceLocation(line: 1, column: 1, file: nil)) },
      "node")
    try refuseTwice(scenario.traffic.map { ($0.name, $0.location) }, "source of traffic")
    for traffic in scenario.traffic {
      try known(traffic.target, at: traffic.location)
      if case .file(let path) = traffic.payload { try file(path, at: traffic.location, "payload") }
      if case .replay(let path) = traffic.load { try file(path, at: traffic.location, "replay") }
      try knownStatuses(traffic)
    }
    try refuseTwice(
      scenario.timeline.map { ($0.name, $0.location) }
        + scenario.phases.map { ($0.name, $0.location) }, "entry of the timeline or phase")
    for phase in scenario.phases {
      try known(phase.from)
      if scenario.phases.contains(where: { $0.name == phase.from.entry }) {
        throw fail(
          phase.location,
          "a phase begins at a duration or with an entry of the timeline, not with another phase")
      }
    }
    for entry in scenario.timeline { try validate(entry) }
    for check in scenario.checks {
      try validate(check.condition, at: check.location)
      try known(check.from)
      try check.until.map(known)
    }
    for column in scenario.columns {
      try known(column.measure.service, at: column.location)
      try known(column.from)
      try column.until.map(known)
    }
  }

  private func knownStatuses(_ traffic: TrafficSection) throws {
    let names = GRPCStatusCode.allCases.map(\.name)
    for status in traffic.retries?.statuses ?? [] where !names.contains(status) {
      throw fail(
        traffic.location,
        "there is no gRPC status \(status)\(Spelling.hint(status, names)); expected one of"
          + " \(names.joined(separator: ", "))")
    }
  }

  private func fail(_ location: SourceLocation, _ message: String) -> YAMLError {
    YAMLError(
      file: location.file ?? scenario.path, line: location.line, column: location.column,
      message: message)
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
    try level(service.level, at: service.location)
    try model(service.model, of: application.name, at: service.location)
    try capacity(service, of: application)
  }

  private func level(_ level: String, at location: SourceLocation) throws {
    if Self.levels.contains(level) { return }
    throw fail(
      location,
      "unknown service level \"\(level)\"; expected one of"
        + " \(Self.levels.joined(separator: ", "))")
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
    case .every(_, let from, let until, _):
      try known(from)
      try until.map(known)
    }
    switch entry.action {
    case .switchModel(let service, let name), .assign(let service, let name):
      try known(service, at: entry.location)
      try model(name, of: service.application, at: entry.location)
    case .deploy(let service), .edit(let service, _), .deleteService(let service),
      .crash(let service, _), .deletePods(let service, _), .rollBack(let service),
      .setPaused(let service, _), .scale(let service, _):
      try known(service, at: entry.location)
    case .upload(let name, _, let path):
      try application(name, at: entry.location)
      try file(path, at: entry.location, "model")
    case .evaluate(let name, let model, let path):
      try application(name, at: entry.location)
      try self.model(model, of: name, at: entry.location)
      try file(path, at: entry.location, "data")
    case .quota(let level, _): try self.level(level, at: entry.location)
    case .nodeDown(let name), .nodeUp(let name), .setCordoned(let name, _), .drain(let name):
      try node(name, at: entry.location)
    case .fault(let fault, _): try validate(fault, at: entry.location)
    case .sync: break
    }
  }

  private func validate(_ fault: Fault, at location: SourceLocation) throws {
    switch fault {
    case .storageNotMounted(let name), .partition(let name), .clockSkew(let name, _):
      try node(name, at: location)
    case .unresponsive(let service, _), .slowContainer(let service, _, _):
      try known(service, at: location)
    case .modelMissing(let name, let model), .modelDamaged(let name, let model):
      try application(name, at: location)
      try self.model(model, of: name, at: location)
    case .linkCut(let first, let second), .linkSlow(let first, let second, _, _),
      .linkLossy(let first, let second, _):
      for side in [first, second] where !["client", "ingress", "*"].contains(side) {
        try node(side, at: location)
      }
    case .storageSlow, .registryDown, .registrySlow, .imageMissing, .gitDown, .gitRefuses,
      .storeUnavailable, .storeLocked, .storeSlow, .namesFail, .namesSilent, .namesSlow,
      .ingressDown, .serverDown, .serverErrors, .serverSlow, .watchesCut, .schedulerPaused,
      .metricsDown:
      break
    }
  }

  private func application(_ name: String, at location: SourceLocation) throws {
    let names = scenario.applications.map(\.name)
    if names.contains(name) { return }
    throw fail(
      location,
      "there is no application \"\(name)\"\(Spelling.hint(name, names)); expected one of"
        + " \(names.joined(separator: ", "))")
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
    let names = scenario.timeline.map(\.name) + scenario.phases.map(\.name)
    if names.contains(entry) { return }
    throw fail(
      moment.location,
      "\"\(entry)\" is neither a duration such as 90s nor the name of a phase or an entry of"
        + " the timeline\(Spelling.hint(entry, names))")
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
    if fileExists(path) { return }
    throw fail(
      location,
      "\(what): there is no file \(path); expected a path relative to the folder of the file that"
        + " names it")
  }
}
