/// A git server: repositories, branches and faults, which containers clone from when they boot.
///
/// Plain data with timings; the runtime of the assembly asks `clone` and waits for the duration.
package final class GitHost {
  /// A repository's branches.
  package struct Repository: Equatable, Sendable {
    /// Head commit by branch.
    package var branches: [String: String]
    /// How long a clone takes.
    package var cloneDuration: Duration
    /// Whether the host refuses the deploy key.
    package var refusesKey: Bool

    package init(
      branches: [String: String], cloneDuration: Duration = .seconds(1), refusesKey: Bool = false
    ) {
      self.branches = branches
      self.cloneDuration = cloneDuration
      self.refusesKey = refusesKey
    }
  }

  /// How a clone goes; the exit code of a failed git is 128.
  package enum CloneOutcome: Equatable, Sendable {
    case cloned(commit: String, after: Duration)
    case failed(message: String, exitCode: Int, after: Duration)
  }

  private var repositories: [String: Repository] = [:]
  /// Whether nothing answers at the host's address.
  package var isDown = false
  /// Multiplies every clone's duration, in percent (100: as given).
  package var slownessPercent = 100
  /// How long a connection attempt to a host that is down takes.
  package var connectTimeout: Duration = .seconds(10)

  package init(repositories: [String: Repository] = [:]) {
    self.repositories = repositories
  }

  /// The repository at a URL.
  package subscript(url: String) -> Repository? {
    get { repositories[url] }
    set { repositories[url] = newValue }
  }

  /// How `git clone --branch BRANCH URL` that begins now will go, worded as git words it.
  package func clone(_ url: String, branch: String) -> CloneOutcome {
    if isDown {
      return .failed(
        message: "fatal: unable to access '\(url)': Failed to connect: Connection timed out",
        exitCode: 128, after: connectTimeout)
    }
    guard let repository = repositories[url] else {
      return .failed(
        message: "fatal: repository '\(url)' not found", exitCode: 128, after: .milliseconds(300))
    }
    if repository.refusesKey {
      return .failed(
        message: "Permission denied (publickey).\nfatal: Could not read from remote repository.",
        exitCode: 128, after: .milliseconds(300))
    }
    guard let commit = repository.branches[branch] else {
      return .failed(
        message: "warning: Could not find remote branch \(branch) to clone.\n"
          + "fatal: Remote branch \(branch) not found in upstream origin",
        exitCode: 128, after: .milliseconds(500))
    }
    let parts = repository.cloneDuration.components
    let total = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    return .cloned(commit: commit, after: .nanoseconds(total * Int64(slownessPercent) / 100))
  }
}
