#!/bin/sh
# The fake Kubernetes at size: `make bench-kubernetes`. FULL=0 leaves out the million pods.
set -eu
cd "$(dirname "$0")/.."
run() { scripts/toolchain.sh .build/release/andruck-bench-kubernetes "$@"; }
run reference
run empty
run failed 10
run failed 100
run failed 1000
run day 10
run start 10 1000
run start 100 10000
run start 1000 100000
run start 1000 100000 --no-events
run roll 100 10000 --no-events
run roll 1000 100000 --no-events
[ "${FULL:-1}" = 0 ] || run roll 10000 1000000 --no-events
run reference
