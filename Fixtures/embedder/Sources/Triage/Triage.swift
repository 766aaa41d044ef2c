public import Andruck

/// A predictor of a user's: it says which of its queues each number belongs to, and takes its time.
public struct Triage: Predictor {
  private let queues: Int32

  /// The model file is the number of queues, as text.
  public static func load(_ model: ModelFile) async throws -> Triage {
    try await Task.sleep(for: .milliseconds(200))
    guard let queues = Int32(String(decoding: model.bytes, as: UTF8.self)), queues > 0 else {
      throw PredictorError("expected a number of queues")
    }
    return Triage(queues: queues)
  }

  /// The remainders of the numbers, after some milliseconds by chance.
  public func predict(
    _ input: PredictInput, option: PredictOption
  ) async throws -> Prediction {
    guard case .arrInt(let numbers) = input else { throw PredictorError("integers, please") }
    try await Task.sleep(for: .milliseconds(Int.random(in: 2...6)))
    return Prediction(.arrInt(numbers.map { $0 % queues }))
  }
}
