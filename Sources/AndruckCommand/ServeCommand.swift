import AssignmentStore
import DruckerServing
import Files
import LiveTransport
import ModelStorage

#if canImport(Glibc)
  import Glibc
#endif

/// `andruck serve`: a model server on a real port.
struct ServeCommand {
  private let arguments: LiveArguments
  private let predictor: PredictorFactory
  private let predictorName: String

  init(_ arguments: [String]) throws {
    self.arguments = try LiveArguments(
      arguments, .serve,
      others: [
        "--predictor", "--busy-for", "--model", "--service-log", "--system-log", "--state",
      ])
    guard let name = self.arguments.others["--predictor"] else {
      throw UsageError(message: "andruck serve needs --predictor digits")
    }
    predictorName = name
    predictor = try KnownPredictors.find(
      name, busyFor: self.arguments.others["--busy-for"])
  }

  func perform() throws -> ExitCode {
    Signals.hold()
    LiveLimits.prepareProcess()
    let configuration: ServingConfiguration
    var limits = arguments.settings.limits
    let places: LiveModelServer.Places
    do {
      configuration = try self.configuration()
      places = try self.places()
      if let model = arguments.others["--model"] {
        try assign(model, configuration, folder: places.stateFolder)
      }
    } catch {
      Console.error("andruck serve: \(error)")
      return .badInput
    }
    if !arguments.hasPort { limits.port = configuration.port }
    let server: LiveModelServer
    do throws(LiveModelServer.StartError) {
      server = try LiveModelServer(
        configuration: configuration, predictor: predictor, places: places, limits: limits,
        grpc: arguments.settings.server)
    } catch {
      switch error {
      case .socket(let failure):
        Console.error("andruck serve: \(failure)")
        return .badInput
      case .boot(let code): exit(code)
      }
    }
    Console.error(
      "andruck: serving \(configuration.serviceName) on \(limits.host):\(server.port),"
        + " event loops: \(limits.loops); \(arguments.transport)")
    waitForSignals(server, logs: [places.systemLog, places.serviceLog].compactMap(\.self))
  }

  private func waitForSignals(_ server: LiveModelServer, logs: [LogFile]) -> Never {
    var stops = 0
    while true {
      switch Signals.next(stopsBefore: stops) {
      case .reload:
        for log in logs { log.reopen() }
        arguments.reloadCertificate("andruck serve")
      case .stop:
        stops += 1
        server.stop { Console.exit(.success) }
      }
    }
  }

  /// The environment, then the settings file; `--model` makes the three names optional.
  private func configuration() throws -> ServingConfiguration {
    var environment = Environment.variables(prefix: "DRUCKER_")
    var settings: String?
    if let path = environment["DRUCKER_SETTINGS_YAML"], !path.isEmpty {
      guard let bytes = FileReader.bytes(path) else {
        throw UsageError(message: "DRUCKER_SETTINGS_YAML: \(path) cannot be read")
      }
      settings = String(decoding: bytes, as: UTF8.self)
    }
    if arguments.others["--model"] != nil, settings == nil {
      let application = environment["DRUCKER_APPLICATION_NAME"] ?? predictorName
      let level = environment["DRUCKER_SERVICE_LEVEL"] ?? "development"
      environment["DRUCKER_APPLICATION_NAME"] = application
      environment["DRUCKER_SERVICE_LEVEL"] = level
      environment["DRUCKER_SERVICE_NAME"] =
        environment["DRUCKER_SERVICE_NAME"] ?? "\(application)-\(level)"
    }
    var configuration = try ServingConfiguration(environment: environment, settings: settings)
    if let state = arguments.others["--state"] {
      let inState = { (path: String) in path.hasPrefix("/") ? path : "\(state)/\(path)" }
      configuration.modelDirectory = inState(configuration.modelDirectory)
      configuration.evaluationDirectory = inState(configuration.evaluationDirectory)
    }
    return configuration
  }

  private func places() throws -> LiveModelServer.Places {
    let standard = LogFile(descriptor: STDOUT_FILENO)
    let file = { (option: String, otherwise: LogFile?) throws -> LogFile? in
      switch arguments.others[option] {
      case nil: otherwise
      case "-": standard
      case "none": nil
      case let path?: try LogFile(path: path)
      }
    }
    guard let system = try file("--system-log", standard) else {
      throw UsageError(message: "--system-log: expected a file, or - for standard output")
    }
    var places = LiveModelServer.Places(
      systemLog: system, serviceLog: try file("--service-log", standard))
    places.abandonedUploadSeconds =
      arguments.settings.abandonedUploadNanoseconds / 1_000_000_000
    if let state = arguments.others["--state"] {
      if mkdir(state, 0o755) != 0, errno != EEXIST {
        throw UsageError(
          message: "--state: cannot make \(state): \(String(cString: strerror(errno)))")
      }
      places.stateFolder = state
    }
    return places
  }

  /// Puts a copy of a model file on the mount and assigns it to the service.
  private func assign(
    _ path: String, _ configuration: ServingConfiguration, folder: String
  ) throws {
    guard let bytes = FileReader.bytes(path) else {
      throw UsageError(message: "--model: \(path) cannot be read")
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let target = try ModelPath(application: configuration.applicationName, file: name)
    try DirectoryModelMount(folder: configuration.modelDirectory).write(target, bytes).result.get()
    let assignments = try AssignmentDatabase.open(
      mode: configuration.databaseMode, folder: folder, testMode: configuration.testMode)
    _ = try assignments.assign(
      service: configuration.serviceName, modelPath: name, firstBoot: true
    ).result.get()
  }
}

/// The variables that the process was started with.
enum Environment {
  static func variables(prefix: String) -> [String: String] {
    let bytes = FileReader.bytes("/proc/self/environ") ?? []
    var variables: [String: String] = [:]
    for entry in bytes.split(separator: 0) {
      let text = String(decoding: entry, as: UTF8.self)
      guard text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") else { continue }
      variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return variables
  }
}
