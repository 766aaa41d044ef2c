import JSON

/// A question with a known answer, as the default evaluation reads it.
///
/// One line of JSON: `{"input": [0, 12, 3], "label": "7", "option": {}}`. Input and label are a
/// text, or an array of integers, of numbers or of texts; a lone number counts as an array of one.
/// `option` may be missing.
public struct EvaluationCase: Sendable, Equatable {
  /// The question.
  public var input: PredictInput

  /// The right answer.
  public var label: PredictOutput

  /// The settings of the prediction; the label's type is the type that is asked for.
  public var option: PredictOption

  /// Reads all lines; throws `PredictorError` that names the line.
  public static func parse(_ data: EvaluationData) throws -> [EvaluationCase] {
    var cases: [EvaluationCase] = []
    let lines = data.bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      do {
        cases.append(try EvaluationCase(JSONValue(parsing: Array(line))))
      } catch {
        throw PredictorError("evaluation data \(data.name), line \(index + 1): \(error)")
      }
    }
    return cases
  }

  private init(_ json: JSONValue) throws {
    guard let input = json["input"].flatMap(Values.init) else {
      throw PredictorError("expected \"input\", a text or an array of numbers or of texts")
    }
    guard let label = json["label"].flatMap(Values.init) else {
      throw PredictorError("expected \"label\", a text or an array of numbers or of texts")
    }
    self.input = input.input
    self.label = label.output
    option = PredictOption(
      values: json["option"]?.objectValue ?? JSONObject(), outputKind: label.output.kind)
  }

  /// A JSON value as one of the payload types.
  private enum Values {
    case string(String)
    case integers([Int32])
    case numbers([Float])
    case strings([String])

    init?(_ json: JSONValue) {
      if let text = json.stringValue {
        self = .string(text)
        return
      }
      let elements = json.arrayValue ?? [json]
      let integers = elements.compactMap { $0.integerValue.flatMap { Int32(exactly: $0) } }
      let numbers = elements.compactMap { $0.doubleValue.map { Float($0) } }
      let strings = elements.compactMap(\.stringValue)
      if integers.count == elements.count {
        self = .integers(integers)
      } else if numbers.count == elements.count {
        self = .numbers(numbers)
      } else if strings.count == elements.count {
        self = .strings(strings)
      } else {
        return nil
      }
    }

    var input: PredictInput {
      switch self {
      case .string(let value): .string(value)
      case .integers(let values): .arrInt(values)
      case .numbers(let values): .arrFloat(values)
      case .strings(let values): .arrString(values)
      }
    }

    var output: PredictOutput {
      switch self {
      case .string(let value): .string(value)
      case .integers(let values): .arrInt(values)
      case .numbers(let values): .arrFloat(values)
      case .strings(let values): .arrString(values)
      }
    }
  }
}
