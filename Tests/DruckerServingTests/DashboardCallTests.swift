import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

@Suite struct DashboardCallTests {
  @Test(arguments: DruckerPackage.allCases)
  func `the service says who it is`(_ package: DruckerPackage) throws {
    let rig = try bootedRig()
    let info = try rig.call(.serviceInfo, package, Drucker.ServiceInfoRequest())
      .first(Drucker.ServiceInfoResponse.self)
    #expect(info.applicationName == "digits")
    #expect(info.serviceName == "digits-development-1")
    #expect(info.serviceLevel == "development")
  }

  @Test func `an uploaded model is there when the last part is written`() throws {
    let rig = try bootedRig()
    let path = try ModelPath(application: "digits", file: "new.model")
    let method = DruckerMethod(.uploadModel, package: .rekcurd).path
    let (answer, call) = rig.start(
      method,
      [
        Drucker.UploadModelRequest(path: "new.model", data: Array("sec".utf8)),
        Drucker.UploadModelRequest(path: "", data: Array("ond".utf8)),
      ], ends: false)
    #expect(throws: StorageError.self) { try rig.models.read(path).result.get() }
    call?.halfClose()
    rig.loop.run()
    #expect(try answer.first(Drucker.ModelResponse.self).status == 1)
    #expect(try rig.models.read(path).result.get().bytes == Array("second".utf8))
  }

  @Test func `an upload that breaks off leaves nothing`() throws {
    let rig = try bootedRig()
    let method = DruckerMethod(.uploadModel, package: .drucker).path
    let (_, call) = rig.start(
      method, [Drucker.UploadModelRequest(path: "new.model", data: [1])], ends: false)
    call?.cancel()
    rig.loop.run()
    let files = try rig.models.list(application: "digits").result.get().map(\.file)
    #expect(files == ["default.model"])
  }

  @Test(arguments: ["../evil", "a/b", "", ".."])
  func `an upload takes bare file names only`(_ name: String) throws {
    let rig = try bootedRig()
    let model = try rig.call(
      .uploadModel, .drucker, Drucker.UploadModelRequest(path: name, data: [1])
    ).first(Drucker.ModelResponse.self)
    #expect(model.status == 0)
    #expect(model.message.contains("expected a bare name"))
    let data = try rig.call(
      .uploadEvaluationData, .drucker,
      Drucker.UploadEvaluationDataRequest(data: [1], dataPath: name)
    ).first(Drucker.UploadEvaluationDataResponse.self)
    #expect(data.status == 0)
  }

  @Test func `an upload without parts is an error`() throws {
    let rig = try bootedRig()
    #expect(try rig.call(.uploadModel).first(Drucker.ModelResponse.self).status == 0)
  }

  @Test func `a switch in place serves every request by one model or the other`() throws {
    let rig = try bootedRig { rig in
      rig.gate = QueueGate(rig.loop, nanosecondsEach: 1_000_000)
      rig.write("new.model", "second")
    }
    let predict = DruckerMethod(.predict(input: .string, output: .string), package: .drucker).path
    var answers: [Answer] = []
    var switched: Answer?
    for index in 0..<60 {
      answers.append(rig.start(predict, [Drucker.StringInput(input: "\(index)")]).0)
      if index == 20 {
        let path = DruckerMethod(.switchModel, package: .drucker).path
        switched = rig.start(path, [Drucker.SwitchModelRequest(path: "new.model")]).0
      }
      rig.loop.advance(byNanoseconds: 900_000)
    }
    rig.loop.advance(byNanoseconds: 1_000_000_000)
    #expect(try switched?.first(Drucker.ModelResponse.self).status == 1)
    #expect(answers.allSatisfy { $0.status == .ok })
    let models = try answers.map {
      String(try $0.first(Drucker.StringOutput.self).output.prefix { $0 != ":" })
    }
    let change = try #require(models.firstIndex(of: "second"))
    #expect(models[..<change].allSatisfy { $0 == "first" })
    #expect(models[change...].allSatisfy { $0 == "second" })
    let row = try rig.store.read(service: "digits-development-1").result.get()
    #expect(row?.modelPath == "new.model")
    #expect(row?.firstBoot == false)
  }

  @Test(arguments: ["bad.model", "missing.model", "../x"])
  func `a switch to a model that cannot be loaded changes nothing`(_ file: String) throws {
    let rig = try bootedRig { $0.write("bad.model", "broken") }
    let answer = rig.call(.switchModel, .drucker, Drucker.SwitchModelRequest(path: file))
    #expect(try answer.first(Drucker.ModelResponse.self).status == 0)
    #expect(rig.server.modelFile == "default.model")
    let row = try rig.store.read(service: "digits-development-1").result.get()
    #expect(row?.modelPath == "default.model")
    #expect(try rig.predictString("x").first(Drucker.StringOutput.self).output.hasPrefix("first"))
  }

  @Test func `on kubernetes a switch only changes the assignment`() throws {
    let rig = try bootedRig { rig in
      rig.configuration.infrastructure = .kubernetes
      rig.write("bad.model", "broken")
    }
    let answer = rig.call(.switchModel, .drucker, Drucker.SwitchModelRequest(path: "bad.model"))
    #expect(try answer.first(Drucker.ModelResponse.self).status == 1)
    #expect(rig.server.modelFile == "default.model")
    let row = try rig.store.read(service: "digits-development-1").result.get()
    #expect(row?.modelPath == "bad.model")
  }
}
