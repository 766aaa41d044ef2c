import DigitsPredictor
import DruckerClient
import DruckerServing
import GRPC
import LiveTransport
import ModelStorage
import TestSupport

/// A model server of digits on a loopback port, in a folder of its own.
final class ServerRig: Sendable {
  private let temporary: TemporaryFolder
  let server: LiveModelServer
  let logs: LogFile

  init(
    predictor: PredictorFactory = PredictorFactory(DigitsPredictor.self), loops: Int = 1,
    models: [String] = ["digits-v1.model", "digits-v3.model"],
    grpc: GRPCServerSettings = GRPCServerSettings(), port: Int = 0, tls: TLSServer? = nil
  ) throws {
    temporary = try TemporaryFolder()
    let folder = temporary.path
    let mount = DirectoryModelMount(folder: folder + "/model")
    for name in models {
      let path = try ModelPath(application: "digits", file: name)
      try mount.write(path, try Fixture.bytes("Fixtures/models/" + name)).result.get()
    }
    var configuration = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-test", serviceLevel: .development)
    configuration.modelDirectory = folder + "/model"
    configuration.evaluationDirectory = folder + "/eval"
    configuration.modelFile = models[0]
    logs = try LogFile(path: folder + "/log")
    var places = LiveModelServer.Places(systemLog: logs, serviceLog: logs)
    places.stateFolder = folder
    var limits = LiveLimits()
    limits.host = "127.0.0.1"
    limits.loops = loops
    limits.port = port
    limits.tls = tls
    server = try LiveModelServer(
      configuration: configuration, predictor: predictor, places: places, limits: limits,
      grpc: grpc)
  }

  var folder: String { temporary.path }

  var logText: String {
    (try? Fixture.text("../../../../../../../.." + folder + "/log")) ?? ""
  }

  func client() throws -> LiveDruckerClient {
    try LiveDruckerClient(target: .host("127.0.0.1", port: server.port))
  }

  func stop() async {
    await withCheckedContinuation { continuation in
      server.stop { continuation.resume() }
    }
  }
}

/// The first row of `Fixtures/digits/evaluation.csv`.
enum SampleDigit {
  static let label = 3

  static func pixels() throws -> [Int32] {
    let text = try Fixture.text("Fixtures/digits/evaluation.csv")
    let row = text.split(separator: "\n").first { !$0.hasPrefix("#") } ?? ""
    return row.split(separator: ",").dropFirst().compactMap { Int32($0) }
  }
}
