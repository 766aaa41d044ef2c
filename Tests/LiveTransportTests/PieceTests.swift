import Synchronization
import Testing
import Transport

@testable import LiveTransport

/// What arrives at once is handed over in pieces.
struct PieceTests {
  private static var settings: SocketSettings {
    var settings = SocketSettings()
    settings.pieceBytes = 1_000
    return settings
  }

  private static func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  }

  @Test func `the first piece is answered before the last one is handed over`() throws {
    let outcome = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      try? rig.pair(settings: Self.settings) { client, server in
        var pieces: [Int] = []
        var order: [String] = []
        var received: [UInt8] = []
        server.onBytes = { bytes in
          pieces.append(bytes.count)
          received += bytes
          order.append("piece")
          rig.loop.schedule(afterNanoseconds: 0) { order.append("answer") }
          if received.count == 2_500 {
            rig.loop.schedule(afterNanoseconds: 1_000_000) {
              let alternate = order == ["piece", "answer", "piece", "answer", "piece", "answer"]
              done(pieces + [alternate ? 1 : 0, received == Self.bytes(2_500) ? 1 : 0])
            }
          }
        }
        client.write(Self.bytes(2_500))
      }
    }
    #expect(outcome == [1_000, 1_000, 500, 1, 1])
  }

  @Test func `a pause between two pieces holds the rest, and bytes stay in order`() throws {
    let outcome = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      try? rig.pair(settings: Self.settings) { client, server in
        var received: [UInt8] = []
        var early = 0
        var isPaused = false
        server.onBytes = { bytes in
          if isPaused { early += 1 }
          received += bytes
          if received.count == 1_000 {
            server.pauseReading()
            isPaused = true
            client.write(Array(Self.bytes(9_000)[5_000...]))
            rig.loop.schedule(afterNanoseconds: 5_000_000) {
              isPaused = false
              server.resumeReading()
            }
          }
          if received.count == 9_000 {
            done([early, received == Self.bytes(9_000) ? 1 : 0])
          }
        }
        client.write(Array(Self.bytes(9_000)[..<5_000]))
      }
    }
    #expect(outcome == [0, 1])
  }

  @Test func `an end is told after the last piece, a reset by the owner silences the rest`() throws
  {
    let ended = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      try? rig.pair(settings: Self.settings) { client, server in
        var count = 0
        server.onBytes = { count += $0.count }
        server.onClosed = { end in done([count, end == .closed ? 1 : 0]) }
        client.write(Self.bytes(7_777))
        client.close()
      }
    }
    #expect(ended == [7_777, 1])
    let reset = try LoopRig.run { (rig, done: @escaping (Int) -> Void) in
      try? rig.pair(settings: Self.settings) { client, server in
        var calls = 0
        server.onBytes = { _ in
          calls += 1
          server.reset()
          rig.loop.schedule(afterNanoseconds: 5_000_000) { done(calls) }
        }
        client.write(Self.bytes(7_777))
      }
    }
    #expect(reset == 1)
  }

  @Test func `what comes at once is cut into few pieces however much it is`() throws {
    let most = try LoopRig.run { (rig, done: @escaping (Int) -> Void) in
      try? rig.pair(settings: Self.settings) { client, server in
        var count = 0
        var pieces = 0
        server.pauseReading()
        server.onBytes = { bytes in
          pieces += 1
          count += bytes.count
          if count == 400_000 { done(pieces) }
        }
        client.write(Self.bytes(400_000))
        rig.loop.schedule(afterNanoseconds: 20_000_000) { server.resumeReading() }
      }
    }
    #expect((most ?? 1_000) <= 100)
  }
}
