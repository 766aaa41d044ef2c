import Synchronization
import Testing
import Transport

@testable import LiveTransport

struct SocketStreamTests {
  @Test func `bytes arrive complete and in order against back-pressure`() throws {
    let total = 8_000_000
    let outcome = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var sent = 0
      var received = 0
      var wrong = 0
      var waits = 0
      try? rig.pair { client, server in
        let write = {
          while sent < total, client.isWritable {
            let count = min(50_000, total - sent)
            client.write((sent..<(sent + count)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            sent += count
          }
          if sent < total { waits += 1 } else { client.close() }
        }
        client.onWritable = write
        server.onBytes = { bytes in
          for byte in bytes {
            if byte != UInt8(truncatingIfNeeded: received &* 31) { wrong += 1 }
            received += 1
          }
        }
        server.onClosed = { done([received, wrong, min(waits, 1), $0 == .closed ? 1 : 0]) }
        // The reader takes nothing until the writer has felt it.
        server.pauseReading()
        write()
        rig.loop.schedule(afterNanoseconds: 20_000_000) { server.resumeReading() }
      }
    }
    #expect(outcome == [total, 0, 1, 1])
  }

  @Test func `close sends what was written, then ends the peer's stream`() throws {
    let received = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var received = 0
      try? rig.pair { client, server in
        server.write([UInt8](repeating: 1, count: 3_000_000))
        server.onClosed = { _ in Issue.record("this end closed") }
        server.close()
        server.write([2])
        client.onBytes = { received += $0.count }
        client.onClosed = { done([received, $0 == .closed ? 1 : 0]) }
      }
    }
    #expect(received == [3_000_000, 1])
  }

  @Test func `what was sent before a close arrives though the peer was still sending`() throws {
    let received = try LoopRig.run { (rig, done: @escaping (Int) -> Void) in
      var received = 0
      try? rig.pair { client, server in
        client.write([UInt8](repeating: 7, count: 200_000))
        client.onBytes = { received += $0.count }
        client.onClosed = { _ in done(received) }
        server.onBytes = { _ in
          server.write([UInt8](repeating: 1, count: 1_000))
          server.close()
        }
      }
    }
    #expect(received == 1_000)
  }

  @Test func `a reset is seen as one, and the stream is silent afterwards`() throws {
    let end = try LoopRig.run { (rig, done: @escaping (ByteStreamEnd) -> Void) in
      try? rig.pair { client, server in
        client.onClosed = { end in
          client.write([1, 2, 3])
          client.close()
          done(end)
        }
        server.reset()
      }
    }
    #expect(end == .reset)
  }

  @Test func `writing to a peer that has gone ends the stream, and not the process`() throws {
    let ended = try LoopRig.run { (rig, done: @escaping (Bool) -> Void) in
      try? rig.pair { client, server in
        client.onClosed = { _ in
          done(true)
        }
        server.reset()
        for _ in 0..<100 { client.write([UInt8](repeating: 0, count: 10_000)) }
      }
    }
    #expect(ended == true)
  }

  @Test func `a client that sends nothing is cut off`() throws {
    var settings = SocketSettings()
    settings.firstByteNanoseconds = 5_000_000
    let short = settings
    let end = try LoopRig.run { (rig, done: @escaping (ByteStreamEnd) -> Void) in
      try? rig.pair(settings: short) { _, server in server.onClosed = { done($0) } }
    }
    #expect(end == .timedOut)
  }

  @Test func `a port without a listener refuses`() throws {
    let failure = try LoopRig.run { (rig, done: @escaping (ConnectFailure?) -> Void) in
      do {
        let listener = try SocketListener(loop: rig.loop, host: "127.0.0.1", port: 0) { _ in }
        listener.close()
        rig.connector.connect(host: "127.0.0.1", port: listener.port) { result in
          if case .failure(let failure) = result { done(failure) } else { done(nil) }
        }
      } catch {
        done(nil)
      }
    }
    #expect(failure == .some(.some(.refused)))
  }

  @Test func `no more connections are accepted than allowed, and the others come later`() throws {
    var settings = SocketSettings()
    settings.connectionsMax = 2
    let few = settings
    let counts = try LoopRig.run { (rig, done: @escaping ([Int]) -> Void) in
      var open = 0
      var most = 0
      var served = 0
      do {
        let listener = try SocketListener(
          loop: rig.loop, host: "127.0.0.1", port: 0, settings: few
        ) { socket in
          guard let stream = socket.stream(on: rig.loop, onReleased: { open -= 1 }) else { return }
          open += 1
          most = max(most, open)
          stream.onBytes = { _ in
            served += 1
            stream.close()
            if served == 6 { done([served, most]) }
          }
        }
        rig.held.append(listener)
        for _ in 0..<6 {
          rig.connector.connect(host: "127.0.0.1", port: listener.port) { result in
            guard case .success(let stream) = result else { return }
            stream.onClosed = { _ in }
            stream.write([1])
          }
        }
      } catch {
        done([])
      }
    }
    #expect(counts == [6, 2])
  }

  @Test func `pending bytes are given out in order whatever is taken at once`() {
    var pending = PendingBytes()
    var taken: [UInt8] = []
    var next: UInt8 = 0
    var step = 1
    for round in 0..<400 {
      let chunk = (0..<(round % 7 + 1)).map { _ -> UInt8 in
        next &+= 1
        return next
      }
      let start = round % 5 == 0 ? chunk.count / 2 : 0
      pending.append(chunk, from: start)
      if round % 3 != 0 {
        while let (bytes, from) = pending.first, step % 4 != 0 {
          let count = min(step % 3 + 1, bytes.count - from)
          taken.append(contentsOf: bytes[from..<(from + count)])
          pending.advance(by: count)
          step += 1
        }
        step += 1
      }
    }
    while let (bytes, from) = pending.first {
      taken.append(contentsOf: bytes[from...])
      pending.advance(by: bytes.count - from)
    }
    var expected: [UInt8] = []
    next = 0
    for round in 0..<400 {
      let chunk = (0..<(round % 7 + 1)).map { _ -> UInt8 in
        next &+= 1
        return next
      }
      expected.append(contentsOf: chunk[(round % 5 == 0 ? chunk.count / 2 : 0)...])
    }
    #expect(taken == expected)
    #expect(pending.isEmpty)
  }
}
