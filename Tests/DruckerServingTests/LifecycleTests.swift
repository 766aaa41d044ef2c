import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

@Suite struct LifecycleTests {
  @Test func `the first start creates the assignment from the configured model file`() throws {
    let rig = try bootedRig()
    #expect(rig.outcome == .ready)
    let row = try rig.store.read(service: "digits-development-1").result.get()
    #expect(row?.modelPath == "default.model")
    #expect(row?.firstBoot == true)
    #expect(rig.server.modelFile == "default.model")
  }

  @Test func `a later start loads what is assigned`() throws {
    let rig = try bootedRig { rig in
      rig.write("new.model", "second")
      _ = rig.store.assign(
        service: "digits-development-1", modelPath: "new.model", firstBoot: false)
    }
    #expect(try rig.predictString("x").first(Drucker.StringOutput.self).output.hasPrefix("second"))
  }

  @Test(arguments: ["broken", nil])
  func `a model that cannot be loaded ends the process with 255`(_ text: String?) throws {
    let rig = try bootedRig { rig in
      if let text {
        rig.write("default.model", text)
      } else {
        rig.configuration.modelFile = "missing.model"
      }
    }
    #expect(rig.outcome == .exit(code: 255))
    #expect(rig.server.phase == .stopped)
    let line = try JSONValue(parsing: rig.systemLines.last ?? "")
    #expect(line["level"] == 3)
    #expect(line["short_message"]?.stringValue?.hasPrefix("cannot start: ") == true)
  }

  @Test func `a database that is not offered ends the process with 255`() throws {
    let rig = try bootedRig { $0.configuration.databaseMode = "mysql" }
    #expect(rig.outcome == .exit(code: 255))
  }

  @Test func `loading takes CPU time`() throws {
    let rig = try ServingRig()
    let gate = QueueGate(rig.loop, nanosecondsEach: 5_000_000)
    rig.gate = gate
    rig.server.boot { rig.outcome = $0 }
    rig.loop.advance(byNanoseconds: 4_000_000)
    #expect(rig.server.phase == .booting)
    rig.loop.advance(byNanoseconds: 1_000_000)
    #expect(rig.server.phase == .ready)
    #expect(gate.work == [.load(bytes: 5)])
  }

  @Test func `a graceful stop finishes what runs and takes nothing new`() throws {
    let rig = try bootedRig { $0.gate = QueueGate($0.loop, nanosecondsEach: 10_000_000) }
    let path = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    let (running, _) = rig.start(path, [Drucker.StringInput(input: "x")])
    let (watch, _) = rig.start(
      "/grpc.health.v1.Health/Watch", [HealthV1.HealthCheckRequest(service: "")])
    var isStopped = false
    rig.server.shutdown { isStopped = true }
    rig.loop.advance(byNanoseconds: 1_000_000)
    #expect(!isStopped)
    #expect(!rig.client.canStartCall)
    #expect(watch.status?.code == .unavailable)
    #expect(
      try watch.messages.map { try HealthV1.HealthCheckResponse(protobuf: $0).status }
        == [.serving, .notServing])
    rig.loop.advance(byNanoseconds: 10_000_000)
    #expect(running.status == .ok)
    #expect(isStopped)
    #expect(rig.server.phase == .stopped)
  }

  @Test func `a stop without connections is over at once, also while booting`() throws {
    let ready = try bootedRig()
    var stops = 0
    ready.server.shutdown { stops += 1 }
    let booting = try ServingRig()
    booting.gate = QueueGate(booting.loop, nanosecondsEach: 10_000_000)
    booting.server.boot { booting.outcome = $0 }
    booting.server.shutdown { stops += 1 }
    booting.loop.advance(byNanoseconds: 100_000_000)
    #expect(stops == 2)
    #expect(booting.outcome == nil)
  }

  @Test func `a killed server answers nothing more`() throws {
    let rig = try bootedRig { $0.gate = QueueGate($0.loop, nanosecondsEach: 10_000_000) }
    let path = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    let (running, _) = rig.start(path, [Drucker.StringInput(input: "x")])
    rig.server.abort()
    rig.loop.advance(byNanoseconds: 100_000_000)
    #expect(running.status?.code == .unavailable)
    #expect(rig.server.predictionCount == 0)
  }

  @Test func `a connection before the model is loaded is reset`() throws {
    let rig = try ServingRig()
    let client = rig.connect()
    #expect(client.isClosed)
  }
}
