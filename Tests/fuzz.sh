#!/bin/bash
# Damaged scenario files, hostile byte streams against a server and an ingress, and kills at seeded
# instants. Loopback only.
#
# MUTATIONS  how many damaged scenario files (default 100000)
# STREAMS  how many byte streams for each of server and ingress (default 100000); a tenth over TLS
# KILLS    how many kills (default 1000)
# SEED     (default 1)      ANDRUCK, RUN  as in servers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
SEED=${SEED:-1}
topic=fuzz
. Tests/servers.sh

# What stands in the place of a scenario is read in one process; it must not end before its time.
"$RUN" "$ANDRUCK" check --mutations "${MUTATIONS:-100000}" --seed "$SEED" Scenarios \
  Fixtures/scenarios/invalid

model=$PWD/Fixtures/models/digits-v1.model
serve=(serve --predictor digits --host 127.0.0.1 --port 0 --loops 2 --service-log none)
start serve "${serve[@]}" --model "$model" --state "$work/state"
server=$port server_pid=$pid
printf 'hosts:\n  127.0.0.1: ["127.0.0.1:%s"]\n' "$server" >"$work/ingress.yaml"
start ingress ingress --config "$work/ingress.yaml" --host 127.0.0.1 --port 0 --loops 2
ingress=$port ingress_pid=$pid
certificate=$PWD/Fixtures/tls/server.pem
start secured ingress --config "$work/ingress.yaml" --host 127.0.0.1 --port 0 --loops 2 \
  --tls-certificate "$certificate" --tls-key "$PWD/Fixtures/tls/server.key"
secured=$port secured_pid=$pid
streams=${STREAMS:-100000}
if [ "$streams" -gt 0 ]; then
  echo "fuzz: the server"
  python3 Tests/peers/fuzz.py "127.0.0.1:$server" "$server_pid" "$streams" "$SEED"
  echo "fuzz: the ingress, and through it the server"
  python3 Tests/peers/fuzz.py "127.0.0.1:$ingress" "$ingress_pid" "$streams" "$SEED"
  echo "fuzz: the ingress over TLS"
  python3 Tests/peers/fuzz.py "127.0.0.1:$secured" "$secured_pid" "$((streams / 10 + 1))" "$SEED" \
    256 "$certificate"
fi
stop "$secured_pid" "the ingress over TLS"
stop "$ingress_pid" "the ingress"
stop "$server_pid" "the server"

# The first start puts the model on the mount; the others read what is assigned.
start first "${serve[@]}" --model "$model" --state "$work/kill"
stop "$pid" "the first server"
export DRUCKER_APPLICATION_NAME=digits DRUCKER_SERVICE_NAME=digits-development \
  DRUCKER_SERVICE_LEVEL=development
timeout 3600 python3 Tests/peers/kill.py "${KILLS:-1000}" "$SEED" "$work/kill" "$model" \
  "$RUN" "$ANDRUCK" "${serve[@]}" --state "$work/kill"
conclude
