import DruckerClient
import DruckerProtocol
import GRPC
import Protobuf
import TestSupport
import Testing
import Transport

@Suite struct CallTests {
  static let inputs: [DruckerInput] = [
    .string("a"), .bytes([1]), .arrInt([1, -2]), .arrFloat([0.5]), .arrString(["a", "b"]),
  ]

  static func output(_ kind: PayloadKind) -> DruckerOutput {
    switch kind {
    case .string: .string("1")
    case .bytes: .bytes([1])
    case .arrInt: .arrInt([1])
    case .arrFloat: .arrFloat([1])
    case .arrString: .arrString(["1"])
    }
  }

  @Test(arguments: inputs, PayloadKind.allCases)
  func `a prediction of any input gives any output`(input: DruckerInput, kind: PayloadKind) throws {
    for package in DruckerPackage.allCases {
      var settings = DruckerClientSettings()
      settings.package = package
      let rig = ClientRig(settings: settings)
      rig.listen()
      let outcome = rig.predict(input, output: kind)
      let prediction = try #require(outcome.reply).result.get()
      #expect(prediction.output == Self.output(kind))
      #expect(prediction.score == [0.5])
      let method = DruckerMethod(
        .predict(input: input.kind, output: kind), package: package)
      #expect(rig.server.calls.map(\.path) == [method.path])
      #expect(rig.server.received == [input.message(option: "{}")])
    }
  }

  @Test func `bytes are predicted from one by one over one call`() throws {
    let rig = ClientRig()
    rig.listen()
    var reply: DruckerReply<[DruckerPrediction]>?
    rig.client.predictEach([[1], [2], [3]], output: .bytes) { reply = $0 }
    rig.loop.run()
    let predictions = try #require(reply).result.get()
    #expect(predictions.map(\.output) == [.bytes([1]), .bytes([2]), .bytes([3])])
  }

  @Test func `messages can be sent and taken while the call runs`() {
    let rig = ClientRig()
    rig.server.onCall = { call in
      call.onMessage = { [unowned call] in call.sendMessage($0) }
      call.onHalfClose = { [unowned call] in call.finish(trailers: ["x-end": "1"]) }
      return true
    }
    rig.listen()
    var taken: [[UInt8]] = []
    var reply: DruckerReply<[[UInt8]]>?
    let call = rig.client.start(
      .predict(input: .bytes, output: .bytes), messages: [[1]], isComplete: false,
      onMessage: { taken.append($0) }, completion: { reply = $0 })
    rig.loop.run()
    #expect(taken == [[1]])
    call.send([2])
    rig.loop.run()
    #expect(taken == [[1], [2]])
    call.halfClose()
    rig.loop.run()
    #expect(reply?.status == .ok)
    #expect(reply?.trailers["x-end"] == "1")
    #expect(call.isEnded)
  }

  @Test(arguments: [
    (DruckerHostForm.v02, "digits-development.example.com"),
    (.v04, "digits-v2-development.example.com"),
  ])
  func `a service is asked for by name at the ingress`(form: DruckerHostForm, host: String) {
    let rig = ClientRig(
      target: .service(
        application: "digits", level: "development", domain: "example.com",
        ingress: DruckerAddress(host: "ingress", port: 80), form: form))
    rig.listen("ingress:80")
    let incoming: GRPCMetadata = ["x-request-id": "r1", "x-other": "o", "x-b3-traceid": "t"]
    let options = DruckerCallOptions(metadata: ["x-mine": "m"]).tracing(incoming)
    rig.client.predict(.string("a"), output: .string, options: options) { _ in }
    rig.loop.run()
    #expect(rig.server.calls[0].authority == host)
    let expected: GRPCMetadata = [
      "x-rekcurd-application-name": "digits", "x-rekcurd-sevice-level": "development",
      "x-rekcurd-grpc-version": "v2", "x-mine": "m", "x-request-id": "r1", "x-b3-traceid": "t",
    ]
    let sent = rig.server.calls[0].metadata
    for entry in expected.entries { #expect(sent.values(entry.key) == [entry.value]) }
    #expect(sent["x-other"] == nil)
  }

  @Test func `an upload goes in parts, also when it is larger than all windows`() throws {
    var settings = DruckerClientSettings()
    settings.uploadChunkBytes = 100_000
    let rig = ClientRig(settings: settings)
    rig.listen()
    let data = (0..<6_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    var reply: DruckerReply<Drucker.ModelResponse>?
    rig.client.uploadModel(path: "v2.model", data: data) { reply = $0 }
    rig.loop.run()
    #expect(try #require(reply).result.get().message == "61")
    let parts = try rig.server.received.map { try Drucker.UploadModelRequest(protobuf: $0) }
    #expect(parts.allSatisfy { $0.path == "v2.model" })
    #expect(parts.flatMap(\.data) == data)
  }

  @Test func `an empty file is uploaded in one empty part`() throws {
    let rig = ClientRig()
    rig.listen()
    var reply: DruckerReply<Drucker.UploadEvaluationDataResponse>?
    rig.client.uploadEvaluationData(path: "e", data: []) { reply = $0 }
    rig.loop.run()
    #expect(try #require(reply).result.get().message == "1")
  }

  @Test func `an OK without an answer, or with a malformed one, is INTERNAL`() {
    let rig = ClientRig()
    rig.listen()
    rig.server.onCall = { call in
      call.finish()
      return true
    }
    #expect(rig.predict().code == .internal)
    rig.server.onCall = { call in
      call.sendMessage([0xFF])
      call.finish()
      return true
    }
    #expect(rig.predict().code == .internal)
  }
}
