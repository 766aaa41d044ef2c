import Scenario
import Testing

@Suite struct `Quantities with units` {
  @Test(arguments: [
    ("90s", Duration.seconds(90)), ("1m30s", .seconds(90)), ("250ms", .milliseconds(250)),
    ("2h", .seconds(7200)), ("1.5s", .milliseconds(1500)), ("0s", .zero),
  ])
  func `durations`(_ text: String, _ duration: Duration) {
    #expect(Units.duration(text) == duration)
  }

  @Test(arguments: ["", "90", "s", "90 s", "-5s", "1d", "1.s", ".5s", "1m30"])
  func `texts that are no durations`(_ text: String) { #expect(Units.duration(text) == nil) }

  @Test func `rates, CPU, memory and shares`() {
    #expect(Units.ratePerSecond("20/s") == 20)
    #expect(Units.ratePerSecond("600/min") == 10)
    #expect(Units.ratePerSecond("20") == nil)
    #expect(Units.cpuMilli("500m") == 500)
    #expect(Units.cpuMilli("1.5") == 1500)
    #expect(Units.cpuMilli("1.5m") == nil)
    #expect(Units.bytes("1.5Gi") == 1_610_612_736)
    #expect(Units.bytes("100M") == 100_000_000)
    #expect(Units.bytes("1GB") == nil)
    #expect(Units.fraction("80%") == 0.8)
    #expect(Units.fraction("0.8") == nil)
  }
}
