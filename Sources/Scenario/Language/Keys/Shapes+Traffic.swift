extension Shape {
  /// A source of traffic.
  package static let traffic = Shape(
    id: "traffic", title: "a source of traffic",
    doc: """
      Somebody who sends predictions. By a `rate` or a `replay` the loop is open: what is sent does \
      not wait for answers. With `clients` it is closed: each sends its next request when it has the \
      answer. Latency counts from the moment at which a request was to be sent.
      """,
    keys: [
      Key("name", .text, .required, "Its name.", example: "users"),
      Key("to", .service, .required, "The service.", example: "digits/production"),
      Key(
        "rate", .either([.rate, .list(.shape(.rateStep), mayBeEmpty: false), .shape(.sine)]),
        .optional, "Requests over time: a rate, a list of steps and ramps, or a day's sine.",
        example: "[{ from: 1m, rate: 10/s }, { from: 5m, rate: 60/s, over: 2m }]"),
      Key(
        "replay", .file, .optional,
        "A CSV file with the seconds of each request since `from`, one a line.",
        example: "arrivals.csv"),
      Key(
        "clients", .integer(1...100_000), .optional,
        "How many clients, one request at a time each.",
        example: "20"),
      Key(
        "pause", .duration, .fallback("0s"), "How long a client waits after an answer.",
        example: "500ms"),
      Key(
        "arrivals", .choice(["poisson", "constant"]), .fallback("poisson"),
        "How requests of a rate lie in time.", example: "constant"),
      Key(
        "from", .moment, .fallback("0s"), "When it begins: a duration or a phase.", example: "2m"),
      Key("until", .moment, .optional, "When it ends.", example: "10m"),
      Key("deadline", .duration, .fallback("1s"), "How long a call may take.", example: "250ms"),
      Key(
        "retries", .shape(.retries), .optional,
        "What a client does when a call fails, beside what gRPC does by itself.",
        example: "{ attempts: 3, backOff: 100ms, statuses: [UNAVAILABLE] }"),
      Key(
        "payload", .file, .optional, "A CSV file: the label, then the input's integers, a line.",
        example: "../Fixtures/digits/evaluation.csv"),
      Key(
        "generate", .shape(.generator), .optional, "Inputs drawn at random, without a label.",
        example: "{ length: 64, minimum: 0, maximum: 16 }"),
      Key(
        "aggregate", .duration, .optional,
        "For very large loads: arrivals of each such time go to the pods together and only cost CPU.",
        example: "10ms"),
    ], alternatives: [["rate", "replay", "clients"], ["payload", "generate"]])

  /// A step or a ramp of a rate.
  package static let rateStep = Shape(
    id: "rate step", title: "a step of a rate", doc: "A change of a rate, at once or evenly.",
    keys: [
      Key("from", .moment, .required, "When: a duration or a phase.", example: "5m"),
      Key("rate", .rate, .required, "The rate from then on.", example: "60/s"),
      Key(
        "over", .duration, .fallback("0s"), "In which the rate goes evenly from what it was.",
        example: "2m"),
    ])

  /// A sine over a day.
  package static let sine = Shape(
    id: "sine", title: "a sine",
    doc: "A rate as of a day: `mean` plus a sine of `amplitude`, highest at `peak`.",
    keys: [
      Key("mean", .rate, .required, "The mean.", example: "20/s"),
      Key(
        "amplitude", .rate, .required, "How far it goes above and below, at most the mean.",
        example: "15/s"),
      Key("period", .duration, .fallback("24h"), "From one peak to the next.", example: "30m"),
      Key(
        "peak", .duration, .fallback("14h"), "When it is highest, since `from`.", example: "10m"),
    ])

  /// What a client tries again.
  package static let retries = Shape(
    id: "retries", title: "retries", doc: "What a client does when a call fails.",
    keys: [
      Key(
        "attempts", .integer(1...100), .required, "Calls in all, the first included.", example: "3"),
      Key(
        "backOff", .duration, .fallback("100ms"),
        "Before the second call; doubled before each further one.", example: "50ms"),
      Key(
        "statuses", .list(.text, mayBeEmpty: false), .fallback("[UNAVAILABLE]"),
        "The gRPC status codes that are tried again.", example: "[UNAVAILABLE, DEADLINE_EXCEEDED]"),
    ])

  /// Inputs drawn at random.
  package static let generator = Shape(
    id: "generator", title: "a generator", doc: "Inputs drawn at random, without a label.",
    keys: [
      Key("length", .integer(1...100_000), .fallback("64"), "Integers an input.", example: "64"),
      Key(
        "minimum", .integer(-1_000_000...1_000_000), .fallback("0"), "The least.", example: "0"),
      Key(
        "maximum", .integer(-1_000_000...1_000_000), .fallback("16"), "The most.", example: "16"),
    ])
}
