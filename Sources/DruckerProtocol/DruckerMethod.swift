/// The two protobuf packages that share the wire.
public enum DruckerPackage: String, CaseIterable, Hashable, Sendable {
  /// Drucker 0.4.
  case drucker
  /// Rekcurd 1.0, Drucker's later name.
  case rekcurd

  /// The package's name as its services begin with it.
  var servicePrefix: String {
    switch self {
    case .drucker: "Drucker"
    case .rekcurd: "Rekcurd"
    }
  }

  /// The fully qualified name of the service of predictions.
  public var workerService: String { "\(rawValue).\(servicePrefix)Worker" }

  /// The fully qualified name of the dashboard's service.
  public var dashboardService: String { "\(rawValue).\(servicePrefix)Dashboard" }

  /// The fully qualified name of the package's own health service.
  public var healthService: String { "\(rawValue).Health" }
}

/// A call of the Drucker wire, under one of its packages.
public struct DruckerMethod: Hashable, Sendable {
  /// What is called, the same under both packages.
  public enum Call: Hashable, Sendable {
    /// A prediction.
    case predict(input: PayloadKind, output: PayloadKind)
    /// Which service this is.
    case serviceInfo
    /// Stores a model file.
    case uploadModel
    /// Assigns another model.
    case switchModel
    /// Stores a file of evaluation data.
    case uploadEvaluationData
    /// Evaluates the loaded model.
    case evaluateModel
    /// Reads the results of an evaluation.
    case evaluationResult
    /// The package's own health check.
    case healthCheck

    /// Every call, in the order of the contract.
    public static let all: [Call] =
      PayloadKind.allCases.flatMap { input in
        PayloadKind.allCases.map { Call.predict(input: input, output: $0) }
      } + [
        .serviceInfo, .uploadModel, .switchModel, .uploadEvaluationData, .evaluateModel,
        .evaluationResult, .healthCheck,
      ]

    /// The method's name within its service, such as `Predict_String_Bytes`.
    public var name: String {
      switch self {
      case .predict(let input, let output): "Predict_\(input.rawValue)_\(output.rawValue)"
      case .serviceInfo: "ServiceInfo"
      case .uploadModel: "UploadModel"
      case .switchModel: "SwitchModel"
      case .uploadEvaluationData: "UploadEvaluationData"
      case .evaluateModel: "EvaluateModel"
      case .evaluationResult: "EvaluationResult"
      case .healthCheck: "Check"
      }
    }

    /// Which sides send more than one message; byte payloads are streamed.
    public var streaming: StreamingKind {
      switch self {
      case .predict(let input, let output):
        StreamingKind(clientStreams: input == .bytes, serverStreams: output == .bytes)
      case .uploadModel, .uploadEvaluationData, .evaluateModel: .clientStreaming
      case .evaluationResult: .serverStreaming
      case .serviceInfo, .switchModel, .healthCheck: .unary
      }
    }
  }

  /// The package that the call is addressed to.
  public let package: DruckerPackage

  /// What is called.
  public let call: Call

  /// The HTTP/2 path, such as `/drucker.DruckerWorker/Predict_String_String`.
  public let path: String

  /// A call under a package.
  public init(_ call: Call, package: DruckerPackage) {
    self.package = package
    self.call = call
    path = Self.paths[package]?[call] ?? Self.path(call, package)
  }

  /// The paths of all calls: a client asks for one with every call.
  private static let paths: [DruckerPackage: [Call: String]] = Dictionary(
    uniqueKeysWithValues: DruckerPackage.allCases.map { package in
      (package, Dictionary(uniqueKeysWithValues: Call.all.map { ($0, path($0, package)) }))
    })

  private static func path(_ call: Call, _ package: DruckerPackage) -> String {
    let service =
      switch call {
      case .predict: package.workerService
      case .healthCheck: package.healthService
      case .serviceInfo, .uploadModel, .switchModel, .uploadEvaluationData, .evaluateModel,
        .evaluationResult:
        package.dashboardService
      }
    return "/\(service)/\(call.name)"
  }

  /// Which sides send more than one message.
  public var streaming: StreamingKind { call.streaming }

  /// The prediction's input, nil for other calls.
  public var inputKind: PayloadKind? {
    if case .predict(let input, _) = call { input } else { nil }
  }

  /// The prediction's output, nil for other calls.
  public var outputKind: PayloadKind? {
    if case .predict(_, let output) = call { output } else { nil }
  }

  /// Every call under both packages.
  public static let all = DruckerPackage.allCases.flatMap { package in
    Call.all.map { DruckerMethod($0, package: package) }
  }

  private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  /// The call with this HTTP/2 path, nil when there is none.
  public static func find(path: String) -> DruckerMethod? { byPath[path] }
}
