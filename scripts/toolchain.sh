#!/bin/sh
# Runs a command where Swift 6.2 or newer is: right here if `swift` is on the PATH, else in a root
# folder with Debian's swiftlang (scripts/setup.sh makes it).
#
#   scripts/toolchain.sh swift build
#
# TOOLCHAIN_ROOT  that folder (default /opt/andruck-toolchain)
set -eu

TOOLCHAIN_ROOT=${TOOLCHAIN_ROOT:-/opt/andruck-toolchain}
repository=$(cd "$(dirname "$0")/.." && pwd)

if command -v swift >/dev/null 2>&1; then
  exec "$@"
fi
if [ ! -f "$TOOLCHAIN_ROOT/.andruck-complete" ]; then
  echo "toolchain.sh: no swift on the PATH and none in $TOOLCHAIN_ROOT; run scripts/setup.sh" >&2
  exit 2
fi

# The mounts live in a mount namespace of this command alone and end with it.
folders="$repository /tmp /proc /dev /sys"
case "$PWD/" in "$repository"/* | /tmp/*) ;; *) folders="$folders $PWD" ;; esac
export TOOLCHAIN_ROOT folders
exec unshare --mount --propagation private sh -c '
  set -eu
  for folder in $folders; do
    mkdir -p "$TOOLCHAIN_ROOT$folder"
    mount --rbind "$folder" "$TOOLCHAIN_ROOT$folder"
  done
  folder=$PWD
  exec chroot "$TOOLCHAIN_ROOT" /usr/bin/env \
    PATH=/usr/libexec/swift/bin:/usr/bin:/bin:/usr/sbin:/sbin \
    sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$folder" "$@"
' sh "$@"
