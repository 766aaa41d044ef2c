import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

@Suite struct LogTests {
  @Test func `a system line has the contract's keys`() throws {
    let rig = try bootedRig()
    #expect(
      rig.systemLines.first
        == #"{"host":"pod-1","short_message":"serving default.model","#
        + #""timestamp":1500000000.042,"level":6,"service":"drucker","ml_service":"digits","#
        + #""service_level":"development"}"#)
  }

  @Test func `a prediction is logged with its input and output`() throws {
    let rig = try bootedRig()
    _ = rig.predictString("\"x\"", option: #"{"a":1}"#)
    let line = try JSONValue(parsing: try #require(rig.serviceLines.first))
    #expect(line["short_message"] == "prediction result.")
    #expect(line["level"] == 6)
    let input = try JSONValue(parsing: line["ml_input"]?.stringValue ?? "")
    #expect(input == ["option": #"{"a":1}"#, "input": "\"x\""])
    let output = try JSONValue(parsing: line["ml_output"]?.stringValue ?? "")
    #expect(output["output"] == #"first:string("\"x\"")"#)
    #expect(output["score"]?[0] == 0.75)
  }

  @Test(arguments: ["suppress_log_inout", "suppress_log_input"])
  func `input and output can be kept out of the log`(_ key: String) throws {
    let rig = try bootedRig()
    _ = rig.predictString("secret", option: "{\"\(key)\": true}")
    let text = try #require(rig.serviceLines.first)
    let line = try JSONValue(parsing: text)
    #expect(line["ml_input"] == "")
    #expect(line["ml_output"] == "")
    #expect(!text.contains("secret"))
  }

  @Test(arguments: [
    [0, 9, 10, 63, 5], [64, 0], [99, 100, 101], [-1], [Int32.min, -10, 16, Int32.max], [], [7],
  ])
  func `integers are logged as they are`(_ numbers: [Int32]) throws {
    let rig = try bootedRig()
    let input = Drucker.ArrIntInput(input: numbers)
    _ = rig.call(.predict(input: .arrInt, output: .arrInt), .drucker, input)
    let line = try JSONValue(parsing: try #require(rig.serviceLines.first))
    let text = numbers.map { "\($0)" }.joined(separator: ",")
    #expect(line["ml_input"] == .string(#"{"option":"","input":[\#(text)]}"#))
    #expect(line["ml_output"] == #"{"option":"{}","output":[1,-2],"score":[0.75,0.25]}"#)
  }

  @Test(arguments: [
    "", "plain", "\"", "a\\b", "line\nend", "\u{1}", "grün", "{\"a\":[1]}",
    String(repeating: "long ", count: 100),
  ])
  func `texts are logged as they are`(_ text: String) throws {
    let rig = try bootedRig()
    _ = rig.predictString(text, option: "")
    let line = try JSONValue(parsing: try #require(rig.serviceLines.first))
    let input = try JSONValue(parsing: line["ml_input"]?.stringValue ?? "")
    #expect(input["input"] == .string(text))
  }

  @Test(
    arguments: [
      0, -0.5, 0.1, 1, 16_777_216, 3.5e37, .leastNonzeroMagnitude, -.leastNormalMagnitude,
    ] as [Float])
  func `numbers are logged with the digits that tell them from others`(_ number: Float) throws {
    let rig = try bootedRig()
    let input = Drucker.ArrFloatInput(input: [number, number])
    _ = rig.call(.predict(input: .arrFloat, output: .arrInt), .drucker, input)
    let line = try JSONValue(parsing: try #require(rig.serviceLines.first))
    let text = Double(number).description
    #expect(line["ml_input"] == .string(#"{"option":"","input":[\#(text),\#(text)]}"#))
  }
}
