#!/bin/sh
# Installs what the build needs and the machine lacks. Does nothing where nothing is missing.
set -eu

if ! command -v swift >/dev/null 2>&1; then
  echo "setup: the Swift toolchain (6.1 or later) is not on the PATH; see https://www.swift.org/install" >&2
  exit 1
fi

# On Apple platforms zlib comes with the system.
[ "$(uname -s)" = Linux ] || exit 0

missing=""
printf '#include <zlib.h>\n' | cc -E - >/dev/null 2>&1 || printf '#include <zlib.h>\n' | clang -E - >/dev/null 2>&1 ||
  missing="$missing zlib1g-dev"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: please install:$missing (headers of zlib), then run make again" >&2
  exit 1
fi
elevate=""
[ "$(id -u)" = 0 ] || elevate="sudo"
echo "setup: installing$missing"
$elevate apt-get update -qq
# shellcheck disable=SC2086
$elevate apt-get install -y -qq --no-install-recommends $missing >/dev/null
