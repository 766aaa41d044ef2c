package import JSON

/// Routes from hosts and paths to Services.
package struct Ingress: KubernetesObject {
  package static let resource = ResourceType(
    group: "networking.k8s.io", kind: "Ingress", plural: "ingresses", shortNames: ["ing"],
    subresources: ["status"])
  package var metadata = ObjectMeta()
  package var spec = IngressSpec()
  package var status = IngressStatus()

  package init() {}

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? IngressSpec()
    status = try fields.nested("status") ?? IngressStatus()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
    object["status"] = status.json
  }

  package static var hasGeneration: Bool { true }

  package func hasSameSpec(as other: Self) -> Bool { spec == other.spec }

  package mutating func takeStatus(from other: Self) { status = other.status }

  package mutating func takeSpec(from other: Self) {
    spec = other.spec
  }
}

/// What is wanted of an Ingress.
package struct IngressSpec: JSONConvertible {
  package var ingressClassName: String?
  package var defaultBackend: IngressBackend?
  package var tls: [IngressTLS] = []
  package var rules: [IngressRule] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    ingressClassName = try fields.string("ingressClassName")
    defaultBackend = try fields.nested("defaultBackend")
    tls = try fields.list("tls")
    rules = try fields.list("rules")
  }

  package func write(to object: inout JSONObject) {
    object.put("ingressClassName", ingressClassName)
    object.put("defaultBackend", defaultBackend)
    object.put("tls", tls)
    object.put("rules", rules)
  }
}

/// Hosts with a certificate.
package struct IngressTLS: JSONConvertible {
  package var hosts: [String] = []
  package var secretName = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    hosts = try fields.strings("hosts")
    secretName = try fields.text("secretName")
  }

  package func write(to object: inout JSONObject) {
    object.put("hosts", hosts)
    object.putText("secretName", secretName)
  }
}

/// The paths of one host.
package struct IngressRule: JSONConvertible {
  package var host = ""
  package var http: HTTPIngressRule?

  package init() {}

  package init(_ fields: FieldReader) throws {
    host = try fields.text("host")
    http = try fields.nested("http")
  }

  package func write(to object: inout JSONObject) {
    object.putText("host", host)
    object.put("http", http)
  }
}

/// Paths in no order of precedence.
package struct HTTPIngressRule: JSONConvertible {
  package var paths: [HTTPIngressPath] = []

  package init() {}

  package init(_ fields: FieldReader) throws {
    paths = try fields.list("paths")
  }

  package func write(to object: inout JSONObject) {
    object.put("paths", paths)
  }
}

/// A path and where it leads.
package struct HTTPIngressPath: JSONConvertible {
  package var path = ""
  /// `Exact`, `Prefix` or `ImplementationSpecific`.
  package var pathType: String?
  package var backend = IngressBackend()

  package init() {}

  package init(_ fields: FieldReader) throws {
    path = try fields.text("path")
    pathType = try fields.string("pathType")
    backend = try fields.nested("backend") ?? IngressBackend()
  }

  package func write(to object: inout JSONObject) {
    object.putText("path", path)
    object.put("pathType", pathType)
    object["backend"] = backend.json
  }
}

/// A Service port.
package struct IngressBackend: JSONConvertible {
  package var service: IngressServiceBackend?
  package var resource: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    service = try fields.nested("service")
    resource = fields.value("resource")
  }

  package func write(to object: inout JSONObject) {
    object.put("service", service)
    object.put("resource", json: resource)
  }
}

/// A Service and one of its ports.
package struct IngressServiceBackend: JSONConvertible {
  package var name = ""
  package var port = ServiceBackendPort()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    port = try fields.nested("port") ?? ServiceBackendPort()
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object["port"] = port.json
  }
}

/// A port by name or number.
package struct ServiceBackendPort: JSONConvertible {
  package var name = ""
  package var number = 0

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    number = try fields.int("number") ?? 0
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.putCount("number", number)
  }
}

/// What was observed of an Ingress.
package struct IngressStatus: JSONConvertible {
  package var loadBalancer: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    loadBalancer = fields.value("loadBalancer")
  }

  package func write(to object: inout JSONObject) {
    object.put("loadBalancer", json: loadBalancer)
  }
}
