#!/bin/bash
# Programs that nobody here wrote call `andruck serve`, directly and through `andruck ingress`:
# drucker-client 0.4.5 and h2 (PyPI), nghttp and h2load (Debian's nghttp2-client). Loopback only.
#
# SECONDS_OF_LOAD  how long the rolling restart takes at least (default 60)
# ANDRUCK, RUN  as in servers.sh
set -euo pipefail
cd "$(dirname "$0")/.."
peers=${PEERS:-/tmp/andruck-peers}
topic=live
. Tests/servers.sh

for number in 1 2; do
  start "serve$number" serve --predictor digits --model "$PWD/Fixtures/models/digits-v1.model" \
    --state "$work/state$number" --host 127.0.0.1 --port 0 --loops 2 \
    --service-log "$work/service$number.log"
  eval "serve$number=127.0.0.1:$port pid$number=$pid"
done
printf 'hosts:\n  127.0.0.1: [%s, %s]\n  one.example.com: [%s]\n' \
  "$serve1" "$serve2" "$serve1" >"$work/ingress.yaml"
start ingress ingress --config "$work/ingress.yaml" --host 127.0.0.1 --port 0 --loops 2
ingress=127.0.0.1:$port
ingress_pid=$pid
# Server and ingress over TLS.
certificate=$PWD/Fixtures/tls/server.pem
tls=(--tls-certificate "$certificate" --tls-key "$PWD/Fixtures/tls/server.key")
start tls-serve serve --predictor digits --model "$PWD/Fixtures/models/digits-v1.model" \
  --state "$work/tls-state" --host 127.0.0.1 --port 0 --service-log none "${tls[@]}"
tls_serve=127.0.0.1:$port tls_serve_pid=$pid
start tls-ingress ingress --config "$work/ingress.yaml" --host 127.0.0.1 --port 0 "${tls[@]}"
tls_ingress=127.0.0.1:$port tls_ingress_pid=$pid
python3 Tests/peers/body.py "$work/body.bin"

if reason=$(Tests/peers/setup.sh "$peers"); then
  for where in "$serve1" "$ingress"; do
    echo "live: $([ "$where" = "$ingress" ] && echo through the ingress || echo directly)"
    timeout 120 "$peers/bin/python" Tests/peers/client.py "$where" predict Fixtures ||
      fail "predict at $where"
    timeout 60 "$peers/bin/python" Tests/peers/h2_client.py "$where" "$work/body.bin" ||
      fail "h2 at $where"
  done
  for where in "$tls_serve" "$tls_ingress"; do
    timeout 60 "$peers/bin/python" Tests/peers/client.py "$where" secured Fixtures ||
      fail "grpcio over TLS at $where"
    timeout 60 "$peers/bin/python" Tests/peers/h2_client.py "$where" "$work/body.bin" \
      "$certificate" || fail "h2 over TLS at $where"
  done
  timeout 120 "$peers/bin/python" Tests/peers/client.py "$serve1" dashboard Fixtures ||
    fail "dashboard at $serve1"
  # The dashboard keeps to one worker: an upload and its switch must meet the same one.
  printf 'hosts:\n  127.0.0.1: [%s]\n' "$serve2" >"$work/ingress.yaml"
  kill -HUP "$ingress_pid"
  for _ in $(seq 50); do grep -q 'read again' "$work/ingress" && break || sleep 0.1; done
  timeout 120 "$peers/bin/python" Tests/peers/client.py "$ingress" dashboard Fixtures ||
    fail "dashboard through the ingress"
  [ "$(cat "$work"/service?.log | grep -c '"prediction result."')" -ge 450 ] ||
    fail "the service logs lack predictions"
else
  echo "live: drucker-client skipped: $reason"
fi

if ! command -v h2load >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends nghttp2-client \
      >/dev/null 2>&1 || true
  fi
