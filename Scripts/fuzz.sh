#!/bin/sh
# Fuzzes the readers from the committed seeds: Scripts/fuzz.sh [SECONDS [READER]]. READER is all, or one of text wfdb
# flac edf matlab pickle npy poly5 xlsx zip deflate hdf5: only seeds of that one then, and a corpus of its own.
# Inputs that reach new code are kept in .build/fuzz/corpus-READER from run to run; an input that crashes, hangs or
# takes too much memory is named, and belongs into Tests/Fixtures/ECGFormats/found once its cause is mended.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
reader=${2:-all}
fixtures=Tests/Fixtures/ECGFormats
work=$(pwd)/.build/fuzz
corpus=$work/corpus-$reader
mkdir -p "$corpus" "$work/finds"

# Signal files of WFDB and FLAC stand behind a byte that says so; see HostileReading.swift.
case $reader in
all) patterns='*' ;;
text) patterns='*.csv *.txt *.tsv *.json' ;;
wfdb) patterns='wfdb* annotations' ;;
flac) patterns='flac_* wfdb5*' ;;
edf) patterns='*.edf *.bdf' ;;
matlab) patterns='*.mat' ;;
pickle) patterns='*.pkl' ;;
npy) patterns='*.npy *.npz' ;;
poly5) patterns='*.S00' ;;
xlsx) patterns='*.xlsx' ;;
zip) patterns='*.zip *.npz' ;;
deflate) patterns='*.zz' ;;
hdf5)
  # The library that reads HDF5 is the system's: odd but sound files for our side of it, each in a process of its own.
  exec "${FUZZ_PYTHON:-python3}" Fuzz/odd_hdf5.py --seconds "$seconds" \
    --heartfelt "$(swift build -c release --show-bin-path)/heartfelt" --finds "$work/finds"
  ;;
*)
  echo "fuzz: there is no reader $reader" >&2
  exit 64
  ;;
esac

# Not every toolchain carries libFuzzer; Apple's does not.
printf '@_cdecl("LLVMFuzzerTestOneInput") public func one(_: UnsafePointer<UInt8>, _: Int) -> CInt { 0 }\n' \
  >"$work/probe.swift"
if ! swiftc -sanitize=fuzzer -parse-as-library "$work/probe.swift" -o "$work/probe" >/dev/null 2>&1; then
  echo "SKIPPED fuzzing: this Swift toolchain has no libFuzzer (-sanitize=fuzzer); swift.org's for Linux has"
  exit 0
fi

swift build --package-path Fuzz -c release --scratch-path "$work/build"
fuzz=$(swift build --package-path Fuzz -c release --scratch-path "$work/build" --show-bin-path)/Fuzz

seeds=$work/seeds-$reader
rm -rf "$seeds"
mkdir -p "$seeds"
# Unquoted: the patterns are to be spread.
(cd $fixtures/seeds && cp $patterns "$seeds")

# The slow unwinder may take forever on a crash, symbols likewise.
ASAN_OPTIONS="fast_unwind_on_fatal=1:symbolize=0:${ASAN_OPTIONS:-}"
export ASAN_OPTIONS
echo "fuzz $reader: $seconds s"
if ! "$fuzz" -max_total_time="$seconds" -max_len=4000 -timeout=10 -rss_limit_mb=1500 \
  -malloc_limit_mb=1100 -print_final_stats=1 -artifact_prefix="$work/finds/" \
  "$corpus" "$seeds" "$fixtures/found" >"$work/log-$reader" 2>&1; then
  tail -40 "$work/log-$reader"
  echo "fuzz: an input above ended badly; it is kept in $work/finds" >&2
  exit 1
fi
# Edges of code and features reached: by the seeds, half way through the inputs that reached new ones, at the end.
grep -E '^#' "$work/log-$reader" | grep 'cov:' | awk '
  { line[NR] = $1 " " $2 " " $3 " " $4 " " $5 " " $6 }
  END { print line[1]; if (NR > 2) print line[int((NR + 1) / 2)]; print line[NR] }'
grep -E 'stat::(number_of_executed|average_exec|new_units|slowest|peak_rss)' "$work/log-$reader" || true
echo "fuzz: nothing found"
