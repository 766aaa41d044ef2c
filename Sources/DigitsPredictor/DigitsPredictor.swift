import DruckerProtocol
public import DruckerServing
public import ModelStorage

/// Serves a model of handwritten digits, for every type of input and of output.
///
/// | input | its form |
/// |---|---|
/// | string | 64 whole numbers of 0…16, separated by commas |
/// | bytes | 64 bytes of 0…16 |
/// | integers, numbers, strings | 64 elements, whole numbers of 0…16 |
///
/// The output is the digit in the type that the call asks for: `7`, one byte of value 7, or an array
/// of one element. The score is one number of 0…1, see `DigitsModel.Answer.score`.
public struct DigitsPredictor: SynchronousPredictor {
  /// The model that answers.
  public let model: DigitsModel

  /// Serves a model.
  public init(_ model: DigitsModel) { self.model = model }

  /// Reads a model file; throws a `DigitsModelError` when it is none or is damaged.
  public static func load(_ file: ModelFile) throws -> DigitsPredictor {
    DigitsPredictor(try DigitsModel(parsing: file.bytes))
  }

  /// Recognises one digit; throws a `DigitsInputError` when the input is none.
  public func predict(_ input: PredictInput, option: PredictOption) throws -> Prediction {
    let answer =
      switch input {
      case .string(let text): try model.classify(DigitsInput.pixels(ofText: text))
      case .bytes(let bytes): try model.classify(DigitsInput.pixels(ofBytes: bytes))
      case .arrInt(let values): try model.classify(values)
      case .arrFloat(let values): try model.classify(DigitsInput.pixels(ofFloats: values))
      case .arrString(let fields): try model.classify(DigitsInput.pixels(ofFields: fields))
      }
    let output: PredictOutput =
      switch option.outputKind {
      case .string: .string(String(answer.label))
      case .bytes: .bytes(Self.one(UInt8(answer.label)))
      case .arrInt: .arrInt(Self.one(Int32(answer.label)))
      case .arrFloat: .arrFloat(Self.one(Float(answer.label)))
      case .arrString: .arrString([String(answer.label)])
      }
    return Prediction(output, scores: Self.one(Float(answer.score)))
  }

  /// An array of one element; a literal would ask for its type at run time.
  private static func one<Element: Numeric>(_ element: Element) -> [Element] {
    Array(CollectionOfOne(element))
  }
}
