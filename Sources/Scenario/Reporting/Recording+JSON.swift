import JSON
import SimulationKernel

/// Writes recordings for machines, and for the page of a report; docs/REPORTS.md says what is what.
///
/// Times and latencies are seconds; series are lists of changes, each a time and a value.
extension Recording {
  /// The recording as a JSON object.
  var json: JSONValue {
    var object: JSONObject = [
      "epochSeconds": .integer(epochSeconds),
      "endSeconds": .number(end.seconds),
      "services": .array(services.map(\.json)),
      "nodes": .array(
        nodes.map { ["name": .string($0.name), "ready": $0.ready.json { .string($0) }] }),
      "pods": .array(pods.map { $0.json(until: end) }),
      "marks": .array(marks.map(\.json)),
      "phases": .array(
        phases.map { ["name": .string($0.name), "fromSeconds": .number($0.from.seconds)] }),
      "story": .array(
        story.map { [.number($0.time.seconds), .string($0.who), .string($0.text)] }),
    ]
    object["leftOut"] = [
      "changes": JSONValue(leftOut.changes), "pods": JSONValue(leftOut.pods),
      "storyLines": JSONValue(leftOut.storyLines), "marks": JSONValue(leftOut.marks),
    ]
    return .object(object)
  }
}

extension StepSeries {
  fileprivate func json(_ value: (Value) -> JSONValue) -> JSONValue {
    .array(points.map { [.number($0.time.seconds), $0.value.map(value) ?? .null] })
  }
}

extension StepSeries<Int> {
  fileprivate var json: JSONValue { json { JSONValue($0) } }
}

extension ServiceRecording {
  fileprivate var json: JSONValue {
    [
      "service": .string(service.description),
      "deployment": .string(deployment),
      "desired": desired.json,
      "replicas": replicas.json,
      "updated": updated.json,
      "ready": ready.json,
      "available": available.json,
      "rollout": rollout.json { .string($0) },
      "assignedModel": assignedModel.json { .string($0) },
      "utilisationPercent": utilisationPercent.json,
      "thresholdPercent": thresholdPercent.json,
      "revisions": .array(
        revisions.map { revision in
          [
            "hash": .string(revision.hash),
            "revision": revision.number.map { JSONValue($0) } ?? .null,
            "pods": revision.pods.json, "ready": revision.ready.json,
          ]
        }),
      "requests": requests.json,
    ]
  }
}

extension RequestBuckets {
  fileprivate var json: JSONValue {
    func counts(_ names: [String], _ count: (Counts) -> [Int]) -> JSONValue {
      .object(
        JSONObject(
          names.indices.map { index in
            (names[index], .array(buckets.map { JSONValue(count($0)[index]) }))
          }))
    }
    let latency = Latency.percentiles.indices.map { index in
      (
        Latency.percentiles[index].name,
        JSONValue.array(buckets.map { Self.seconds($0.latency.nanoseconds[index]) })
      )
    }
    return [
      "bucketSeconds": .number(Double(length.wholeNanoseconds) / 1e9),
      "sent": .array(buckets.map { JSONValue($0.sent) }),
      "answered": .array(buckets.map { JSONValue($0.answered) }),
      "wrong": .array(buckets.map { JSONValue($0.wrong) }),
      "failures": counts(statuses, \.failures),
      "answers": counts(models, \.answers),
      "latencySeconds": .object(JSONObject(latency)),
      "total": totalJSON,
    ]
  }

  private var totalJSON: JSONValue {
    func counts(_ names: [String], _ values: [Int]) -> JSONValue {
      .object(JSONObject(names.indices.map { (names[$0], JSONValue(values[$0])) }))
    }
    let latency = Latency.percentiles.indices.map { index in
      (Latency.percentiles[index].name, Self.seconds(total.latency.nanoseconds[index]))
    }
    return [
      "sent": JSONValue(total.sent), "answered": JSONValue(total.answered),
      "open": JSONValue(total.open), "wrong": JSONValue(total.wrong),
      "failures": counts(statuses, total.failures), "answers": counts(models, total.answers),
      "latencySeconds": .object(JSONObject(latency)),
    ]
  }

  private static func seconds(_ nanoseconds: Int64?) -> JSONValue {
    nanoseconds.map { .number(Double($0) / 1e9) } ?? .null
  }
}

extension PodRecording {
  fileprivate func json(until end: SimulationTime) -> JSONValue {
    var object: JSONObject = [
      "name": .string(name), "service": .string(service.description),
      "revision": .string(revision), "node": .string(node),
      "createdSeconds": .number(created.seconds),
    ]
    object["scheduledSeconds"] = scheduled.map { .number($0.seconds) }
    object["startedSeconds"] = started.map { .number($0.seconds) }
    object["toldToStopSeconds"] = toldToStop.map { .number($0.seconds) }
    object["deletedSeconds"] = deleted.map { .number($0.seconds) }
    object["why"] = why.map { .string($0) }
    object["restarts"] = JSONValue(restarts)
    object["ready"] = .array(
      readyTimes(until: end).map { [.number($0.from.seconds), .number($0.until.seconds)] })
    object["states"] = .array(
      changes.map { [.number($0.time.seconds), .string($0.state.rawValue), .string($0.reason)] })
    object["exits"] = .array(
      exits.map {
        [
          "atSeconds": .number($0.time.seconds), "code": JSONValue($0.code),
          "reason": .string($0.reason), "message": .string($0.message),
        ]
      })
    return .object(object)
  }
}

extension Mark {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "kind": .string(kind.rawValue), "name": .string(name), "label": .string(label),
      "fromSeconds": .number(from.seconds),
    ]
    object["untilSeconds"] = until.map { .number($0.seconds) }
    object["service"] = service.map { .string($0.description) }
    return .object(object)
  }
}
