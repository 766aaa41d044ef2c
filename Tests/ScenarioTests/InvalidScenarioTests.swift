import Scenario
import TestSupport
import Testing

@Suite struct `Broken scenario files` {
  @Test(arguments: try Fixture.list("Fixtures/scenarios/invalid"))
  func `are refused with file, line, column and what was expected`(_ name: String) throws {
    let path = "Fixtures/scenarios/invalid/\(name)"
    let text = try Fixture.text(path)
    let expected = try #require(text.split(separator: "\n").first?.dropFirst("# expected: ".count))
    let error = #expect(throws: (any Error).self) {
      try ScenarioReader.read(
        text, path: "\(Fixture.root)/\(path)", fileExists: { Fixture.exists($0) },
        readFile: { Fixture.absolute($0) })
    }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains(expected), "\(message)")
    let place = try #require(message.split(separator: "\(name):").last)
    let numbers = place.split(separator: ":").prefix(2).compactMap { Int($0) }
    #expect(numbers.count == 2 && numbers.allSatisfy { $0 > 0 }, "\(message)")
  }

  @Test func `survive any cut, with an error or a scenario`() throws {
    let text = try Fixture.bytes("Scenarios/service-levels.yaml")
    for end in stride(from: 0, to: text.count, by: 7) {
      let part = String(decoding: text[..<end], as: UTF8.self)
      do {
        _ = try ScenarioReader.read(part, path: "cut.yaml", fileExists: { _ in true })
      } catch {
        #expect("\(error)".hasPrefix("cut.yaml:"), "\(error)")
      }
    }
  }
}
