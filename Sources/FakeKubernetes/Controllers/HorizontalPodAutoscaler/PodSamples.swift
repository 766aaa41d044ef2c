/// One pod's sample of a metric.
package struct PodMetricSample: Sendable {
  /// Thousandths of the metric's unit.
  package var valueMilli: Int64
  /// When the sample was taken, nanoseconds since the epoch.
  package var timestampNanoseconds: Int64
  /// The time over which it was measured.
  package var windowNanoseconds: Int64

  package init(valueMilli: Int64, timestampNanoseconds: Int64 = 0, windowNanoseconds: Int64 = 0) {
    self.valueMilli = valueMilli
    self.timestampNanoseconds = timestampNanoseconds
    self.windowNanoseconds = windowNanoseconds
  }
}

/// Samples of a metric by pod, in the order in which its source told them.
///
/// Whoever looks for pods in about the same order finds each without a hash of its name.
package struct PodSamples: Sendable {
  private var entries: [(name: String, sample: PodMetricSample)] = []

  /// Makes room for so many pods.
  package init(capacity: Int = 0) { entries.reserveCapacity(capacity) }

  package var isEmpty: Bool { entries.isEmpty }
  package var count: Int { entries.count }

  /// Adds the sample of a pod that has none yet.
  package mutating func append(_ name: String, _ sample: PodMetricSample) {
    entries.append((name, sample))
  }

  /// The sample at a place that a `Finder` told.
  subscript(place: Int) -> PodMetricSample { entries[place].sample }

  /// Looks for the samples of pods one after the other.
  struct Finder {
    private var next = 0
    private var byName: [String: Int] = [:]

    /// Where the sample of a pod is, -1 if it has none.
    mutating func place(of pod: String, in samples: PodSamples) -> Int {
      if next < samples.entries.count, samples.entries[next].name == pod {
        next += 1
        return next - 1
      }
      return search(pod, samples)
    }

    private mutating func search(_ pod: String, _ samples: PodSamples) -> Int {
      if byName.isEmpty {
        byName = Dictionary(
          samples.entries.indices.map { (samples.entries[$0].name, $0) },
          uniquingKeysWith: { first, _ in first })
      }
      let place = byName[pod] ?? -1
      if place >= 0 { next = place + 1 }
      return place
    }
  }
}
