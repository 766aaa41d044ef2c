import GRPC
import HTTP2
import TestSupport
import Testing
import Transport

struct CallKinds {
  @Test func `a unary call is answered`() {
    let rig = Rig()
    rig.onCall = echo
    let result = rig.call()
    result.call?.sendMessage([1, 2, 3], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[1, 2, 3]])
    #expect(result.end == GRPCCallEnd(.ok))
    #expect(rig.calls.first?.path == "/test.Service/Method")
    #expect(rig.calls.first?.authority == "test")
    #expect(rig.client.connection.activeCalls == 0)
    #expect(rig.server.connection.activeCalls == 0)
  }

  @Test func `a unary answer is one write`() {
    let rig = Rig()
    rig.onCall = echo
    rig.call().call?.sendMessage([1], isLast: true)
    rig.loop.run()
    let before = rig.serverStream.writeCount
    let result = rig.call()
    result.call?.sendMessage([2], isLast: true)
    rig.loop.run()
    #expect(result.messages == [[2]])
    #expect(rig.serverStream.writeCount == before + 1)
  }
}
