#!/bin/bash
# A report, opened in a headless Chromium without a network: what is drawn is what --json says, zoom,
# cross-hair and links work, the console has no error, and nothing is asked for.
#
#   Tests/browser.sh [PICTURES]    PICTURES: a folder for screenshots in light, dark and print
set -euo pipefail
cd "$(dirname "$0")/.."
chromium=""
for candidate in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
  if command -v "$candidate" >/dev/null 2>&1; then
    chromium=$candidate
    break
  fi
done
if [ -z "$chromium" ]; then
  echo "browser: skipped, there is no Chromium (Debian: apt-get install chromium)"
  exit 0
fi
if ! command -v python3 >/dev/null 2>&1; then
  echo "browser: skipped, there is no python3 to drive Chromium"
  exit 0
fi
folder=$(mktemp -d /tmp/andruck-browser-XXXXXX)
trap 'rm -rf "$folder"' EXIT
# Without a network, where that may be asked for.
alone=()
if unshare --net true 2>/dev/null; then alone=(unshare --net); fi
pictures=()
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  pictures=("$(cd "$1" && pwd)")
fi
for scenario in Scenarios/failed-rollout.yaml Scenarios/autoscaling.yaml \
  Scenarios/service-levels/two-models-compared.yaml Tests/browser/hostile.yaml; do
  name=$(basename "$scenario" .yaml)
  # The hostile one is to fail.
  scripts/toolchain.sh "${ANDRUCK:-.build/release/andruck}" run --json --report "$folder/$name.html" \
    "$scenario" >"$folder/$name.json" || [ "$name" = hostile ]
  "${alone[@]}" python3 Tests/browser/check_report.py "$chromium" "$folder/$name.html" \
    "$folder/$name.json" "${pictures[@]}"
done
