#!/bin/sh
# Runs every shell block of the articles, in order, in one folder, and checks that every line of Swift
# in them stands in a file that is compiled. Needs the program to be built.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

blocks() { # language, file
  awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' "$2"
}

articles=Documentation/Heartfelt.docc
# In the order in which a reader takes them: later ones use what the first made.
order="MethodInOneSitting WhatASplitMeasures FromADownloadToAResult LiveECG Deploying Extending"
for file in "$articles"/*.md; do
  name=$(basename "$file" .md)
  case " Heartfelt $order " in *" $name "*) ;; *) echo "articles: $name is not in the list" >&2; exit 1 ;; esac
done

cat Examples/Package.swift $(find Examples/Sources Sources -name '*.swift') | sed 's/^ *//' >"$folder/swift"
for name in $order; do
  file=$articles/$name.md
  blocks swift "$file" | sed 's/^ *//; s/,$//' | while IFS= read -r line; do
    [ -z "$line" ] || grep -qF -- "$line" "$folder/swift" || {
      echo "articles: $name has a line that is not compiled anywhere: $line" >&2
      exit 1
    }
  done
done

mkdir "$folder/work"
cd "$folder/work"
PATH=$root/.build/release:$PATH
for name in $order; do
  blocks sh "$root/$articles/$name.md" >"$folder/script"
  [ -s "$folder/script" ] || continue
  echo "articles: $name"
  sh -eu "$folder/script" >"$folder/output" 2>&1 || {
    tail -n 20 "$folder/output" >&2
    echo "articles: the commands of $name fail" >&2
    exit 1
  }
done
