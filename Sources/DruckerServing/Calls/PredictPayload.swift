import DruckerProtocol
import GRPC
import Protobuf

/// A prediction's request as it came over the wire.
struct PredictRequest {
  let input: PredictInput
  let optionText: String

  /// Decodes a request message; throws `ProtobufError`.
  init(_ kind: PayloadKind, _ bytes: UnsafeRawBufferPointer) throws {
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
  /// Sends the response message; the option is sent as JSON text, `{}` when it is empty.
  func send(on call: GRPCServerCall) {
    let option = Drucker.Option(val: self.option.text)
    let score = scores.first ?? 0
    switch output {
    case .string(let output):
      call.send(Drucker.StringOutput(output: output, score: score, option: option))
    case .bytes(let output):
      call.send(Drucker.BytesOutput(output: output, score: score, option: option))
    case .arrInt(let output):
      call.send(Drucker.ArrIntOutput(output: output, score: scores, option: option))
    case .arrFloat(let output):
      call.send(Drucker.ArrFloatOutput(output: output, score: scores, option: option))
    case .arrString(let output):
      call.send(Drucker.ArrStringOutput(output: output, score: scores, option: option))
    }
  }
}

extension GRPCServerCall {
  /// Sends a message, which is written right where it waits to be sent.
  fileprivate func send(_ message: some ProtobufMessage) {
    sendMessage(byteCount: message.protobufByteCount) { message.write(filling: $0) }
  }
}
