/// The direction of imports, as `DESIGN.md` draws it: arrows point down only.
enum ImportLaw {
  /// What a module is a part of.
  enum Layer: CaseIterable {
    /// No clock, no randomness, no input and output.
    case values
    /// Virtual time and what lives in it.
    case simulation
    /// What keeps data.
    case stores
    /// What runs the same in a simulation and live, and so never sees the simulation.
    case platform
    /// What puts the others together.
    case assembly

    /// Where a module of this layer may point, besides its own.
    var below: [Layer] {
      switch self {
      case .values: []
      case .simulation: [.values]
      case .stores: [.values]
      case .platform: [.values, .stores]
      case .assembly: [.values, .simulation, .stores, .platform]
      }
    }
  }

  static let layers: [(layer: Layer, modules: [String])] = [
    (
      .values,
      [
        "CNGHTTP2", "CSQLite", "CYAML", "CCrypto", "CBlockPool", "JSON", "YAML", "Transport",
        "HTTP2",
        "GRPC", "Measurement", "Protobuf", "DruckerProtocol", "KubernetesAPI",
      ]
    ),
    (
      .simulation,
      ["CInterpose", "SimulationKernel", "SimulatedNetwork", "FakeKubernetes", "Fidelity"]
    ),
    (.stores, ["Files", "ModelStorage", "SQLite", "AssignmentStore"]),
    (
      .platform,
      ["DruckerServing", "DigitsPredictor", "Ingress", "DruckerClient", "DruckerDashboard"]
    ),
    // `UserPredictor` is a user of the platform, and so may use what users use.
    (
      .assembly,
      [
        "Scenario", "CEpoll", "CTLS", "LiveTransport", "LoadGenerator", "Andruck", "AndruckTesting",
        "AndruckCommand",
        "FidelityCommand", "KubernetesBenchmarks",
        "UserPredictor",
      ]
    ),
  ]

  /// Arrows that the layers would allow but the design does not.
  static let forbidden: [(from: String, to: String, reason: String)] = [
    ("FakeKubernetes", "SimulatedNetwork", "what runs in a container is the assembly's affair"),
    ("Ingress", "DruckerProtocol", "a proxy does not know what it carries"),
    ("Scenario", "LiveTransport", "a simulation opens no socket"),
    ("Andruck", "LiveTransport", "an embedder of simulations opens no socket"),
    ("AndruckCommand", "AndruckTesting", "Testing is for tests"),
  ]

  /// Modules of the toolchain, and which of our targets may import them; `nil` for all.
  static let toolchain: [(module: String, importers: [String]?)] = [
    ("Glibc", nil), ("Darwin", nil), ("Synchronization", nil),
    ("_Concurrency", ["SimulationKernel"]), ("Dispatch", ["LiveTransport"]),
    ("Foundation", ["LiveTransport", "UserPredictor"]),
  ]

  static func layer(of module: String) -> Layer? {
    layers.first { $0.modules.contains(module) }?.layer
  }

  /// Why one module must not point to another, or `nil` when it may.
  static func objection(from: String, to: String) -> String? {
    guard let upper = layer(of: from) else { return "\(from) has no layer in ImportLaw.layers" }
    guard let lower = layer(of: to) else { return "\(to) has no layer in ImportLaw.layers" }
    if let rule = forbidden.first(where: { $0.from == from && $0.to == to }) {
      return "\(from) must not see \(to): \(rule.reason)"
    }
    guard upper == lower || upper.below.contains(lower) else {
      return "\(from) (\(upper)) must not see \(to) (\(lower)): arrows point down only"
    }
    return nil
  }

  /// The faults of the import lines of one file.
  static func violations(in file: SourceFile, manifest: PackageManifest) -> [Violation] {
    let isTest = file.path.hasPrefix("Tests/")
    guard let dependencies = manifest.dependencies(of: file.target) else {
      return [Violation(path: file.path, line: 1, rule: "Package.swift has no such target")]
    }
    return file.codeLines.compactMap { line in
      guard let module = importedModule(line.text) else { return nil }
      let fault: String?
      if let tool = toolchain.first(where: { $0.module == module }) {
        let importers = tool.importers.map { $0 + $0.map { $0 + "Tests" } }
        fault =
          importers.map { $0.contains(file.target) } ?? true
          ? nil : "\(file.target) must not import \(module)"
      } else if module == "Testing" && (isTest || file.target == "AndruckTesting")
        || module == file.target
      {
        fault = nil
      } else if !dependencies.contains(module) {
        fault = "\(file.target) imports \(module), which Package.swift does not give it"
      } else {
        fault = isTest ? nil : objection(from: file.target, to: module)
      }
      return fault.map { Violation(path: file.path, line: line.number, rule: $0) }
    }
  }

  /// The module that a line of code imports.
  static func importedModule(_ line: Substring) -> String? {
    guard line.contains("import") else { return nil }
    let words = line.split(whereSeparator: \.isWhitespace)
    let modifiers: [Substring] = ["public", "package", "internal", "fileprivate", "private"]
    guard let position = words.firstIndex(of: "import"),
      words[..<position].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) })
    else { return nil }
    let kinds: [Substring] = ["class", "enum", "func", "let", "protocol", "struct", "typealias"]
    var rest = words[(position + 1)...]
    if let kind = rest.first, kinds.contains(kind) { rest.removeFirst() }
    return rest.first?.split(separator: ".").first.map(String.init)
  }
}
