#!/bin/bash
# Every scenario's verdict is the same for every seed, as many scenarios at a time as there are cores.
#
# SEEDS  (default 1-20)
set -euo pipefail
cd "$(dirname "$0")/.."
source Tests/scenarios.sh
export SEEDS=${SEEDS:-1-20}
work=$(mktemp -d /tmp/andruck-seeds-XXXXXX)
trap 'rm -rf "$work"' EXIT
export work

run() {
  local log
  log=$work/$(tr / _ <<<"$1")
  if scripts/toolchain.sh .build/release/andruck run --quiet --seeds "$SEEDS" "$1" >"$log" 2>&1; then
    grep -c 'verdict  passed' "$log" >>"$work/passed"
  else
    cat "$log"
    return 255
  fi
}
export -f run
each_scenario bash -c 'run "$0"'
count=$(awk '{ sum += $1 } END { print sum }' "$work/passed")
echo "$count runs passed: $(wc -l <"$work/passed") scenarios, seeds $SEEDS"
