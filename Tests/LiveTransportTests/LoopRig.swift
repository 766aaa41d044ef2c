import Synchronization
import Testing
import Transport

@testable import LiveTransport

/// Things of one loop's thread that a test makes there.
final class LoopRig {
  let loop: SocketEventLoop
  let connector: SocketConnector
  /// What must live as long as the test.
  var held: [AnyObject] = []

  init(_ loop: SocketEventLoop) {
    self.loop = loop
    connector = SocketConnector(loop: loop)
  }

  /// Runs `body` on a loop of its own until it calls back with a result; nil after half a minute,
  /// which is a test that hangs.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable (LoopRig, @escaping (Value) -> Void) -> Void
  ) throws -> Value? {
    let thread = try LoopThread { LoopRig($0) }
    defer {
      thread.stop()
      thread.join()
    }
    return blocking { (done: @escaping @Sendable (Value?) -> Void) in
      thread.execute { loop, rig in
        var isDone = false
        let finish = { (value: Value?) in
          if isDone { return }
          isDone = true
          done(value)
        }
        loop.schedule(afterNanoseconds: 30_000_000_000) { finish(nil) }
        body(rig, finish)
      }
    }
  }

  /// Two ends of one connection on this loop.
  func pair(
    settings: SocketSettings = SocketSettings(),
    _ completion: @escaping (_ client: any ByteStream, _ server: SocketStream) -> Void
  ) throws {
    var server: SocketStream?
    var client: (any ByteStream)?
    let meet = {
      if let client, let server { completion(client, server) }
    }
    let listener = try SocketListener(
      loop: loop, host: "127.0.0.1", port: 0, settings: settings
    ) { [loop] socket in
      server = socket.stream(on: loop)
      meet()
    }
    held.append(listener)
    connector.connect(host: "127.0.0.1", port: listener.port) { result in
      guard case .success(let stream) = result else { return }
      client = stream
      meet()
    }
  }
}
