"""Packed MATLAB and HDF5 files: Heartfelt's reader and Python's, turn by turn.

    python3 packed.py FILE ROUNDS HEARTFELT...

prints medians over the rounds, as bytes of the file and as unpacked bytes a second: of `heartfelt benchmark --read` (of
one program or several), of zlib alone and of scipy.io.loadmat, or of h5py. Ours opens the file, checks the sums and takes every
channel out as single precision; zlib only unpacks. Seconds are the processor's, so that a busy machine disturbs them
less; elapsed ones stand behind. Needs scipy and h5py.
"""

import os
import resource
import statistics
import struct
import subprocess
import sys
import time
import zlib

import h5py
import scipy.io


CALLS = 3


def ours(heartfelt, path):
    """Seconds of the processor, those of starting the program among them, and seconds elapsed, of one call."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    table = subprocess.run(
        [heartfelt, "benchmark", "--calls", str(CALLS), "--read", path], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The last row's columns from the right: peak MB, MB/s, s.
    return processor / CALLS, float(table.stdout.split()[-3])


def unpacked(path):
    """Every packed element of the file, by zlib alone."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[126:128] == b"IM" else ">"
    offset, total = 128, 0
    while offset < len(data):
        kind, count = struct.unpack_from(order + "II", data, offset)
        if kind != 15:
            raise SystemExit(f"{path} holds elements that are not packed")
        total += len(zlib.decompress(memoryview(data)[offset + 8 : offset + 8 + count]))
        offset += 8 + count
    return total


def arrays(path):
    """All that an HDF5 file holds, in bytes, by h5py."""
    with h5py.File(path) as file:
        return sum(dataset[()].nbytes for dataset in file.values())


def theirs(work):
    processor, elapsed = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - elapsed


def main():
    path, rounds, programs = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    if path.endswith(".h5"):
        others = {"h5py": lambda: arrays(path)}
    else:
        others = {"zlib.decompress": lambda: unpacked(path), "scipy.io.loadmat": lambda: scipy.io.loadmat(path)}
    size, total = os.path.getsize(path), next(iter(others.values()))()
    taken = {name: [] for name in [*programs, *others]}
    for _ in range(rounds):
        for program in programs:
            taken[program].append(ours(program, path))
        for name, work in others.items():
            taken[name].append(theirs(work))
    print(f"{os.path.basename(path)}: {size / 1e6:.1f} MB, unpacked {total / 1e6:.1f} MB, {rounds} rounds, "
          f"zlib {zlib.ZLIB_RUNTIME_VERSION}, load {os.getloadavg()[0]:.1f}")
    for name, times in taken.items():
        processor, elapsed = (statistics.median(column) for column in zip(*times))
        print(f"  {name}: {processor:.3f} s, {size / 1e6 / processor:.0f} MB/s packed, "
              f"{total / 1e6 / processor:.0f} MB/s unpacked; {elapsed:.3f} s elapsed")


if __name__ == "__main__":
    main()
