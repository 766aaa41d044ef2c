import DruckerProtocol
import Files
import Glibc
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

  /// Sizes around those of pages, of which only whole ones are kept out of the cache.
  @Test func `what is kept out of the page cache is in the file all the same`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    let log = try LogFile(path: path)
    var expected: [UInt8] = []
    for (number, size) in [1, 4_094, 1, 4_096, 4_097, 150_000, 8_191, 1, 99_000, 3, 12_288]
      .enumerated()
    {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
      bytes.withUnsafeBytes { bytes in log.write(uncached: number != 7) { bytes } }
      expected += bytes
    }
    #expect(FileReader.bytes(path) == expected)
  }

  @Test func `what is no file is written to all the same`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
    text.withUnsafeBytes { text in LogFile(descriptor: ends[1]).write(uncached: true) { text } }
    var received = [UInt8](repeating: 0, count: 20_000)
    #expect(read(ends[0], &received, received.count) == text.count)
    #expect(Array(received.prefix(text.count)) == text)
  }

  @Test func `the log of a disk that is full loses lines, and nobody waits for it`() throws {
    let log = try LogFile(path: "/dev/full")
    [UInt8](repeating: 0, count: 10_000).withUnsafeBytes { bytes in
      log.write(uncached: true) { bytes }
    }
  }

  @Test func `who finds the file busy keeps his lines`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    let log = try LogFile(path: path)
    let line = Array("a line\n".utf8)
    let other = try LoopThread { _ in false }
    let isWritten = { @Sendable in
      blocking { (done: @escaping @Sendable (Bool) -> Void) in
        other.execute { _, _ in
          line.withUnsafeBytes { line in done(log.writeUnlessBusy(uncached: true) { line }) }
        }
      }
    }
    line.withUnsafeBytes { line in
      log.write {
        #expect(!isWritten())
        return line
      }
    }
    #expect(isWritten())
    other.execute { loop, _ in loop.stop() }
    #expect(FileReader.bytes(path) == line + line)
  }
}
