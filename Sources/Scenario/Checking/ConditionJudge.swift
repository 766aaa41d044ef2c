import SimulationKernel

extension Condition {
  /// Whether the condition holds for what was seen.
  func holds(_ seen: Observed) -> Bool {
    switch (seen, value) {
    case (.nothing, _): return false
    case (.word(let word), .word(let wanted)):
      return (word == wanted) == (comparison == .equal)
    case (.condition(let status, let reason), .word(let wanted)):
      return (status == wanted || reason == wanted) == (comparison == .equal)
    case (_, .number(let wanted)):
      guard let number = seen.number else {
        preconditionFailure("\(text) compares a word with a number")
      }
      return compare(number, wanted)
    case (_, .word): preconditionFailure("\(text) compares a number with a word")
    }
  }

  private func compare(_ number: Double, _ wanted: Double) -> Bool {
    switch comparison {
    case .atLeast: number >= wanted
    case .atMost: number <= wanted
    case .equal: number == wanted
    case .notEqual: number != wanted
    case .less: number < wanted
    case .more: number > wanted
    }
  }
}
