import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

/// One of the 25 calls under one of the packages.
struct PredictRow: CustomTestStringConvertible, Sendable {
  let input: PayloadKind
  let output: PayloadKind
  let package: DruckerPackage
  var testDescription: String { "\(package) Predict_\(input.rawValue)_\(output.rawValue)" }

  static let all = DruckerPackage.allCases.flatMap { package in
    PayloadKind.allCases.flatMap { input in
      PayloadKind.allCases.map { PredictRow(input: input, output: $0, package: package) }
    }
  }

  var request: any ProtobufMessage {
    switch input {
    case .string: Drucker.StringInput(input: "ä")
    case .bytes: Drucker.BytesInput(input: [0, 255])
    case .arrInt: Drucker.ArrIntInput(input: [1, -2])
    case .arrFloat: Drucker.ArrFloatInput(input: [0.5])
    case .arrString: Drucker.ArrStringInput(input: ["x", ""])
    }
  }

  var value: PredictInput {
    switch input {
    case .string: .string("ä")
    case .bytes: .bytes([0, 255])
    case .arrInt: .arrInt([1, -2])
    case .arrFloat: .arrFloat([0.5])
    case .arrString: .arrString(["x", ""])
    }
  }
}

/// An option's text and what the predictor gets.
struct OptionRow: Sendable {
  let text: String
  let values: JSONValue
}

