#!/bin/bash
# One server process holds 1,000 open calls, 10,000 idle connections, and some over TLS; prints what
# each costs in memory. Loopback only.
#
# CONNECTIONS, STREAMS  how many (default 10000, 1000)      ANDRUCK, RUN  as in live.sh
set -euo pipefail
cd "$(dirname "$0")/.."
ANDRUCK=${ANDRUCK:-.build/release/andruck}
RUN=${RUN:-scripts/toolchain.sh}
connections=${CONNECTIONS:-10000}
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" -ge $((connections + 200)) ] || {
  echo "capacity: skipped: only $(ulimit -n) open files are allowed"
  exit 0
}
work=$(mktemp -d /tmp/andruck-capacity-XXXXXX)
started=()
finish() {
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

start() {
  local log=$work/$1
  shift
  "$RUN" "$ANDRUCK" serve --predictor digits --model "$PWD/Fixtures/models/digits-v1.model" \
    --state "$log.state" --host 127.0.0.1 --port 0 --service-log none "$@" >"$log.out" 2>"$log" &
  pid=$!
  started+=("$pid")
  port=""
  for _ in $(seq 100); do
    port=$(sed -n 's/.* on 127\.0\.0\.1:\([0-9]*\),.*/\1/p' "$log")
    [ -z "$port" ] || return 0
    sleep 0.1
  done
  cat "$log"
  exit 1
}

start plain
python3 Tests/peers/capacity.py "127.0.0.1:$port" "$pid" "$connections" "${STREAMS:-1000}"
kill -TERM "$pid"
wait "$pid"
start secured --tls-certificate "$PWD/Fixtures/tls/server.pem" --tls-key "$PWD/Fixtures/tls/server.key"
python3 Tests/peers/capacity.py "127.0.0.1:$port" "$pid" $((connections / 5)) 0 \
  "$PWD/Fixtures/tls/server.pem"
kill -TERM "$pid"
wait "$pid"
