import DruckerClient
import DruckerProtocol
import GRPC
import TestSupport
import Testing
import Transport

@MainActor
@Suite struct AwaitedTests {
  private func run<Value: Sendable>(
    _ body: @escaping @MainActor (DruckerClient) async throws -> Value
  ) async throws -> Value {
    let rig = ClientRig()
    rig.listen()
    let client = rig.client
    return try await ClientRig.await_(rig.loop) { try await body(client) }
  }

  @Test func `predictions from texts can be awaited`() async throws {
    #expect(try await run { try await $0.predictStringString("a") }.output == "1")
    #expect(try await run { try await $0.predictStringBytes("a") }.map(\.output) == [[1], [2]])
    #expect(try await run { try await $0.predictStringArrInt("a") }.output == [1])
    #expect(try await run { try await $0.predictStringArrFloat("a") }.output == [1])
    #expect(try await run { try await $0.predictStringArrString("a") }.output == ["1"])
  }

  @Test func `predictions from bytes can be awaited`() async throws {
    #expect(try await run { try await $0.predictBytesString([1]) }.output == "1")
    #expect(
      try await run { try await $0.predictBytesBytes([[1], [2]]) }.map(\.output) == [[1], [2]])
    #expect(try await run { try await $0.predictBytesArrInt([1]) }.output == [1])
    #expect(try await run { try await $0.predictBytesArrFloat([1]) }.output == [1])
    #expect(try await run { try await $0.predictBytesArrString([1]) }.output == ["1"])
  }

  @Test func `predictions from integers can be awaited`() async throws {
    #expect(try await run { try await $0.predictArrIntString([1]) }.output == "1")
    #expect(try await run { try await $0.predictArrIntBytes([1]) }.map(\.output) == [[1], [2]])
    #expect(try await run { try await $0.predictArrIntArrInt([1]) }.output == [1])
    #expect(try await run { try await $0.predictArrIntArrFloat([1]) }.output == [1])
    #expect(try await run { try await $0.predictArrIntArrString([1]) }.output == ["1"])
  }

  @Test func `predictions from numbers can be awaited`() async throws {
    #expect(try await run { try await $0.predictArrFloatString([1]) }.output == "1")
    #expect(try await run { try await $0.predictArrFloatBytes([1]) }.map(\.output) == [[1], [2]])
    #expect(try await run { try await $0.predictArrFloatArrInt([1]) }.output == [1])
    #expect(try await run { try await $0.predictArrFloatArrFloat([1]) }.output == [1])
    #expect(try await run { try await $0.predictArrFloatArrString([1]) }.output == ["1"])
  }

  @Test func `predictions from lists of texts can be awaited`() async throws {
    #expect(try await run { try await $0.predictArrStringString(["a"]) }.output == "1")
    #expect(
      try await run { try await $0.predictArrStringBytes(["a"]) }.map(\.output) == [[1], [2]])
    #expect(try await run { try await $0.predictArrStringArrInt(["a"]) }.output == [1])
    #expect(try await run { try await $0.predictArrStringArrFloat(["a"]) }.output == [1])
    #expect(try await run { try await $0.predictArrStringArrString(["a"]) }.output == ["1"])
  }

  @Test func `the dashboard's calls and the health check can be awaited`() async throws {
    #expect(try await run { try await $0.serviceInfo() }.applicationName == "digits")
    #expect(try await run { try await $0.uploadModel(path: "m", data: [1]) }.status == 1)
    #expect(try await run { try await $0.switchModel(path: "m") }.status == 1)
    #expect(try await run { try await $0.uploadEvaluationData(path: "e", data: [1]) }.status == 1)
    let evaluated = try await run { try await $0.evaluateModel(dataPath: "e", resultPath: "r") }
    #expect(evaluated.metrics?.num == 3)
    let parts = try await run { try await $0.evaluationResult(dataPath: "e", resultPath: "r") }
    #expect(parts.count == 2)
    #expect(try await run { try await $0.checkHealth() }.status == .serving)
  }

  @Test func `a failed call throws its status`() async throws {
    let rig = ClientRig { call in
      call.finish(GRPCStatus(.resourceExhausted, "full"))
      return true
    }
    rig.listen()
    let client = rig.client
    await #expect(throws: GRPCStatus(.resourceExhausted, "full")) {
      try await ClientRig.await_(rig.loop) { try await client.predictStringString("a") }
    }
  }

  @Test func `a cancelled task cancels its call`() async throws {
    let rig = ClientRig { _ in true }
    rig.listen()
    let client = rig.client
    let task = Task { try await client.predictStringString("a") }
    while rig.server.calls.isEmpty {
      await Task.yield()
      rig.loop.run()
    }
    task.cancel()
    await #expect(throws: GRPCStatus(.cancelled, "cancelled by the client")) {
      try await task.value
    }
    rig.loop.run()
    #expect(rig.server.calls[0].isEnded)
  }
}
