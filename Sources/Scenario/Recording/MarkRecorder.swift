import SimulationKernel

/// Follows what the timeline does, and for how long.
struct MarkRecorder {
  private(set) var marks: [Mark] = []
  private(set) var leftOut = 0
  /// The marks that something later ends, by what ends them.
  private var open: [String: Int] = [:]

  /// Takes an entry of the timeline as it happens.
  mutating func take(_ entry: TimelineEntry, at now: SimulationTime) {
    var mark = Mark(
      kind: entry.action.isFault ? .fault : .action, name: entry.name,
      label: entry.action.words, service: entry.action.service, from: now)
    switch entry.action {
    case .fault(_, let lasts):
      mark.until = lasts.map { now + $0 } ?? .distantFuture
    case .nodeDown(let node): begin("node \(node)", &mark)
    case .setPaused(let service, true): begin("paused \(service)", &mark)
    case .setCordoned(let node, true), .drain(let node): begin("cordoned \(node)", &mark)
    case .nodeUp(let node): end("node \(node)", at: now)
    case .setPaused(let service, false): end("paused \(service)", at: now)
    case .setCordoned(let node, false): end("cordoned \(node)", at: now)
    case .switchModel, .deploy, .edit, .deleteService, .rollBack, .scale, .upload, .evaluate,
      .sync, .assign, .quota, .crash, .deletePods:
      break
    }
    append(mark)
  }

  /// Takes something that is not on the timeline.
  mutating func append(_ mark: Mark) {
    guard marks.count < RecordingLimits.marksMax else {
      leftOut += 1
      return
    }
    marks.append(mark)
  }

  /// The marks in the order of their beginnings, none of which lasts longer than the run.
  func finish(at end: SimulationTime) -> [Mark] {
    var marks = marks
    for index in marks.indices {
      marks[index].until = marks[index].until.map { min($0, end) }
    }
    // Stable: marks of one time stay in the order in which they came.
    return marks.enumerated().sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }
      .map(\.element)
  }

  private mutating func begin(_ what: String, _ mark: inout Mark) {
    if open[what] != nil || marks.count >= RecordingLimits.marksMax { return }
    mark.until = .distantFuture
    open[what] = marks.count
  }

  private mutating func end(_ what: String, at now: SimulationTime) {
    if let place = open.removeValue(forKey: what) { marks[place].until = now }
  }
}
