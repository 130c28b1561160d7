#!/bin/sh
# What CI checks besides the tests: formatting, no compiler warning, no forced unwrapping, nothing
# of one machine in the tree.
set -eu
cd "$(dirname "$0")/.."

echo "check: formatting"
# Generated code (*.pb.swift) says itself that it is to be left alone.
swift format lint --strict --parallel --recursive Sources Tests Package.swift

echo "check: words that must not stand in the sources"
if grep -rnE 'try!|fatalError\(' Sources --include='*.swift'; then
  echo "check: the lines above would end the program on somebody's data" >&2
  exit 1
fi

echo "check: the build has no warnings"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift build -c release --build-tests 2>&1 | tee "$log" | grep -E 'error:|warning:|Compiling|Build' | tail -5 || true
if ! grep -q 'Build complete' "$log"; then
  cat "$log" >&2
  exit 1
fi
if grep -E '(^|/)(Sources|Tests)/[^:]*:[0-9]+:[0-9]+: warning:' "$log"; then
  echo "check: the build above has warnings" >&2
  exit 1
fi
echo "check: all good"
