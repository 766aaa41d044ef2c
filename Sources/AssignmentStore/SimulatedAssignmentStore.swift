/// What is wrong with the assignment database, as data of a scenario.
public enum AssignmentFault: Sendable, Equatable {
  /// Another process holds the lock: every call fails after having waited this long.
  case locked(waited: Duration)
  /// The database cannot be reached: every call fails at once, without effect.
  case unavailable
  /// Every call succeeds, with this much delay.
  case slow(Duration)
}

/// A table with modelled time and faults in front of another.
public final class SimulatedAssignmentStore: AssignmentStoring {
  private let store: any AssignmentStoring

  /// What is wrong at present; nil is a healthy database.
  ///
  /// Takes effect with the next call.
  public var fault: AssignmentFault?

  /// Puts faults in front of a table.
  public init(_ store: any AssignmentStoring, fault: AssignmentFault? = nil) {
    self.store = store
    self.fault = fault
  }

  /// The service's row, nil where it has none.
  public func read(service: String) -> AssignmentOutcome<Assignment?> {
    faulted { store.read(service: service) }
  }

  /// The service's row, created with `firstBoot` true for this model where there was none.
  public func createIfMissing(
    service: String, modelPath: String
  ) -> AssignmentOutcome<Assignment> {
    faulted { store.createIfMissing(service: service, modelPath: modelPath) }
  }

  /// Writes the service's row, new or not, and returns it.
  public func assign(
    service: String, modelPath: String, firstBoot: Bool
  ) -> AssignmentOutcome<Assignment> {
    faulted { store.assign(service: service, modelPath: modelPath, firstBoot: firstBoot) }
  }

  /// All rows, by service name.
  public func list() -> AssignmentOutcome<[Assignment]> {
    faulted { store.list() }
  }

  private func faulted<Value>(
    _ call: () -> AssignmentOutcome<Value>
  ) -> AssignmentOutcome<Value> {
    switch fault {
    case nil: return call()
    case .locked(let waited):
      let error = AssignmentError(code: .locked, message: "database is locked")
      return AssignmentOutcome(.failure(error), delay: waited)
    case .unavailable:
      let error = AssignmentError(code: .unavailable, message: "unable to open database file")
      return AssignmentOutcome(.failure(error))
    case .slow(let delay):
      var outcome = call()
      outcome.delay += delay
      return outcome
    }
  }
}
