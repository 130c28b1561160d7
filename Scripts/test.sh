#!/bin/sh
# Builds and runs all tests. Tests run in release mode, where the plain engine that serves as the
# oracle is fast enough, and share their build with 'make check'.
set -eu
cd "$(dirname "$0")/.."

Scripts/setup.sh

# By itself 'swift test' would build everything a second time, with testability that no test needs.
swift build -c release --build-tests

# Real recordings are used when they are at hand; tests that need them say so when they are not.
exec swift test -c release --skip-build "$@"
