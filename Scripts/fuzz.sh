#!/bin/sh
# Fuzzes the readers from the committed seeds: Scripts/fuzz.sh [SECONDS [READER]]. READER is all, or one of text wfdb
# flac edf matlab pickle npy poly5 xlsx zip deflate hdf5: only seeds of that one then, and a corpus of its own, into
# which nothing comes that another reader would get.
#
# Three quarters of the time go without the address sanitizer, which finds what traps, and code not reached before, some
# three times as fast; the rest goes with it, over all inputs that were kept. Inputs that reach new code are kept in
# .build/fuzz/corpus-READER from run to run; an input that crashes, hangs or takes too much memory is named, and belongs
# into Tests/Fixtures/ECGFormats/found once its cause is mended. Coverage has stopped growing when the last new edge
# came early: each part says after how many of its inputs it came. The parts count by themselves, since the sanitizer's
# checks are edges too.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
reader=${2:-all}
fixtures=Tests/Fixtures/ECGFormats
work=$(pwd)/.build/fuzz
corpus=$work/corpus-$reader
mkdir -p "$corpus" "$work/finds"

longest=4000

# Which seeds a reader has, and the folders of its sources. Signal files of WFDB, FLAC streams and the parts of a
# workbook stand behind a byte that says so; see HostileReading.swift.
case $reader in
all) patterns='*' sources='*' ;;
text) patterns='*.csv *.txt *.tsv *.json' sources='DelimitedText Exports' ;;
wfdb) patterns='wfdb* annotations' sources='WFDB' ;;
flac) patterns='flac_*' sources='FLAC' ;;
edf) patterns='*.edf *.bdf' sources='EDF' ;;
matlab) patterns='*.mat' sources='MATLAB' ;;
pickle) patterns='*.pkl' sources='Pickle' ;;
npy) patterns='*.npy *.npz' sources='NPY' ;;
poly5) patterns='*.S00' sources='Poly5' ;;
xlsx) patterns='*.xlsx workbook_parts' sources='XLSX' ;;
zip) patterns='*.zip' sources='ZIP DelimitedText' ;;
deflate) patterns='*.zz' sources='Deflate' ;;
hdf5) patterns='*.h5 matlab73.mat' sources='HDF5' longest=12500 ;;
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

seeds=$work/seeds-$reader
rm -rf "$seeds"
mkdir -p "$seeds"
# Unquoted: the patterns are to be spread.
(cd $fixtures/seeds && cp $patterns "$seeds")

# The words that a reader looks for, which nothing would guess: the short literals of its sources.
words=$work/words-$reader
(
  cd Sources/ECGFormats
  for folder in $sources; do cat $folder/*.swift; done 2>/dev/null
  cat FormatDetection.swift
) | grep -v '^ *//' | grep -oE '"([^"\\]|\\[nt])+"' | awk 'length($0) <= 26 && !/ .* /' | LC_ALL=C sort -u |
  sed 's/\\n/\\x0a/g; s/\\t/\\x09/g' | LC_ALL=C grep -v '[^ -~]' >"$words"

# What of a log tells how coverage grew, from where the seeds and the kept inputs were read.
summary() {
  awk -v part="$1" '
    / cov: / && /^#/ {
      number = substr($1, 2) + 0
      if ($2 == "INITED") { begun = 1; before = number; first = edges = $4; last = lines = 0 }
      if (!begun) next
      if ($4 != edges) last = number - before
      edges = $4
      numbers[++lines] = number - before
      reached[lines] = edges
    }
    /stat::number_of_executed_units/ { inputs = $2 - before }
    END {
      if (!begun || inputs <= 0) { print part ": the time went into reading the kept inputs"; exit }
      half = first
      for (line = 1; line <= lines; line++) if (numbers[line] <= inputs / 2) half = reached[line]
      printf "%s: %d inputs; edges %d at the start, %d half way, %d at the end; ", part, inputs, first, half, edges
      if (!last) print "none new"
      else printf "the last new one after %d inputs (%d %%)\n", last, 100 * last / inputs
    }' "$2"
}

# fuzz PART SECONDS ADDRESSES: builds for the part, runs it, and tells what it reached.
fuzz() {
  scratch=$work/build-$1
  FUZZ_ADDRESSES=$3 swift build --package-path Fuzz -c release --scratch-path "$scratch"
  fuzz=$(FUZZ_ADDRESSES=$3 swift build --package-path Fuzz -c release --scratch-path "$scratch" --show-bin-path)/Fuzz
  log=$work/log-$reader-$1
  echo "fuzz $reader, $1: $2 s"
  if ! FUZZ_READER=$reader "$fuzz" -max_total_time="$2" -max_len="$longest" -timeout=10 -rss_limit_mb=1500 \
    -malloc_limit_mb=1100 -dict="$words" -print_final_stats=1 -artifact_prefix="$work/finds/" \
    "$corpus" "$seeds" "$fixtures/found" >"$log" 2>&1; then
    tail -40 "$log"
    echo "fuzz: an input above ended badly; it is kept in $work/finds" >&2
    exit 1
  fi
  summary "$1" "$log"
  grep -E 'stat::(average_exec|new_units|slowest|peak_rss)' "$log" || true
}

# The slow unwinder may take forever on a crash, symbols likewise; where memory was allocated takes long to note down.
ASAN_OPTIONS="fast_unwind_on_fatal=1:symbolize=0:malloc_context_size=0:${ASAN_OPTIONS:-}"
export ASAN_OPTIONS
# With backtraces of its own the Swift runtime ends the program before the fuzzer keeps the input.
export SWIFT_BACKTRACE=enable=no
# What readers unpack goes into memory where there is such a folder: a disk makes a run three times as slow.
if [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
fuzz plain $((seconds - seconds / 4)) 0
fuzz addresses $((seconds / 4 + 1)) 1
echo "fuzz: nothing found"
