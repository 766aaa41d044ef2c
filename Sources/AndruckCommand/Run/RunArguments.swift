/// The arguments of `andruck run`.
struct RunArguments {
  var files: [String] = []
  var seeds: ClosedRange<UInt64>?
  var isQuiet = false
  var isJSON = false
  var traceFile: String?
  var captureFile: String?
  /// Files that are written when every run has ended.
  var pageFile: String?
  var junitFile: String?
  var metricsFile: String?
  /// The runs of a matrix that are chosen.
  var only = RunChoice()

  /// Whether something is written that needs what a run showed over time.
  var needsRecording: Bool { isJSON || pageFile != nil || metricsFile != nil }

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst(), !value.hasPrefix("--") else {
          throw UsageError(message: "\(argument) needs a value")
        }
        return value
      }
      switch argument {
      case "--seed":
        let seed = try Self.seed(value(), argument)
        seeds = seed...seed
      case "--seeds": seeds = try Self.range(value())
      case "--quiet", "-q": isQuiet = true
      case "--json": isJSON = true
      case "--trace": traceFile = try value()
      case "--pcap": captureFile = try value()
      case "--report": pageFile = try value()
      case "--junit": junitFile = try value()
      case "--openmetrics": metricsFile = try value()
      case "--only": try only.add(value())
      case _ where argument.hasPrefix("-"):
        throw UsageError(message: "unknown option \(argument) of andruck run")
      default: files.append(argument)
      }
    }
    if files.isEmpty { throw UsageError(message: "andruck run needs at least one scenario file") }
    try refuseSameFiles()
    let runs = files.count > 1 || (seeds.map { $0.lowerBound != $0.upperBound } ?? false)
    if runs, traceFile != nil || captureFile != nil {
      throw UsageError(message: "--trace and --pcap write one run; give one file and one seed")
    }
  }

  private func refuseSameFiles() throws {
    let outputs = [traceFile, captureFile, pageFile, junitFile, metricsFile].compactMap(\.self)
    for (index, path) in outputs.enumerated() where outputs[..<index].contains(path) {
      throw UsageError(
        message: "\(path) is to be written twice; give each output a file of its own")
    }
  }

  private static func seed(_ text: String, _ option: String) throws -> UInt64 {
    guard let seed = UInt64(text), seed <= Int64.max else {
      throw UsageError(message: "\(option): expected a whole number from 0, found \"\(text)\"")
    }
    return seed
  }

  private static func range(_ text: String) throws -> ClosedRange<UInt64> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let low = UInt64(parts[0]), let high = UInt64(parts[1]), low <= high,
      high <= Int64.max
    else { throw UsageError(message: "--seeds: expected a range such as 1-20, found \"\(text)\"") }
    return low...high
  }
}
