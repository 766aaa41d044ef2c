#!/bin/bash
# Installs drucker-client 0.4.5 and h2 from PyPI into a virtual environment, for real clients.
# usage: setup.sh FOLDER     exit code 77 where that is not possible; says why
set -euo pipefail
folder=$1
[ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import drucker_client, h2' 2>/dev/null && exit 0
# The client is of 2018: its protobuf code runs up to Python 3.10.
python=""
for candidate in python3.10 python3.9 "$HOME"/.pyenv/versions/3.10.*/bin/python \
  "$HOME"/.pyenv/versions/3.9.*/bin/python python3; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -m venv "$folder" >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "there is no Python 3 with venv"; exit 77; }
# What the client needs at run time; its own list also has a compiler for .proto files.
timeout 300 "$folder/bin/pip" install -q --disable-pip-version-check --retries 1 \
  protobuf==3.20.3 grpcio python-json-logger==2.0.7 fluent-logger==0.10.0 h2 >/dev/null 2>&1 &&
  timeout 300 "$folder/bin/pip" install -q --disable-pip-version-check --retries 1 --no-deps \
    drucker-client==0.4.5 >/dev/null 2>&1 ||
  { echo "drucker-client 0.4.5 cannot be installed from PyPI"; exit 77; }
"$folder/bin/python" -c 'import drucker_client, h2' 2>/dev/null ||
  { echo "drucker-client 0.4.5 does not run with $("$python" --version 2>&1)"; exit 77; }
