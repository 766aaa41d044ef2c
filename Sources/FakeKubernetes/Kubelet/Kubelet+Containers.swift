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
        let allocated = worker.resize.allocations[name]?.limits["memory"]?.value
        guard let limit = allocated ?? limit, bytes > limit, let process = runtime.process(id)
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

  private func address(of pod: Pod) -> String {
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

  private func data(_ isConfigMap: Bool, _ pod: Pod, _ name: String) -> [String: String]? {
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

  // MARK: - Hooks and volumes

  /// Runs a lifecycle hook; calls back with nil or what went wrong.
  func runHook(
    _ hook: LifecycleHandler, of container: Container, in pod: Pod, containerID: String,
    completion: @escaping (String?) -> Void
  ) {
    if let sleep = hook.sleep {
      after(.seconds(sleep.seconds ?? 0)) { completion(nil) }
    } else if let exec = hook.exec {
      guard let process = runtime.process(containerID) else { return completion("not running") }
      let command = exec.command.joined(separator: " ")
      process.execute(exec.command) { answer in
        guard case .exited(let code, let output) = answer, code != 0 else {
          return completion(nil)
        }
        let quoted = output.replacing("\n", with: "\\n")
        completion("command '\(command)' exited with \(code): , message: \"\(quoted)\"")
      }
    } else if let http = hook.httpGet {
      guard let process = runtime.process(containerID) else { return completion("not running") }
      var probe = Probe()
      probe.httpGet = http
      guard let check = ProbeWording.check(probe, container: container) else {
        return completion(ProbeWording.unknownPort(probe))
      }
      // Any answer will do (`pkg/kubelet/lifecycle/handlers.go` runHTTPHandler).
      process.probe(check) { [weak self] answer in
        guard let self, case .refused = answer else { return completion(nil) }
        let host = http.host.isEmpty ? address(of: pod) : http.host
        completion(ProbeWording.failure(answer, check: check, podIP: host))
      }
    } else {
      completion(nil)
    }
  }

  /// The mounts of a worker's pod.
  func makeVolumes(_ worker: PodWorker) -> PodVolumes {
    PodVolumes(
      simulation: simulation, fileSystem: fileSystem, timings: timings,
      volumes: worker.pod.spec.volumes,
      missingSource: { [weak self, weak worker] volume in
        guard let self, let worker else { return nil }
        return missingSource(of: volume, worker.pod)
      },
      event: { [weak worker] in worker?.event($0) })
  }

  /// Sources: `pkg/volume/configmap/configmap.go`, `pkg/volume/secret/secret.go` MakePayload.
  private func missingSource(of volume: Volume, _ pod: Pod) -> String? {
    let namespace = pod.metadata.namespace
    if let source = volume.source["configMap"], let name = source["name"]?.stringValue,
      source["optional"]?.boolValue != true,
      case let found = data(true, pod, name)
    {
      guard let found else { return "configmap \"\(name)\" not found" }
      if let key = missingItem(source, found, server.find(ConfigMap.self, namespace, name)?.content)
      {
        return "configmap references non-existent config key: \(key)"
      }
    }
    if let source = volume.source["secret"], let name = source["secretName"]?.stringValue,
      source["optional"]?.boolValue != true,
      case let found = data(false, pod, name)
    {
      guard let found else { return "secret \"\(name)\" not found" }
      if let key = missingItem(source, found, nil) {
        return "references non-existent secret key: \(key)"
      }
    }
    return nil
  }

  /// The first key that a volume names and its object lacks.
  private func missingItem(
    _ source: JSONValue, _ data: [String: String], _ content: JSONObject?
  ) -> String? {
    (source["items"]?.arrayValue ?? []).compactMap { $0["key"]?.stringValue }.first {
      data[$0] == nil && content?["binaryData"]?[$0] == nil
    }
  }
}

/// Base64 of Secrets' data (RFC 4648 section 4).
enum Base64 {
  /// The text behind base64; nil if it is none.
  static func text(_ encoded: String) -> String? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for byte in encoded.utf8 where byte != 0x3D && byte != 0x0A {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte) - 0x41
      case 0x61...0x7A: value = UInt32(byte) - 0x61 + 26
      case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      default: return nil
      }
      buffer = buffer << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
        buffer &= (1 << bits) - 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
