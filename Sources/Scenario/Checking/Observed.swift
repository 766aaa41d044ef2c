import Measurement
import SimulationKernel

/// What was counted in a window so far.
struct WindowCounts {
  /// Its requests.
  var requests = RequestTally()
  /// The time that the service's pods existed in it, over all pods, in nanoseconds.
  var podNanoseconds: Int64 = 0
  /// How long it has been.
  var length: Duration = .zero
}

/// What was seen of a measure at one moment.
enum Observed {
  case count(Int)
  case part(Int, of: Int)
  case share(Int, of: Int)
  case fraction(Double)
  case nanoseconds(Int64)
  case perSecond(Double)
  case hours(Double)
  case word(String)
  /// A condition, which two words say.
  case condition(status: String, reason: String)
  /// There is nothing yet, so that nothing holds.
  case nothing(String)

  /// The number that is compared; nil for words.
  var number: Double? {
    switch self {
    case .count(let count), .part(let count, of: _): Double(count)
    case .share(let part, let whole): Double(part) / Double(whole)
    case .fraction(let value), .perSecond(let value), .hours(let value): value
    case .nanoseconds(let value): Double(value)
    case .word, .condition, .nothing: nil
    }
  }

  /// What was seen, for people.
  var text: String {
    switch self {
    case .count(let count): String(count)
    case .part(let part, let whole): "\(part) of \(whole)"
    case .share(let part, let whole):
      "\(Self.percent(Double(part) / Double(whole))) (\(part) of \(whole))"
    case .fraction(let value): Self.percent(value)
    case .nanoseconds(let value): Units.text(.nanoseconds(value))
    case .perSecond(let value): "\(Self.hundredths(value))/s"
    case .hours(let value): Self.hundredths(value)
    case .word(let word): word
    case .condition(let status, let reason): reason.isEmpty ? status : "\(status) (\(reason))"
    case .nothing(let why): why
    }
  }

  private static func percent(_ fraction: Double) -> String { hundredths(fraction * 100) + "%" }

  private static func hundredths(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
  }
}

extension Measure {
  /// Looks at a service, and at what was counted of its requests.
  func observe(_ state: ServiceState, _ window: WindowCounts) -> Observed {
    switch metric {
    case .desired: .count(state.desired)
    case .replicas: .count(state.replicas)
    case .updated: .count(state.updated)
    case .ready: .count(state.ready)
    case .available: .count(state.available)
    case .pods: .count(state.pods)
    case .pending: .count(state.pending)
    case .nodes: .count(state.nodes)
    case .restarts: .count(state.restarts)
    case .revision: .count(state.revision)
    case .rollout: .word(state.rollout.rawValue)
    case .condition(let type): state.conditions[type]?.observed ?? .nothing("no condition \(type)")
    case .autoscaler(let type):
      state.autoscaler[type]?.observed ?? .nothing("no condition \(type)")
    case .utilisation:
      state.utilisationPercent.map { .fraction(Double($0) / 100) } ?? .nothing("no metrics")
    case .events(let reason): .count(state.events[reason] ?? 0)
    case .logLines(let text): .count(state.logLines[text] ?? 0)
    case .assignedModel: .word(state.assignedModel ?? "none")
    case .servedModel: .word(state.servedModel ?? "none")
    case .evaluation: state.evaluation.map { .fraction($0) } ?? .nothing("no evaluation")
    case .podHours: .hours(Double(window.podNanoseconds) / 3.6e12)
    case .requests, .failures, .failuresOf, .errorRate, .errorRateOf, .wrongAnswers, .models,
      .accuracy, .latency, .throughput:
      observe(window.requests, window.length)
    }
  }

  private func observe(_ requests: RequestTally, _ length: Duration) -> Observed {
    func share(_ part: Int, of whole: Int) -> Observed {
      whole == 0 ? .nothing("no requests") : .share(part, of: whole)
    }
    switch metric {
    case .requests: return .count(requests.ended)
    case .failures: return .part(requests.failed, of: requests.ended)
    case .failuresOf(let status):
      return .part(requests.failedByStatus[status] ?? 0, of: requests.ended)
    case .errorRate: return share(requests.failed, of: requests.ended)
    case .errorRateOf(let status):
      return share(requests.failedByStatus[status] ?? 0, of: requests.ended)
    case .wrongAnswers: return .part(requests.wrong, of: requests.answered)
    case .models: return .count(requests.models.count)
    case .accuracy: return share(requests.right, of: requests.answered)
    case .latency(let percentile):
      if requests.answered == 0 { return .nothing("no answers") }
      return .nanoseconds(requests.latency.percentile(percentile))
    case .throughput:
      let nanoseconds = length.wholeNanoseconds
      if nanoseconds <= 0 { return .nothing("no time has passed") }
      return .perSecond(Double(requests.answered) * 1e9 / Double(nanoseconds))
    default: preconditionFailure("\(metric) is not about requests")
    }
  }
}

extension ServiceState.ConditionState {
  fileprivate var observed: Observed { .condition(status: status, reason: reason) }
}
