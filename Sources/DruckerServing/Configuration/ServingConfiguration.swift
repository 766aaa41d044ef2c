/// How a model server is set up: from its environment, then from its YAML settings.
public struct ServingConfiguration: Hashable, Sendable {
  /// The stages that a service may be of; anything else is refused at start.
  public enum ServiceLevel: String, CaseIterable, Hashable, Sendable {
    /// For those who build the application.
    case development
    /// For those who try it early.
    case beta
    /// The last stage before production.
    case staging
    /// For experiments.
    case sandbox
    /// For everybody.
    case production
  }

  /// What the server runs on, which decides what a switch of the model does.
  public enum Infrastructure: String, CaseIterable, Hashable, Sendable {
    /// A switch reloads the model in place.
    case `default`
    /// A switch only changes the assignment; a rolling update follows.
    case kubernetes
  }

  /// Whether the assignment table is that of tests.
  public var testMode = false
  /// The TCP port of both packages' services.
  public var port = 5_000
  /// The application that the service belongs to.
  public var applicationName: String
  /// The service's own name, the key of its assignment.
  public var serviceName: String
  /// The service's stage.
  public var serviceLevel: ServiceLevel
  /// What the server runs on.
  public var infrastructure = Infrastructure.default
  /// The folder of models.
  public var modelDirectory = "./model"
  /// The folder of evaluation data and results.
  public var evaluationDirectory = "./eval"
  /// The model that a service without an assignment loads.
  public var modelFile = "default.model"
  /// The kind of the assignment table's database; `AssignmentDatabase.check(mode:)` judges it.
  public var databaseMode = "sqlite"
  /// Whether a failed prediction is answered with the reference's default instead of an error.
  public var legacyErrorResponses = false

  /// A configuration with defaults for all but the service itself.
  public init(applicationName: String, serviceName: String, serviceLevel: ServiceLevel) {
    self.applicationName = applicationName
    self.serviceName = serviceName
    self.serviceLevel = serviceLevel
  }
}

/// A setting that is missing or cannot be used; the server does not start.
public struct ServingConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The setting's environment variable.
  public let key: String

  /// What was found, and what was expected.
  public let message: String

  /// An error of a setting.
  public init(key: String, message: String) {
    self.key = key
    self.message = message
  }

  /// `KEY: message`.
  public var description: String { "\(key): \(message)" }
}
