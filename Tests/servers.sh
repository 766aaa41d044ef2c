# Sourced by the scripts that start servers: a folder for their files, and an end for all of them.
#
#   topic=live; . Tests/servers.sh
#
# ANDRUCK  the program (default .build/release/andruck)      RUN  what runs it (scripts/toolchain.sh)
ANDRUCK=${ANDRUCK:-.build/release/andruck}
RUN=${RUN:-scripts/toolchain.sh}
work=$(mktemp -d "/tmp/andruck-$topic-XXXXXX")
started=()
failures=0

finish() {
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

fail() {
  echo "$topic: FAILED: $*"
  failures=$((failures + 1))
}

# start LOG ARGUMENT... : starts andruck, waits until it listens, and sets `port` and `pid`.
start() {
  local log=$work/$1
  shift
  : >"$log"
  "$RUN" "$ANDRUCK" "$@" >"$log.out" 2>"$log" &
  pid=$!
  started+=("$pid")
  for _ in $(seq 100); do
    port=$(sed -n 's/.* on 127\.0\.0\.1:\([0-9]*\),.*/\1/p' "$log")
    [ -z "$port" ] || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log"
  fail "andruck $1 does not start"
  exit 1
}

# stop PID NAME : asks a process to end and expects exit code 0.
stop() {
  kill -TERM "$1"
  local code=0
  wait "$1" || code=$?
  [ "$code" -eq 0 ] || fail "$2 ended with $code after SIGTERM"
}

# Says how it went and ends the script.
conclude() {
  [ "$failures" -gt 0 ] || echo "$topic: all right"
  exit "$((failures > 0))"
}
