import SimulationKernel

/// What a condition saw, and whether it holds.
package struct Judgement {
  /// Whether the condition holds.
  package var holds: Bool
  /// What was seen, in words.
  package var seen: String
}

extension Condition {
  /// Judges the condition on what is observed; about requests, on what was counted of them.
  func judge(_ state: ServiceState, _ requests: RequestTally) -> Judgement {
    func count(_ number: Int) -> Judgement { compare(Double(number), String(number)) }
    switch metric {
    case .desired: return count(state.desired)
    case .replicas: return count(state.replicas)
    case .updated: return count(state.updated)
    case .ready: return count(state.ready)
    case .available: return count(state.available)
    case .pods: return count(state.pods)
    case .restarts: return count(state.restarts)
    case .rollout: return compare(state.rollout.rawValue)
    case .assignedModel: return compare(state.assignedModel ?? "none")
    case .servedModel: return compare(state.servedModel ?? "none")
    case .requests, .failures, .errorRate, .wrongAnswers, .accuracy, .latency:
      return judge(requests)
    }
  }

  private func judge(_ requests: RequestTally) -> Judgement {
    func share(_ part: Int, of whole: Int) -> Judgement {
      if whole == 0 { return Judgement(holds: false, seen: "no requests") }
      let fraction = Double(part) / Double(whole)
      return compare(fraction, "\(percent(fraction)) (\(part) of \(whole))")
    }
    switch metric {
    case .requests: return compare(Double(requests.ended), String(requests.ended))
    case .failures:
      return compare(Double(requests.failed), "\(requests.failed) of \(requests.ended)")
    case .errorRate: return share(requests.failed, of: requests.ended)
    case .wrongAnswers:
      return compare(Double(requests.wrong), "\(requests.wrong) of \(requests.answered)")
    case .accuracy: return share(requests.right, of: requests.answered)
    case .latency(let percentile):
      if requests.answered == 0 { return Judgement(holds: false, seen: "no answers") }
      let value = requests.latency.percentile(percentile)
      return compare(Double(value), Units.text(.nanoseconds(value)))
    case .desired, .replicas, .updated, .ready, .available, .pods, .restarts, .rollout,
      .assignedModel, .servedModel:
      preconditionFailure("\(metric) is not about requests")
    }
  }

  private func percent(_ fraction: Double) -> String {
    let hundredths = Int((fraction * 10_000).rounded())
    return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)%"
  }

  private func compare(_ seen: String) -> Judgement {
    guard case .word(let wanted) = value else {
      preconditionFailure("\(text) compares a word with a number")
    }
    return Judgement(holds: (seen == wanted) == (comparison == .equal), seen: seen)
  }

  private func compare(_ number: Double, _ seen: String) -> Judgement {
    guard case .number(let wanted) = value else {
      preconditionFailure("\(text) compares a number with a word")
    }
    let holds =
      switch comparison {
      case .atLeast: number >= wanted
      case .atMost: number <= wanted
      case .equal: number == wanted
      case .notEqual: number != wanted
      case .less: number < wanted
      case .more: number > wanted
      }
    return Judgement(holds: holds, seen: seen)
  }
}
