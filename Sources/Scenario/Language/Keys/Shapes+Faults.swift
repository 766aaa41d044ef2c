extension Shape {
  /// Faults: things that fail for a while.
  static let faults: [Variant] = [
    Variant(
      key: Key(
        "fault", .choice(faultKinds.map(\.word)), .required, "Something fails for a while.",
        example: "registry down"),
      companions: [
        Key("for", .duration, .optional, "How long; else for good.", example: "3m")
      ],
      kinds: faultKinds)
  ]

  private static let nodeKey = Key(
    "node", .text, .required, "The machine.", example: "production-2")
  private static let serviceKey = Key(
    "of", .service, .required, "The service.", example: "digits/production")

  private static func by(_ doc: String, example: String) -> Key {
    Key("by", .duration, .required, doc, example: example)
  }

  private static let ways = [
    Key(
      "between", .text, .required, "A machine, `client`, `ingress` or `*`.",
      example: "production-2"),
    Key("and", .text, .fallback("*"), "The other side.", example: "ingress"),
  ]

  /// Every fault of the language.
  package static let faultKinds: [Variant.Kind] = [
    Variant.Kind(
      word: "unresponsive",
      doc: "Some pods of a service accept no connections, so that probes fail, but live.",
      companions: [
        serviceKey,
        Key("pods", .integer(1...100_000), .fallback("1"), "How many.", example: "2"),
      ]),
    Variant.Kind(
      word: "slow container",
      doc: "Some pods of a service need more CPU for everything, as with a noisy neighbour.",
      companions: [
        serviceKey,
        Key("pods", .integer(1...100_000), .fallback("1"), "How many.", example: "2"),
        Key(
          "factor", .integer(1...1000), .required, "So many times as much.", example: "4"),
      ]),
    Variant.Kind(
      word: "storage not mounted", doc: "The model storage is not mounted on a machine.",
      companions: [nodeKey]),
    Variant.Kind(
      word: "storage slow", doc: "Every call of the model storage takes longer.",
      companions: [by("How much longer.", example: "20s")]),
    Variant.Kind(
      word: "model missing", doc: "A model's file is not on the storage.",
      companions: [applicationKey, modelKey]),
    Variant.Kind(
      word: "model damaged", doc: "A model's file has wrong bytes in it.",
      companions: [applicationKey, modelKey]),
    Variant.Kind(word: "store unavailable", doc: "The assignment store cannot be reached."),
    Variant.Kind(word: "store locked", doc: "Somebody holds the assignment store's lock."),
    Variant.Kind(
      word: "store slow", doc: "Every call of the assignment store takes longer.",
      companions: [by("How much longer.", example: "2s")]),
    Variant.Kind(word: "registry down", doc: "The image registry does not answer."),
    Variant.Kind(
      word: "registry slow", doc: "Pulls of images take longer.",
      companions: [
        Key("factor", .integer(1...1000), .required, "So many times as long.", example: "10")
      ]),
    Variant.Kind(
      word: "image missing", doc: "The image registry does not know an image.",
      companions: [
        Key("image", .text, .required, "The image.", example: "\"drucker/worker:1.1\"")
      ]),
    Variant.Kind(word: "git down", doc: "The git host does not answer."),
    Variant.Kind(
      word: "git refuses", doc: "The git host refuses the key for a repository.",
      companions: [
        Key(
          "repository", .text, .required, "The repository.",
          example: "\"git@git.example.com:ml/digits.git\"")
      ]),
    Variant.Kind(
      word: "partition", doc: "Nothing crosses the network between a machine and the rest.",
      companions: [nodeKey]),
    Variant.Kind(
      word: "link cut", doc: "Nothing crosses the network between two sides, but both live.",
      companions: ways),
    Variant.Kind(
      word: "link slow", doc: "What crosses the network between two sides takes longer.",
      companions: ways + [
        by("How much longer, one way.", example: "40ms"),
        Key(
          "jitter", .duration, .fallback("0s"), "Up to so much more, by chance.", example: "10ms"),
      ]),
    Variant.Kind(
      word: "link lossy", doc: "Some packets between two sides are lost, and sent again.",
      companions: ways + [
        Key("rate", .share, .required, "The share that is lost.", example: "5%")
      ]),
    Variant.Kind(word: "DNS fails", doc: "Names cannot be resolved: the server says so."),
    Variant.Kind(word: "DNS silent", doc: "Names cannot be resolved: no answer comes."),
    Variant.Kind(
      word: "DNS slow", doc: "Names take longer to resolve.",
      companions: [by("How much longer.", example: "2s")]),
    Variant.Kind(
      word: "ingress down", doc: "The ingress is not there; its connections break."),
    Variant.Kind(
      word: "API server down",
      doc: "The API server answers nobody and tells no watch; what runs, runs."),
    Variant.Kind(
      word: "API server errors", doc: "The API server answers some requests with an error 500.",
      companions: [
        Key("rate", .share, .required, "The share of requests.", example: "30%")
      ]),
    Variant.Kind(
      word: "API server slow", doc: "Requests to the API server take longer.",
      companions: [by("How much longer.", example: "500ms")]),
    Variant.Kind(
      word: "watches cut", doc: "Nobody learns of changes until the watches are back."),
    Variant.Kind(word: "scheduler paused", doc: "No pod is put onto a machine."),
    Variant.Kind(word: "metrics down", doc: "The metrics API answers with an error."),
    Variant.Kind(
      word: "clock ahead", doc: "The clock of a machine is ahead of the others'.",
      companions: [nodeKey, by("How far.", example: "5m")]),
    Variant.Kind(
      word: "clock behind", doc: "The clock of a machine is behind the others'.",
      companions: [nodeKey, by("How far.", example: "5m")]),
  ]

  private static let applicationKey = Key(
    "application", .text, .required, "The application.", example: "digits")
  private static let modelKey = Key(
    "model", .text, .required, "The model.", example: "digits-v2.model")
}
