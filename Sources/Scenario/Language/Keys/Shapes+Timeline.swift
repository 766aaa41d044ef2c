extension Shape {
  /// An entry of the timeline.
  package static let entry = Shape(
    id: "timeline entry", title: "an entry of the timeline",
    doc: """
      Something that the operator does or that breaks: a trigger and one action. An entry that never \
      happens fails the run.
      """,
    keys: [
      Key(
        "name", .text, .optional, "By which moments and `after` refer to it.",
        example: "bad switch"),
      Key("at", .moment, .optional, "It happens at a moment.", example: "bad switch + 4m"),
      Key(
        "after", .text, .optional, "It happens after another entry, or when a phase begins.",
        example: "bad switch"),
      Key(
        "when", .condition, .optional,
        "It happens when this first holds, from the entry before it on.",
        example: "digits/production rollout is ProgressDeadlineExceeded"),
      Key(
        "every", .duration, .optional, "It happens again and again, so far apart.", example: "2m"),
      Key(
        "wait", .duration, .fallback("0s"), "How long after `after` or `when`.", example: "1m"),
      Key("from", .moment, .optional, "When the first of `every` is.", example: "3m"),
      Key("until", .moment, .optional, "When `every` ends.", example: "20m"),
      Key("times", .integer(1...100_000), .optional, "How often `every` is.", example: "5"),
    ],
    alternatives: [["at", "after", "when", "every"]], variants: operations + faults)

  private static func service(_ name: String, _ doc: String, _ companions: [Key] = []) -> Variant {
    Variant(
      key: Key(name, .service, .required, doc, example: "digits/production"),
      companions: companions)
  }

  private static func node(_ name: String, _ doc: String) -> Variant {
    Variant(key: Key(name, .text, .required, doc, example: "production-2"))
  }

  private static func pods(_ doc: String) -> Key {
    Key("pods", .integer(1...100_000), .fallback("1"), doc, example: "2")
  }

  private static let operations: [Variant] = [
    service(
      "switch", "The operator assigns another model and starts the rolling update.",
      [Key("to", .text, .required, "The model.", example: "digits-v2.model")]),
    service("deploy", "The operator adds the service now instead of at the start."),
    service(
      "edit", "The operator changes fields of the form.",
      [Key("set", .shape(.edit), .required, "Which, and to what.", example: "{ replicas: 5 }")]),
    service("delete", "The operator deletes the service."),
    service("rollBack", "The operator undoes the last rollout, as `kubectl rollout undo` does."),
    service("pause", "The operator pauses the rollout, as `kubectl rollout pause` does."),
    service("resume", "The operator resumes the rollout."),
    service(
      "scale", "The operator sets the number of replicas, as `kubectl scale` does.",
      [Key("replicas", .integer(0...100_000), .required, "To how many.", example: "5")]),
    Variant(
      key: Key(
        "upload", .text, .required, "The operator uploads a model through a running service.",
        example: "digits"),
      companions: [
        Key("as", .text, .required, "Its name in storage.", example: "digits-v3.model"),
        Key(
          "file", .file, .required, "The model's file.",
          example: "../Fixtures/models/digits-v3.model"),
      ]),
    Variant(
      key: Key(
        "evaluate", .text, .required,
        "The operator evaluates a model that a service serves, against labelled data.",
        example: "digits"),
      companions: [
        Key("model", .text, .required, "The model.", example: "digits-v1.model"),
        Key(
          "file", .file, .required,
          "The data as the predictor reads it; of `digits` the label, then 64 integers, a line.",
          example: "../Fixtures/digits/evaluation.csv"),
      ]),
    Variant(
      key: Key(
        "sync", .choice(["cluster"]), .required,
        "The dashboard compares its records with the cluster.", example: "cluster")),
    service(
      "assign",
      "Somebody writes the assignment table by hand; pods take it over when they start.",
      [Key("to", .text, .required, "The model.", example: "digits-v2.model")]),
    Variant(
      key: Key(
        "quota", .text, .required, "An administrator limits the pods of a service level.",
        example: "production"),
      companions: [
        Key("pods", .integer(0...100_000), .required, "How many there may be.", example: "4")
      ]),
    node("cordon", "The operator lets no new pods onto a machine."),
    node("uncordon", "The operator lets pods onto a machine again."),
    node("drain", "The operator cordons a machine and evicts its pods, as their budgets let him."),
    service("deletePods", "Somebody deletes some pods.", [pods("How many.")]),
    service(
      "crash", "The main process of some pods ends with exit code 1.", [pods("Of how many.")]),
    node("nodeDown", "A machine loses power."),
    node("nodeUp", "A machine comes back, empty."),
  ]
}
