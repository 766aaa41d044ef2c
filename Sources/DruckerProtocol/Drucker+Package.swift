extension Drucker.EvaluationMetrics {
  /// The metrics as a package knows them: `drucker` has no field `label`.
  public func restricted(to package: DruckerPackage) -> Self {
    if package == .rekcurd || label.isEmpty { return self }
    var result = self
    result.label = []
    return result
  }
}

extension Drucker.EvaluateModelResponse {
  /// The response as a package knows it.
  public func restricted(to package: DruckerPackage) -> Self {
    var result = self
    result.metrics = metrics?.restricted(to: package)
    return result
  }
}

extension Drucker.EvaluationResultResponse {
  /// The response as a package knows it.
  public func restricted(to package: DruckerPackage) -> Self {
    var result = self
    result.metrics = metrics?.restricted(to: package)
    return result
  }
}
