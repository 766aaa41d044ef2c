import DruckerProtocol
import Protobuf
import Testing

/// Encodings made with the reference compiler's `protoc --encode`.
@Suite struct WireTests {
  @Test func `integers and an option are encoded as by the reference`() throws {
    try check(
      Drucker.ArrIntInput(input: [1, -1, 300, 0], option: Drucker.Option(val: #"{"a":1}"#)),
      "0a0e01ffffffffffffffffff01ac020012090a077b2261223a317d")
  }

  @Test func `maps, oneofs and packed numbers are encoded as by the reference`() throws {
    try check(
      Drucker.EvaluationMetrics(
        num: 3, accuracy: 0.5, precision: [0.25, 1], option: ["b": 2, "a": 0],
        label: [
          Drucker.IO(ioOneof: .str(Drucker.ArrString(val: ["x", ""]))),
          Drucker.IO(ioOneof: .tensor(Drucker.Tensor(shape: [2], val: [1.5, -0.0]))),
        ]),
      // The reference writes maps in no set order; this is the encoding with "a" first.
      "0803150000003f1a080000803e0000803f32080a01611500000000" + "32080a01621500000040"
        + "3a0712050a01780a003a170a150a01021210000000000000f83f0000000000000080")
  }

  @Test func `an empty message in a oneof is still there`() throws {
    try check(
      Drucker.EvaluationResultResponse(
        metrics: nil,
        detail: [
          .init(
            input: Drucker.IO(ioOneof: .tensor(Drucker.Tensor())), score: [1], isCorrect: true)
        ]),
      "120c0a020a0022040000803f2801")
  }

  @Test func `negative zero is not the default`() throws {
    try check(Drucker.BytesOutput(output: [0, 255], score: -0.0), "0a0200ff1500000080")
    try check(Drucker.BytesOutput(output: [], score: 0.0), "")
  }

  @Test func `a number without a name stays in an enum`() throws {
    try check(Drucker.HealthCheckResponse(status: .notServing), "0802")
    let unknown = try Drucker.HealthCheckResponse(protobuf: [8, 77])
    #expect(unknown.status.rawValue == 77)
    #expect(unknown.protobufBytes() == [8, 77])
  }

  @Test func `repeated numbers may come unpacked and in pieces`() throws {
    let message = try Drucker.ArrIntInput(protobuf: [8, 1, 10, 2, 2, 3, 8, 4])
    #expect(message.input == [1, 2, 3, 4])
    let floats = try Drucker.ArrFloatInput(protobuf: [13, 0, 0, 128, 63, 10, 4, 0, 0, 0, 64])
    #expect(floats.input == [1, 2])
  }

  @Test func `unknown fields are dropped, also groups and known numbers of another type`() throws {
    let bytes: [UInt8] = [
      0x78, 5,  // 15: varint
      0x7a, 2, 1, 2,  // 15: bytes
      0x7d, 1, 2, 3, 4,  // 15: fixed32
      0x79, 1, 2, 3, 4, 5, 6, 7, 8,  // 15: fixed64
      0x7b, 0x0b, 0x08, 1, 0x0c, 0x7c,  // 15: a group with a group
      0x08, 1,  // 1: a varint where a string belongs
      0x0a, 1, 0x41,
    ]
    #expect(try Drucker.StringInput(protobuf: bytes) == Drucker.StringInput(input: "A"))
  }

  @Test func `a message that comes twice is merged`() throws {
    let bytes: [UInt8] = [0x12, 0, 0x12, 3, 0x0a, 1, 0x41, 0x12, 0]
    let message = try Drucker.StringInput(protobuf: bytes)
    #expect(message.option == Drucker.Option(val: "A"))
  }

  @Test(arguments: [
    (ProtobufError.Code.truncated, [0x0a, 5, 0x41] as [UInt8]),
    (.truncated, [0x0a]),
    (.truncated, [0x80]),
    (.truncated, [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
    (.malformedVarint, [0x08] + [UInt8](repeating: 0x80, count: 11)),
    (.invalidTag, [0x02, 0]),
    (.invalidTag, [0x0f]),
    (.invalidUTF8, [0x0a, 1, 0xff]),
    (.unbalancedGroup, [0x7c]),
    (.unbalancedGroup, [0x7b, 0x08, 1]),
    (.unbalancedGroup, [0x7b, 0x0c]),
    (.tooDeep, [UInt8](repeating: 0x7b, count: 200)),
  ])
  func `malformed bytes are an error`(_ row: (code: ProtobufError.Code, bytes: [UInt8])) {
    #expect { _ = try Drucker.StringInput(protobuf: row.bytes) } throws: {
      ($0 as? ProtobufError)?.code == row.code
    }
  }

  @Test func `no change of a byte and no cut makes the reader crash`() throws {
    let message = Drucker.EvaluationResultResponse(
      metrics: .init(num: 3, precision: [1, 2], option: ["ab": 3], label: [.init()]),
      detail: [
        .init(
          input: .init(ioOneof: .str(.init(val: ["ä", ""]))),
          output: .init(ioOneof: .tensor(.init(shape: [1, -1], val: [1]))), isCorrect: true)
      ])
    let bytes = message.protobufBytes()
    #expect(try Drucker.EvaluationResultResponse(protobuf: bytes) == message)
    for index in bytes.indices {
      _ = try? Drucker.EvaluationResultResponse(protobuf: bytes[..<index])
      for value in UInt8.min...UInt8.max {
        var changed = bytes
        changed[index] = value
        guard let read = try? Drucker.EvaluationResultResponse(protobuf: changed) else { continue }
        let again = try Drucker.EvaluationResultResponse(protobuf: read.protobufBytes())
        #expect(again.protobufBytes() == read.protobufBytes())
      }
    }
  }

  private func check<Message: ProtobufMessage>(_ message: Message, _ hexadecimal: String) throws {
    let bytes = message.protobufBytes()
    let digits = bytes.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(digits.joined() == hexadecimal)
    #expect(try Message(protobuf: bytes) == message)
    #expect(message.protobufBytes(afterPrefixOf: 5) == [0, 0, 0, 0, 0] + bytes)
  }
}
