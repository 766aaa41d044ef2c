#!/bin/bash
# A user's package that depends on this one by path: its tests pass, the README's snippet passes in
# an empty package, and a failure's rerun line shows the failure again and nothing else.
#
# SCRATCH  the build folder, shared by all three and with this package's own debug build
#          (default .build)
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
RUN=${RUN:-$repository/scripts/toolchain.sh}
SCRATCH=${SCRATCH:-$repository/.build}
work=$(mktemp -d /tmp/andruck-embedder-XXXXXX)
# The plan that is left behind is of another package; whoever builds next makes a new one.
trap 'rm -rf "$work" "$SCRATCH"/debug.yaml "$SCRATCH"/debug/description.json' EXIT

in_package() {
  local package=$1
  shift
  # Without the option the plan of the package before would be taken for this one's.
  "$RUN" swift test --package-path "$package" --scratch-path "$SCRATCH" \
    --disable-build-manifest-caching "$@" 2>&1
}

echo "embedder: Fixtures/embedder"
in_package "$repository/Fixtures/embedder" | tee "$work/log" | grep -E '✘|↳|error:|Test run' || true
grep -q '✔ Test run with [0-9]* tests.* passed' "$work/log"

# Each block of the section is a file; its first line names it.
snippet=$work/snippet
python3 - README.md "$snippet" "$repository" <<'PYTHON'
import os, re, sys
readme, folder, repository = sys.argv[1:]
section = open(readme).read().split("\n## In your own tests\n")[1].split("\n## ")[0]
blocks = re.findall(r"```swift\n(.*?)```", section, re.S)
assert len(blocks) == 2, f"{len(blocks)} blocks of Swift in the README's section; expected 2"
for block in blocks:
    lines = block.split("\n")
    name = next(line for line in lines if line.startswith("// ") and line.endswith(".swift"))[3:]
    assert "../andruck" in block or name != "Package.swift"
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(block.replace("../andruck", repository))
PYTHON
echo "embedder: the README's snippet"
in_package "$snippet" | tee "$work/log" | grep -E '✘|↳|error:|Test run' || true
grep -q '✔ Test run with 1 test.* passed' "$work/log"

echo "embedder: a failure and its rerun line"
cat >"$snippet/Tests/EchoTests/Failing.swift" <<'SWIFT'
import Andruck
import AndruckTesting
import Testing

@Test(.seeds(1...3)) func `no seed is two`() throws {
  #expect(Seed.current != 2)
}

@Test(.seeds(1...3)) func `not asked for`() throws {}
SWIFT
if in_package "$snippet" >"$work/log"; then
  echo "embedder: a failing test did not fail"
  exit 1
fi
line=$(sed -n "s/.*seed 2; again: //p" "$work/log" | head -1)
echo "  $line"
[ "$line" = "ANDRUCK_SEED=2 swift test --filter 'no seed is two'" ]
[ "$(grep -c 'seed [0-9]; again' "$work/log")" = 1 ]
again() { (export "ANDRUCK_SEED=$1" && in_package "$snippet" --filter 'no seed is two' || true); }
again 2 >"$work/log"
grep -q "seed 2; again: ANDRUCK_SEED=2" "$work/log"
grep -q 'Test run with 1 test.* failed.* with 1 issue' "$work/log"
again 3 | grep -q 'Test run with 1 test.* passed'
echo "embedder: all passed"
