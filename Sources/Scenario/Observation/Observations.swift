import SimulationKernel

/// Everything that checks, triggers and reports look at, service by service.
package final class Observations {
  /// The services, in the order of the scenario.
  package let services: [ServiceReference]
  private var states: [ServiceState]
  private var records: [[RequestRecord]]
  private var validModels: [[String]]
  private let index: [ServiceReference: Int]

  package init(services: [ServiceReference]) {
    self.services = services
    states = services.map { _ in ServiceState() }
    records = services.map { _ in [] }
    validModels = services.map { _ in [] }
    index = Dictionary(uniqueKeysWithValues: services.enumerated().map { ($0.element, $0.offset) })
  }

  /// What a service shows now.
  package func state(_ service: ServiceReference) -> ServiceState { states[place(service)] }

  /// The requests of a service that have ended, in the order of their ends.
  package func requests(_ service: ServiceReference) -> [RequestRecord] { records[place(service)] }

  /// Changes what a service shows.
  package func update(_ service: ServiceReference, _ change: (inout ServiceState) -> Void) {
    let place = place(service)
    let before = states[place].rollout
    change(&states[place])
    if before != .complete, states[place].rollout == .complete {
      validModels[place] = states[place].assignedModel.map { [$0] } ?? []
    }
  }

  /// Says that a service was assigned a model; the ones before stay valid while pods change over.
  package func assigned(_ model: String, to service: ServiceReference) {
    let place = place(service)
    states[place].assignedModel = model
    if states[place].rollout == .complete { states[place].rollout = .progressing }
    if !validModels[place].contains(model) { validModels[place].append(model) }
  }

  /// The models by which a service may answer now.
  package func modelsThatMayAnswer(_ service: ServiceReference) -> [String] {
    validModels[place(service)]
  }

  /// Counts a request that has ended.
  package func ended(_ record: RequestRecord, of service: ServiceReference) {
    let place = place(service)
    records[place].append(record)
    if let model = record.model { states[place].servedModel = model }
  }

  /// Every request that has ended, over all services.
  package var requestCount: Int { records.reduce(0) { $0 + $1.count } }

  private func place(_ service: ServiceReference) -> Int {
    guard let place = index[service] else {
      preconditionFailure("no observations of \(service); known: \(services)")
    }
    return place
  }
}
