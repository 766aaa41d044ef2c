import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import Synchronization
import TestSupport
import Testing

/// A predictor that suspends.
struct SuspendingPredictor: Predictor {
  let name: String

  static func load(_ model: ModelFile) async throws -> SuspendingPredictor {
    await Task.yield()
    return SuspendingPredictor(name: String(decoding: model.bytes, as: UTF8.self))
  }

  func predict(_ input: PredictInput, option: PredictOption) async throws -> Prediction {
    for _ in 0..<3 { await Task.yield() }
    if option.values["fail"] == true { throw PredictorError("told to fail") }
    return EchoPredictor.answer(name, input, option)
  }
}

/// Callbacks on their way from tasks to the loop's thread.
final class Inbox: Sendable {
  private let callbacks = Mutex<[@Sendable () -> Void]>([])

  func put(_ callback: @escaping @Sendable () -> Void) {
    callbacks.withLock { $0.append(callback) }
  }

  func take() -> [@Sendable () -> Void] {
    callbacks.withLock { list in
      defer { list = [] }
      return list
    }
  }
}

@Suite struct AsynchronousPredictorTests {
  @Test func `a predictor may suspend in load, predict and evaluate`() async throws {
    let inbox = Inbox()
    let rig = try ServingRig()
    rig.factory = PredictorFactory(SuspendingPredictor.self)
    rig.returnToLoop = { inbox.put($0) }
    func settle(_ isDone: () -> Bool) async {
      while !isDone() {
        await Task.yield()
        for callback in inbox.take() { callback() }
        rig.loop.run()
      }
    }
    rig.boot()
    await settle { rig.outcome != nil }
    #expect(rig.outcome == .ready)

    let path = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    let calls = (0..<10).map { rig.start(path, [Drucker.StringInput(input: "\($0)")]).0 }
    await settle { calls.allSatisfy { $0.status != nil } }
    for (index, answer) in calls.enumerated() {
      #expect(
        try answer.first(Drucker.StringOutput.self).output == "first:string(\"\(index)\")")
    }

    let (failed, _) = rig.start(
      path, [Drucker.StringInput(input: "x", option: Drucker.Option(val: #"{"fail": true}"#))])
    await settle { failed.status != nil }
    #expect(failed.status?.code == .internal)

    let evaluate = DruckerMethod(.evaluateModel, package: .drucker).path
    let data = Array(#"{"input": "a", "label": "b"}"#.utf8)
    let (evaluated, _) = rig.start(
      evaluate, [Drucker.EvaluateModelRequest(data: data, dataPath: "d", resultPath: "r")])
    await settle { evaluated.status != nil }
    #expect(try evaluated.first(Drucker.EvaluateModelResponse.self).metrics?.num == 1)
  }
}
