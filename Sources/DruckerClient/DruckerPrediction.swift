public import DruckerProtocol
import Protobuf

/// What a prediction is made from.
public enum DruckerInput: Hashable, Sendable {
  /// A text.
  case string(String)
  /// Bytes, such as an image.
  case bytes([UInt8])
  /// Integers.
  case arrInt([Int32])
  /// Numbers.
  case arrFloat([Float])
  /// Texts.
  case arrString([String])

  /// The type as the method's name has it.
  public var kind: PayloadKind {
    switch self {
    case .string: .string
    case .bytes: .bytes
    case .arrInt: .arrInt
    case .arrFloat: .arrFloat
    case .arrString: .arrString
    }
  }

  /// The serialised message, with the option's JSON text unless that is empty.
  public func message(option text: String = "{}") -> [UInt8] {
    let option = DruckerClient.option(text)
    switch self {
    case .string(let value):
      return Drucker.StringInput(input: value, option: option).protobufBytes()
    case .bytes(let value):
      return Drucker.BytesInput(input: value, option: option).protobufBytes()
    case .arrInt(let value):
      return Drucker.ArrIntInput(input: value, option: option).protobufBytes()
    case .arrFloat(let value):
      return Drucker.ArrFloatInput(input: value, option: option).protobufBytes()
    case .arrString(let value):
      return Drucker.ArrStringInput(input: value, option: option).protobufBytes()
    }
  }
}

/// What was predicted.
public enum DruckerOutput: Hashable, Sendable {
  /// A text.
  case string(String)
  /// Bytes.
  case bytes([UInt8])
  /// Integers.
  case arrInt([Int32])
  /// Numbers.
  case arrFloat([Float])
  /// Texts.
  case arrString([String])
}

/// A prediction of any output type.
public struct DruckerPrediction: Hashable, Sendable {
  /// What was predicted.
  public var output: DruckerOutput

  /// How sure the predictor is: one number for a text or bytes, else one for each output.
  public var score: [Float]

  /// What the predictor says besides, as JSON text; empty when it said nothing.
  public var option: String

  /// Decodes the message of an output type; throws `ProtobufError` for malformed bytes.
  public init(_ message: [UInt8], kind: PayloadKind) throws {
    let optionMessage: Drucker.Option?
    switch kind {
    case .string:
      let decoded = try Drucker.StringOutput(protobuf: message)
      (output, score, optionMessage) = (.string(decoded.output), [decoded.score], decoded.option)
    case .bytes:
      let decoded = try Drucker.BytesOutput(protobuf: message)
      (output, score, optionMessage) = (.bytes(decoded.output), [decoded.score], decoded.option)
    case .arrInt:
      let decoded = try Drucker.ArrIntOutput(protobuf: message)
      (output, score, optionMessage) = (.arrInt(decoded.output), decoded.score, decoded.option)
    case .arrFloat:
      let decoded = try Drucker.ArrFloatOutput(protobuf: message)
      (output, score, optionMessage) = (.arrFloat(decoded.output), decoded.score, decoded.option)
    case .arrString:
      let decoded = try Drucker.ArrStringOutput(protobuf: message)
      (output, score, optionMessage) = (.arrString(decoded.output), decoded.score, decoded.option)
    }
    option = optionMessage?.val ?? ""
  }
}
