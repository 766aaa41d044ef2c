import SimulationKernel

/// A source of very large loads: its arrivals of each interval go to the serving pods together,
/// cross no network, and only cost CPU.
///
/// Each batch is one record of as many requests, whose latency counts from the middle of its
/// interval.
final class AggregateSource: TrafficSending {
  private let section: TrafficSection
  private let interval: Int64
  private let simulation: Simulation
  private let observations: Observations
  private let workers: WorkerWorld
  private let predictNanoseconds: Int64
  private var arrivals: Arrivals
  private var nextArrival: Int64?
  private var tick: Int64 = 0
  private var turn = 0
  let callCount = 0

  init(
    _ section: TrafficSection, interval: Duration, scenario: ScenarioFile, simulation: Simulation,
    observations: Observations, workers: WorkerWorld
  ) {
    guard case .schedule(let schedule, let process) = section.load else {
      preconditionFailure("aggregated traffic \(section.name) without a rate")
    }
    self.section = section
    self.interval = interval.wholeNanoseconds
    self.simulation = simulation
    self.observations = observations
    self.workers = workers
    let application = scenario.applications.first { $0.name == section.target.application }
    predictNanoseconds = application?.predictCPU.wholeNanoseconds ?? 0
    arrivals = Arrivals(
      process, schedule, random: simulation.randomStream("traffic/\(section.name)/arrivals"))
  }

  func start() {
    nextArrival = arrivals.next()
    scheduleTick()
  }

  func stop() { nextArrival = nil }

  func answered(_ requestID: String, by model: String) {}

  private func scheduleTick() {
    guard nextArrival != nil else { return }
    let end = SimulationTime.zero + section.from + .nanoseconds((tick + 1) * interval)
    simulation.schedule(at: end) { [weak self] in
      guard let self, nextArrival != nil else { return }
      send()
      tick += 1
      scheduleTick()
    }
  }

  /// Sends the arrivals of the interval that has ended.
  private func send() {
    var count = 0
    while let next = nextArrival, next < (tick + 1) * interval {
      count += 1
      nextArrival = arrivals.next()
    }
    if count == 0 { return }
    let intended =
      SimulationTime.zero + section.from + .nanoseconds(tick * interval + interval / 2)
    let containers = workers.serving(section.target)
    if containers.isEmpty {
      let number = observations.began(section.target, at: intended, count: count)
      return record(count, number, intended, "UNAVAILABLE", model: nil)
    }
    for index in containers.indices {
      // What does not divide evenly goes to one after the other in turn.
      let extra = (index + turn) % containers.count < count % containers.count ? 1 : 0
      let share = count / containers.count + extra
      if share > 0 { send(share, to: containers[index], intended) }
    }
    turn += count % containers.count
  }

  private func send(_ count: Int, to container: WorkerContainer, _ intended: SimulationTime) {
    let number = observations.began(section.target, at: intended, count: count)
    var timeLimit: SimulationTimer?
    var work: AggregateWork?
    work = container.compute(nanoseconds: Int64(count) * predictNanoseconds) { [weak self] in
      timeLimit?.cancel()
      self?.record(count, number, intended, "OK", model: work?.model)
      work = nil
    }
    guard let started = work else {
      return record(count, number, intended, "UNAVAILABLE", model: nil)
    }
    timeLimit = simulation.schedule(at: intended + section.deadline) { [weak self] in
      started.cancel()
      work = nil
      self?.record(
        count, number, intended, container.isServing ? "DEADLINE_EXCEEDED" : "UNAVAILABLE",
        model: nil)
    }
  }

  private func record(
    _ count: Int, _ number: Int, _ intended: SimulationTime, _ status: String, model: String?
  ) {
    let isAssigned =
      model.map { observations.modelsThatMayAnswer(section.target).contains($0) } ?? false
    simulation.trace.record(
      "requests.ended", section.name,
      [
        ("service", .string(section.target.description)), ("status", .string(status)),
        ("model", .string(model ?? "")), ("count", .integer(Int64(count))),
      ])
    var record = RequestRecord(
      intended: intended, ended: simulation.now, status: status, model: model,
      isAssignedModel: isAssigned, isRight: false)
    record.count = count
    observations.ended(record, number: number, of: section.target)
  }
}
