import DruckerProtocol
import Files
import Protobuf
import TestSupport
import Testing

@testable import DruckerServing
@testable import LiveTransport

struct ServiceLogTests {
  @Test func `no line is lost where predictions come faster than lines are written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    let configuration = ServingConfiguration(
      applicationName: "digits", serviceName: "digits-test", serviceLevel: .development)
    let log = try ServiceLog(LogFile(path: path), configuration: configuration, host: "here")
    let loop = try SocketEventLoop()
    let buffers = [ServiceLogBuffer(log, loop: loop), ServiceLogBuffer(log, loop: loop)]
    let logs = buffers.map { buffer in
      ServingLog(
        configuration: configuration, host: "here", wallClock: { 0 }, system: { _ in },
        records: { buffer.room($0) })
    }
    let count = 20_000
    let values = [Int32](repeating: 7, count: 64)
    for number in 0..<count {
      let input = Drucker.ArrIntInput(input: values, option: Drucker.Option(val: "\(number)"))
      let request = try input.protobufBytes().withUnsafeBytes { try PredictRequest(.arrInt, $0) }
      logs[number % 2].prediction(
        request, Prediction(.string("seven"), scores: [0.5]), isSuppressed: number % 100 == 99)
    }
    for buffer in buffers { buffer.flush() }
    let lines = String(decoding: FileReader.bytes(path) ?? [], as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == count)
    #expect(lines.allSatisfy { $0.hasPrefix("{\"host\":\"here\"") && $0.hasSuffix("\"}") })
    let options = lines.compactMap { line -> Int? in
      guard let start = line.firstRange(of: "{\\\"option\\\":\\\"")?.upperBound else { return nil }
      return Int(line[start...].prefix { $0.isNumber })
    }
    #expect(options.sorted() == (0..<count).filter { $0 % 100 != 99 })
  }
}
