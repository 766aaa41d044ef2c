#!/bin/bash
# Installs the original server, drucker 0.4.5, from PyPI into a virtual environment.
# usage: drucker.sh FOLDER     exit code 77 where that is not possible; says why
set -euo pipefail
folder=$1
works() { [ -x "$folder/bin/python" ] && (cd /tmp && "$folder/bin/python" -c 'import grpc, numpy, sqlalchemy, pymysql, yaml, drucker' 2>/dev/null); }
works && exit 0
# Its PyYAML and protobuf are of 2019, and run up to Python 3.10.
python=""
for candidate in "$HOME"/.pyenv/versions/3.10.*/bin/python "$HOME"/.pyenv/versions/3.9.*/bin/python \
  python3.10 python3.9; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -m venv "$folder" >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "there is no Python 3.10 or 3.9"; exit 77; }
pip() {
  timeout 300 "$folder/bin/pip" install -q --disable-pip-version-check --retries 1 "$@" \
    >"$folder/pip.log" 2>&1 || {
    echo "drucker 0.4.5 cannot be installed from PyPI: $(tail -1 "$folder/pip.log")"
    exit 77
  }
}
pip 'cython<3' wheel 'setuptools<70'
pip --no-build-isolation PyYAML==5.4.1
pip protobuf==3.20.3 grpcio python-json-logger==2.0.7 fluent-logger==0.10.0 numpy==1.26.4 \
  SQLAlchemy==1.3.24 PyMySQL==1.0.2
pip --no-deps drucker==0.4.5
works || { echo "drucker 0.4.5 does not run with $("$python" --version 2>&1)"; exit 77; }
