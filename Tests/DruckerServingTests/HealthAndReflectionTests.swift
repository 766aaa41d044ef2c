import AssignmentStore
import DruckerProtocol
import DruckerServing
import GRPC
import JSON
import ModelStorage
import Protobuf
import TestSupport
import Testing

@Suite struct HealthAndReflectionTests {
  @Test func `health is known for the server and each of its services`() throws {
    let rig = try bootedRig()
    for service in ["", "drucker.DruckerWorker", "rekcurd.RekcurdDashboard"] {
      let answer = rig.call(
        "/grpc.health.v1.Health/Check", HealthV1.HealthCheckRequest(service: service))
      #expect(try answer.first(HealthV1.HealthCheckResponse.self).status == .serving)
      let own = rig.call(.healthCheck, .rekcurd, Drucker.HealthCheckRequest(service: service))
      #expect(try own.first(Drucker.HealthCheckResponse.self).status == .serving)
    }
    let unknown = rig.call(
      "/grpc.health.v1.Health/Check", HealthV1.HealthCheckRequest(service: "other"))
    #expect(unknown.status?.code == .notFound)
    let own = rig.call(.healthCheck, .drucker, Drucker.HealthCheckRequest(service: "other"))
    #expect(try own.first(Drucker.HealthCheckResponse.self).status == .unknown)
  }

  private func ask(
    _ rig: ServingRig, _ question: ReflectionV1.ServerReflectionRequest.MessageRequest,
    version: String = "v1"
  ) throws -> ReflectionV1.ServerReflectionResponse.MessageResponse? {
    let answer = rig.call(
      "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo",
      ReflectionV1.ServerReflectionRequest(messageRequest: question))
    #expect(answer.status == .ok)
    return try answer.first(ReflectionV1.ServerReflectionResponse.self).messageResponse
  }

  @Test func `reflection lists the services of both packages`() throws {
    let rig = try bootedRig()
    let answer = try ask(rig, .listServices(""))
    guard case .listServicesResponse(let list)? = answer else {
      Issue.record("got \(String(describing: answer))")
      return
    }
    #expect(
      list.service.map(\.name) == [
        "drucker.DruckerDashboard", "drucker.DruckerWorker", "drucker.Health",
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection", "rekcurd.Health", "rekcurd.RekcurdDashboard",
        "rekcurd.RekcurdWorker",
      ])
  }

  @Test func `reflection gives a symbol's file with what it imports`() throws {
    let rig = try bootedRig()
    let answer = try ask(rig, .fileContainingSymbol("rekcurd.RekcurdWorker"))
    guard case .fileDescriptorResponse(let files)? = answer else {
      Issue.record("got \(String(describing: answer))")
      return
    }
    #expect(
      files.fileDescriptorProto
        == [ProtobufFile.rekcurd.descriptor, ProtobufFile.descriptor.descriptor])
  }

  @Test func `the older version of reflection answers the same, and describes itself`() throws {
    let rig = try bootedRig()
    #expect(
      try ask(rig, .listServices(""), version: "v1alpha") == ask(rig, .listServices("")))
    let service = "grpc.reflection.v1alpha.ServerReflection"
    #expect(
      try ask(rig, .fileContainingSymbol(service), version: "v1alpha")
        == .fileDescriptorResponse(
          .init(fileDescriptorProto: [ProtobufFile.reflectionV1alpha.descriptor])))
  }

  @Test func `reflection knows extensions and says what it does not know`() throws {
    let rig = try bootedRig()
    #expect(
      try ask(rig, .allExtensionNumbersOfType("google.protobuf.FileOptions"))
        == .allExtensionNumbersResponse(
          .init(baseTypeName: "google.protobuf.FileOptions", extensionNumber: [50_000])))
    #expect(
      try ask(rig, .fileByFilename("no.proto"))
        == .errorResponse(.init(errorCode: 5, errorMessage: "there is no file no.proto")))
  }
}
