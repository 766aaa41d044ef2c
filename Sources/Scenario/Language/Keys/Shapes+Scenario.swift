extension Shape {
  /// A scenario file.
  package static let scenario = Shape(
    id: "scenario", title: "a scenario",
    doc: """
      A scenario file: a cluster, applications with their services, traffic, what happens, and what \
      must hold.
      """,
    keys: [
      Key(
        "version", .integer(1...ScenarioFile.languageVersion), .required,
        "The version of the language.", example: "1"),
      Key(
        "name", .text, .optional, "What the story is called; the file's name without its ending.",
        example: "model switch"),
      Key(
        "moral", .text, .required, "What the story teaches, in one sentence.",
        example: "A switch under load fails no request."),
      Key(
        "seed", .integer(0...Int.max), .fallback("1"), "The seed unless the command line says one.",
        example: "7"),
      Key(
        "duration", .duration, .required, "How long the story lasts, in virtual time.",
        example: "30m"),
      Key(
        "include", .list(.either([.file, .shape(.include)]), mayBeEmpty: false), .optional,
        "Files with parts of scenarios, which are put in here.",
        example: "[shared/three-nodes.yaml]"),
      Key(
        "parameters", .names(.anything, of: "parameters, each with a value"), .optional,
        "Values that `$(name)` stands for in the file.", example: "{ waitSeconds: 30 }"),
      Key(
        "for", .names(.list(.anything, mayBeEmpty: false), of: "parameters, each with a list"),
        .optional,
        "Parameters with several values: every combination is a run of its own, and `andruck run` "
          + "prints a table of them.",
        example: "{ waitSeconds: [5, 60, 300] }"),
      Key(
        "templates", .names(.shape(.template), of: "names, each with a template"), .optional,
        "Parts of scenarios that `use` puts in.",
        example: "{ steady: { body: { expect: [] } } }"),
      Key(
        "use", .list(.either([.text, .shape(.use)]), mayBeEmpty: false), .optional,
        "Templates that are put in here, one after the other.",
        example: "[{ template: steady, with: { service: digits/production } }]"),
      Key(
        "cluster", .shape(.cluster), .required, "The cluster with its nodes.",
        example: "{ nodes: [{ names: [n1], labels: { host: production } }] }"),
      Key(
        "world", .shape(.world), .optional, "How long things outside the pods take.",
        example: "{ imagePull: 20s }"),
      Key(
        "applications", .list(.shape(.application), mayBeEmpty: false), .required,
        "What is served.",
        example: "[{ name: digits, models: { m.model: m.model }, "
          + "services: [{ level: production, model: m.model }] }]"),
      Key(
        "traffic", .list(.shape(.traffic), mayBeEmpty: true), .optional, "Who sends requests.",
        example: "[{ name: users, to: digits/production, rate: 5/s, payload: digits.csv }]"),
      Key(
        "phases", .list(.shape(.phase), mayBeEmpty: true), .optional,
        "Parts of the story by name; each lasts until the next begins.",
        example: "[{ name: calm, from: 1m }, { name: overload, from: 5m }]"),
      Key(
        "steady", .list(.condition, mayBeEmpty: true), .optional,
        "What must hold right before the first entry of the timeline; else the story ends there.",
        example: "[digits/production available >= 3]"),
      Key(
        "timeline", .list(.shape(.entry), mayBeEmpty: true), .optional,
        "What the operator does and what breaks.",
        example: "[{ at: 3m, switch: digits/production, to: digits-v2.model }]"),
      Key(
        "expect", .list(.shape(.check), mayBeEmpty: false), .required, "What must hold.",
        example: "[{ never: digits/production failures > 0 }]"),
      Key(
        "table", .list(.shape(.column), mayBeEmpty: true), .optional,
        "What the table of a matrix shows of each run.",
        example: "[{ column: p99, value: digits/production p99 latency }]"),
    ])

  /// A scenario that a program says and drives: it needs no checks, and includes nothing.
  static let driven: Shape = {
    var shape = scenario
    shape.keys = scenario.keys.filter {
      !["include", "parameters", "for", "templates", "use"].contains($0.name)
    }.map { key in
      var key = key
      if key.name == "expect" { key.presence = .optional }
      return key
    }
    return shape
  }()

  /// The keys that a part of a scenario may have, in a file to include or a template.
  package static let fragment = Shape(
    id: "fragment", title: "a part of a scenario",
    doc: """
      A part of a scenario, in a file to include or in a template: its lists are put before the \
      scenario's own; of everything else, what the scenario says itself counts.
      """,
    keys: scenario.keys.map { key in
      var key = key
      if key.presence == .required { key.presence = .optional }
      return key
    }.filter { !["for", "version", "name", "moral"].contains($0.name) })

  /// A file to include, with parameters.
  package static let include = Shape(
    id: "include", title: "a file to include",
    doc: "A file to include, with values for its `parameters`.",
    keys: [
      Key(
        "file", .file, .required, "The file, relative to the one that names it.",
        example: "shared/digits.yaml"),
      Key(
        "with", .names(.anything, of: "parameters, each with a value"), .optional,
        "Values for the file's parameters.", example: "{ replicas: 5 }"),
    ])

  /// A template.
  package static let template = Shape(
    id: "template", title: "a template", doc: "A part of a scenario with parameters.",
    keys: [
      Key(
        "parameters", .names(.anything, of: "parameters, each with a value or nothing"), .optional,
        "Its parameters with their defaults; one without must be given.",
        example: "{ service: , least: 3 }"),
      Key(
        "body", .anything, .required,
        "A mapping with keys of a scenario, in which `$(name)` stands "
          + "for a parameter.",
        example: "{ expect: [{ always: $(service) available >= $(least) }] }"),
    ])

  /// A template that is put in.
  package static let use = Shape(
    id: "use", title: "a use of a template", doc: "A template that is put in, with parameters.",
    keys: [
      Key("template", .text, .required, "Which.", example: "steady"),
      Key(
        "with", .names(.anything, of: "parameters, each with a value"), .optional,
        "Values for its parameters.", example: "{ service: digits/production }"),
    ])

  /// A phase of the story.
  package static let phase = Shape(
    id: "phase", title: "a phase",
    doc: "A part of the story that checks and traffic can name; it ends when the next begins.",
    keys: [
      Key("name", .text, .required, "Its name.", example: "overload"),
      Key("from", .moment, .required, "When it begins.", example: "5m"),
    ])

  /// A column of a matrix's table.
  package static let column = Shape(
    id: "column", title: "a column of the table",
    doc: "What the table of a matrix shows of each run: an observation over a window.",
    keys: [
      Key("column", .text, .required, "Its heading.", example: "p99 in overload"),
      Key(
        "value", .measure, .required, "What is shown.", example: "digits/production p99 latency"),
    ] + window)
}
