#!/bin/bash
# The same digest for every scenario: twice in one build, in debug and in release.
set -euo pipefail
cd "$(dirname "$0")/.."
source Tests/scenarios.sh
export work
work=$(mktemp -d /tmp/andruck-digests-XXXXXX)
trap 'rm -rf "$work"' EXIT

# A file for each scenario, as those that run at the same time would write into each other's lines.
run() {
  set -o pipefail
  scripts/toolchain.sh ".build/$2/andruck" run --json "$3" |
    sed 's/.*"scenario":"\([^"]*\)".*"digest":"\([^"]*\)".*/\1 \2/' >"$work/$1/$(tr / _ <<<"$3")"
}
export -f run
digests() {
  mkdir "$work/$1"
  each_scenario bash -c 'run "$@" || exit 255' bash "$1" "$2"
  cat "$work/$1"/* >"$work/$1.txt"
}
digests first debug
digests second debug
digests release release
if ! diff "$work/first.txt" "$work/second.txt"; then
  echo "digests: two processes of one build differ"
  exit 1
fi
if ! diff "$work/first.txt" "$work/release.txt"; then
  echo "digests: debug and release differ"
  exit 1
fi
cat "$work/first.txt"
count=$(wc -l <"$work/first.txt")
echo "digests: $count runs, the same in two processes and in debug and release"
