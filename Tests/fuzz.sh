#!/bin/bash
# Hostile byte streams against a server and an ingress, and kills at seeded instants. Loopback only.
#
# STREAMS  how many byte streams for each (default 50000)   KILLS  how many kills (default 100)
# SEED     (default 1)      ANDRUCK, RUN  as in live.sh
set -euo pipefail
cd "$(dirname "$0")/.."
ANDRUCK=${ANDRUCK:-.build/release/andruck}
RUN=${RUN:-scripts/toolchain.sh}
SEED=${SEED:-1}
work=$(mktemp -d /tmp/andruck-fuzz-XXXXXX)
started=()
finish() {
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

start() {
  local log=$work/$1
  shift
  "$RUN" "$ANDRUCK" "$@" >"$log.out" 2>"$log" &
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

model=$PWD/Fixtures/models/digits-v1.model
serve=(serve --predictor digits --host 127.0.0.1 --port 0 --loops 2 --service-log none)
start serve "${serve[@]}" --model "$model" --state "$work/state"
server=$port server_pid=$pid
printf 'hosts:\n  127.0.0.1: ["127.0.0.1:%s"]\n' "$server" >"$work/ingress.yaml"
start ingress ingress --config "$work/ingress.yaml" --host 127.0.0.1 --port 0 --loops 2
ingress=$port ingress_pid=$pid
python3 Tests/peers/fuzz.py "127.0.0.1:$server" "$server_pid" "${STREAMS:-50000}" "$SEED"
python3 Tests/peers/fuzz.py "127.0.0.1:$ingress" "$ingress_pid" "${STREAMS:-50000}" "$SEED"
kill -TERM "$server_pid" "$ingress_pid"
wait "$server_pid" "$ingress_pid"

# The first start puts the model on the mount; the others read what is assigned.
start first "${serve[@]}" --model "$model" --state "$work/kill"
kill -TERM "$pid"
wait "$pid"
export DRUCKER_APPLICATION_NAME=digits DRUCKER_SERVICE_NAME=digits-development \
  DRUCKER_SERVICE_LEVEL=development
timeout 1200 python3 Tests/peers/kill.py "${KILLS:-100}" "$SEED" "$work/kill" "$model" \
  "$RUN" "$ANDRUCK" "${serve[@]}" --state "$work/kill"
