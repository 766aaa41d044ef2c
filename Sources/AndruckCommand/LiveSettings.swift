import GRPC
import HTTP2
import Ingress
import LiveTransport

/// What the flags of `andruck serve` and `andruck ingress` set.
struct LiveSettings {
  /// Which of the two it is.
  enum Kind: String {
    case serve
    case ingress
  }

  let kind: Kind
  var limits = LiveLimits()
  var server = GRPCServerSettings()
  var ingress = IngressSettings()
  var abandonedUploadNanoseconds: Int64 = 3_600_000_000_000

  init(_ kind: Kind) {
    self.kind = kind
    limits.loops = LiveLimits.processors
    http2.timeouts = LiveLimits.timeouts
    ingress.pauseNanoseconds = 10_000_000_000
  }

  /// The limits of connections from clients.
  var http2: HTTP2Settings {
    get { kind == .serve ? server.http2 : ingress.downstream }
    set {
      switch kind {
      case .serve: server.http2 = newValue
      case .ingress: ingress.downstream = newValue
      }
    }
  }
}
