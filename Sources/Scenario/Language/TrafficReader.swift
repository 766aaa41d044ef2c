import YAML

/// Reads one entry of `traffic`.
struct TrafficReader {
  let file: String
  let phases: [Phase]
  let storyEnd: Duration

  func source(_ record: Record) throws -> TrafficSection {
    let from = try instant(record, "from")
    let until = record.has("until") ? min(try instant(record, "until"), storyEnd) : storyEnd
    let aggregate = try record.durationIfAny("aggregate")
    let load = try load(record, from: from, until: until)
    if let aggregate {
      if aggregate < .milliseconds(1) {
        throw record.error("aggregate: expected at least 1ms")
      }
      guard case .schedule = load, !record.has("retries") else {
        throw record.error("aggregate goes with a rate, without retries; expected the key rate")
      }
    }
    return try TrafficSection(
      name: record.text("name"), target: record.service("to"), load: load, from: from,
      until: until, deadline: record.duration("deadline"),
      retries: record.has("retries") ? retries(record.record("retries", .retries)) : nil,
      payload: payload(record), aggregate: aggregate, location: record.location)
  }

  private func load(
    _ record: Record, from: Duration, until: Duration
  ) throws -> TrafficSection.Load {
    if record.has("replay") { return .replay(file: try record.path("replay")) }
    if record.has("clients") {
      return .clients(try record.integer("clients"), pause: try record.duration("pause"))
    }
    let process: ArrivalProcess =
      try record.text("arrivals") == "poisson" ? .poisson : .constant
    guard let value = record.value("rate") else { throw record.error("rate: expected a rate") }
    if value.mapping != nil {
      let sine = try record.record("rate", .sine)
      return .schedule(try self.sine(sine, for: max(until - from, .zero)), process)
    }
    if value.sequence != nil {
      let steps = try record.records("rate", .rateStep).map {
        try RateStep(
          from: instant($0, "from"), perSecond: $0.rate("rate"), over: $0.duration("over"))
      }
      return .schedule(RateSchedule(steps: steps, from: from, until: until), process)
    }
    let step = RateStep(from: from, perSecond: try record.rate("rate"), over: .zero)
    return .schedule(RateSchedule(steps: [step], from: from, until: until), process)
  }

  private func sine(_ record: Record, for duration: Duration) throws -> RateSchedule {
    let mean = try record.rate("mean")
    let amplitude = try record.rate("amplitude")
    let period = try record.duration("period")
    if amplitude > mean {
      throw record.error("amplitude: expected at most the mean, as no rate is below 0")
    }
    if period < .seconds(1) { throw record.error("period: expected at least 1s") }
    if duration > period * 1000 {
      throw record.error("period: expected at least a thousandth of the source's time")
    }
    return RateSchedule(
      mean: mean, amplitude: amplitude, period: period, peak: try record.duration("peak"),
      for: duration)
  }

  private func retries(_ record: Record) throws -> TrafficSection.Retries {
    try TrafficSection.Retries(
      attempts: record.integer("attempts"), backOff: record.duration("backOff"),
      statuses: record.list("statuses").map { try Values.text($0, "statuses", file) })
  }

  private func payload(_ record: Record) throws -> TrafficSection.Payload {
    if record.has("payload") { return .file(try record.path("payload")) }
    let inner = try record.record("generate", .generator)
    let minimum = try inner.integer("minimum")
    let maximum = try inner.integer("maximum")
    if minimum > maximum { throw inner.error("generate: expected minimum <= maximum") }
    return .generated(length: try inner.integer("length"), values: minimum...maximum)
  }

  /// A moment that is known before the story begins.
  private func instant(_ record: Record, _ key: String) throws -> Duration {
    let moment = try record.moment(key)
    guard let name = moment.entry else { return moment.offset }
    if let phase = phases.first(where: { $0.name == name }), phase.from.entry == nil {
      return phase.from.offset + moment.offset
    }
    let names = phases.map(\.name)
    throw record.error(
      "\(key): expected a duration since the start, or a phase that begins at one, found"
        + " \"\(name)\"\(Spelling.hint(name, names))")
  }
}
