#!/bin/bash
# Prometheus' own client reads --openmetrics of runs that pass and of runs that fail.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d /tmp/andruck-openmetrics-XXXXXX)
trap 'rm -rf "$folder"' EXIT
if ! python3 -m venv "$folder/python" >/dev/null 2>&1 ||
  ! timeout 120 "$folder/python/bin/pip" install -q --disable-pip-version-check --retries 1 \
    prometheus_client==0.21.1 >/dev/null 2>&1; then
  echo "openmetrics: skipped, prometheus_client cannot be installed from PyPI"
  exit 0
fi
# The hostile one is to fail.
scripts/toolchain.sh "${ANDRUCK:-.build/release/andruck}" run --quiet --openmetrics "$folder/metrics" \
  Scenarios/failed-rollout.yaml Scenarios/partition.yaml Tests/browser/hostile.yaml >/dev/null ||
  [ $? -eq 1 ]
"$folder/python/bin/python" - "$folder/metrics" <<'EOF'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
with open(sys.argv[1], encoding="utf-8") as file:
    families = list(text_string_to_metric_families(file.read()))
count = sum(len(family.samples) for family in families)
assert len(families) > 15 and count > 10000, (len(families), count)
print(f"openmetrics: Prometheus' client reads {count} samples of {len(families)} families")
EOF
