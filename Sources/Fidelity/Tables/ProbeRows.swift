import FakeKubernetes
import JSON

/// Tables `kubelet_*`: what a probe's worker does.
enum ProbeRows {
  static let evaluators: [String: FidelityTable.Evaluator] = [
    "kubelet_probe_thresholds": thresholds, "kubelet_probe_step": step,
  ]

  private static func kind(_ name: String) throws -> ProbeKind {
    guard let kind = ProbeKind.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
      throw TableError("no probe is called \(name)")
    }
    return kind
  }

  private static func text(_ result: ProbeResult?) -> JSONValue {
    switch result {
    case .success: "S"
    case .failure: "F"
    case .unknown: "U"
    case nil: .null
    }
  }

  private static func running(
    _ kind: ProbeKind, container: Int = 0, seconds: Int64 = 0, isNever: Bool = false
  ) -> ProbeWorker.Situation {
    // Only the startup probe is asked before the container counts as started.
    ProbeWorker.Situation(
      phase: "Running", restartPolicyIsNever: isNever, containerID: "container-\(container)",
      state: .running, isStarted: kind != .startup, runningNanoseconds: seconds * 1_000_000_000)
  }

  private static func thresholds(_ row: TableRow) throws -> JSONValue {
    let kind = try kind(row.text("probe"))
    var worker = ProbeWorker(
      kind: kind, initialDelaySeconds: 0, successThreshold: try row.int("successThreshold"),
      failureThreshold: try row.int("failureThreshold"))
    var container = 0
    var results = ""
    var holds: [Bool] = []
    for (index, outcome) in try row.text("probes").enumerated() {
      if index == row.optionalInt("newContainerBeforeProbe") { container += 1 }
      if worker.tick(running(kind, container: container)) == .check {
        _ = worker.checked(outcome == "S" ? .success : .failure)
      }
      results += text(worker.published).stringValue ?? "-"
      holds.append(worker.isOnHold)
    }
    // Tables give the hold after each probe, as a list or as letters, or at the end.
    let hold: JSONValue =
      switch row.want["onHold"] {
      case .array: .array(holds.map { .bool($0) })
      case .string: .string(holds.map { $0 ? "T" : "F" }.joined())
      default: .bool(worker.isOnHold)
      }
    return ["results": .string(results), "onHold": hold]
  }

  private static func step(_ row: TableRow) throws -> JSONValue {
    // Without a name the row holds for every probe.
    let kinds = try row.optionalText("probe").map { [try kind($0)] } ?? ProbeKind.allCases
    let seen = try kinds.map { try step(row, $0) }
    guard seen.allSatisfy({ $0 == seen[0] }) else {
      throw TableError("probes differ: \(JSONValue.array(seen))")
    }
    return seen[0]
  }

  private static func step(_ row: TableRow, _ kind: ProbeKind) throws -> JSONValue {
    var worker = ProbeWorker(
      kind: kind, initialDelaySeconds: row.optionalInt("initialDelaySeconds") ?? 0,
      successThreshold: 1, failureThreshold: 1)
    var situation = running(
      kind, seconds: Int64(row.optionalInt("runningSeconds") ?? 0),
      isNever: row.optionalText("restartPolicy") == "Never")
    let phase = try row.text("pod")
    situation.phase = phase == "absent" ? nil : phase
    switch row.optionalText("container") ?? "absent" {
    case "absent": situation.containerID = nil
    case "waiting": situation.state = .waiting
    case "terminated": situation.state = .terminated
    default: situation.state = .running
    }
    let action = worker.tick(situation)
    if action == .check {
      _ = worker.checked(row.optionalText("probeResult") == "F" ? .failure : .success)
    }
    return ["continue": .bool(action != .stop), "result": text(worker.published)]
  }
}
