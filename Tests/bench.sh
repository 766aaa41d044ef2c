#!/bin/bash
# `andruck bench` against servers of known service time: what it says must be the truth, within 1 %
# (median of three runs), where a closed loop is wrong by more than ten times; and its memory must not
# grow. Loopback only.
#
# Its processes have real-time priority where that is allowed, so that it is the tool that is judged: on a
# machine where a program in C that does nothing but sleep is 1.2 ms late in one of a thousand times, it would be
# that. A quiet machine it wants all the same.
#
# MINUTES  how long the run for memory takes (default 1)      ANDRUCK, RUN  as in servers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
topic=bench
. Tests/servers.sh
if chrt -f 50 true 2>/dev/null; then
  printf '#!/bin/sh\nexec chrt -f 50 "%s" "$@"\n' "$RUN" >"$work/run"
  chmod +x "$work/run"
  RUN=$work/run
else
  echo "bench: without real-time priority, which is not allowed here"
fi

bench() { "$RUN" "$ANDRUCK" bench "$@"; }

echo "bench: answers after 100 ms, 500 calls a second"
start steady delay --answer-after 100ms
steady=127.0.0.1:$port
for run in 1 2 3; do
  bench "$steady" --rate 500 --duration 20s --json >"$work/steady$run.json"
done
python3 Tests/peers/truth.py 100 0 0 500 20 "$work"/steady?.json || fail "a steady server"

echo "bench: answers after 100 ms, and stalls for 1 s every 10 s, 500 calls a second"
start stalling delay --answer-after 100ms --stall 1s --every 10s
for run in 1 2 3; do
  bench "127.0.0.1:$port" --rate 500 --streams 2000 --duration 20s --json >"$work/stalling$run.json"
done
python3 Tests/peers/truth.py 100 1000 10000 500 20 "$work"/stalling?.json ||
  fail "a stalling server"
echo "bench: answers after 10 ms, and stalls as well; what a closed loop of one says of it"
start naive delay --answer-after 10ms --stall 1s --every 10s
bench "127.0.0.1:$port" --concurrency 1 --duration 20s --json >"$work/naive.json"
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
conclude
