package import JSON

/// What was observed of a pod.
package struct PodStatus: JSONConvertible {
  package var phase = ""
  package var conditions: [Condition] = []
  package var message = ""
  package var reason = ""
  package var nominatedNodeName = ""
  package var hostIP = ""
  package var hostIPs: [HostIP] = []
  package var podIP = ""
  package var podIPs: [HostIP] = []
  package var startTime: Timestamp?
  package var initContainerStatuses: [ContainerStatus] = []
  package var containerStatuses: [ContainerStatus] = []
  package var qosClass = ""
  package var observedGeneration: Int64 = 0
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    phase = try fields.text("phase")
    conditions = try fields.list("conditions")
    message = try fields.text("message")
    reason = try fields.text("reason")
    nominatedNodeName = try fields.text("nominatedNodeName")
    hostIP = try fields.text("hostIP")
    hostIPs = try fields.list("hostIPs")
    podIP = try fields.text("podIP")
    podIPs = try fields.list("podIPs")
    startTime = try fields.timestamp("startTime")
    initContainerStatuses = try fields.list("initContainerStatuses")
    containerStatuses = try fields.list("containerStatuses")
    qosClass = try fields.text("qosClass")
    observedGeneration = try fields.int64("observedGeneration") ?? 0
    others = fields.kept(["ephemeralContainerStatuses", "resize", "resourceClaimStatuses"])
  }

  package func write(to object: inout JSONObject) {
    object.putText("phase", phase)
    if !conditions.isEmpty { object["conditions"] = conditions.json(withNull: ["lastProbeTime"]) }
    object.putText("message", message)
    object.putText("reason", reason)
    object.putText("nominatedNodeName", nominatedNodeName)
    object.putText("hostIP", hostIP)
    object.put("hostIPs", hostIPs)
    object.putText("podIP", podIP)
    object.put("podIPs", podIPs)
    object.put("startTime", startTime)
    object.put("initContainerStatuses", initContainerStatuses)
    object.put("containerStatuses", containerStatuses)
    object.putText("qosClass", qosClass)
    if observedGeneration != 0 { object.put("observedGeneration", observedGeneration) }
    object.put(others)
  }
}

/// An address.
package struct HostIP: JSONConvertible {
  package var ip = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    ip = try fields.text("ip")
  }

  package func write(to object: inout JSONObject) {
    object.putText("ip", ip)
  }
}

/// What was observed of a container.
package struct ContainerStatus: JSONConvertible {
  package var name = ""
  package var state = ContainerState()
  package var lastState = ContainerState()
  package var ready = false
  package var restartCount = 0
  package var image = ""
  package var imageID = ""
  package var containerID = ""
  package var started: Bool?
  /// What the node has set aside for the container: its requests.
  package var allocatedResources: ResourceList = [:]
  /// What the container really has; nil before there is one.
  package var resources: ResourceRequirements?
  package var volumeMounts: [VolumeMountStatus] = []
  /// What nothing here acts on.
  package var others = JSONObject()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    state = try fields.nested("state") ?? ContainerState()
    lastState = try fields.nested("lastState") ?? ContainerState()
    ready = try fields.bool("ready") ?? false
    restartCount = try fields.int("restartCount") ?? 0
    image = try fields.text("image")
    imageID = try fields.text("imageID")
    containerID = try fields.text("containerID")
    started = try fields.bool("started")
    allocatedResources = try fields.resources("allocatedResources")
    resources = try fields.nested("resources")
    volumeMounts = try fields.list("volumeMounts")
    others = fields.kept(["user", "allocatedResourcesStatus", "stopSignal"])
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object["state"] = state.json
    object["lastState"] = lastState.json
    object.put("ready", ready)
    object.put("restartCount", restartCount)
    object.put("image", image)
    object.put("imageID", imageID)
    object.putText("containerID", containerID)
    object.put("started", started)
    object.put("allocatedResources", allocatedResources)
    if let resources { object["resources"] = resources.json }
    object.put("volumeMounts", volumeMounts)
    object.put(others)
  }
}

/// A volume as it was mounted into a container.
package struct VolumeMountStatus: JSONConvertible {
  package var name = ""
  package var mountPath = ""
  package var readOnly = false
  /// Set of read-only mounts only.
  package var recursiveReadOnly: String?

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    mountPath = try fields.text("mountPath")
    readOnly = try fields.bool("readOnly") ?? false
    recursiveReadOnly = try fields.string("recursiveReadOnly")
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.put("mountPath", mountPath)
    object.putFlag("readOnly", readOnly)
    object.put("recursiveReadOnly", recursiveReadOnly)
  }
}

/// Waiting, running or terminated; at most one of them is set.
package struct ContainerState: JSONConvertible {
  package var waiting: ContainerStateWaiting?
  package var running: ContainerStateRunning?
  package var terminated: ContainerStateTerminated?

  package init() {}

  package init(_ fields: FieldReader) throws {
    waiting = try fields.nested("waiting")
    running = try fields.nested("running")
    terminated = try fields.nested("terminated")
  }

  package func write(to object: inout JSONObject) {
    object.put("waiting", waiting)
    object.put("running", running)
    object.put("terminated", terminated)
  }
}

/// A container that does not run yet.
package struct ContainerStateWaiting: JSONConvertible {
  package var reason = ""
  package var message = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    reason = try fields.text("reason")
    message = try fields.text("message")
  }

  package func write(to object: inout JSONObject) {
    object.putText("reason", reason)
    object.putText("message", message)
  }
}

/// A container that runs.
package struct ContainerStateRunning: JSONConvertible {
  package var startedAt: Timestamp?

  package init() {}

  package init(_ fields: FieldReader) throws {
    startedAt = try fields.timestamp("startedAt")
  }

  package func write(to object: inout JSONObject) {
    object["startedAt"] = .some(startedAt.map { .string($0.description) } ?? .null)
  }
}

/// A container that ended.
package struct ContainerStateTerminated: JSONConvertible {
  package var exitCode = 0
  package var signal = 0
  package var reason = ""
  package var message = ""
  package var startedAt: Timestamp?
  package var finishedAt: Timestamp?
  package var containerID = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    exitCode = try fields.int("exitCode") ?? 0
    signal = try fields.int("signal") ?? 0
    reason = try fields.text("reason")
    message = try fields.text("message")
    startedAt = try fields.timestamp("startedAt")
    finishedAt = try fields.timestamp("finishedAt")
    containerID = try fields.text("containerID")
  }

  package func write(to object: inout JSONObject) {
    object.put("exitCode", exitCode)
    object.putCount("signal", signal)
    object.putText("reason", reason)
    object.putText("message", message)
    object["startedAt"] = .some(startedAt.map { .string($0.description) } ?? .null)
    object["finishedAt"] = .some(finishedAt.map { .string($0.description) } ?? .null)
    object.putText("containerID", containerID)
  }
}
