#!/bin/sh
# Builds the DocC archives of every module and of the articles, with warnings as errors, into
# .build/documentation. Uses the modules of the last release build.
set -eu
cd "$(dirname "$0")/.."
output=.build/documentation
graphs=.build/symbol-graphs
rm -rf "$output" "$graphs"
mkdir -p "$output"
target=$(swift -print-target-info | sed -n 's/.*"triple" *: *"\([^"]*\)".*/\1/p' | head -n 1)
sdk=""
[ "$(uname -s)" = Darwin ] && sdk="-sdk $(xcrun --show-sdk-path)"

# A parameter whose name says all has no line of its own, so DocC is not to ask for one.
convert() { # name, symbol graphs
  # shellcheck disable=SC2086
  swift_docc convert "Documentation/$1.docc" --output-path "$output/$1.doccarchive" \
    --fallback-display-name "$1" --fallback-bundle-identifier "heartfelt.$1" \
    --warnings-as-errors --disable-parameters-and-returns-validation $2
}
swift_docc() {
  if command -v docc >/dev/null 2>&1; then docc "$@"; else xcrun docc "$@"; fi
}

convert Heartfelt ""
for catalogue in Documentation/ECG*.docc; do
  module=$(basename "$catalogue" .docc)
  mkdir -p "$graphs/$module"
  # shellcheck disable=SC2086
  swift symbolgraph-extract -module-name "$module" -I .build/release/Modules \
    -Xcc -fmodule-map-file=.build/release/CSHA256.build/module.modulemap \
    -Xcc -fmodule-map-file=.build/release/CSpectral.build/module.modulemap \
    -Xcc -fmodule-map-file=.build/checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap \
    -target "$target" $sdk -minimum-access-level public -skip-synthesized-members \
    -output-dir "$graphs/$module"
  # Extensions of other modules' types would need those modules' symbols.
  find "$graphs/$module" -name '*@*' -delete
  convert "$module" "--additional-symbol-graph-dir $graphs/$module"
done
