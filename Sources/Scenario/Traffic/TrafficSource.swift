import DruckerProtocol
import GRPC
import Protobuf
import SimulationKernel

/// A source of predictions that crosses the network: by a schedule, whatever becomes of the
/// answers, or by clients that wait for them.
final class TrafficSource: TrafficSending {
  private struct Pending {
    let intended: SimulationTime
    let row: LabelledInputs.Row
    /// The models that could answer when the request was to be sent.
    let modelsAtStart: [String]
    let attempt: Int
    let number: Int
    /// What its client does when it is over.
    let next: (() -> Void)?
    var model: String?
  }

  private let section: TrafficSection
  private let simulation: Simulation
  private let observations: Observations
  private let client: ServiceClient
  private let inputs: TrafficInputs
  private let times: [Int64]
  private let choice: RandomStream
  private let reference: (_ model: String) -> (([Int32]) -> Int32?)?
  private var arrivals: Arrivals
  private var pending: [String: Pending] = [:]
  private var requestCount = 0
  private var replayed = 0
  private var isStopped = false
  private(set) var callCount = 0

  init(
    _ section: TrafficSection, scenario: ScenarioFile, simulation: Simulation,
    network: WorldNetwork, observations: Observations, inputs: TrafficInputs, times: [Int64],
    reference: @escaping (_ model: String) -> (([Int32]) -> Int32?)?
  ) {
    self.section = section
    self.simulation = simulation
    self.observations = observations
    self.reference = reference
    self.inputs = inputs
    self.times = times
    client = ServiceClient(
      section.target, domain: scenario.cluster.domain, simulation: simulation, network: network)
    choice = simulation.randomStream("traffic/\(section.name)/inputs")
    let random = simulation.randomStream("traffic/\(section.name)/arrivals")
    if case .schedule(let schedule, let process) = section.load {
      arrivals = Arrivals(process, schedule, random: random)
    } else {
      arrivals = Arrivals(.constant, RateSchedule([]), random: random)
    }
  }

  func start() {
    switch section.load {
    case .schedule, .replay: sendNext()
    case .clients(let count, let pause):
      // Clients do not all begin at once: the first pause of each is a part of a whole one.
      for index in 0..<count {
        let delay = section.from + pause * index / count
        simulation.schedule(at: .zero + delay) { [weak self] in self?.sendAgain(pause) }
      }
    }
  }

  func stop() { isStopped = true }

  private func sendNext() {
    guard !isStopped, let next = nextArrival() else { return }
    let time = SimulationTime.zero + section.from + .nanoseconds(next)
    simulation.schedule(at: time) { [weak self] in
      guard let self, !isStopped else { return }
      send(nil)
      sendNext()
    }
  }

  private func nextArrival() -> Int64? {
    guard case .replay = section.load else { return arrivals.next() }
    guard replayed < times.count else { return nil }
    defer { replayed += 1 }
    return .nanoseconds(times[replayed]) < section.until - section.from ? times[replayed] : nil
  }

  /// A client sends, waits for its answer, pauses, and sends again.
  private func sendAgain(_ pause: Duration) {
    guard !isStopped, simulation.now < .zero + section.until else { return }
    send { [weak self] in
      guard let self else { return }
      simulation.schedule(after: pause) { [weak self] in self?.sendAgain(pause) }
    }
  }

  func answered(_ requestID: String, by model: String) { pending[requestID]?.model = model }

  private func send(_ next: (() -> Void)?) {
    requestCount += 1
    let requestID = "\(section.name)-\(requestCount)"
    let row = inputs.next(choice)
    send(
      requestID,
      Pending(
        intended: simulation.now, row: row,
        modelsAtStart: observations.modelsThatMayAnswer(section.target), attempt: 1,
        number: observations.began(section.target, at: simulation.now), next: next))
  }

  private func send(_ requestID: String, _ request: Pending) {
    callCount += 1
    pending[requestID] = request
    var input = Drucker.ArrIntInput()
    input.input = request.row.values
    let message = input.protobufBytes()
    simulation.trace.absorb(message)
    client.call(
      .predict(input: .arrInt, output: .arrInt), message, requestID: requestID,
      timeout: section.deadline
    ) { [weak self] result in self?.ended(requestID, result) }
  }

  private func ended(_ requestID: String, _ result: Result<[UInt8], GRPCStatus>) {
    guard let request = pending.removeValue(forKey: requestID) else { return }
    var record = RequestRecord(
      intended: request.intended, ended: simulation.now, status: "OK", model: request.model,
      isAssignedModel: false, isRight: false)
    switch result {
    case .success(let message):
      simulation.trace.absorb(message)
      judge(message, request, &record)
    case .failure(let status):
      record.status = status.code.name
      if sendsAgain(requestID, request, status.code.name) { return }
    }
    if !record.isAnswered { record.model = nil }
    simulation.trace.record(
      "request.ended", requestID,
      [
        ("service", .string(section.target.description)), ("status", .string(record.status)),
        ("model", .string(record.model ?? "")), ("right", .bool(record.isRight)),
      ])
    observations.ended(record, number: request.number, of: section.target)
    request.next?()
  }

  /// Tries a request again where the retry policy says so; its latency still counts from the first.
  private func sendsAgain(_ requestID: String, _ request: Pending, _ status: String) -> Bool {
    guard let retries = section.retries, retries.statuses.contains(status),
      request.attempt < retries.attempts
    else { return false }
    simulation.trace.record(
      "request.retried", requestID, [("status", .string(status))])
    var backOff = retries.backOff
    for _ in 1..<request.attempt { backOff = min(backOff + backOff, .seconds(3600)) }
    let again = Pending(
      intended: request.intended, row: request.row, modelsAtStart: request.modelsAtStart,
      attempt: request.attempt + 1, number: request.number, next: request.next)
    simulation.schedule(after: backOff) { [weak self] in
      self?.send("\(requestID)/\(again.attempt)", again)
    }
    return true
  }

  /// An answer counts as the assigned model's if the model that answered was assigned, and the
  /// answer is what that model says.
  private func judge(_ message: [UInt8], _ request: Pending, _ record: inout RequestRecord) {
    guard let output = try? Drucker.ArrIntOutput(protobuf: message),
      let answer = output.output.first
    else {
      record.status = "INVALID ANSWER"
      return
    }
    record.isRight = answer == request.row.label
    guard let model = request.model else { return }
    let mayAnswer = request.modelsAtStart + observations.modelsThatMayAnswer(section.target)
    let said = reference(model)?(request.row.values)
    record.isAssignedModel = mayAnswer.contains(model) && (said == nil || said == answer)
  }
}
