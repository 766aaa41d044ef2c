import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

/// Answers a number's remainder by 3 as a text, and is wrong for 4.
struct RemainderPredictor: SynchronousPredictor {
  static func load(_ model: ModelFile) throws -> RemainderPredictor { RemainderPredictor() }

  func predict(_ input: PredictInput, option: PredictOption) throws -> Prediction {
    guard case .arrInt(let values) = input, let value = values.first else {
      throw PredictorError("expected an integer")
    }
    return Prediction(.string(value == 4 ? "0" : "\(value % 3)"), scores: [1])
  }
}

@Suite struct EvaluationTests {
  private func upload(_ rig: ServingRig, _ text: String) throws {
    let answer = rig.call(
      .uploadEvaluationData, .drucker,
      Drucker.UploadEvaluationDataRequest(data: Array(text.utf8), dataPath: "data"))
    #expect(try answer.first(Drucker.UploadEvaluationDataResponse.self).status == 1)
  }

  private func rig() throws -> ServingRig {
    try bootedRig { $0.factory = PredictorFactory(RemainderPredictor.self) }
  }

  private let cases = """
    {"input": [0], "label": "0"}
    {"input": 3, "label": "0"}
    {"input": [4], "label": "1"}
    {"input": [7], "label": "1"}
    """

  @Test(arguments: DruckerPackage.allCases)
  func `an evaluation counts and its results can be read`(_ package: DruckerPackage) throws {
    let rig = try rig()
    try upload(rig, cases)
    let metrics = try rig.call(
      .evaluateModel, package, Drucker.EvaluateModelRequest(dataPath: "data", resultPath: "result")
    ).first(Drucker.EvaluateModelResponse.self).metrics
    let labels = ["0", "1"].map { Drucker.IO(ioOneof: .str(Drucker.ArrString(val: [$0]))) }
    let expected = Drucker.EvaluationMetrics(
      num: 4, accuracy: 0.75, precision: [Float(2) / 3, 1], recall: [1, 0.5],
      fvalue: [0.8, Float(2) / 3], label: package == .rekcurd ? labels : [])
    #expect(metrics?.num == expected.num)
    #expect(metrics?.accuracy == expected.accuracy)
    #expect(metrics?.precision == expected.precision)
    #expect(metrics?.recall == expected.recall)
    #expect(metrics?.label == expected.label)

    let results = rig.call(
      .evaluationResult, package,
      Drucker.EvaluationResultRequest(dataPath: "data", resultPath: "result"))
    #expect(results.status == .ok)
    let result = try results.first(Drucker.EvaluationResultResponse.self)
    #expect(result.metrics == metrics)
    #expect(result.detail.map(\.isCorrect) == [true, true, false, true])
  }

  @Test func `data may come with the call`() throws {
    let rig = try rig()
    let answer = rig.call(
      .evaluateModel, .drucker,
      Drucker.EvaluateModelRequest(
        data: Array(cases.utf8.prefix(30)), dataPath: "d", resultPath: "r"),
      Drucker.EvaluateModelRequest(data: Array(cases.utf8.dropFirst(30))))
    #expect(try answer.first(Drucker.EvaluateModelResponse.self).metrics?.num == 4)
  }

  @Test func `results come in messages below the limit, each with the metrics`() throws {
    let rig = try rig()
    let count = 60
    let text = String(repeating: "x", count: 200_000)
    let details = (0..<count).map { index in
      EvaluationDetail(
        input: Drucker.IO(ioOneof: .str(Drucker.ArrString(val: [text, "\(index)"]))))
    }
    let metrics = EvaluationMetrics(num: 60, accuracy: 1)
    let file = Drucker.EvaluationResultResponse(metrics: metrics, detail: details)
    let path = try ModelPath(application: "digits", file: "r")
    _ = rig.evaluations.write(path, file.protobufBytes())
    let answer = rig.call(
      .evaluationResult, .drucker, Drucker.EvaluationResultRequest(dataPath: "d", resultPath: "r"))
    #expect(answer.status == .ok)
    #expect(answer.messages.count == 3)
    #expect(answer.messages.allSatisfy { $0.count < 4_190_000 })
    let parts = try answer.messages.map { try Drucker.EvaluationResultResponse(protobuf: $0) }
    #expect(parts.allSatisfy { $0.metrics == metrics })
    #expect(parts.flatMap(\.detail) == details)
  }

  @Test func `what cannot be evaluated says why`() throws {
    let rig = try rig()
    let missing = rig.call(
      .evaluateModel, .drucker, Drucker.EvaluateModelRequest(dataPath: "no", resultPath: "r"))
    #expect(missing.status?.code == .notFound)
    let unnamed = rig.call(.evaluateModel, .drucker, Drucker.EvaluateModelRequest(dataPath: "a/b"))
    #expect(unnamed.status?.code == .invalidArgument)
    try upload(rig, "{\"input\": [0], \"label\": \"0\"}\n{\"input\": {}}")
    let malformed = rig.call(
      .evaluateModel, .drucker, Drucker.EvaluateModelRequest(dataPath: "data"))
    #expect(malformed.status?.code == .internal)
    #expect(malformed.status?.message.contains("line 2: expected \"input\"") == true)
    let results = rig.call(
      .evaluationResult, .drucker, Drucker.EvaluationResultRequest(dataPath: "d", resultPath: "no"))
    #expect(results.status?.code == .notFound)
  }
}
