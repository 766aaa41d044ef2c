#!/bin/bash
# Trains the sample models anew: Fixtures/models/*.model and Fixtures/digits/*.
#
# Needs python3 (3.11 or later) and PyPI. Everything it installs lives in a temporary folder, which
# is removed at the end. The committed files are what this script wrote; nothing else needs it.
#
# --check only checks, without scikit-learn and without the network, that the committed models give
# the committed reference results.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}

if [ "${1:-}" = "--check" ]; then
  exec "$python" "$root/scripts/make_models.py" --root "$root" --check
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
# One thread: the order of floating-point sums must not depend on the number of cores.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
  "$folder/venv/bin/python" "$root/scripts/make_models.py" --root "$root"
