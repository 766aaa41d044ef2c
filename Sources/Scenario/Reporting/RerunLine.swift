/// The line that runs one run again, and no other.
package enum RerunLine {
  /// `andruck run FILE --seed N`, with an `--only` for each parameter of a matrix; or what
  /// the embedding program says.
  package static func text(_ result: RunResult) -> String {
    if let rerun = result.rerun { return rerun }
    var words = ["andruck", "run", quoted(result.path)]
    for parameter in result.parameters {
      words += ["--only", quoted("\(parameter.name)=\(parameter.value)")]
    }
    return (words + ["--seed", String(result.seed)]).joined(separator: " ")
  }

  /// A word as a shell takes it, in quotes where it needs them.
  static func quoted(_ word: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
    if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
