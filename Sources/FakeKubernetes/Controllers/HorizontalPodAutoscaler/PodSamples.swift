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
  package private(set) var names: [String] = []
  package private(set) var samples: [PodMetricSample] = []

  /// Makes room for so many pods.
  package init(capacity: Int = 0) {
    names.reserveCapacity(capacity)
    samples.reserveCapacity(capacity)
  }

  package var isEmpty: Bool { names.isEmpty }
  package var count: Int { names.count }

  /// Adds the sample of a pod that has none yet.
  package mutating func append(_ name: String, _ sample: PodMetricSample) {
    names.append(name)
    samples.append(sample)
  }

  /// Where the sample of each pod is, -1 for a pod that has none.
  func places(of pods: [AutoscalerPod]) -> [Int] {
    var places: [Int] = []
    places.reserveCapacity(pods.count)
    var next = 0
    var byName: [String: Int] = [:]
    for index in pods.indices {
      if next < names.count, names[next] == pods[index].name {
        places.append(next)
        next += 1
        continue
      }
      if byName.isEmpty {
        byName = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
      }
      let place = byName[pods[index].name] ?? -1
      places.append(place)
      if place >= 0 { next = place + 1 }
    }
    return places
  }
}
