#!/bin/sh
# Installs what building and testing need and this machine lacks: the system libraries that
# pkg-config does not find, and Swift where there is none. Does nothing the second time.
#
# Debian carries Swift 6.2 or newer in its unstable suite only. Its libraries are newer than a
# stable machine's, so it goes into a root folder of its own (TOOLCHAIN_ROOT), and the machine's
# own packages stay as they are.
set -eu

TOOLCHAIN_ROOT=${TOOLCHAIN_ROOT:-/opt/andruck-toolchain}
TOOLCHAIN_SUITE=${TOOLCHAIN_SUITE:-sid}
LIBRARIES="libnghttp2:libnghttp2-dev sqlite3:libsqlite3-dev yaml-0.1:libyaml-dev libcrypto:libssl-dev libssl:libssl-dev"
# A snapshot of a suite that moves may be older than its own date of expiry. The signature is
# checked all the same.
APT_GET="apt-get -q -o Acquire::Check-Valid-Until=false"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

missing_libraries() {
  for library in $LIBRARIES; do
    pkg-config --exists "${library%%:*}" 2>/dev/null || echo "${library##*:}"
  done
}

install_libraries() {
  packages=""
  command -v pkg-config >/dev/null 2>&1 || packages="pkg-config"
  packages="$packages $(missing_libraries | tr '\n' ' ')"
  [ -n "$(echo "$packages" | tr -d ' ')" ] || return 0
  echo "setup: installing $packages"
  as_root apt-get -q update
  # shellcheck disable=SC2086
  as_root apt-get -q install -y --no-install-recommends $packages
}

install_swift() {
  if [ -f "$TOOLCHAIN_ROOT/.andruck-complete" ]; then return 0; fi
  echo "setup: no swift on the PATH; installing Debian's into $TOOLCHAIN_ROOT (some 4 GB)"
  if ! command -v debootstrap >/dev/null 2>&1; then
    as_root apt-get -q update
    as_root apt-get -q install -y --no-install-recommends debootstrap
  fi
  log=${TMPDIR:-/tmp}/andruck-setup.log
  if [ ! -x "$TOOLCHAIN_ROOT/usr/bin/apt-get" ]; then
    as_root debootstrap --variant=minbase --include=ca-certificates "$TOOLCHAIN_SUITE" \
      "$TOOLCHAIN_ROOT" >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
  fi
  packages="swiftlang swiftlang-dev g++ zlib1g-dev pkgconf make git procps"
  for library in $LIBRARIES; do packages="$packages ${library##*:}"; done
  as_root chroot "$TOOLCHAIN_ROOT" env DEBIAN_FRONTEND=noninteractive sh -euc "
    $APT_GET update
    $APT_GET install -y --no-install-recommends $packages
    # Debian ships this overlay's module without its library, and whatever imports both Testing and
    # Foundation is linked to it. Nothing of it is used here, so an empty library will do.
    overlay=/usr/libexec/swift/lib/swift/linux/lib_Testing_Foundation.so
    if [ ! -e \$overlay ]; then
      echo 'int andruck_empty_overlay;' >/root/overlay.c
      gcc -shared -o \$overlay /root/overlay.c
    fi
    touch /.andruck-complete
  " >>"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
}

if command -v swift >/dev/null 2>&1; then
  install_libraries
else
  install_swift
fi
