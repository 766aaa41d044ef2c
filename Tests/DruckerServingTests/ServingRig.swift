import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Transport

/// Answers with the model's text and the input, in whatever type is asked for.
struct EchoPredictor: SynchronousPredictor {
  let name: String

  static func load(_ model: ModelFile) throws -> EchoPredictor {
    let name = String(decoding: model.bytes, as: UTF8.self)
    if name == "broken" { throw PredictorError("the file is damaged") }
    return EchoPredictor(name: name)
  }

  func predict(_ input: PredictInput, option: PredictOption) throws -> Prediction {
    if option.values["fail"] == true { throw PredictorError("told to fail") }
    if option.values["wrong"] == true { return Prediction(.arrFloat([1])) }
    return Self.answer(name, input, option)
  }

  static func answer(_ name: String, _ input: PredictInput, _ option: PredictOption) -> Prediction {
    let output: PredictOutput
    switch option.outputKind {
    case .string: output = .string("\(name):\(input)")
    case .bytes: output = .bytes(Array("\(name):\(input)".utf8))
    case .arrInt: output = .arrInt([1, -2])
    case .arrFloat: output = .arrFloat([0.5])
    case .arrString: output = .arrString([name, "\(input)"])
    }
    return Prediction(output, scores: [0.75, 0.25], option: option.values)
  }
}

/// Spends a fixed time on each work, one after the other.
final class QueueGate: ComputeGate {
  let loop: ManualEventLoop
  let nanosecondsEach: Int64
  var isHeld = false
  var work: [ComputeKind] = []
  private var freeNanoseconds: Int64 = 0

  init(_ loop: ManualEventLoop, nanosecondsEach: Int64) {
    self.loop = loop
    self.nanosecondsEach = nanosecondsEach
  }

  func run(_ work: ComputeKind, start: @escaping () -> Void) -> any ScheduledTimer {
    self.work.append(work)
    freeNanoseconds = max(freeNanoseconds, loop.nanoseconds) + nanosecondsEach
    return loop.schedule(afterNanoseconds: freeNanoseconds - loop.nanoseconds, start)
  }
}

/// What a call gave.
final class Answer {
  var messages: [[UInt8]] = []
  var status: GRPCStatus?

  func first<Message: ProtobufMessage>(_ type: Message.Type) throws -> Message {
    guard let bytes = messages.first else { throw PredictorError("no message: \(status as Any)") }
    return try Message(protobuf: bytes)
  }
}

/// A model server in memory with a client's connection to it.
final class ServingRig {
  let loop = ManualEventLoop()
  let store: SQLiteAssignmentStore
  let models = InMemoryModelMount()
  let evaluations = InMemoryModelMount()
  var configuration: ServingConfiguration
  var gate: (any ComputeGate)?
  var factory = PredictorFactory(EchoPredictor.self)
  var returnToLoop: ReturnToLoop = { $0() }
  var systemLines: [String] = []
  var serviceLines: [String] = []
  var outcome: ModelServer.BootOutcome?

  init() throws {
    store = try SQLiteAssignmentStore()
    configuration = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-development-1", serviceLevel: .development)
    write("default.model", "first")
  }

  func write(_ file: String, _ text: String) {
    guard let path = try? ModelPath(application: "digits", file: file) else { return }
    _ = models.write(path, Array(text.utf8))
  }

  lazy var server: ModelServer = {
    let log = ServingLog(
      configuration: configuration, host: "pod-1", wallClock: { 1_500_000_000_042_000_000 },
      system: { [unowned self] in systemLines.append($0) },
      service: { [unowned self] in serviceLines.append(String(decoding: $0, as: UTF8.self)) })
    var surroundings = ServingSurroundings(
      loop: loop, assignments: store, models: models, evaluations: evaluations, log: log,
      computeGate: gate)
    surroundings.returnToLoop = returnToLoop
    return ModelServer(configuration: configuration, predictor: factory, surroundings: surroundings)
  }()

  func boot() {
    server.boot { [unowned self] in outcome = $0 }
    loop.advance(byNanoseconds: 1_000_000_000)
  }

  func connect() -> GRPCClientTransport {
    let (client, server) = MemoryByteStream.pair(eventLoop: loop)
    self.server.accept(server)
    let transport = GRPCClientTransport(stream: client, eventLoop: loop)
    loop.run()
    return transport
  }

  lazy var client: GRPCClientTransport = connect()

  /// Makes a call without waiting; nil for `last` leaves the client's side open.
  func start(
    _ path: String, _ messages: [any ProtobufMessage], ends: Bool = true,
    timeoutNanoseconds: Int64? = nil
  ) -> (Answer, GRPCClientCall?) {
    let answer = Answer()
    let call = client.startCall(
      path: path, authority: "digits", timeoutNanoseconds: timeoutNanoseconds)
    call?.onMessage = { answer.messages.append($0) }
    call?.onEnd = { answer.status = $0.status }
    for message in messages { call?.sendMessage(message.protobufBytes()) }
    if ends { call?.halfClose() }
    loop.run()
    return (answer, call)
  }

  func call(_ path: String, _ messages: any ProtobufMessage...) -> Answer {
    let (answer, _) = start(path, messages)
    loop.advance(byNanoseconds: 1_000_000_000)
    return answer
  }

  func call(
    _ call: DruckerMethod.Call, _ package: DruckerPackage = .drucker,
    _ messages: any ProtobufMessage...
  ) -> Answer {
    let (answer, _) = start(DruckerMethod(call, package: package).path, messages)
    loop.advance(byNanoseconds: 1_000_000_000)
    return answer
  }

  func predictString(_ text: String, option: String = "") -> Answer {
    call(
      .predict(input: .string, output: .string), .drucker,
      Drucker.StringInput(input: text, option: Drucker.Option(val: option)))
  }
}

/// A booted rig.
func bootedRig(_ change: (ServingRig) -> Void = { _ in }) throws -> ServingRig {
  let rig = try ServingRig()
  change(rig)
  rig.boot()
  return rig
}