@Suite struct PredictTests {
  @Test(arguments: PredictRow.all)
  func `every prediction is answered in its own type`(_ row: PredictRow) throws {
    let rig = try bootedRig()
    let answer = rig.call(
      .predict(input: row.input, output: row.output), row.package, row.request)
    let text = "first:\(row.value)"
    #expect(answer.status == .ok)
    #expect(answer.messages.count == 1)
    let option = Drucker.Option(val: "{}")
    switch row.output {
    case .string:
      let output = try answer.first(Drucker.StringOutput.self)
      #expect(output == Drucker.StringOutput(output: text, score: 0.75, option: option))
    case .bytes:
      let output = try answer.first(Drucker.BytesOutput.self)
      #expect(output == Drucker.BytesOutput(output: Array(text.utf8), score: 0.75, option: option))
    case .arrInt:
      let output = try answer.first(Drucker.ArrIntOutput.self)
      #expect(output == .init(output: [1, -2], score: [0.75, 0.25], option: option))
    case .arrFloat:
      let output = try answer.first(Drucker.ArrFloatOutput.self)
      #expect(output == .init(output: [0.5], score: [0.75, 0.25], option: option))
    case .arrString:
      let output = try answer.first(Drucker.ArrStringOutput.self)
      #expect(
        output
          == .init(output: ["first", "\(row.value)"], score: [0.75, 0.25], option: option))
    }
  }

  @Test func `bytes in and out are answered message by message, in order`() throws {
    let rig = try bootedRig { $0.gate = QueueGate($0.loop, nanosecondsEach: 1_000_000) }
    let inputs = (0..<20).map { Drucker.BytesInput(input: [$0]) }
    let path = DruckerMethod(.predict(input: .bytes, output: .bytes), package: .rekcurd).path
    let (answer, _) = rig.start(path, inputs)
    rig.loop.advance(byNanoseconds: 1_000_000_000)
    #expect(answer.status == .ok)
    let texts = try answer.messages.map {
      String(decoding: try Drucker.BytesOutput(protobuf: $0).output, as: UTF8.self)
    }
    #expect(texts == (0..<20).map { "first:bytes([\($0)])" })
  }

  @Test func `a stream of bytes is answered by its first message while it still runs`() throws {
    let rig = try bootedRig()
    let path = DruckerMethod(.predict(input: .bytes, output: .string), package: .drucker).path
    let (answer, _) = rig.start(
      path, [Drucker.BytesInput(input: [1]), Drucker.BytesInput(input: [2])], ends: false)
    #expect(answer.status == .ok)
    #expect(try answer.first(Drucker.StringOutput.self).output == "first:bytes([1])")
  }

  @Test(arguments: [
    OptionRow(text: #"{"a": {"b": [1]}}"#, values: ["a": ["b": [1]]]),
    OptionRow(text: "plain", values: ["plain": "plain"]),
    OptionRow(text: "[1]", values: ["[1]": "[1]"]),
    OptionRow(text: "", values: [:]),
  ])
  func `an option is a JSON object or becomes one`(_ row: OptionRow) throws {
    let rig = try bootedRig()
    let answer = try rig.predictString("x", option: row.text).first(Drucker.StringOutput.self)
    #expect(try JSONValue(parsing: answer.option?.val ?? "") == row.values)
  }

  @Test func `a predictor that throws is an INTERNAL error with its message`() throws {
    let rig = try bootedRig()
    let answer = rig.predictString("x", option: #"{"fail": true}"#)
    #expect(answer.status == GRPCStatus(.internal, "the prediction failed: told to fail"))
    #expect(answer.messages.isEmpty)
    let next = rig.predictString("x")
    #expect(next.status == .ok)
  }

  @Test func `an answer of another type is an INTERNAL error`() throws {
    let rig = try bootedRig()
    #expect(rig.predictString("x", option: #"{"wrong": true}"#).status?.code == .internal)
  }

  @Test func `the reference's answers to errors can be had`() throws {
    let rig = try bootedRig { $0.configuration.legacyErrorResponses = true }
    let fail = Drucker.Option(val: #"{"fail": true}"#)
    let answers = PayloadKind.allCases.map { output in
      rig.call(
        .predict(input: .string, output: output), .drucker,
        Drucker.StringInput(input: "x", option: fail))
    }
    let option = Drucker.Option(val: "{}")
    #expect(answers.allSatisfy { $0.status == .ok })
    #expect(
      try answers[0].first(Drucker.StringOutput.self) == .init(output: "None", option: option))
    #expect(
      try answers[1].first(Drucker.BytesOutput.self)
        == .init(output: Array("None".utf8), option: option))
    #expect(
      try answers[2].first(Drucker.ArrIntOutput.self)
        == .init(output: [0], score: [0], option: option))
    #expect(
      try answers[3].first(Drucker.ArrFloatOutput.self)
        == .init(output: [0], score: [0], option: option))
    #expect(
      try answers[4].first(Drucker.ArrStringOutput.self)
        == .init(output: ["None"], score: [0], option: option))
  }

  @Test func `a message that is no protobuf is an INTERNAL error`() throws {
    let rig = try bootedRig()
    let path = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    let answer = rig.call(path, Drucker.ArrIntInput(input: [-1]))
    #expect(answer.status?.code == .internal)
    #expect(rig.call(path).status?.code == .internal)
    #expect(rig.call(path + "s").status?.code == .unimplemented)
  }

  @Test func `calls of all kinds follow each other on one connection`() throws {
    let rig = try bootedRig()
    for _ in 0..<2 {
      for row in PredictRow.all {
        let call = DruckerMethod.Call.predict(input: row.input, output: row.output)
        for _ in 0..<2 {
          let answer = rig.call(call, row.package, row.request)
          #expect(answer.status == .ok && answer.messages.count == 1)
        }
        // Without a request, which the call before had.
        let path = DruckerMethod(call, package: row.package).path
        let isStream = call.streaming == .bidirectionalStreaming
        #expect(rig.call(path).status?.code == (isStream ? .ok : .internal))
      }
      #expect(rig.call("/no.Service/Method").status?.code == .unimplemented)
      #expect(rig.call(.healthCheck, .drucker, Drucker.HealthCheckRequest()).status == .ok)
    }
    #expect(rig.server.predictionCount == 4 * PredictRow.all.count)
  }

  @Test func `cancelled work that waits for the CPU is dropped`() throws {
    let rig = try bootedRig { $0.gate = QueueGate($0.loop, nanosecondsEach: 10_000_000) }
    let path = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    let (first, _) = rig.start(path, [Drucker.StringInput(input: "1")])
    let (second, call) = rig.start(path, [Drucker.StringInput(input: "2")])
    let (third, _) = rig.start(
      path, [Drucker.StringInput(input: "3")], timeoutNanoseconds: 25_000_000)
    call?.cancel()
    rig.loop.advance(byNanoseconds: 100_000_000)
    #expect(first.status == .ok)
    #expect(second.status?.code == .cancelled)
    #expect(third.status?.code == .deadlineExceeded)
    #expect(rig.server.predictionCount == 1)
    #expect(rig.server.runningCalls == 0)
  }
}
