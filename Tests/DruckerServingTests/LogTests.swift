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
}
