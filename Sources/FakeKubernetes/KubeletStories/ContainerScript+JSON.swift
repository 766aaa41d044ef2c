package import JSON

extension ContainerScript {
  /// Reads the keys of the kubelet's recordings (`golden/kubelet/README.md`).
  package init(json: JSONValue) {
    self.init()
    port = json["port"]?.intValue
    listensAfter = Self.seconds(json["listen"])
    for (check, steps) in json["checks"]?.objectValue ?? [:] {
      checks[check] = (steps.arrayValue ?? []).map {
        CheckStep(at: Self.seconds($0[0]), holds: $0[1]?.boolValue ?? false)
      }
    }
    for (check, spans) in json["slow"]?.objectValue ?? [:] {
      slow[check] = (spans.arrayValue ?? []).map {
        Slowness(
          from: Self.seconds($0[0]), to: Self.seconds($0[1]), takes: Self.seconds($0[2]))
      }
    }
    runs = (json["exits"]?.arrayValue ?? []).map { run in
      Run(after: run["after"].map { Self.seconds($0) }, code: run["code"]?.intValue ?? 0)
    }
    goodFromRun = json["goodFromRun"]?.intValue
    terminatesAfter = Self.seconds(json["term"]?["after"])
    terminationCode = json["term"]?["code"]?.intValue ?? 0
    ignoresTerminate = json["ignoreTerm"]?.boolValue ?? false
    if let memory = json["memory"]?.arrayValue, memory.count == 2 {
      memoryBytes = (memory[0].integerValue ?? 0) << 20
      memoryGrowth = Self.seconds(memory[1])
    }
    terminationMessage = json["terminationMessage"]?.stringValue
    prints = (json["prints"]?.arrayValue ?? []).map {
      Line(at: Self.seconds($0["at"]), text: $0["text"]?.stringValue ?? "")
    }
    countsRuns = json["countsRuns"]?.boolValue ?? false
    keepsState = json["exits"] != nil || countsRuns || goodFromRun != nil
  }

  private static func seconds(_ value: JSONValue?) -> Duration {
    Story.duration(value?.doubleValue ?? 0)
  }
}
