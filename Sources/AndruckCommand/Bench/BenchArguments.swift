import DruckerProtocol
import LoadGenerator

/// The arguments of `andruck bench`.
struct BenchArguments {
  var targets: [BenchTarget] = []
  var plan = LoadPlan(.closed(concurrency: 32), until: .time(10_000_000_000))
  var calls: [DruckerMethod.Call] = [.predict(input: .arrInt, output: .arrInt)]
  var package = DruckerPackage.drucker
  var payloadFile: String?
  var payloadSize = 64
  var rounds = 10
  var thresholds: [LoadThreshold] = []
  var trustFile: String?
  var isTLS = false
  var isJSON = false
  var histogramLog: String?
  var plotFile: String?
  var calibrationFile: String?

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    var authority: String?
    var arrivals = LoadArrivals.constant
    var rate: Double?
    var concurrency: Int?
    plan.warmUpNanoseconds = 1_000_000_000
    plan.deadlineNanoseconds = 60_000_000_000
    while let option = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst(), !value.hasPrefix("--") else {
          throw UsageError(message: "\(option) needs a value")
        }
        return value
      }
      func number(_ range: ClosedRange<Int>) throws -> Int {
        let text = try value()
        guard let number = Int(text), range.contains(number) else {
          throw UsageError(
            message: "\(option): expected a whole number from \(range.lowerBound) to"
              + " \(range.upperBound), found \"\(text)\"")
        }
        return number
      }
      switch option {
      case "--concurrency": concurrency = try number(1...1_000_000)
      case "--rate": rate = try Self.rate(value())
      case "--arrivals": arrivals = try Self.word(value(), option)
      case "--connections": plan.connections = try number(1...100_000)
      case "--streams": plan.streamsPerConnection = try number(1...1_000_000)
      case "--warm-up": plan.warmUpNanoseconds = try BenchUnits.nanoseconds(value(), option)
      case "--duration": plan.end = .time(try BenchUnits.nanoseconds(value(), option))
      case "--count": plan.end = .count(try number(1...1_000_000_000_000))
      case "--deadline": plan.deadlineNanoseconds = try BenchUnits.nanoseconds(value(), option)
      case "--drain": plan.drainNanoseconds = try BenchUnits.nanoseconds(value(), option)
      case "--seed": plan.seed = UInt64(try number(0...Int.max))
      case "--call": calls = try Self.calls(value())
      case "--package": package = try Self.word(value(), option)
      case "--payload": payloadFile = try value()
      case "--payload-size": payloadSize = try number(0...1_000_000)
      case "--compare": targets.append(try BenchTarget(value()))
      case "--rounds": rounds = try number(2...1_000)
      case "--fail-if":
        let text = try value()
        guard let threshold = LoadThreshold(text) else {
          throw UsageError(
            message: "--fail-if: expected a condition such as p99>5ms, mean>1ms, max>1s, errors>0,"
              + " error-rate>1% or rate<1000/s, found \"\(text)\"")
        }
        thresholds.append(threshold)
      case "--authority": authority = try value()
      case "--tls": isTLS = true
      case "--tls-trust":
        trustFile = try value()
        isTLS = true
      case "--json": isJSON = true
      case "--hdr-log": histogramLog = try value()
      case "--html": plotFile = try value()
      case "--calibrate": calibrationFile = try value()
      case _ where option.hasPrefix("-"):
        throw UsageError(
          message: "unknown option \(option) of andruck bench; andruck bench --help lists all")
      default: targets.insert(try BenchTarget(option), at: 0)
      }
    }
    guard (1...2).contains(targets.count) else {
      throw UsageError(message: "andruck bench needs one TARGET, and takes one --compare TARGET")
    }
    if let authority { for index in targets.indices { targets[index].authority = authority } }
    if let rate {
      guard concurrency == nil else {
        throw UsageError(message: "--rate and --concurrency exclude each other")
      }
      plan.shape = .open(ratePerSecond: rate, arrivals)
    } else {
      let streams = plan.connections * plan.streamsPerConnection
      plan.shape = .closed(concurrency: concurrency ?? min(32, streams))
      if let concurrency, concurrency > streams {
        throw UsageError(
          message: "--concurrency \(concurrency) needs more than the \(streams) streams of"
            + " --connections \(plan.connections) and --streams \(plan.streamsPerConnection)")
      }
    }
    if targets.count == 2, case .count = plan.end {
      throw UsageError(message: "--compare measures in turns of time; give --duration, not --count")
    }
  }

  private static func rate(_ text: String) throws -> Double {
    let bare = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
    guard let rate = Double(bare), rate > 0, rate <= 10_000_000 else {
      throw UsageError(message: "--rate: expected calls a second, such as 500, found \"\(text)\"")
    }
    return rate
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ text: String, _ option: String
  ) throws -> Word where Word.RawValue == String {
    if let word = Word(rawValue: text) { return word }
    let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
    throw UsageError(message: "\(option): expected one of \(known), found \"\(text)\"")
  }

  /// `all`, or a name such as `ArrInt_String`, with or without `Predict_` before it.
  private static func calls(_ text: String) throws -> [DruckerMethod.Call] {
    let predictions = DruckerMethod.Call.all.filter {
      if case .predict = $0 { true } else { false }
    }
    if text == "all" { return predictions }
    let name = text.hasPrefix("Predict_") ? text : "Predict_" + text
    guard let call = predictions.first(where: { $0.name == name }) else {
      throw UsageError(
        message: "--call: expected all, or two of String, Bytes, ArrInt, ArrFloat, ArrString"
          + " as ArrInt_String, found \"\(text)\"")
    }
    return [call]
  }
}

/// A host and a port.
struct BenchTarget {
  let host: String
  let port: Int
  var authority: String?

  init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
    else {
      throw UsageError(message: "expected a target as host:port, found \"\(text)\"")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else {
      throw UsageError(message: "expected a target as host:port, found \"\(text)\"")
    }
    self.host = String(host)
    self.port = port
  }

  var name: String { "\(host):\(port)" }
}

/// Times as people write them.
enum BenchUnits {
  static func nanoseconds(_ text: String, _ option: String) throws -> Int64 {
    guard let nanoseconds = LoadTime.parse(text) else {
      throw UsageError(message: "\(option): expected a time such as 10s or 5ms, found \"\(text)\"")
    }
    return nanoseconds
  }
}
