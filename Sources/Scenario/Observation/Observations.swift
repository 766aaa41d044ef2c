package import SimulationKernel

/// Everything that checks, triggers and reports look at, service by service.
package final class Observations {
  /// The services, in the order of the scenario.
  package let services: [ServiceReference]
  private var states: [ServiceState]
  private var records: [[RequestRecord]]
  private var validModels: [[String]]
  private let index: [ServiceReference: Int]
  private var open: [OpenRequests]
  private let now: () -> SimulationTime
  private var logTexts: [String]
  private var isClosed = false
  /// Whether every line of the logs is kept.
  package var keepsLogs = false
  /// The lines that were kept, in the order in which they were logged.
  package private(set) var logLines: [LogLine] = []
  /// Per service: pods times time up to the last change of their number, and when that was.
  private var podTime: [(nanoseconds: Int64, until: SimulationTime)]

  /// - Parameters:
  ///   - logTexts: Texts whose lines in the logs are counted.
  ///   - now: The present moment.
  package init(
    services: [ServiceReference], logTexts: [String] = [],
    now: @escaping () -> SimulationTime = { .zero }
  ) {
    self.logTexts = logTexts
    self.now = now
    open = services.map { _ in OpenRequests() }
    podTime = services.map { _ in (0, .zero) }
    self.services = services
    states = services.map { _ in ServiceState() }
    records = services.map { _ in [] }
    validModels = services.map { _ in [] }
    index = Dictionary(uniqueKeysWithValues: services.enumerated().map { ($0.element, $0.offset) })
  }

  /// Takes nothing more, as the world that is observed is taken to pieces.
  package func close() { isClosed = true }

  /// What a service shows now.
  package func state(_ service: ServiceReference) -> ServiceState { states[place(service)] }

  /// The requests of a service that have ended, in the order of their ends.
  package func requests(_ service: ServiceReference) -> [RequestRecord] { records[place(service)] }

  /// How often something that services show has changed, requests and logs apart.
  package private(set) var changeCount = 0

  /// Changes what a service shows.
  package func update(_ service: ServiceReference, _ change: (inout ServiceState) -> Void) {
    if isClosed { return }
    changeCount += 1
    let place = place(service)
    let before = states[place].rollout
    let pods = states[place].pods
    change(&states[place])
    if states[place].pods != pods {
      let now = now()
      podTime[place].nanoseconds += Int64(pods) * (now - podTime[place].until).wholeNanoseconds
      podTime[place].until = now
    }
    if before != .complete, states[place].rollout == .complete {
      validModels[place] = states[place].assignedModel.map { [$0] } ?? []
    }
  }

  /// Says that a service was assigned a model; the ones before stay valid while pods change over.
  package func assigned(_ model: String, to service: ServiceReference) {
    if isClosed { return }
    changeCount += 1
    let place = place(service)
    states[place].assignedModel = model
    if states[place].rollout == .complete { states[place].rollout = .progressing }
    if !validModels[place].contains(model) { validModels[place].append(model) }
  }

  /// The models by which a service may answer now.
  package func modelsThatMayAnswer(_ service: ServiceReference) -> [String] {
    validModels[place(service)]
  }

  /// The time that the service's pods have existed, over all pods.
  package func podNanoseconds(_ service: ServiceReference) -> Int64 {
    let place = place(service)
    let (nanoseconds, until) = podTime[place]
    return nanoseconds + Int64(states[place].pods) * (now() - until).wholeNanoseconds
  }

  /// Counts a line of a log.
  package func logged(_ line: String, by service: ServiceReference, pod: String) {
    if isClosed { return }
    guard let place = index[service] else { return }
    if keepsLogs {
      logLines.append(LogLine(time: now(), service: service, pod: pod, text: line))
    }
    for text in logTexts where line.contains(text) {
      states[place].logLines[text, default: 0] += 1
    }
  }

  /// Counts lines with a text from now on, and those that were kept.
  package func follow(_ text: String) {
    if logTexts.contains(text) { return }
    logTexts.append(text)
    for line in logLines where line.text.contains(text) {
      states[place(line.service)].logLines[text, default: 0] += 1
    }
  }

  /// Says that a request was to be sent at a moment, or so many at once.
  ///
  /// - Returns: Its number, by which `ended` knows it.
  package func began(
    _ service: ServiceReference, at intended: SimulationTime, count: Int = 1
  ) -> Int {
    open[place(service)].append(intended, count)
  }

  /// When the earliest request was to be sent that has not ended; nil: there is none.
  package func earliestOpen(_ service: ServiceReference) -> SimulationTime? {
    open[place(service)].earliest
  }

  /// The requests of a service that have not ended, in the order in which they began.
  package func openRequests(
    _ service: ServiceReference
  ) -> [(intended: SimulationTime, count: Int)] {
    open[place(service)].all
  }

  /// Counts a request that has ended.
  package func ended(_ record: RequestRecord, number: Int, of service: ServiceReference) {
    if isClosed { return }
    let place = place(service)
    open[place].end(number)
    records[place].append(record)
    requestCount += record.count
    if record.isAnswered { answeredCount += record.count }
    if let model = record.model { states[place].servedModel = model }
  }

  /// Every request that has ended, over all services.
  package private(set) var requestCount = 0
  /// Every request that was answered, over all services.
  package private(set) var answeredCount = 0

  private func place(_ service: ServiceReference) -> Int {
    guard let place = index[service] else {
      preconditionFailure("no observations of \(service); known: \(services)")
    }
    return place
  }
}
