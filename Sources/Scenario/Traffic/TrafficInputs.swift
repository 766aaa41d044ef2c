import SimulationKernel

/// What a source of traffic sends.
enum TrafficInputs {
  /// Labelled inputs, one of which is drawn for each request.
  case rows([LabelledInputs.Row])
  /// So many integers of a range, without a label.
  case generated(length: Int, values: ClosedRange<Int>)

  /// The next input.
  func next(_ random: RandomStream) -> LabelledInputs.Row {
    switch self {
    case .rows(let rows): return rows[random.integer(below: rows.count)]
    case .generated(let length, let values):
      let width = values.upperBound - values.lowerBound + 1
      return LabelledInputs.Row(
        label: nil,
        values: (0..<length).map { _ in
          Int32(values.lowerBound + random.integer(below: width))
        })
    }
  }
}
