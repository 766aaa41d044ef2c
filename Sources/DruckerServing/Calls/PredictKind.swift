import DruckerProtocol

/// Which of the 25 prediction calls it is.
struct PredictKind {
  let input: PayloadKind
  let output: PayloadKind
  let streaming: StreamingKind
  /// A number for the kind, from 1 on.
  let note: Int

  init(input: PayloadKind, output: PayloadKind) {
    self.input = input
    self.output = output
    note = 1 + Self.number(input) * 5 + Self.number(output)
    streaming = DruckerMethod.Call.predict(input: input, output: output).streaming
  }

  /// The kind of a number that `note` is; nil for 0.
  init?(note: Int) {
    guard note > 0 else { return nil }
    self.init(input: Self.payload((note - 1) / 5), output: Self.payload((note - 1) % 5))
  }

  static func number(_ payload: PayloadKind) -> Int {
    switch payload {
    case .string: 0
    case .bytes: 1
    case .arrInt: 2
    case .arrFloat: 3
    case .arrString: 4
    }
  }

  private static func payload(_ number: Int) -> PayloadKind {
    switch number {
    case 0: .string
    case 1: .bytes
    case 2: .arrInt
    case 3: .arrFloat
    default: .arrString
    }
  }
}
