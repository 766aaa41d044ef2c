#!/bin/bash
# Wireshark reads the capture of a run, decodes at least as many gRPC calls as the trace counts, and
# finds no malformed packet.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v tshark >/dev/null 2>&1; then
  if [ "$(id -u)" -ne 0 ] || ! DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
    --no-install-recommends tshark >/dev/null 2>&1; then
    echo "pcap: skipped, there is no tshark and it cannot be installed here"
    exit 0
  fi
fi
capture=$(mktemp /tmp/andruck-XXXXXX.pcap)
trap 'rm -f "$capture"' EXIT
json=$(scripts/toolchain.sh .build/release/andruck run --json --pcap "$capture" \
  Scenarios/model-switch.yaml)
calls=$(echo "$json" | sed 's/.*"calls":\([0-9]*\).*/\1/')
# Every gRPC call begins with one HEADERS frame with a path, on each of its hops.
decoded=$(tshark -r "$capture" -Y 'http2.headers.path' -T fields -e http2.headers.path \
  2>/dev/null | tr ',' '\n' | grep -c '^/')
messages=$(tshark -r "$capture" -Y grpc -T fields -e grpc.message_length 2>/dev/null |
  tr ',' '\n' | grep -c .)
malformed=$(tshark -r "$capture" -Y '_ws.malformed' 2>/dev/null | wc -l)
echo "pcap: $calls calls on the trace, $decoded requests and $messages gRPC messages decoded," \
  "$malformed malformed"
[ "$calls" -gt 0 ] && [ "$decoded" -ge "$calls" ] && [ "$messages" -ge "$calls" ] &&
  [ "$malformed" -eq 0 ]
