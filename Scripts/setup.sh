#!/bin/sh
# Installs what the build needs and the machine lacks. Does nothing where nothing is missing.
#
# Heartfelt needs SQLite for its catalogue of runs; the Swift toolchain needs git for packages and the
# headers of the C and C++ standard libraries.
set -eu

if ! command -v swift >/dev/null 2>&1; then
  echo "setup: the Swift toolchain (6.2 or later) is not on the PATH; see https://www.swift.org/install" >&2
  exit 1
fi

# On Apple platforms all of it comes with Xcode's command line tools.
[ "$(uname -s)" = Linux ] || exit 0

missing=""
command -v git >/dev/null 2>&1 || missing="$missing git ca-certificates"
printf '#include <stdlib.h>\n' | clang -E - >/dev/null 2>&1 || missing="$missing libc6-dev"
printf '#include <vector>\n' | clang++ -x c++ -E - >/dev/null 2>&1 || missing="$missing g++"
printf '#include <sqlite3.h>\n' | clang -E - >/dev/null 2>&1 || missing="$missing libsqlite3-dev"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: please install:$missing, then run make again" >&2
  exit 1
fi
elevate=""
[ "$(id -u)" = 0 ] || elevate="sudo"
echo "setup: installing$missing"
$elevate apt-get update -qq
# shellcheck disable=SC2086
$elevate apt-get install -y -qq --no-install-recommends $missing >/dev/null
