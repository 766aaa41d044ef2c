import JSON
import KubernetesAPI
import SimulationKernel

/// A ConfigMap or Secret that a container needs is not there.
struct MissingSource: Error {
  var message: String
}

extension Kubelet {
  /// Everything the process is started with.
  func context(
    for container: Container, id: String, in worker: PodWorker,
    environment: [(name: String, value: String)]
  ) -> ContainerContext {
    let pod = worker.pod
    let limit = container.resources.limits["memory"]?.value
    let name = container.name
    let restarts =
      runtime.snapshot(worker.uid).containers.first { $0.id == id }?.restartCount ?? 0
    return ContainerContext(
      podName: pod.metadata.name, namespace: pod.metadata.namespace, podUID: worker.uid,
      nodeName: configuration.name, podIP: address(of: pod), container: container,
      podLabels: pod.metadata.labels, podAnnotations: pod.metadata.annotations,
      environment: environment, mounts: mounts(of: container, in: pod),
      cpuLimitMilli: container.resources.limits["cpu"]?.milliValue, memoryLimitBytes: limit,
      restartCount: restarts,
      onExited: { [weak self] in self?.processEnded(worker, name, id, $0) },
      onMemoryGrown: { [weak self, weak worker] bytes in
        guard let self, let worker else { return }
        let present = worker.resize.given[name]?.limits["memory"]?.value
        guard let limit = present ?? limit, bytes > limit, let process = runtime.process(id)
        else { return }
        // The kernel's SIGKILL: the record says why, the process then ends without a word.
        processEnded(worker, name, id, ExitStatus(code: ExitStatus.killed, reason: "OOMKilled"))
        process.kill()
      },
      log: { [weak self] line in
        guard let self else { return }
        logs.append(line, to: id, at: simulation.now.nanoseconds)
      })
  }

  func address(of pod: Pod) -> String {
    if pod.spec.hostNetwork { return configuration.address }
    return runtime.snapshot(pod.metadata.uid).sandboxes.first?.ip ?? ""
  }

  private func mounts(of container: Container, in pod: Pod) -> [ContainerMount] {
    container.volumeMounts.map { mount in
      let volume = pod.spec.volumes.first { $0.name == mount.name }
      var path = volume?.hostPath ?? ""
      if !path.isEmpty && !mount.subPath.isEmpty { path += "/" + mount.subPath }
      return ContainerMount(
        volume: mount.name, mountPath: mount.mountPath, hostPath: path,
        isReadOnly: mount.readOnly)
    }
  }

  /// Why a container that must not run as root would; nil: it would not, or it may.
  ///
  /// Images are root's. Source: `pkg/kubelet/kuberuntime/security_context.go` verifyRunAsNonRoot.
  func forbiddenRoot(_ container: Container, _ worker: PodWorker) -> String? {
    func value(_ key: String) -> JSONValue? {
      container.securityContext?[key] ?? worker.pod.spec.securityContext?[key]
    }
    guard value("runAsNonRoot")?.boolValue == true else { return nil }
    let place = "(pod: \"\(worker.text)\", container: \(container.name))"
    guard let user = value("runAsUser")?.intValue else {
      return "container has runAsNonRoot and image will run as root \(place)"
    }
    return user == 0 ? "container's runAsUser breaks non-root policy \(place)" : nil
  }

  // MARK: - Environment

  /// The container's environment with references resolved, or what is missing.
  func environment(
    of container: Container, in worker: PodWorker
  ) -> Result<[(name: String, value: String)], MissingSource> {
    var result: [(name: String, value: String)] = []
    for source in container.envFrom?.arrayValue ?? [] {
      let prefix = source["prefix"]?.stringValue ?? ""
      for kind in ["configMapRef", "secretRef"] {
        guard let reference = source[kind], let name = reference["name"]?.stringValue else {
          continue
        }
        guard let data = data(kind == "configMapRef", worker.pod, name) else {
          if reference["optional"]?.boolValue == true { continue }
          return .failure(missing(kind == "configMapRef", name))
        }
        for key in data.keys.sorted() { result.append((prefix + key, data[key] ?? "")) }
      }
    }
    for variable in container.env {
      guard let source = variable.valueFrom else {
        result.append((variable.name, expanded(variable.value, result)))
        continue
      }
      switch value(of: source, container, worker) {
      case .success(let value): if let value { result.append((variable.name, value)) }
      case .failure(let failure): return .failure(failure)
      }
    }
    return .success(result)
  }