fi
if command -v h2load >/dev/null 2>&1; then
  path=/drucker.DruckerWorker/Predict_ArrInt_ArrInt
  headers=(-H 'content-type: application/grpc' -H 'te: trailers')
  for where in "http://$serve1" "http://$ingress" "https://$tls_serve" "https://$tls_ingress"; do
    timeout 20 nghttp -v -d "$work/body.bin" "${headers[@]}" "$where$path" >"$work/nghttp" 2>&1 ||
      fail "nghttp at $where"
    grep -aq 'grpc-status: 0' "$work/nghttp" || fail "nghttp at $where got no status"
    echo "live: nghttp -v $where: $(grep -ac 'recv .* frame' "$work/nghttp") frames received, grpc-status 0"
    [ "${where%%:*}" = http ] || {
      timeout 60 h2load -c8 -m16 -n5000 -d "$work/body.bin" "${headers[@]}" "$where$path" \
        >"$work/h2load" 2>&1 || true
      echo "live: h2load 8x16 $where $(grep '^requests:' "$work/h2load")"
      grep -q "5000 succeeded, 0 failed, 0 errored" "$work/h2load" || fail "h2load at $where"
    }
  done
  # Older versions than 1.2 are refused, and so is a client that does not speak HTTP/2.
  for no in -tls1_1 '-alpn http/1.1'; do
    # shellcheck disable=SC2086
    timeout 10 openssl s_client -connect "$tls_serve" -CAfile "$certificate" $no </dev/null \
      >"$work/openssl" 2>&1 && fail "openssl s_client $no was not refused" || true
  done
  timeout 10 openssl s_client -connect "$tls_serve" -CAfile "$certificate" -alpn h2 -tls1_2 </dev/null \
    >"$work/openssl" 2>&1 || fail "openssl s_client -tls1_2"
  echo "live: TLS 1.2 $(grep -a 'ALPN protocol' "$work/openssl"), $(grep -a 'Verification' "$work/openssl")"
  for where in "$serve1" "$ingress"; do
    for shape in '1 1 500' '1 32 5000' '8 16 10000' '100 10 10000'; do
      read -r clients streams count <<<"$shape"
      timeout 60 h2load "-c$clients" "-m$streams" "-n$count" -d "$work/body.bin" "${headers[@]}" \
        "http://$where$path" >"$work/h2load" 2>&1 || true
      echo "live: h2load ${clients}x$streams $where $(grep '^requests:' "$work/h2load")"
      grep -q "$count succeeded, 0 failed, 0 errored" "$work/h2load" || fail "h2load $shape at $where"
    done
  done
  # A rolling restart behind the ingress fails no request of clients that go on.
  start third serve --predictor digits --model "$PWD/Fixtures/models/digits-v1.model" \
    --state "$work/state3" --host 127.0.0.1 --port 0 --loops 2 --service-log none
  servers=("$serve1" "$serve2" "127.0.0.1:$port")
  pids=("$pid1" "$pid2" "$pid")
  printf 'hosts:\n  127.0.0.1: [%s, %s, %s]\n' "${servers[@]}" >"$work/ingress.yaml"
  kill -HUP "$ingress_pid"
  timeout 200 h2load -c8 -m8 -D "${SECONDS_OF_LOAD:-60}" -d "$work/body.bin" "${headers[@]}" \
    "http://$ingress$path" >"$work/h2load" 2>&1 &
  load=$!
  rounds=0
  sleep 1
  while [ "$rounds" -eq 0 ] || [ "$((rounds * 6))" -lt "$((${SECONDS_OF_LOAD:-60} - 6))" ]; do
    for index in 0 1 2; do
      stop "${pids[$index]}" "server $index under load"
      start "again$index" serve --predictor digits --host 127.0.0.1 --loops 2 \
        --port "${servers[$index]##*:}" --state "$work/state$((index + 1))" --service-log none \
        --model "$PWD/Fixtures/models/digits-v1.model"
      pids[index]=$pid
      sleep 1
    done
    rounds=$((rounds + 1))
  done
  wait "$load" || true
  echo "live: $rounds rolling restarts of 3 under load: $(grep '^requests:' "$work/h2load")"
  grep -q ' 0 failed, 0 errored, 0 timeout' "$work/h2load" || fail "a rolling restart under load"
  grep -q '^status codes: [1-9][0-9]* 2xx, 0 3xx, 0 4xx, 0 5xx' "$work/h2load" || fail "bad answers"
  stop "${pids[2]}" "the third server"
  pid1=${pids[0]} pid2=${pids[1]}
else
  echo "live: nghttp and h2load skipped: nghttp2-client is missing and cannot be installed"
fi
stop "$pid1" "the first server"
stop "$pid2" "the second server"
stop "$ingress_pid" "the ingress"
stop "$tls_ingress_pid" "the ingress over TLS"
stop "$tls_serve_pid" "the server over TLS"
conclude
