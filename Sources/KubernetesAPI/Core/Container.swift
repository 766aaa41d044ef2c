package import JSON

/// One container of a pod.
package struct Container: JSONConvertible {
  package var name = ""
  package var image = ""
  package var command: [String] = []
  package var args: [String] = []
  package var workingDir = ""
  package var ports: [ContainerPort] = []
  package var env: [EnvironmentVariable] = []
  package var envFrom: JSONValue?
  package var resources = ResourceRequirements()
  package var volumeMounts: [VolumeMount] = []
  package var livenessProbe: Probe?
  package var readinessProbe: Probe?
  package var startupProbe: Probe?
  package var lifecycle: Lifecycle?
  package var terminationMessagePath = ""
  package var terminationMessagePolicy = ""
  package var imagePullPolicy = ""
  package var restartPolicy: String?
  package var securityContext: JSONValue?
  package var stdin = false
  package var tty = false
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    image = try fields.text("image")
    command = try fields.strings("command")
    args = try fields.strings("args")
    workingDir = try fields.text("workingDir")
    ports = try fields.list("ports")
    env = try fields.list("env")
    envFrom = fields.given("envFrom")
    resources = try fields.nested("resources") ?? ResourceRequirements()
    volumeMounts = try fields.list("volumeMounts")
    livenessProbe = try fields.nested("livenessProbe")
    readinessProbe = try fields.nested("readinessProbe")
    startupProbe = try fields.nested("startupProbe")
    lifecycle = try fields.nested("lifecycle")
    terminationMessagePath = try fields.text("terminationMessagePath")
    terminationMessagePolicy = try fields.text("terminationMessagePolicy")
    imagePullPolicy = try fields.text("imagePullPolicy")
    restartPolicy = try fields.string("restartPolicy")
    securityContext = fields.given("securityContext")
    stdin = try fields.bool("stdin") ?? false
    tty = try fields.bool("tty") ?? false
    others = fields.kept(["resizePolicy", "volumeDevices"])
    if try fields.bool("stdinOnce") == true { others["stdinOnce"] = true }
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.putText("image", image)
    object.put("command", command)
    object.put("args", args)
    object.putText("workingDir", workingDir)
    object.put("ports", ports)
    object.put("env", env)
    object.put("envFrom", json: envFrom)
    object["resources"] = resources.json
    object.put("volumeMounts", volumeMounts)
    object.put("livenessProbe", livenessProbe)
    object.put("readinessProbe", readinessProbe)
    object.put("startupProbe", startupProbe)
    object.put("lifecycle", lifecycle)
    object.putText("terminationMessagePath", terminationMessagePath)
    object.putText("terminationMessagePolicy", terminationMessagePolicy)
    object.putText("imagePullPolicy", imagePullPolicy)
    object.put("restartPolicy", restartPolicy)
    object.put("securityContext", json: securityContext)
    object.putFlag("stdin", stdin)
    object.putFlag("tty", tty)
    object.put(others)
  }
}

/// A port on which a container listens.
package struct ContainerPort: JSONConvertible {
  package var name = ""
  package var containerPort = 0
  package var hostPort = 0
  package var hostIP = ""
  package var protocolName = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    containerPort = try fields.int("containerPort") ?? 0
    hostPort = try fields.int("hostPort") ?? 0
    hostIP = try fields.text("hostIP")
    protocolName = try fields.text("protocol")
  }

  package func write(to object: inout JSONObject) {
    object.putText("name", name)
    object.put("containerPort", containerPort)
    object.putCount("hostPort", hostPort)
    object.putText("hostIP", hostIP)
    object.putText("protocol", protocolName)
  }
}

/// A variable in a container's environment.
package struct EnvironmentVariable: JSONConvertible {
  package var name = ""
  package var value = ""
  package var valueFrom: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    value = try fields.text("value")
    valueFrom = fields.given("valueFrom")
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.putText("value", value)
    object.put("valueFrom", json: valueFrom)
  }
}

/// What a container asks for and may use at most.
package struct ResourceRequirements: JSONConvertible {
  package var limits: ResourceList = [:]
  package var requests: ResourceList = [:]
  /// What is asked for from devices that are allocated, kept as given.
  package var claims: JSONValue?

  package init() {}

  package init(_ fields: FieldReader) throws {
    limits = try fields.resources("limits")
    requests = try fields.resources("requests")
    claims = fields.kept(["claims"])["claims"]
  }

  package func write(to object: inout JSONObject) {
    object.put("limits", limits)
    object.put("requests", requests)
    object.put("claims", json: claims)
  }
}

/// Where a volume appears in a container.
package struct VolumeMount: JSONConvertible {
  package var name = ""
  package var mountPath = ""
  package var subPath = ""
  package var readOnly = false
  package var mountPropagation: String?
  package var subPathExpr = ""
  package var recursiveReadOnly: String?

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    mountPath = try fields.text("mountPath")
    subPath = try fields.text("subPath")
    readOnly = try fields.bool("readOnly") ?? false
    mountPropagation = try fields.string("mountPropagation")
    subPathExpr = try fields.text("subPathExpr")
    recursiveReadOnly = try fields.string("recursiveReadOnly")
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.put("mountPath", mountPath)
    object.putText("subPath", subPath)
    object.putFlag("readOnly", readOnly)
    object.put("mountPropagation", mountPropagation)
    object.putText("subPathExpr", subPathExpr)
    object.put("recursiveReadOnly", recursiveReadOnly)
  }
}
