import DruckerServing
import Testing

@Suite struct ConfigurationTests {
  private let required = [
    "DRUCKER_APPLICATION_NAME": "digits", "DRUCKER_SERVICE_NAME": "digits-beta-1",
    "DRUCKER_SERVICE_LEVEL": "beta",
  ]

  @Test func `what is not set has the contract's default`() throws {
    let configuration = try ServingConfiguration(environment: required)
    var expected = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-beta-1", serviceLevel: .beta)
    expected.testMode = false
    expected.port = 5_000
    expected.infrastructure = .default
    expected.modelDirectory = "./model"
    expected.evaluationDirectory = "./eval"
    expected.modelFile = "default.model"
    expected.databaseMode = "sqlite"
    #expect(configuration == expected)
  }

  @Test func `the environment wins over the file`() throws {
    let settings = """
      test: True
      app:
        name: other
        port: 6000
        modeldir: /models
        evaldir: /eval
        modelfile: a.model
        service:
          name: other-service
          level: production
      use:
        db: mysql
      """
    let fromFile = try ServingConfiguration(environment: [:], settings: settings)
    #expect(fromFile.testMode)
    #expect(fromFile.applicationName == "other")
    #expect(fromFile.port == 6_000)
    #expect(fromFile.modelDirectory == "/models")
    #expect(fromFile.evaluationDirectory == "/eval")
    #expect(fromFile.modelFile == "a.model")
    #expect(fromFile.serviceName == "other-service")
    #expect(fromFile.serviceLevel == .production)
    #expect(fromFile.databaseMode == "mysql")
    var environment = required
    environment["DRUCKER_SERVICE_PORT"] = "7000"
    environment["DRUCKER_SERVICE_INFRA"] = "kubernetes"
    let both = try ServingConfiguration(environment: environment, settings: settings)
    #expect(both.applicationName == "digits")
    #expect(both.port == 7_000)
    #expect(both.infrastructure == .kubernetes)
    #expect(both.modelFile == "a.model")
  }

  @Test(arguments: [
    ("DRUCKER_SERVICE_LEVEL", "live", "one of development, beta, staging, sandbox, production"),
    ("DRUCKER_SERVICE_PORT", "0", "a port from 1 to 65535"),
    ("DRUCKER_SERVICE_INFRA", "swarm", "one of default, kubernetes"),
    ("DRUCKER_TEST_MODE", "perhaps", "True or False"),
    ("DRUCKER_APPLICATION_NAME", "", "here or as app.name in settings.yml"),
  ])
  func `an error names the key and what was expected`(
    _ row: (key: String, value: String, expected: String)
  ) {
    var environment = required
    environment[row.key] = row.value
    #expect {
      _ = try ServingConfiguration(environment: environment)
    } throws: { error in
      guard let error = error as? ServingConfigurationError else { return false }
      return error.key == row.key && error.message.contains(row.expected)
    }
  }

  @Test func `a file that is no YAML is an error with its place`() {
    #expect {
      _ = try ServingConfiguration(environment: required, settings: "a: [")
    } throws: {
      "\($0)".hasPrefix("DRUCKER_SETTINGS_YAML: settings.yml:")
    }
  }
}
