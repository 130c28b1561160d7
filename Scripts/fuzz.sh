#!/bin/sh
# Fuzzes all readers from the committed seeds: Scripts/fuzz.sh [SECONDS]. Inputs that reach new code are kept
# in .build/fuzz/corpus from run to run; an input that crashes, hangs or takes too much memory is named, and
# belongs into Tests/Fixtures/ECGFormats/found once its cause is mended.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
fixtures=Tests/Fixtures/ECGFormats
work=$(pwd)/.build/fuzz
mkdir -p "$work/corpus" "$work/finds"

# Not every toolchain carries libFuzzer; Apple's does not.
printf '@_cdecl("LLVMFuzzerTestOneInput") public func one(_: UnsafePointer<UInt8>, _: Int) -> CInt { 0 }\n' \
  >"$work/probe.swift"
if ! swiftc -sanitize=fuzzer -parse-as-library "$work/probe.swift" -o "$work/probe" >/dev/null 2>&1; then
  echo "SKIPPED fuzzing: this Swift toolchain has no libFuzzer (-sanitize=fuzzer); swift.org's for Linux has"
  exit 0
fi

swift build --package-path Fuzz -c release --scratch-path "$work/build"
fuzz=$(swift build --package-path Fuzz -c release --scratch-path "$work/build" --show-bin-path)/Fuzz

# The slow unwinder may take forever on a crash, symbols likewise.
ASAN_OPTIONS="fast_unwind_on_fatal=1:symbolize=0:${ASAN_OPTIONS:-}"
export ASAN_OPTIONS
echo "fuzz: $seconds s"
if ! "$fuzz" -max_total_time="$seconds" -max_len=3000 -timeout=10 -rss_limit_mb=1500 \
  -malloc_limit_mb=1100 -print_final_stats=1 -verbosity=0 -artifact_prefix="$work/finds/" \
  "$work/corpus" "$fixtures/seeds" "$fixtures/found" >"$work/log" 2>&1; then
  tail -40 "$work/log"
  echo "fuzz: an input above ended badly; it is kept in $work/finds" >&2
  exit 1
fi
grep -E 'stat::(number_of_executed|average_exec|new_units|slowest|peak_rss)' "$work/log" || tail -3 "$work/log"
echo "fuzz: nothing found"
