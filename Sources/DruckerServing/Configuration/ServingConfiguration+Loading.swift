import YAML

extension ServingConfiguration {
  /// Reads the settings: a variable of the environment wins over the YAML file.
  ///
  /// - Parameters:
  ///   - environment: the process's variables, `DRUCKER_...`.
  ///   - settings: the text of the file that `DRUCKER_SETTINGS_YAML` names, nil without one.
  /// - Throws: `ServingConfigurationError` for a setting that is missing or wrong.
  public init(
    environment: [String: String], settings: String? = nil
  ) throws(ServingConfigurationError) {
    let source = try SettingsSource(environment: environment, settings: settings)
    self.init(
      applicationName: try source.required(Self.applicationNameKey, at: ["app", "name"]),
      serviceName: try source.required(Self.serviceNameKey, at: ["app", "service", "name"]),
      serviceLevel: try source.oneOf(
        Self.serviceLevelKey,
        try source.required(Self.serviceLevelKey, at: ["app", "service", "level"])))
    testMode = try source.bool("DRUCKER_TEST_MODE", at: ["test"]) ?? testMode
    port = try source.port("DRUCKER_SERVICE_PORT", at: ["app", "port"]) ?? port
    if let text = source.text("DRUCKER_SERVICE_INFRA", at: []) {
      infrastructure = try source.oneOf("DRUCKER_SERVICE_INFRA", text)
    }
    modelDirectory =
      source.text("DRUCKER_SERVICE_MODEL_DIR", at: ["app", "modeldir"]) ?? modelDirectory
    evaluationDirectory =
      source.text("DRUCKER_SERVICE_EVAL_DIR", at: ["app", "evaldir"]) ?? evaluationDirectory
    modelFile = source.text("DRUCKER_SERVICE_MODEL_FILE", at: ["app", "modelfile"]) ?? modelFile
    databaseMode = source.text("DRUCKER_DB_MODE", at: ["use", "db"]) ?? databaseMode
    legacyErrorResponses =
      try source.bool("DRUCKER_LEGACY_ERROR_RESPONSES", at: ["app", "legacyErrorResponses"])
      ?? legacyErrorResponses
  }

  private static let applicationNameKey = "DRUCKER_APPLICATION_NAME"
  private static let serviceNameKey = "DRUCKER_SERVICE_NAME"
  private static let serviceLevelKey = "DRUCKER_SERVICE_LEVEL"
}

/// Where settings come from.
private struct SettingsSource {
  let environment: [String: String]
  let file: String
  let root: YAMLNode?

  init(environment: [String: String], settings: String?) throws(ServingConfigurationError) {
    self.environment = environment
    file = environment["DRUCKER_SETTINGS_YAML"] ?? "settings.yml"
    guard let settings else {
      root = nil
      return
    }
    do throws(YAMLError) {
      root = try YAMLDocument.parse(settings, file: file)
    } catch {
      throw ServingConfigurationError(key: "DRUCKER_SETTINGS_YAML", message: "\(error)")
    }
  }

  /// The setting's text; an empty variable or scalar counts as none.
  func text(_ key: String, at path: [String]) -> String? {
    if let value = environment[key], !value.isEmpty { return value }
    guard !path.isEmpty, var node = root else { return nil }
    for name in path {
      guard let next = node[name] else { return nil }
      node = next
    }
    guard let text = node.text, !text.isEmpty, !node.isNull else { return nil }
    return text
  }

  func required(_ key: String, at path: [String]) throws(ServingConfigurationError) -> String {
    if let text = text(key, at: path) { return text }
    throw ServingConfigurationError(
      key: key,
      message: "is missing; expected a text, here or as \(path.joined(separator: ".")) in \(file)")
  }

  func bool(_ key: String, at path: [String]) throws(ServingConfigurationError) -> Bool? {
    guard let text = text(key, at: path) else { return nil }
    switch text.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default: throw unexpected(key, text, expected: "True or False")
    }
  }

  func port(_ key: String, at path: [String]) throws(ServingConfigurationError) -> Int? {
    guard let text = text(key, at: path) else { return nil }
    guard let port = Int(text), (1...65_535).contains(port) else {
      throw unexpected(key, text, expected: "a port from 1 to 65535")
    }
    return port
  }

  func oneOf<Value: CaseIterable & RawRepresentable>(
    _ key: String, _ text: String
  ) throws(ServingConfigurationError) -> Value where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
    throw unexpected(key, text, expected: "one of \(names)")
  }

  private func unexpected(
    _ key: String, _ text: String, expected: String
  ) -> ServingConfigurationError {
    ServingConfigurationError(key: key, message: "is \"\(text)\"; expected \(expected)")
  }
}
