// Tidy: user code, run in virtual time.
public import DruckerServing
import Foundation
public import ModelStorage

/// A predictor as a user might write it, who knows nothing of simulations: it sleeps, looks at
/// every clock, and throws dice.
public struct RestlessPredictor: Predictor {
  /// Any file will do.
  public static func load(_ model: ModelFile) async throws -> RestlessPredictor {
    try await Task.sleep(for: .milliseconds(Int.random(in: 100...200)))
    return RestlessPredictor()
  }

  /// Milliseconds slept, the wall clock's year and second, and two dice.
  public func predict(
    _ input: PredictInput, option: PredictOption
  ) async throws -> Prediction {
    let start = ContinuousClock.now
    async let left = roll()
    async let right = roll()
    let dice = await [left, right]
    try await Task.sleep(nanoseconds: UInt64.random(in: 1_000_000...20_000_000))
    let slept = start.duration(to: .now)
    let milliseconds = Int32(slept.components.attoseconds / 1_000_000_000_000_000)
    let date = Date().timeIntervalSince1970
    let year = Int32(1970 + date / 31_556_952)
    let second = Int32(Int(date) % 1_000_000)
    return Prediction(
      .arrInt([milliseconds, year, second] + dice), scores: [Float.random(in: 0..<1)])
  }

  private func roll() async -> Int32 {
    await Task.yield()
    return Int32.random(in: 1...6)
  }
}
