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
      andruck serve --predictor digits
                              serves a model on a real port (HTTP/2 without TLS); the service is
                              set up by DRUCKER_... variables and DRUCKER_SETTINGS_YAML
        --model FILE          puts this file on the mount and assigns it; names get defaults
        --state DIR           where drucker.sqlite3, model/ and eval/ are (default .)
        --service-log FILE    a line for each prediction; default -, standard output; none
        --system-log FILE     what the server does; - (default) is standard output
      andruck ingress --config FILE --port PORT
                              routes requests by host to model servers; SIGHUP reads FILE again
      both:
        --host ADDRESS        listens there (default 0.0.0.0)
        --port PORT           and on this port
        --loops N             event loops (default: one a processor)
        --connections N       connections at once (default 20000)
        --grace SECONDS       how long SIGTERM waits for running calls (default 30)
      andruck --version

    Exit codes: 0 all checks hold, 1 a check failed, 2 bad input, 3 internal error.
    """
}
