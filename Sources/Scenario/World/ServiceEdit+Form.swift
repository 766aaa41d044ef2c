import DruckerDashboard

extension ServiceEdit {
  /// Changes the fields of the form that the edit names.
  func apply(to form: inout ServiceForm) {
    func set<Value>(_ path: WritableKeyPath<ServiceForm, Value>, _ value: Value?) {
      if let value { form[keyPath: path] = value }
    }
    set(\.serviceGitBranch, gitBranch)
    set(\.serviceGitURL, gitURL)
    set(\.containerImage, image)
    set(\.serviceBootScript, bootScript)
    set(\.replicasDefault, replicasDefault)
    set(\.replicasMinimum, replicasMinimum)
    set(\.replicasMaximum, replicasMaximum)
    set(\.autoscaleCPUThreshold, cpuThresholdPercent)
    set(\.policyMaxSurge, maxSurge)
    set(\.policyMaxUnavailable, maxUnavailable)
    set(\.policyWaitSeconds, waitSeconds)
    set(\.resourceRequestCPU, cpuRequestMilli.map { "\($0)m" })
    set(\.resourceLimitCPU, cpuLimitMilli.map { "\($0)m" })
    set(\.resourceRequestMemory, memoryRequestBytes.map { "\($0)" })
    set(\.resourceLimitMemory, memoryLimitBytes.map { "\($0)" })
  }

  /// The changes in words.
  var words: String {
    var words: [String] = []
    func add(_ name: String, _ value: String?) {
      if let value { words.append("\(name) \(value)") }
    }
    add("branch", gitBranch)
    add("repository", gitURL)
    add("image", image)
    add("boot script", bootScript)
    add("replicas", replicasDefault.map(String.init))
    add("minimum", replicasMinimum.map(String.init))
    add("maximum", replicasMaximum.map(String.init))
    add("CPU threshold", cpuThresholdPercent.map { "\($0)%" })
    add("CPU request", cpuRequestMilli.map { "\($0)m" })
    add("CPU limit", cpuLimitMilli.map { "\($0)m" })
    add("memory request", memoryRequestBytes.map { "\($0 >> 20)Mi" })
    add("memory limit", memoryLimitBytes.map { "\($0 >> 20)Mi" })
    add("surge", maxSurge.map(String.init))
    add("unavailable", maxUnavailable.map(String.init))
    add("wait seconds", waitSeconds.map(String.init))
    return words.joined(separator: ", ")
  }
}
