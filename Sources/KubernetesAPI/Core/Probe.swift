package import JSON

/// A periodic check of a container.
package struct Probe: JSONConvertible {
  package var exec: ExecAction?
  package var httpGet: HTTPGetAction?
  package var tcpSocket: TCPSocketAction?
  package var grpc: GRPCAction?
  package var initialDelaySeconds = 0
  package var timeoutSeconds = 0
  package var periodSeconds = 0
  package var successThreshold = 0
  package var failureThreshold = 0
  package var terminationGracePeriodSeconds: Int64?

  package init() {}

  package init(_ fields: FieldReader) throws {
    exec = try fields.nested("exec")
    httpGet = try fields.nested("httpGet")
    tcpSocket = try fields.nested("tcpSocket")
    grpc = try fields.nested("grpc")
    initialDelaySeconds = try fields.int("initialDelaySeconds") ?? 0
    timeoutSeconds = try fields.int("timeoutSeconds") ?? 0
    periodSeconds = try fields.int("periodSeconds") ?? 0
    successThreshold = try fields.int("successThreshold") ?? 0
    failureThreshold = try fields.int("failureThreshold") ?? 0
    terminationGracePeriodSeconds = try fields.int64("terminationGracePeriodSeconds")
  }

  package func write(to object: inout JSONObject) {
    object.put("exec", exec)
    object.put("httpGet", httpGet)
    object.put("tcpSocket", tcpSocket)
    object.put("grpc", grpc)
    object.putCount("initialDelaySeconds", initialDelaySeconds)
    object.putCount("timeoutSeconds", timeoutSeconds)
    object.putCount("periodSeconds", periodSeconds)
    object.putCount("successThreshold", successThreshold)
    object.putCount("failureThreshold", failureThreshold)
    object.put("terminationGracePeriodSeconds", terminationGracePeriodSeconds)
  }
}

/// What is done around a container's start and end.
package struct Lifecycle: JSONConvertible {
  package var postStart: LifecycleHandler?
  package var preStop: LifecycleHandler?

  package init() {}

  package init(_ fields: FieldReader) throws {
    postStart = try fields.nested("postStart")
    preStop = try fields.nested("preStop")
  }

  package func write(to object: inout JSONObject) {
    object.put("postStart", postStart)
    object.put("preStop", preStop)
  }
}

/// One action around a container's start or end.
package struct LifecycleHandler: JSONConvertible {
  package var exec: ExecAction?
  package var httpGet: HTTPGetAction?
  package var tcpSocket: TCPSocketAction?
  package var sleep: SleepAction?

  package init() {}

  package init(_ fields: FieldReader) throws {
    exec = try fields.nested("exec")
    httpGet = try fields.nested("httpGet")
    tcpSocket = try fields.nested("tcpSocket")
    sleep = try fields.nested("sleep")
  }

  package func write(to object: inout JSONObject) {
    object.put("exec", exec)
    object.put("httpGet", httpGet)
    object.put("tcpSocket", tcpSocket)
    object.put("sleep", sleep)
  }
}

/// Runs a command in the container.
package struct ExecAction: JSONConvertible {
  package var command: [String] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    command = try fields.strings("command")
  }

  package func write(to object: inout JSONObject) {
    object.put("command", command)
  }
}

/// Asks for a path; 200 to 399 is success.
package struct HTTPGetAction: JSONConvertible {
  package var path = ""
  package var port: IntOrString?
  package var host = ""
  package var scheme = ""
  package var httpHeaders: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    path = try fields.text("path")
    port = try fields.intOrString("port")
    host = try fields.text("host")
    scheme = try fields.text("scheme")
    httpHeaders = fields.value("httpHeaders")
  }

  package func write(to object: inout JSONObject) {
    object.putText("path", path)
    object.put("port", port)
    object.putText("host", host)
    object.putText("scheme", scheme)
    object.put("httpHeaders", json: httpHeaders)
  }
}

/// Opens a connection.
package struct TCPSocketAction: JSONConvertible {
  package var port: IntOrString?
  package var host = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    port = try fields.intOrString("port")
    host = try fields.text("host")
  }

  package func write(to object: inout JSONObject) {
    object.put("port", port)
    object.putText("host", host)
  }
}

/// Asks the gRPC health service.
package struct GRPCAction: JSONConvertible {
  package var port = 0
  package var service: String?

  package init() {}

  package init(_ fields: FieldReader) throws {
    port = try fields.int("port") ?? 0
    service = try fields.string("service")
  }

  package func write(to object: inout JSONObject) {
    object.put("port", port)
    object.put("service", service)
  }
}

/// Waits.
package struct SleepAction: JSONConvertible {
  package var seconds: Int64?

  package init() {}

  package init(_ fields: FieldReader) throws {
    seconds = try fields.int64("seconds")
  }

  package func write(to object: inout JSONObject) {
    object.put("seconds", seconds)
  }
}
