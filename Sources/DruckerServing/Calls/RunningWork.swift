/// Work in steps for one call or for the start; a cancelled one goes no further.
final class RunningWork {
  private(set) var isCancelled = false

  /// What cancels the step that is under way.
  var cancelStep: () -> Void = {}

  func cancel() {
    if isCancelled { return }
    isCancelled = true
    let cancelStep = self.cancelStep
    self.cancelStep = {}
    cancelStep()
  }
}
