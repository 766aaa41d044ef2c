import DruckerProtocol
import Testing

@Suite struct MethodTableTests {
  @Test func `every call of both packages is found by its path`() {
    #expect(DruckerMethod.all.count == 2 * (25 + 6 + 1))
    for method in DruckerMethod.all {
      #expect(DruckerMethod.find(path: method.path) == method)
    }
    #expect(DruckerMethod.find(path: "/drucker.DruckerWorker/Predict_String_Strin") == nil)
    #expect(DruckerMethod.find(path: "") == nil)
  }

  @Test func `paths are those of the contract`() {
    let predict = DruckerMethod.Call.predict(input: .arrInt, output: .bytes)
    #expect(
      DruckerMethod(predict, package: .drucker).path
        == "/drucker.DruckerWorker/Predict_ArrInt_Bytes")
    #expect(
      DruckerMethod(.evaluationResult, package: .rekcurd).path
        == "/rekcurd.RekcurdDashboard/EvaluationResult")
    #expect(DruckerMethod(.healthCheck, package: .rekcurd).path == "/rekcurd.Health/Check")
  }

  @Test func `the table agrees with the proto files`() {
    for (package, file) in [(DruckerPackage.drucker, ProtobufFile.drucker), (.rekcurd, .rekcurd)] {
      let declared = file.services.flatMap { service in
        service.methods.map { ("/\(service.name)/\($0.name)", $0.streaming) }
      }
      let listed = DruckerMethod.all.filter { $0.package == package }
      #expect(declared.map(\.0) == listed.map(\.path))
      #expect(declared.map(\.1) == listed.map(\.streaming))
    }
  }

  @Test func `input and output messages are named after the payload kinds`() throws {
    for service in ProtobufFile.drucker.services {
      for method in service.methods {
        let path = "/\(service.name)/\(method.name)"
        let found = try #require(DruckerMethod.find(path: path))
        guard let input = found.inputKind, let output = found.outputKind else { continue }
        #expect(method.input == "drucker.\(input.rawValue)Input")
        #expect(method.output == "drucker.\(output.rawValue)Output")
      }
    }
  }

  @Test func `the file option tells the wire's version`() {
    for file in [ProtobufFile.drucker, .rekcurd] {
      // Field 8 (options), 4 + 2 bytes: field 50000, "v2".
      let option: [UInt8] = [0x42, 0x06, 0x82, 0xb5, 0x18, 0x02, 0x76, 0x32]
      #expect(file.descriptor.contains(option))
      #expect(file.extensions.map(\.number) == [50_000])
      #expect(file.imports == ["google/protobuf/descriptor.proto"])
    }
  }

  @Test func `drucker has no labels in its metrics`() {
    let metrics = Drucker.EvaluationMetrics(num: 1, label: [Drucker.IO(ioOneof: nil)])
    #expect(metrics.restricted(to: .drucker).label.isEmpty)
    #expect(metrics.restricted(to: .rekcurd) == metrics)
  }
}