  private func expanded(_ text: String, _ known: [(name: String, value: String)]) -> String {
    var result = text
    for (name, value) in known where result.contains("$(") {
      var parts: [Substring] = []
      let pattern = "$(\(name))"
      var rest = Substring(result)
      while let range = rest.firstRange(of: pattern) {
        parts += [rest[..<range.lowerBound], Substring(value)]
        rest = rest[range.upperBound...]
      }
      result = parts.joined() + rest
    }
    return result
  }

  private func value(
    of source: JSONValue, _ container: Container, _ worker: PodWorker
  ) -> Result<String?, MissingSource> {
    if let path = source["fieldRef"]?["fieldPath"]?.stringValue {
      return .success(field(path, worker.pod))
    }
    if let resource = source["resourceFieldRef"]?["resource"]?.stringValue {
      return .success(resourceField(resource, container))
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
      guard let reference = source[kind], let name = reference["name"]?.stringValue,
        let key = reference["key"]?.stringValue
      else { continue }
      let isConfigMap = kind == "configMapKeyRef"
      let isOptional = reference["optional"]?.boolValue == true
      guard let data = data(isConfigMap, worker.pod, name) else {
        return isOptional ? .success(nil) : .failure(missing(isConfigMap, name))
      }
      if let value = data[key] { return .success(value) }
      if isOptional { return .success(nil) }
      let what = isConfigMap ? "ConfigMap" : "Secret"
      return .failure(
        MissingSource(
          message: "couldn't find key \(key) in \(what) \(worker.pod.metadata.namespace)/\(name)"))
    }
    return .success(nil)
  }

  private func missing(_ isConfigMap: Bool, _ name: String) -> MissingSource {
    MissingSource(message: "\(isConfigMap ? "configmap" : "secret") \"\(name)\" not found")
  }

  func data(_ isConfigMap: Bool, _ pod: Pod, _ name: String) -> [String: String]? {
    let namespace = pod.metadata.namespace
    let content =
      isConfigMap
      ? server.find(ConfigMap.self, namespace, name)?.content
      : server.find(Secret.self, namespace, name)?.content
    guard let content else { return nil }
    var result: [String: String] = [:]
    guard case .object(let fields)? = content["data"] else { return result }
    for (key, value) in fields {
      let text = value.stringValue ?? ""
      result[key] = isConfigMap ? text : Base64.text(text) ?? ""
    }
    return result
  }

  private func field(_ path: String, _ pod: Pod) -> String {
    switch path {
    case "metadata.name": return pod.metadata.name
    case "metadata.namespace": return pod.metadata.namespace
    case "metadata.uid": return pod.metadata.uid
    case "spec.nodeName": return configuration.name
    case "spec.serviceAccountName": return pod.spec.serviceAccountName
    case "status.podIP", "status.podIPs": return address(of: pod)
    case "status.hostIP", "status.hostIPs": return configuration.address
    default:
      for (prefix, map) in [
        ("metadata.labels['", pod.metadata.labels),
        ("metadata.annotations['", pod.metadata.annotations),
      ] where path.hasPrefix(prefix) && path.hasSuffix("']") {
        return map[String(path.dropFirst(prefix.count).dropLast(2))] ?? ""
      }
      return ""
    }
  }

  private func resourceField(_ name: String, _ container: Container) -> String {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return "" }
    let list =
      parts[0] == "limits" ? container.resources.limits : container.resources.requests
    let quantity = list[parts[1]] ?? (parts[0] == "limits" ? configuration.capacity[parts[1]] : nil)
    return String(quantity?.value ?? 0)
  }
}
