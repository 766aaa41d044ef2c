#!/bin/bash
# One server process holds 1,000 open calls, 10,000 idle connections, and some over TLS; prints what
# each costs in memory. Loopback only.
#
# CONNECTIONS, STREAMS  how many (default 10000, 1000)      ANDRUCK, RUN  as in servers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
connections=${CONNECTIONS:-10000}
ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" -ge $((connections + 200)) ] || {
  echo "capacity: skipped: only $(ulimit -n) open files are allowed"
  exit 0
}
topic=capacity
. Tests/servers.sh
serve=(serve --predictor digits --model "$PWD/Fixtures/models/digits-v1.model" --host 127.0.0.1
  --port 0 --service-log none)

start plain "${serve[@]}" --state "$work/plain.state"
python3 Tests/peers/capacity.py "127.0.0.1:$port" "$pid" "$connections" "${STREAMS:-1000}"
stop "$pid" "the server"
start secured "${serve[@]}" --state "$work/secured.state" \
  --tls-certificate "$PWD/Fixtures/tls/server.pem" --tls-key "$PWD/Fixtures/tls/server.key"
python3 Tests/peers/capacity.py "127.0.0.1:$port" "$pid" $((connections / 5)) 0 \
  "$PWD/Fixtures/tls/server.pem"
stop "$pid" "the server over TLS"
conclude
