#!/bin/bash
# Generates Sources/DruckerProtocol/Generated from Sources/DruckerProtocol/Protos.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v protoc >/dev/null || ! /usr/bin/python3 -c 'import google.protobuf' 2>/dev/null; then
  echo "installing protobuf-compiler and python3-protobuf" >&2
  apt-get install -y -q protobuf-compiler python3-protobuf >&2 \
    || { apt-get update -q >&2 && apt-get install -y -q protobuf-compiler python3-protobuf >&2; }
fi

protos=Sources/DruckerProtocol/Protos
generated=Sources/DruckerProtocol/Generated
rm -rf "$generated" && mkdir -p "$generated"

# One run a file: drucker.proto and rekcurd.proto both declare file option 50000.
generate() {
  protoc --plugin=protoc-gen-andruck-swift=scripts/protoc-gen-andruck-swift \
    -I "$protos" -I /usr/include --andruck-swift_out="$1:$generated" "$2"
}
# drucker and rekcurd share one wire: the messages come from rekcurd.proto, which has one more field.
generate Drucker rekcurd.proto
generate descriptor drucker.proto
generate HealthV1 grpc/health/v1/health.proto
generate ReflectionV1 grpc/reflection/v1/reflection.proto
# The older version has the same messages on the wire.
generate descriptor grpc/reflection/v1alpha/reflection.proto
generate descriptor google/protobuf/descriptor.proto

# The two files must stay the same but for their known differences.
if ! diff <(sed -e 's/drucker/PACKAGE/g; s/Drucker/SERVICE/g' "$protos/drucker.proto" | tail -n +3) \
  <(sed -e 's/rekcurd/PACKAGE/g; s/Rekcurd/SERVICE/g' "$protos/rekcurd.proto" | tail -n +3 \
    | sed -e '/What the evaluation.s figures belong to/d; /repeated IO label = 7;/d') >&2; then
  echo "drucker.proto and rekcurd.proto differ beyond package, services and EvaluationMetrics.label" >&2
  exit 1
fi
if command -v in-swift >/dev/null; then swift=in-swift; else swift=; fi
$swift swift-format format -i --configuration .swift-format "$generated"/*.swift
