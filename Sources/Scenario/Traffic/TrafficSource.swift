import DruckerProtocol
import GRPC
import Protobuf
import SimulationKernel

/// An open-loop source of predictions: it sends by its schedule, whatever becomes of the answers.
final class TrafficSource {
  private struct Pending {
    let intended: SimulationTime
    let row: LabelledInputs.Row
    /// The models that could answer when the request was to be sent.
    let modelsAtStart: [String]
    var model: String?
  }

  private let section: TrafficSection
  private let simulation: Simulation
  private let observations: Observations
  private let client: ServiceClient
  private let inputs: LabelledInputs
  private let choice: RandomStream
  private let reference: (_ model: String) -> (([Int32]) -> Int32?)?
  private var arrivals: Arrivals
  private var pending: [String: Pending] = [:]
  private(set) var callCount = 0

  init(
    _ section: TrafficSection, scenario: ScenarioFile, simulation: Simulation,
    network: WorldNetwork, observations: Observations, payload: [UInt8],
    reference: @escaping (_ model: String) -> (([Int32]) -> Int32?)?
  ) throws {
    self.section = section
    self.simulation = simulation
    self.observations = observations
    self.reference = reference
    inputs = try LabelledInputs(payload, path: scenario.resolve(section.payloadFile))
    client = ServiceClient(
      section.target, domain: scenario.cluster.domain, simulation: simulation, network: network)
    choice = simulation.randomStream("traffic/\(section.name)/inputs")
    arrivals = Arrivals(
      section.isPoisson ? .poisson : .constant,
      section.schedule(storyEnd: scenario.duration),
      random: simulation.randomStream("traffic/\(section.name)/arrivals"))
  }

  /// Puts the first request on the event queue.
  func start() {
    guard let next = arrivals.next() else { return }
    let time = SimulationTime.zero + section.from.offset + .nanoseconds(next)
    simulation.schedule(at: time) { [weak self] in
      self?.send()
      self?.start()
    }
  }

  /// Says which model answered one of the source's requests.
  func answered(_ requestID: String, by model: String) { pending[requestID]?.model = model }

  private func send() {
    callCount += 1
    let requestID = "\(section.name)-\(callCount)"
    let row = inputs.rows[choice.integer(below: inputs.rows.count)]
    pending[requestID] = Pending(
      intended: simulation.now, row: row,
      modelsAtStart: observations.modelsThatMayAnswer(section.target))
    var input = Drucker.ArrIntInput()
    input.input = row.values
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
    case .failure(let status): record.status = status.code.name
    }
    if !record.isAnswered { record.model = nil }
    simulation.trace.record(
      "request.ended", requestID,
      [
        ("service", .string(section.target.description)), ("status", .string(record.status)),
        ("model", .string(record.model ?? "")), ("right", .bool(record.isRight)),
      ])
    observations.ended(record, of: section.target)
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

extension TrafficSection {
  /// The rate from the source's own start to its end, step by step.
  func schedule(storyEnd: Duration) -> RateSchedule {
    let end = min(until?.offset ?? storyEnd, storyEnd)
    var pieces: [RateSchedule.Piece] = []
    var now = from.offset
    var rate = 0.0
    for step in steps.sorted(by: { $0.from.offset < $1.from.offset }) {
      let change = min(max(step.from.offset, now), end)
      if change > now { pieces.append(.constant(rate, for: change - now)) }
      now = change
      rate = step.perSecond
    }
    if end > now { pieces.append(.constant(rate, for: end - now)) }
    return RateSchedule(pieces)
  }
}
