import Andruck
import Testing

@Suite struct `Scenario files` {
  @Test func `of the library pass`() throws {
    let result = try Scenario(file: "../../Scenarios/failed-rollout.yaml").run()
    #expect(result.holds, "\(result)")
  }

  @Test func `that are a matrix pass in every run`() throws {
    let result = try Scenario(file: "../../Scenarios/service-levels/retry-storm.yaml").run()
    #expect(result.holds, "\(result)")
    #expect(result.runs.count == 2)
  }
}
