import DruckerProtocol
import Protobuf

/// A prediction's request as it came over the wire.
struct PredictRequest {
  let input: PredictInput
  let optionText: String

  /// Decodes a request message; throws `ProtobufError`.
  init(_ kind: PayloadKind, _ bytes: [UInt8]) throws {
    switch kind {
    case .string:
      let message = try Drucker.StringInput(protobuf: bytes)
      (input, optionText) = (.string(message.input), message.option?.val ?? "")
    case .bytes:
      let message = try Drucker.BytesInput(protobuf: bytes)
      (input, optionText) = (.bytes(message.input), message.option?.val ?? "")
    case .arrInt:
      let message = try Drucker.ArrIntInput(protobuf: bytes)
      (input, optionText) = (.arrInt(message.input), message.option?.val ?? "")
    case .arrFloat:
      let message = try Drucker.ArrFloatInput(protobuf: bytes)
      (input, optionText) = (.arrFloat(message.input), message.option?.val ?? "")
    case .arrString:
      let message = try Drucker.ArrStringInput(protobuf: bytes)
      (input, optionText) = (.arrString(message.input), message.option?.val ?? "")
    }
  }
}

extension Prediction {
  /// Encodes the response message; the option is sent as JSON text, `{}` when it is empty.
  func encoded() -> [UInt8] {
    let option = Drucker.Option(val: self.option.text)
    let score = scores.first ?? 0
    switch output {
    case .string(let output):
      return Drucker.StringOutput(output: output, score: score, option: option).protobufBytes()
    case .bytes(let output):
      return Drucker.BytesOutput(output: output, score: score, option: option).protobufBytes()
    case .arrInt(let output):
      return Drucker.ArrIntOutput(output: output, score: scores, option: option).protobufBytes()
    case .arrFloat(let output):
      return Drucker.ArrFloatOutput(output: output, score: scores, option: option).protobufBytes()
    case .arrString(let output):
      return Drucker.ArrStringOutput(output: output, score: scores, option: option).protobufBytes()
    }
  }
}
