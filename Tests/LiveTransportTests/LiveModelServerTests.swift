import DruckerClient
import DruckerProtocol
import DruckerServing
import GRPC
import LiveTransport
import ModelStorage
import TestSupport
import Testing

struct LiveModelServerTests {
  @Test func `all inputs and outputs are served over real sockets`() async throws {
    let rig = try ServerRig()
    let client = try rig.client()
    let pixels = try SampleDigit.pixels()
    for input in PayloadKind.allCases {
      for output in PayloadKind.allCases {
        let answer = try await client.run { client in
          try await client.predict(Self.input(input, pixels), output: output)
        }
        #expect(answer.output == Self.output(output), "\(input) to \(output)")
      }
    }
    await rig.stop()
    #expect(rig.logText.split(separator: "\n").count { $0.contains("prediction result.") } == 25)
  }

  @Test func `a switch reaches every event loop before it is answered`() async throws {
    let rig = try ServerRig(loops: 3)
    // As many connections as loops, each on another.
    let clients = try (0..<3).map { _ in try rig.client() }
    let pixels = try SampleDigit.pixels()
    for client in clients {
      _ = try await client.run { try await $0.predict(.arrInt(pixels), output: .string) }
    }
    for round in 0..<6 {
      let name = round % 2 == 0 ? "digits-v3.model" : "digits-v1.model"
      let answer = try await clients[round % 3].run { try await $0.switchModel(path: name) }
      #expect(answer.status == 1)
      var scores: Set<[Float]> = []
      for client in clients {
        let prediction = try await client.run {
          try await $0.predict(.arrInt(pixels), output: .string)
        }
        scores.insert(prediction.score)
      }
      #expect(scores.count == 1)
    }
    await rig.stop()
  }

  @Test func `uploads of all loops at once end as complete files`() async throws {
    let rig = try ServerRig(loops: 2)
    let clients = try (0..<4).map { _ in try rig.client() }
    await withTaskGroup(of: Bool.self) { group in
      for (index, client) in clients.enumerated() {
        group.addTask {
          let bytes = [UInt8](repeating: UInt8(index), count: 3_000_000)
          let answer = try? await client.run {
            try await $0.uploadModel(path: "model-\(index)", data: bytes)
          }
          return answer?.status == 1
        }
      }
      for await isDone in group { #expect(isDone) }
    }
    let mount = DirectoryModelMount(folder: rig.folder + "/model")
    for index in clients.indices {
      let path = try ModelPath(application: "digits", file: "model-\(index)")
      let bytes = try mount.read(path).result.get().bytes
      #expect(bytes.count == 3_000_000 && bytes.allSatisfy { $0 == UInt8(index) })
    }
    await rig.stop()
  }

  @Test func `calls that run are finished by a stop, and later ones find nobody`() async throws {
    let rig = try ServerRig(predictor: PredictorFactory(SlowPredictor.self), loops: 2)
    let client = try rig.client()
    let answer = Task {
      try await client.run { try await $0.predict(.string("30"), output: .string) }
    }
    while !SlowPredictor.hasBegun() { await Task.yield() }
    let stopped = Task { await rig.stop() }
    #expect(try await answer.value.output == .string("slept"))
    await stopped.value
    await #expect(throws: GRPCStatus.self) {
      var options = DruckerCallOptions()
      options.timeoutNanoseconds = 50_000_000
      let short = options
      return try await client.run {
        try await $0.predict(.string("0"), output: .string, options: short)
      }
    }
  }

  @Test func `a cancelled task cancels its call`() async throws {
    let rig = try ServerRig()
    let client = try rig.client()
    let task = Task {
      try await client.run { client in
        // Nobody answers a call that is not complete.
        try await withUnsafeThrowingContinuation { continuation in
          let call = client.start(
            .predict(input: .bytes, output: .bytes), messages: [], isComplete: false
          ) { continuation.resume(returning: $0.status.code) }
          call.cancel()
        }
      }
    }
    #expect(try await task.value == .cancelled)
    await rig.stop()
  }

  @Test func `a model that cannot be loaded refuses the start with code 255`() throws {
    #expect(throws: LiveModelServer.StartError.boot(exitCode: 255)) {
      try ServerRig(models: ["digits-corrupt.model"])
    }
  }

  private static func input(_ kind: PayloadKind, _ pixels: [Int32]) -> DruckerInput {
    switch kind {
    case .string: .string(pixels.map(String.init).joined(separator: ","))
    case .bytes: .bytes(pixels.map { UInt8($0) })
    case .arrInt: .arrInt(pixels)
    case .arrFloat: .arrFloat(pixels.map { Float($0) })
    case .arrString: .arrString(pixels.map(String.init))
    }
  }

  private static func output(_ kind: PayloadKind) -> DruckerOutput {
    let digit = SampleDigit.label
    return switch kind {
    case .string: .string(String(digit))
    case .bytes: .bytes([UInt8(digit)])
    case .arrInt: .arrInt([Int32(digit)])
    case .arrFloat: .arrFloat([Float(digit)])
    case .arrString: .arrString([String(digit)])
    }
  }
}
