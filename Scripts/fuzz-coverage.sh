#!/bin/sh
# Says which regions of the readers' sources the fuzzer's inputs reach, file by file: Scripts/fuzz-coverage.sh [FILE...].
# With names of files, such as WFDB/WFDBHeader.swift, shows these with a count at each region; ^0 is one never reached.
#
# Inputs are the seeds, what was found, and all that runs of Scripts/fuzz.sh kept in .build/fuzz. Edges, which the fuzzer
# counts, are also those of the standard library that was compiled into the readers; regions are the readers' alone.
set -eu
cd "$(dirname "$0")/.."
for file in "$@"; do
  if [ ! -f "Sources/ECGFormats/$file" ]; then
    echo "fuzz-coverage: there is no Sources/ECGFormats/$file" >&2
    exit 66
  fi
done
work=$(pwd)/.build/fuzz
mkdir -p "$work/corpus-all"
scratch=$work/build-regions
export FUZZ_REGIONS=1
swift build --package-path Fuzz -c release --scratch-path "$scratch" >&2
program=$(swift build --package-path Fuzz -c release --scratch-path "$scratch" --show-bin-path)/Fuzz
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
sources=$(pwd)/Fuzz/Sources/ECGFormats

if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
LLVM_PROFILE_FILE=$work/regions.profraw "$program" -runs=0 -max_len=12500 "$work"/corpus-* \
  Tests/Fixtures/ECGFormats/seeds Tests/Fixtures/ECGFormats/found >"$work/log-regions" 2>&1
"$tools/llvm-profdata" merge -sparse "$work/regions.profraw" -o "$work/regions.profdata"
if [ $# -gt 0 ]; then
  for file in "$@"; do
    "$tools/llvm-cov" show "$program" -instr-profile "$work/regions.profdata" --show-regions "$sources/$file"
  done
  exit
fi
"$tools/llvm-cov" report "$program" -instr-profile "$work/regions.profdata" "$sources" |
  awk '/\.swift / || /^TOTAL/ { printf "%-45s %5d regions, %4d not reached, %s\n", $1, $2, $3, $4 }'
