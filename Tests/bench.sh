#!/bin/bash
# `andruck bench` against servers of known service time: what it says must be the truth, within 1 %
# (median of three runs), where a closed loop is wrong by more than ten times; and its memory must not
# grow. Loopback only.
#
# It wants a quiet machine, or processes that others do not push aside: RUN="chrt -f 50 ...".
#
# MINUTES  how long the run for memory takes (default 1)      ANDRUCK, RUN  as in live.sh
set -euo pipefail
cd "$(dirname "$0")/.."
ANDRUCK=${ANDRUCK:-.build/release/andruck}
RUN=${RUN:-scripts/toolchain.sh}
work=$(mktemp -d /tmp/andruck-bench-XXXXXX)
started=()
finish() {
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
failures=0
fail() {
  echo "bench: FAILED: $*"
  failures=$((failures + 1))
}

start() {
  local log=$work/$1
  shift
  "$RUN" "$ANDRUCK" delay "$@" 2>"$log" &
  started+=("$!")
  for _ in $(seq 100); do
    target=$(sed -n 's/.* on \(127\.0\.0\.1:[0-9]*\),.*/\1/p' "$log")
    [ -z "$target" ] || return 0
    sleep 0.1
  done
  cat "$log"
  exit 1
}

bench() { "$RUN" "$ANDRUCK" bench "$@"; }

echo "bench: answers after 100 ms, 500 calls a second"
start steady --answer-after 100ms
steady=$target
for run in 1 2 3; do
  bench "$steady" --rate 500 --duration 20s --json >"$work/steady$run.json"
done
python3 Tests/peers/truth.py 100 0 0 500 20 "$work"/steady?.json || fail "a steady server"

echo "bench: answers after 100 ms, and stalls for 1 s every 10 s, 500 calls a second"
start stalling --answer-after 100ms --stall 1s --every 10s
for run in 1 2 3; do
  bench "$target" --rate 500 --streams 2000 --duration 20s --json >"$work/stalling$run.json"
done
python3 Tests/peers/truth.py 100 1000 10000 500 20 "$work"/stalling?.json ||
  fail "a stalling server"
echo "bench: answers after 10 ms, and stalls as well; what a closed loop of one says of it"
start naive --answer-after 10ms --stall 1s --every 10s
bench "$target" --concurrency 1 --duration 20s --json >"$work/naive.json"
python3 Tests/peers/truth.py 10 1000 10000 500 20 --naive "$work/naive.json" ||
  fail "a closed loop felt the stalls"

echo "bench: memory over ${MINUTES:-1} min at 2000 calls a second"
"$RUN" "$ANDRUCK" bench "$steady" --rate 2000 --streams 1000 --duration "${MINUTES:-1}min" --json \
  >"$work/long.json" &
pid=$!
sleep 5
before=$(awk '/VmRSS/ {print $2}' "/proc/$pid/status")
most=$before
while kill -0 "$pid" 2>/dev/null; do
  now=$(awk '/VmRSS/ {print $2}' "/proc/$pid/status" 2>/dev/null || true)
  [ -z "$now" ] || [ "$now" -le "$most" ] || most=$now
  sleep 1
done
wait "$pid" || fail "the long run"
echo "bench: $before KiB after 5 s, $most KiB at most"
[ "$most" -le $((before + 2048)) ] || fail "memory grows"
[ "$failures" -eq 0 ] && echo "bench: all right"
exit "$((failures > 0))"
