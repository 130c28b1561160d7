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

echo "check: the library imports nothing but Foundation and itself"
# Glibc, Musl and Darwin stand under their own #if; a third party's module would bind every app to it.
allowed='Foundation|Dispatch|Darwin|Glibc|Musl|CSpectral|ECGRandom|ECGSignal|ECGNetwork|ECGPretext|ECGEmotion'
if grep -rnE '^[[:space:]]*(@[A-Za-z_]+ )?((public|package|internal|private) )?import ' \
  Sources/ECGRandom Sources/ECGSignal Sources/ECGNetwork Sources/ECGPretext Sources/ECGEmotion \
  | grep -vE "import ((struct|class|enum|func|protocol|typealias|let|var) )?($allowed)(\\.|[[:space:]]|\$)"; then
  echo "check: the lines above bring a module into the library that an app would have to carry" >&2
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
echo "check: the documentation has no warnings"
Scripts/docs.sh

echo "check: the articles' commands run and their Swift is compiled"
Scripts/articles.sh

echo "check: the examples build without a third party, and run"
Examples/run.sh
echo "check: all good"
