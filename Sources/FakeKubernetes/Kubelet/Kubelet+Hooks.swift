import JSON
import KubernetesAPI
import SimulationKernel

extension Kubelet {
  /// Runs a lifecycle hook; calls back with nil or what went wrong.
  ///
  /// Source: `pkg/kubelet/lifecycle/handlers.go`.
  func runHook(
    _ hook: LifecycleHandler, of container: Container, in pod: Pod, containerID: String,
    completion: @escaping (String?) -> Void
  ) {
    if let sleep = hook.sleep {
      after(.seconds(sleep.seconds ?? 0)) { completion(nil) }
    } else if let exec = hook.exec {
      guard let process = runtime.process(containerID) else {
        return completion("\(ProbeWording.isEnded), message: \"\"")
      }
      let command = exec.command.joined(separator: " ")
      process.execute(exec.command) { [weak self] answer in
        switch answer {
        case .exited(let code, let output) where code != 0:
          completion(
            "command '\(command)' exited with \(code): , message: \(output.goQuoted)")
        case .notStarted(let cause):
          let text = ProbeWording.notStarted(cause, id: self?.runtime.newID() ?? "")
          completion("\(text), message: \"\"")
        case .exited, .success, .refused, .httpStatus, .notServing: completion(nil)
        }
      }
    } else if let http = hook.httpGet {
      guard let process = runtime.process(containerID) else { return completion("not running") }
      var probe = Probe()
      probe.httpGet = http
      guard let check = ProbeWording.check(probe, container: container) else {
        return completion(ProbeWording.unknownPort(probe))
      }
      let place = ProbeWording.Place(probe, podIP: address(of: pod))
      // Any answer will do (runHTTPHandler).
      process.probe(check) { answer in
        guard case .refused = answer else { return completion(nil) }
        completion(ProbeWording.failure(answer, check: check, place: place))
      }
    } else {
      completion(nil)
    }
  }

  /// The mounts of a worker's pod: of the volumes that a container mounts.
  ///
  /// Source: `pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go`.
  func makeVolumes(_ worker: PodWorker) -> PodVolumes {
    let spec = worker.pod.spec
    let used = Set(
      (spec.initContainers + spec.containers).flatMap(\.volumeMounts).map(\.name))
    return PodVolumes(
      simulation: simulation, fileSystem: fileSystem, timings: timings,
      volumes: spec.volumes.filter { used.contains($0.name) },
      missingSource: { [weak self, weak worker] volume in
        guard let self, let worker else { return nil }
        return missingSource(of: volume, worker.pod)
      },
      event: { [weak worker] in worker?.event($0) })
  }

  /// What a volume shows that is not there; several are told as a list.
  private func missingSource(of volume: Volume, _ pod: Pod) -> String? {
    guard let projected = volume.source["projected"] else {
      return missingSource(volume.source, pod)
    }
    let missing = (projected["sources"]?.arrayValue ?? []).compactMap { source -> String? in
      guard case .object(var fields) = source else { return nil }
      // Sources of a projected volume say `name` for both.
      let name = fields["secret"]?["name"]
      fields["secret"]?["secretName"] = name
      return missingSource(fields, pod)
    }
    return missing.count < 2 ? missing.first : "[\(missing.joined(separator: ", "))]"
  }

  /// Sources: `pkg/volume/configmap/configmap.go`, `pkg/volume/secret/secret.go` MakePayload.
  private func missingSource(_ sources: JSONObject, _ pod: Pod) -> String? {
    let namespace = pod.metadata.namespace
    if let source = sources["configMap"], let name = source["name"]?.stringValue,
      source["optional"]?.boolValue != true,
      case let found = data(true, pod, name)
    {
      guard let found else { return "configmap \"\(name)\" not found" }
      if let key = missingItem(source, found, server.find(ConfigMap.self, namespace, name)?.content)
      {
        return "configmap references non-existent config key: \(key)"
      }
    }
    if let source = sources["secret"], let name = source["secretName"]?.stringValue,
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
