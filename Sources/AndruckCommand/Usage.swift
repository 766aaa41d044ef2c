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
      andruck list [PATH...]  shows scenarios and their morals; folders with all below them
                              (default: Scenarios)
      andruck schema          prints the JSON Schema of scenario files, for editors
        --markdown            prints the reference of all keys, docs/SCENARIOS.md
      andruck serve --predictor digits --model FILE --port PORT
                              serves a model on a real port; andruck serve --help tells more
      andruck ingress --config FILE --port PORT
                              routes requests by host; andruck ingress --help tells more
      andruck --version

    Exit codes: 0 all checks hold, 1 a check failed, 2 bad input, 3 internal error.
    """

  /// Whether a command is asked what it does.
  static func isAskedFor(_ arguments: [String]) -> Bool {
    arguments.dropFirst().contains { ["--help", "-h"].contains($0) }
  }

  static var serve: String {
    """
    andruck serve: a model server on a real port

      --predictor NAME        digits
      --model FILE            puts this file on the mount and assigns it; names get defaults
      --state DIR             where drucker.sqlite3, model/ and eval/ are (default .)
      --service-log FILE      a line for each prediction; - is standard output (default), or none
      --system-log FILE       what the server does; - is standard output (default)
    \(common)
    Without --model the service is set up by DRUCKER_... variables and DRUCKER_SETTINGS_YAML.
    SIGHUP opens the logs and reads the certificate again; SIGTERM finishes what runs and ends.

    Limits:
    \(limits(.serve))
    """
  }

  static var ingress: String {
    """
    andruck ingress: a reverse proxy on a real port, to model servers in plain text

      --config FILE           hosts and their backends:  hosts: {digits.test: ["127.0.0.1:5000"]}
    \(common)
    SIGHUP reads FILE and the certificate again; SIGTERM finishes what runs and ends.

    Limits:
    \(limits(.ingress))
    """
  }

  private static let common = """
      --host ADDRESS          listens there (default 0.0.0.0)
      --port PORT             and on this port; 0 is one that the system chooses
      --tls-certificate FILE  speaks TLS 1.2 and 1.3 (ALPN h2) with this chain in PEM
      --tls-key FILE          and its private key in PEM, without a password
    """

  private static func limits(_ kind: LiveSettings.Kind) -> String {
    let settings = LiveSettings(kind)
    return LimitFlag.all(kind).map { $0.help(settings) }.joined(separator: "\n")
  }
}
