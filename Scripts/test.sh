#!/bin/sh
# Builds and runs all tests. Tests run in release mode, where the plain engine that serves as the
# oracle is fast enough, and so share their build with the program itself.
set -eu
cd "$(dirname "$0")/.."

# Real recordings are used when they are at hand; tests that need them say so when they are not.
exec swift test -c release "$@"
