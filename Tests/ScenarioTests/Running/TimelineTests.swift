import Scenario
import SimulationKernel
import Testing

@Suite struct `The timeline` {
  @Test func `tells the beginning and the end of every fault of the language`() throws {
    var text = """
      duration: 12m
      include: [shared/digits.yaml]
      expect: [{ over: digits/production requests > 0 }]
      timeline:

      """
    for (index, kind) in Shape.faultKinds.enumerated() {
      let keys = kind.companions.map { ", \($0.name): \($0.example)" }.joined()
      text += "  - { at: \(120 + index * 10)s, fault: \(kind.word)\(keys), for: 5s }\n"
    }
    let (result, told) = try Story.run(text)
    #expect(result.holds, Library.describe(result))
    let faults = told.filter { $0.hasPrefix("fault: ") }
    #expect(faults.count == 2 * Shape.faultKinds.count)
    #expect(faults.count { $0.hasSuffix("begins") } == Shape.faultKinds.count)
    #expect(Set(faults).count == faults.count, "two faults are told in the same words")
  }

  @Test func `does everything that the language lets an operator do`() throws {
    var text = """
      duration: 20m
      include: [shared/digits.yaml]
      expect: [{ over: digits/production requests > 0 }]
      timeline:

      """
    // What is deleted can do no more.
    let all = Shape.entry.variants.filter { $0.kinds.isEmpty && $0.key.name != "deploy" }
    let operations =
      all.filter { $0.key.name != "delete" } + all.filter { $0.key.name == "delete" }
    for (index, operation) in operations.enumerated() {
      let keys = ([operation.key] + operation.companions)
        .map { "\($0.name): \($0.example)" }.joined(separator: ", ")
      text += "  - { at: \(120 + index * 30)s, \(keys) }\n"
    }
    let (result, told) = try Story.run(text)
    #expect(result.missed.isEmpty, "\(result.missed.map(\.name))")
    #expect(operations.count == 19)
    for words in [
      "switches", "edits", "deletes digits", "rolls", "pauses", "resumes", "scales", "uploads",
      "evaluates", "compares", "by hand", "limits", "cordons", "uncordons", "evicts",
      "deletes pod", "crashes", "loses power", "boots",
    ] {
      #expect(told.contains { $0.contains(words) }, "nobody \(words)")
    }
  }

  @Test func `repeats what is to happen every so often`() throws {
    let (_, told) = try Story.run(
      """
      duration: 6m
      include: [shared/digits.yaml]
      timeline:
        - { name: thrice, every: 10s, from: 2m, times: 3, cordon: production-1 }
        - { name: until, every: 1m, from: thrice + 1s, until: 5m, uncordon: production-1 }
        - { after: until, wait: 30s, sync: cluster }
      expect: [{ over: digits/production requests > 0 }]
      """)
    #expect(told.count { $0.contains(" cordons") } == 3)
    #expect(told.count { $0.contains(" uncordons") } == 3)
    #expect(told.count { $0.contains("compares") } == 1)
  }

  @Test func `does not begin unless the state is steady`() throws {
    let (result, told) = try Story.run(
      """
      duration: 6m
      include: [shared/digits.yaml]
      steady:
        - digits/production available >= 3
        - digits/production available >= 4
      timeline:
        - { name: never, at: 3m, crash: digits/production }
      expect: [{ never: digits/production restarts > 0 }]
      """)
    #expect(!result.holds)
    #expect(result.missed.map(\.name) == ["never"])
    #expect(!told.contains { $0.contains("crashes") })
    #expect(result.virtualTime.seconds == 180)
    #expect(
      "\(Library.describe(result))".contains(
        "FAILED  steady: digits/production available >= 4  (3, at 0:03:00.000)"))
  }
}
