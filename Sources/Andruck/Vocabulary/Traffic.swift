import YAML

extension Scenario {
  /// Somebody who sends predictions.
  public struct Traffic: Sendable {
    let node: YAMLNode

    /// Says a source of traffic.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - service: The service as `application/level`.
    ///   - load: When requests are sent.
    ///   - payload: What is sent.
    ///   - from: When it begins; by default at the start, or now in a rehearsal.
    ///   - until: When it ends; nil: with the story.
    ///   - deadline: How long a call may take; 1 s by default.
    ///   - retries: What a client does when a call fails.
    ///   - aggregate: For very large loads: arrivals of each such time go to the pods together.
    ///   - others: Further keys in the language's own writing.
    public init(
      _ name: String, to service: String, _ load: Load, payload: Payload, from: Moment? = nil,
      until: Moment? = nil, deadline: Duration? = nil, retries: Retries? = nil,
      aggregate: Duration? = nil, others: KeyValuePairs<String, String> = [:],
      file: String = #filePath, line: Int = #line, column: Int = #column
    ) {
      let place = Place(file, line, column)
      var keys = Keys(place)
      keys.put("name", name)
      keys.put("to", service)
      load.put(into: &keys)
      payload.put(into: &keys)
      keys.put("from", from)
      keys.put("until", until)
      keys.put("deadline", deadline)
      keys.put("retries", retries?.node(place))
      keys.put("aggregate", aggregate)
      keys.put(others: others)
      node = keys.node
    }
  }

  /// When requests are sent.
  public struct Load: Sendable {
    /// How requests of a rate lie in time.
    public enum Arrivals: String, Sendable {
      /// At random, independent of each other.
      case poisson
      /// Evenly.
      case constant
    }

    private enum Kind: Sendable {
      case rate(String)
      case steps([RateStep])
      case sine(mean: String, amplitude: String, period: Duration?, peak: Duration?)
      case replay(String)
      case clients(Int, pause: Duration?)
    }

    private let kind: Kind
    private let arrivals: Arrivals?

    /// So many requests over time, such as `20/s`, whatever becomes of the answers.
    public static func rate(_ rate: String, _ arrivals: Arrivals? = nil) -> Load {
      Load(kind: .rate(rate), arrivals: arrivals)
    }

    /// Rates that follow each other, at once or evenly.
    public static func steps(_ steps: [RateStep], _ arrivals: Arrivals? = nil) -> Load {
      Load(kind: .steps(steps), arrivals: arrivals)
    }

    /// A rate as of a day: `mean` plus a sine of `amplitude`, highest at `peak`.
    public static func sine(
      mean: String, amplitude: String, period: Duration? = nil, peak: Duration? = nil,
      _ arrivals: Arrivals? = nil
    ) -> Load {
      Load(
        kind: .sine(mean: mean, amplitude: amplitude, period: period, peak: peak),
        arrivals: arrivals)
    }

    /// At the times of a CSV file, in seconds since the source's start.
    public static func replay(_ file: String) -> Load { Load(kind: .replay(file), arrivals: nil) }

    /// So many clients, each of which sends its next request when it has the answer, after a pause.
    public static func clients(_ count: Int, pause: Duration? = nil) -> Load {
      Load(kind: .clients(count, pause: pause), arrivals: nil)
    }

    func put(into keys: inout Keys) {
      switch kind {
      case .rate(let rate): keys.put("rate", rate)
      case .steps(let steps):
        let place = keys.place
        keys.put("rate", place.node(.sequence(steps.map { $0.node(place) })))
      case .sine(let mean, let amplitude, let period, let peak):
        var sine = Keys(keys.place)
        sine.put("mean", mean)
        sine.put("amplitude", amplitude)
        sine.put("period", period)
        sine.put("peak", peak)
        keys.put("rate", sine.node)
      case .replay(let file): keys.put("replay", file)
      case .clients(let count, let pause):
        keys.put("clients", count)
        keys.put("pause", pause)
      }
      keys.put("arrivals", arrivals?.rawValue)
    }
  }

  /// A change of a rate, at once or evenly.
  public struct RateStep: Sendable {
    let from: Moment
    let rate: String
    let over: Duration?

    /// From a moment on a rate such as `60/s`, to which it goes evenly `over` a time.
    public init(from: Moment, rate: String, over: Duration? = nil) {
      (self.from, self.rate, self.over) = (from, rate, over)
    }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      keys.put("from", from)
      keys.put("rate", rate)
      keys.put("over", over)
      return keys.node
    }
  }

  /// What is sent.
  public struct Payload: Sendable {
    private enum Kind: Sendable {
      case file(String)
      case generated(length: Int?, values: ClosedRange<Int>?)
    }

    private let kind: Kind

    /// Rows of a CSV file: the label, then the input's integers, a line.
    public static func file(_ path: String) -> Payload { Payload(kind: .file(path)) }

    /// Inputs drawn at random, without a label.
    public static func generated(
      length: Int? = nil, values: ClosedRange<Int>? = nil
    ) -> Payload { Payload(kind: .generated(length: length, values: values)) }

    func put(into keys: inout Keys) {
      switch kind {
      case .file(let path): keys.put("payload", path)
      case .generated(let length, let values):
        var generator = Keys(keys.place)
        generator.put("length", length)
        generator.put("minimum", values?.lowerBound)
        generator.put("maximum", values?.upperBound)
        keys.put("generate", generator.node)
      }
    }
  }

  /// What a client does when a call fails, beside what gRPC does by itself.
  public struct Retries: Sendable {
    let attempts: Int
    let backOff: Duration?
    let statuses: [String]

    /// So many calls in all, `backOff` before the second and doubled before each further one.
    public init(attempts: Int, backOff: Duration? = nil, statuses: [String] = []) {
      (self.attempts, self.backOff, self.statuses) = (attempts, backOff, statuses)
    }

    func node(_ place: Place) -> YAMLNode {
      var keys = Keys(place)
      keys.put("attempts", attempts)
      keys.put("backOff", backOff)
      keys.put("statuses", statuses)
      return keys.node
    }
  }
}
