#!/bin/bash
# Andruck against its peers, each figure a ratio within interleaved rounds: `make bench`.
#
#   Benchmarks/peers.sh [--markdown] [PART...]     parts: serve, drucker, ingress, virtual (default: all)
#
# A part says why it is skipped where its tool is missing: h2load, nghttpd and nghttpx come from Debian
# (nghttp2-client, nghttp2-server, nghttp2-proxy), drucker 0.4.5 from PyPI. A missed target fails
# nothing. It wants a quiet machine.
#
# ROUNDS   of each comparison (default 3)     LIVE_ROUNDS, LIVE_SECONDS  of `virtual` (default 5, 40)
# PEERS    where drucker is installed (default /tmp/andruck-peers-drucker)
# ANDRUCK, RUN  the program and what runs it (.build/release/andruck, scripts/toolchain.sh)
set -euo pipefail
cd "$(dirname "$0")/.."
missing=""
for tool in h2load:client nghttpd:server nghttpx:proxy; do
  command -v "${tool%%:*}" >/dev/null 2>&1 || missing="$missing nghttp2-${tool##*:}"
done
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ]; then
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing \
    >/dev/null 2>&1 || true
fi
exec python3 Benchmarks/peers/main.py "$@"
