import FakeKubernetes
package import JSON

/// A story as prose: what it shows, what there is, and one time line of what is done, what the real
/// thing did and what ours does.
package enum StoryTelling {
  /// Tells a story of controllers; `phases` are tried until one fits.
  package static func controllers(
    _ json: JSONValue, seed: UInt64 = 1, phases: [Duration] = StoryFidelity.phases
  ) throws -> [String] {
    let story = try Story(json: json)
    let phase = try StoryFidelity.outcome(json, seed: seed, phases: phases).phase
    let runner = try StoryRunner(story, seed: seed, phase: phase)
    let verdicts = try runner.run()
    let judge = StoryJudge(story)
    var line = TimeLine()
    for step in story.timeline { line.add(seconds(step.at), .done(StepWords.text(step))) }
    for (facet, rows) in story.want {
      let pairing = RowPairing(
        facet: facet, hasFailed: verdicts.contains { $0.facet == facet && !$0.hasPassed },
        allowsOthers: StoryJudge.isLasting(facet), until: seconds(story.until),
        isSame: judge.isSame, isTimely: { wanted, seen, _ in judge.isTimely(wanted, seen, facet) })
      add(pairing.pairs(rows, runner.seen[facet] ?? []), to: &line, RowWords.text)
    }
    return heading(json, verdicts, phase, seed) + given(json) + refused(runner.refusals) + [""]
      + line.lines()
  }

  /// Tells a story of a kubelet.
  package static func kubelet(
    _ json: JSONValue, seed: UInt64 = 1, phases: [Duration] = KubeletStoryRunner.phases
  ) throws -> [String] {
    let story = try KubeletStory(json: json)
    let phase = try KubeletFidelity.outcome(json, seed: seed, phases: phases).phase
    let report = try KubeletStory.run(json, seed: seed, phase: phase)
    let judge = KubeletStoryJudge(story)
    var line = TimeLine()
    for step in story.timeline { line.add(seconds(step.at), .done(StepWords.text(step))) }
    let documents: Set<String> = [
      "object", "node/object", "lease", "node/writes", "conditionOrder",
    ]
    for facet in story.want where !documents.contains(facet.name) {
      let name = facet.name
      let pairing = RowPairing(
        facet: name, hasFailed: report.verdicts.contains { $0.facet == name && !$0.hasPassed },
        allowsOthers: story.partial.contains(name),
        isSet: name == "events" || name == "node/events", until: seconds(story.until),
        isSame: { judge.isSame($0, $1, name) },
        isTimely: { judge.isTimely($0, $1, name, $2) })
      add(pairing.pairs(facet.rows, report.seen[name] ?? []), to: &line, KubeletRowWords.text)
    }
    let atEnd = report.verdicts.filter { documents.contains($0.facet) }.compactMap { verdict in
      verdict.failure.map { "✗ \(verdict.facet) at the end: \($0)" }
    }
    return heading(json, report.verdicts, phase, seed) + givenPod(json) + refused(report.refusals)
      + [""] + line.lines() + atEnd
  }

  private static func add(
    _ pairs: [RowPair], to line: inout TimeLine,
    _ words: (String, [JSONValue], [JSONValue]?) -> String
  ) {
    for (index, pair) in pairs.enumerated() {
      // The recording leaves out states that passed within 0.3 s.
      let next = pairs[(index + 1)...].first { $0.seen != nil }?.seen?.first?.doubleValue
      let own = pair.seen?.first?.doubleValue
      if pair.wanted == nil, !pair.differs, let own, let next, next - own < 0.3 { continue }
      func cell(_ row: [JSONValue]?, _ before: [JSONValue]?) -> TimeLine.Cell? {
        row.map {
          TimeLine.Cell(time: $0.first?.doubleValue, text: words(pair.facet, $0, before))
        }
      }
      var seen = cell(pair.seen, pair.seenBefore)
      let wanted = cell(pair.wanted, pair.wantedBefore)
      // Both say the same, with names that do not matter or what came before told otherwise.
      if let wanted, pair.seen != nil, !pair.differs { seen?.text = wanted.text }
      line.add(pair.time, .row(wanted: wanted, seen: seen, differs: pair.differs))
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  private static func heading(
    _ json: JSONValue, _ verdicts: [StoryJudge.Verdict], _ phase: Duration, _ seed: UInt64
  ) -> [String] {
    let name = json["name"]?.stringValue ?? ""
    let failed = verdicts.filter { !$0.hasPassed }.map(\.facet)
    var lines = [
      "\(name) (\(json["group"]?.stringValue ?? ""), recorded \(json["runs"] ?? 0) times)",
      json["shows"]?.stringValue ?? "", "",
    ]
    let told = "Told with seed \(seed), \(seconds(phase)) s into a second."
    lines.append(
      failed.isEmpty
        ? "\(told) All \(verdicts.count) facets pass."
        : "\(told) \(failed.count) of \(verdicts.count) facets differ: "
          + failed.joined(separator: ", ") + ".")
    let varied = (json["varied"]?.arrayValue ?? []).compactMap(\.stringValue)
    if !varied.isEmpty {
      lines.append(
        "Not judged, since the recording's runs differ: " + varied.joined(separator: ", ") + ".")
    }
    return lines.flatMap { TimeLine.wrapped($0, TimeLine.width) }
  }

  private static func given(_ json: JSONValue) -> [String] {
    let nodes = (json["nodes"]?.arrayValue ?? []).map { node in
      let others = (node.objectValue ?? [:]).filter { $0.key != "name" }
        .map { "\($0.key) \(RowWords.plain($0.value))" }
      let name = RowWords.plain(node["name"] ?? .null)
      return others.isEmpty ? name : "\(name) (\(others.joined(separator: ", ")))"
    }
    var lines = ["", "Nodes: \(nodes.joined(separator: ", "))."]
    let told = (json["timeline"] ?? .null).text()
    for (image, script) in json["pods"]?.objectValue ?? [:] where told.contains("\"\(image)\"") {
      lines.append("Pods of \(image): \(behaviour(script))")
    }
    return lines.flatMap { TimeLine.wrapped($0, TimeLine.width) }
  }

  /// How pods of an image behave, as a sentence.
  private static func behaviour(_ script: JSONValue) -> String {
    func seconds(_ key: String, _ standard: String) -> String {
      RowWords.plain(script[key] ?? .string(standard))
    }
    if script["pullError"] == true { return "the image cannot be pulled." }
    var text = "run \(seconds("start", "0.4")) s after they are bound"
    text +=
      script["ready"] == .null
      ? ", are never ready" : ", are ready \(seconds("ready", "0.6")) s later"
    if let step = script["readyStep"] {
      text += ", each further one \(RowWords.plain(step)) s more"
    }
    if let crash = script["crashAfter"], !crash.isNull {
      text += ", end after \(RowWords.plain(crash)) s"
      if let count = script["crashes"], !count.isNull {
        text += " (\(RowWords.plain(count)) times)"
      }
    }
    if let flaps = script["flaps"] { text += ", are ready or not at \(flaps.text())" }
    return text + ", stop within \(seconds("stop", "0.5")) s."
  }

  private static func givenPod(_ json: JSONValue) -> [String] {
    var lines = ["", "Pod: " + StepWords.flat(json["pod"]?["spec"] ?? .null)]
    for (name, script) in json["containers"]?.objectValue ?? [:] {
      lines.append("Container \(name) behaves: \(script.text())")
    }
    for (name, image) in json["images"]?.objectValue ?? [:] {
      lines.append("Image \(name): \(image.text())")
    }
    return lines.flatMap { TimeLine.wrapped($0, TimeLine.width) }
  }

  private static func refused(_ refusals: [String]) -> [String] {
    refusals.map { "✗ refused: \($0)" }
  }
}
