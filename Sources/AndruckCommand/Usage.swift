/// The words that explain the command line.
enum Usage {
  static let version = "0.1.0"
  static let hint = "Try: andruck --help"
  static let text = """
    andruck: prove a rollout before it runs

      andruck run FILE...     replays scenarios and judges their checks; a folder stands for all
                              scenarios below it, but for those in folders called shared
        --seed N              uses this seed instead of the file's
        --seeds A-B           runs every seed from A to B
        --quiet               prints no story, only checks and verdict
        --only NAME=VALUE     of a matrix only the runs with this value; may be given again
        --json                prints one JSON object a run instead, with all that it showed over time
        --report FILE         writes a page for people: checks, charts, pods and story of every run
        --junit FILE          writes the checks for continuous integration
        --openmetrics FILE    writes what was shown over time, for plots elsewhere
        --trace FILE          writes every event of the trace, a line each (JSON)
        --pcap FILE           writes what crossed the network, for Wireshark
      andruck diff A B        compares two runs: the first event that differs, and the checks that
                              changed. Each is a scenario, FILE or FILE@SEED, of a matrix also
                              FILE@NAME=VALUE, or a file that --trace has written
      andruck check FILE...   reads scenarios and says what is wrong with them
        --mutations N         reads N damaged copies of them instead (--seed N), to try the reader
        --only I              prints the damaged copy I
      andruck list [PATH...]  shows scenarios and their morals; folders with all below them
                              (default: Scenarios)
      andruck schema          prints the JSON Schema of scenario files, for editors
        --markdown            prints the reference of all keys, docs/SCENARIOS.md
      andruck serve --predictor digits --model FILE --port PORT
                              serves a model on a real port; andruck serve --help tells more
      andruck ingress --config FILE --port PORT
                              routes requests by host; andruck ingress --help tells more
      andruck bench TARGET    measures latency and throughput; andruck bench --help tells more
      andruck delay --answer-after TIME
                              a server of known service time, to check load generators with
        --port PORT           listens there (default: one that the system chooses), on --host
        --stall TIME          does nothing for that long, again and again
        --every TIME          and so often
      andruck --version

    Exit codes: 0 all checks hold, 1 a check failed, 2 bad input, 3 internal error; of diff 0 the same,
    1 different.
    """

  /// Whether a command is asked what it does.
  static func isAskedFor(_ arguments: [String]) -> Bool {
    arguments.dropFirst().contains { ["--help", "-h"].contains($0) }
  }

  static let bench = """
    andruck bench TARGET: a load generator for any Drucker endpoint, given as host:port

      --concurrency N         closed loop: so many calls run all the time (default 32)
      --rate N                open loop: so many calls a second begin, whatever became of the others;
                              latency counts from the time at which a call was meant to begin
      --arrivals KIND         of the open loop: constant (default) or poisson
      --connections N         connections that share the calls (default 1)
      --streams N             calls at once on a connection, at most (default 100)
      --warm-up TIME          not measured (default 1s)
      --duration TIME         measured (default 10s); or
      --count N               so many calls
      --deadline TIME         of each call (default 60s)
      --drain TIME            how long calls that still run are waited for (default 30s)
      --call NAME             such as ArrInt_ArrInt (default), or all of the 25 in turn
      --package NAME          drucker (default) or rekcurd
      --payload FILE          a line for each input, numbers or texts with commas, in turn
      --payload-size N        makes inputs of N numbers up (default 64)
      --authority HOST        asks for this host, such as an ingress routes by
      --tls                   speaks TLS, trusting the system's certificates
      --tls-trust FILE        speaks TLS, trusting those of the file
      --compare TARGET        measures this target in turns with the other; ratios with an interval
      --rounds N              turns of each (default 10)
      --fail-if CONDITION     exit code 1 for p99>5ms, mean>1ms, max>1s, errors>0, error-rate>1%,
                              rate<1000/s of TARGET; may be given again
      --json                  prints one JSON object instead
      --hdr-log FILE          writes the latencies as HdrHistogram's tools read them
      --html FILE             writes a plot of the latencies by percentile
      --calibrate FILE        writes the CPU time of a call at TARGET, which must run on this machine,
                              as an application's key in a scenario
      --seed N                of the poisson arrivals (default 1)

    CPU is told of the generator's thread, and of the server where it runs on this machine. A doubt is
    told where the figures may be the generator's own.
    """

  static var serve: String {
    """
    andruck serve: a model server on a real port

      --predictor NAME        digits
      --busy-for TIME         each prediction spends so much CPU time beside, as a larger model would
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
