public import DruckerProtocol
public import JSON

/// What a prediction is made from.
public enum PredictInput: Hashable, Sendable {
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

  /// Which of the five types this is.
  public var kind: PayloadKind {
    switch self {
    case .string: .string
    case .bytes: .bytes
    case .arrInt: .arrInt
    case .arrFloat: .arrFloat
    case .arrString: .arrString
    }
  }
}

/// What a prediction gives.
public enum PredictOutput: Hashable, Sendable {
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

  /// Which of the five types this is.
  public var kind: PayloadKind {
    switch self {
    case .string: .string
    case .bytes: .bytes
    case .arrInt: .arrInt
    case .arrFloat: .arrFloat
    case .arrString: .arrString
    }
  }
}

/// The settings of one prediction.
public struct PredictOption: Equatable, Sendable {
  /// The reserved keys that keep input and output out of the service log.
  static let suppressionKeys = ["suppress_log_inout", "suppress_log_input"]

  /// What the client sent.
  public var values: JSONObject

  /// The type that the call answers with; a prediction of another type is an error.
  public var outputKind: PayloadKind

  /// Settings of a prediction.
  public init(values: JSONObject = JSONObject(), outputKind: PayloadKind) {
    self.values = values
    self.outputKind = outputKind
  }

  /// Settings from the wire's text.
  ///
  /// Text that is no JSON object becomes one member whose name and value are the text, which is
  /// what existing predictors expect.
  public init(text: String, outputKind: PayloadKind) {
    self.outputKind = outputKind
    if text.isEmpty || text == "{}" {
      values = JSONObject()
    } else if let object = (try? JSONValue(parsing: text))?.objectValue {
      values = object
    } else {
      values = [text: .string(text)]
    }
  }

  /// Whether input and output are kept out of the service log.
  public var suppressesLog: Bool {
    !values.isEmpty && Self.suppressionKeys.contains { values[$0] == true }
  }
}

/// The answer of a predictor.
public struct Prediction: Equatable, Sendable {
  /// What was predicted.
  public var output: PredictOutput

  /// How sure the predictor is: one number for a text or bytes, one for each element of an array.
  public var scores: [Float]

  /// What the predictor says besides; sent as JSON text.
  public var option: JSONObject

  /// An answer.
  public init(_ output: PredictOutput, scores: [Float] = [], option: JSONObject = JSONObject()) {
    self.output = output
    self.scores = scores
    self.option = option
  }

  /// What the reference implementation answers when a predictor throws.
  static func legacyDefault(_ kind: PayloadKind) -> Prediction {
    switch kind {
    case .string: Prediction(.string("None"), scores: [0])
    case .bytes: Prediction(.bytes(Array("None".utf8)), scores: [0])
    case .arrInt: Prediction(.arrInt([0]), scores: [0])
    case .arrFloat: Prediction(.arrFloat([0]), scores: [0])
    case .arrString: Prediction(.arrString(["None"]), scores: [0])
    }
  }
}
