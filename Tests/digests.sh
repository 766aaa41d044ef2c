#!/bin/bash
# The same digest for every scenario: twice in one build, in debug and in release.
set -euo pipefail
cd "$(dirname "$0")/.."
digests() {
  scripts/toolchain.sh ".build/$1/andruck" run --json Scenarios |
    sed 's/.*"scenario":"\([^"]*\)".*"digest":"\([^"]*\)".*/\1 \2/'
}
first=$(digests debug)
second=$(digests debug)
release=$(digests release)
if [ "$first" != "$second" ]; then
  diff <(echo "$first") <(echo "$second") || true
  echo "digests: two processes of one build differ"
  exit 1
fi
if [ "$first" != "$release" ]; then
  diff <(echo "$first") <(echo "$release") || true
  echo "digests: debug and release differ"
  exit 1
fi
echo "$first"
echo "digests: $(echo "$first" | wc -l) scenarios, the same in two processes and in debug and release"
