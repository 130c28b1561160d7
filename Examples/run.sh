#!/bin/sh
# Builds and runs every example, and checks that the library brings no third party along.
set -eu
cd "$(dirname "$0")"

foreign=$(swift package show-dependencies --format json 2>/dev/null | grep -E '"url" *: *"[a-z]+:' || true)
if [ -n "$foreign" ]; then
  echo "examples: who depends on the library alone is made to fetch: $foreign" >&2
  echo "examples: give these products 'condition: program' in Package.swift" >&2
  exit 1
fi

swift build -c release
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for example in MakeModel Predict Live Personalise Features; do
  echo "examples: $example"
  .build/release/$example "$folder/model.safetensors" >"$folder/output"
  [ -s "$folder/output" ] || { echo "examples: $example printed nothing" >&2; exit 1; }
  head -n 3 "$folder/output" | cut -c 1-100
done
