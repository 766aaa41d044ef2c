/// The words that explain the command line.
enum Usage {
  static let version = "0.1.0"
  static let hint = "Try: andruck --help"
  static let text = """
    andruck: prove a rollout before it runs

      andruck run FILE...     replays scenarios and judges their checks
        --seed N              uses this seed instead of the file's
        --seeds A-B           runs every seed from A to B
        --quiet               prints no story, only checks and verdict
        --json                prints one JSON object a run instead
        --trace FILE          writes every event of the trace, a line each (JSON)
        --pcap FILE           writes what crossed the network, for Wireshark
      andruck check FILE...   reads scenarios and says what is wrong with them
      andruck --version

    Exit codes: 0 all checks hold, 1 a check failed, 2 bad input, 3 internal error.
    """
}
