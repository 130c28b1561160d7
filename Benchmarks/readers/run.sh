#!/bin/sh
# The speed and memory of the readers, each file in a process of its own, with zlib, SciPy's reader, h5py and Python's
# pickle beside ours.
#   Benchmarks/readers/run.sh [FOLDER [MEGABYTES]]
# Needs python3 with numpy, scipy and h5py (READERS_PYTHON names another), and 2.5 GB in the folder.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-.build/readers}
python=${READERS_PYTHON:-python3}
[ -f "$folder/packed.h5" ] && [ -f "$folder/S2.pkl" ] || "$python" Benchmarks/readers/make_files.py "$folder" "${2:-200}"
heartfelt=${HEARTFELT:-$(swift build -c release --show-bin-path)/heartfelt}
for file in format16.dat format212.dat plain.edf plain.bdf float.S00 plain.mat packed.mat fine.mat packed.h5 S2.pkl; do
  table=$("$heartfelt" benchmark --calls 3 --read "$folder/$file" | grep -v '^$')
  if [ "$file" != format16.dat ]; then table=$(printf '%s\n' "$table" | tail -1); fi
  printf '%s\n' "$table"
done
for file in packed.mat fine.mat packed.h5; do "$python" Benchmarks/readers/packed.py "$folder/$file" 7 "$heartfelt"; done
"$python" - "$folder/S2.pkl" <<'PYTHON'
import os, pickle, resource, sys, time
started = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    ecg = pickle.load(file, encoding="latin1")["signal"]["chest"]["ECG"]
seconds = time.perf_counter() - started
size = os.path.getsize(sys.argv[1]) / 1e6
print(f"Python's pickle: {size:.1f} MB, {seconds:.3f} s, {size / seconds:.0f} MB/s, peak "
      f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6:.0f} MB")
PYTHON
