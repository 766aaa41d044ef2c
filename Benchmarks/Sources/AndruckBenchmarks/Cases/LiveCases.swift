import CBenchmarks
import DigitsPredictor
import Dispatch
import DruckerClient
import DruckerServing
import Glibc
import LiveTransport
import ModelStorage
import Synchronization

/// Predictions over loopback: `LiveModelServer` on a thread of its own, the client on another.
enum LiveCases {
  static var all: [Benchmark] {
    [
      Benchmark(name: "predict over loopback", unit: "prediction", clock: .process) {
        try loopback()
      }
    ]
  }

  private static func loopback() throws -> Benchmark.Work {
    LiveLimits.prepareProcess()
    let folder = try temporaryFolder()
    let path = try ModelPath(application: "digits", file: "digits-v1.model")
    try DirectoryModelMount(folder: folder + "/model")
      .write(path, try RepositoryFiles.required("Fixtures/models/digits-v1.model")).result.get()
    var configuration = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-benchmark", serviceLevel: .development)
    configuration.modelDirectory = folder + "/model"
    configuration.evaluationDirectory = folder + "/eval"
    configuration.modelFile = "digits-v1.model"
    let log = try LogFile(path: "/dev/null")
    var places = LiveModelServer.Places(systemLog: log, serviceLog: log)
    places.stateFolder = folder
    var limits = LiveLimits()
    limits.host = "127.0.0.1"
    let server = try LiveModelServer(
      configuration: configuration, predictor: PredictorFactory(DigitsPredictor.self),
      places: places, limits: limits)
    let port = server.port
    let thread = try LoopThread { loop in
      DruckerClient(
        target: .host("127.0.0.1", port: port), eventLoop: loop,
        connector: SocketConnector(loop: loop), random: { 0.5 })
    }
    var work = Benchmark.Work { count in
      let right = Mutex(0)
      let isDone = DispatchSemaphore(value: 0)
      thread.execute { _, client in
        let calls = Calls(client, count: count)
        calls.onDone = { [unowned calls] in
          right.withLock { $0 = calls.right }
          isDone.signal()
        }
        calls.begin()
      }
      isDone.wait()
      try ProtocolCases.require(right.withLock { $0 } == count)
    }
    work.held = [server, thread]
    return work
  }

  private static func temporaryFolder() throws -> String {
    var template = Array("/tmp/andruck-benchmark-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw BenchmarkError("no folder below /tmp") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    bench_remove_at_exit(path)
    return path
  }
}
