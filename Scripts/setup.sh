#!/bin/sh
# Installs what the build needs and the machine lacks. Does nothing where nothing is missing.
#
# Heartfelt needs SQLite for its catalogue of runs; the Swift toolchain needs git for packages and the
# headers of the C and C++ standard libraries. With --optional also what widens the tests: the HDF5
# library, without which HDF5 and MATLAB 7.3 files are not read. Its absence stops nothing.
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
optional=""
if [ "${1:-}" = --optional ] && command -v apt-get >/dev/null 2>&1 \
  && ! { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q 'libhdf5\(_serial\)\{0,1\}\.so'; then
  optional=hdf5
fi
[ -n "$missing$optional" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: please install:$missing, then run make again" >&2
  exit 1
fi
elevate=""
[ "$(id -u)" = 0 ] || elevate="sudo"
if [ -n "$missing" ]; then
  echo "setup: installing$missing"
  $elevate apt-get update -qq
  # shellcheck disable=SC2086
  $elevate apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
if [ -n "$optional" ]; then
  # Only where it takes no password and no question; tests say aloud what they skip without it.
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    [ -n "$missing" ] || $elevate apt-get update -qq || true
    # The number in the package's name changes with each release of Debian and Ubuntu.
    package=$(apt-cache pkgnames libhdf5- 2>/dev/null \
      | grep -E '^libhdf5-[0-9]+(-[0-9]+)?(t64)?$' | sort | tail -1 || true)
    if [ -n "$package" ]; then
      echo "setup: installing $package"
      $elevate apt-get install -y -qq --no-install-recommends "$package" >/dev/null \
        || echo "setup: $package could not be installed; tests of HDF5 will be skipped" >&2
    fi
  fi
fi
