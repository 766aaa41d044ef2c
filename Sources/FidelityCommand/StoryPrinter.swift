import FakeKubernetes
import Fidelity
import JSON

/// Prints stories and exchanges as prose.
struct StoryPrinter {
  private let folder: FixtureFolder
  private let options: FidelityOptions

  init(_ folder: FixtureFolder, _ options: FidelityOptions) {
    self.folder = folder
    self.options = options
  }

  /// Prints the files of that name, else those whose name contains it; false if there is none.
  func print(_ name: String) -> Bool {
    let files = ["controllers", "kubelet", "api"].flatMap { subfolder in
      folder.files(subfolder).map { (subfolder, $0) }
    }
    var chosen = files.filter { $0.1 == name || $0.1 == "\(name).json" }
    if chosen.isEmpty { chosen = files.filter { $0.1.contains(name) } }
    for (index, (subfolder, file)) in chosen.enumerated() {
      if index > 0 { Swift.print("\n") }
      do {
        let json = try JSONValue(parsing: folder.text("\(subfolder)/\(file)") ?? "")
        for line in try lines(subfolder, json) { Swift.print(line) }
      } catch {
        Swift.print("\(subfolder)/\(file): \(error)")
      }
    }
    if chosen.isEmpty {
      Swift.print("no story or exchange in \(folder.path) has \"\(name)\" in its name")
    }
    return !chosen.isEmpty
  }

  private func lines(_ subfolder: String, _ json: JSONValue) throws -> [String] {
    let phases = options.phase.map { [$0] }
    let seed = options.seeds[0]
    switch subfolder {
    case "controllers":
      return try StoryTelling.controllers(
        json, seed: seed, phases: phases ?? StoryFidelity.phases)
    case "kubelet":
      return try StoryTelling.kubelet(
        json, seed: seed, phases: phases ?? KubeletStoryRunner.phases)
    default: return try ExchangeTelling.lines(json, seed: seed)
    }
  }
}
