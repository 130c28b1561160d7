"""HDF5 files that are sound to the library and odd to a reader, and damaged ones, each read in a process of its own.

    python3 odd_hdf5.py --heartfelt PROGRAM [--seconds 60] [--seed 1] [--damaged] [--finds FOLDER]

The library that reads HDF5 is the system's, so what it does with damaged bytes is not ours; what our side does with the
groups, attributes, shapes, references and types that it reports is. `inspect` must end by itself, with an answer or a
sentence; a signal, more than 20 s, or more than 3 GiB is a find. With --damaged bytes are changed as well, and what
the library itself dies of is counted. Needs h5py and numpy.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time

import h5py
import numpy as np

NAMES = ["ecg", "ECG 1", "fs", "sampling_rate", "raw", "channel_1", "00:07:80:D8:AB:58", "DREAMER", "#refs#", "a" * 300,
         "ü", "x.y", "support"]
CLASSES = [b"double", b"cell", b"struct", b"char", b"logical", b"function_handle", b"int32", b"", b"canonical empty"]


def values(choice):
    shape = choice.choice([(), (0,), (1,), (7,), (40, 2), (2, 40), (3, 0), (1, 1, 1, 5), (300,), (2, 2, 2)])
    kind = choice.choice(["f8", ">f4", "f2", "i1", "u8", ">i2", "?", "S5", "c16"])
    if kind == "S5":
        return np.full(shape, b"text", dtype=kind)
    numbers = np.random.default_rng(choice.randrange(1 << 30)).integers(0, 200, shape)
    if kind[-2:] in ("f8", "f4", "f2") and choice.random() < 0.3:
        return np.where(numbers > 100, np.nan, numbers).astype(kind)
    return numbers.astype(kind)


def attribute(choice, place):
    name = choice.choice(["MATLAB_class", "MATLAB_empty", "MATLAB_int_decode", "sampling rate", "resolution", "channels",
                          "sensor", "label", "date", "time", "device"])
    value = choice.choice([
        lambda: choice.choice(CLASSES), lambda: np.bytes_(choice.choice(CLASSES)) if choice.random() < 0.9 else b"x" * 60000,
        lambda: choice.choice([0, 1, -1, 2**62, 1e308, float("nan"), float("inf")]),
        lambda: np.arange(choice.choice([0, 1, 5, 5000])), lambda: "ü" * choice.choice([0, 1, 500]),
        lambda: np.array(["a", "b"], dtype=h5py.string_dtype()), lambda: h5py.Empty("f8"), lambda: True,
        lambda: np.zeros((2, 3), dtype=[("a", "i4"), ("b", "f8")])])()
    try:
        place.attrs[name] = value
    except (TypeError, ValueError, OSError):
        pass


def fill(choice, group, depth, file):
    for _ in range(choice.randrange(6)):
        name = choice.choice(NAMES) + ("" if choice.random() < 0.7 else str(choice.randrange(3)))
        if name in group:
            continue
        what = choice.random()
        if what < 0.25 and depth < 30:
            inner = group.create_group(name, track_order=choice.random() < 0.3)
            attribute(choice, inner)
            fill(choice, inner, depth + 1, file)
        elif what < 0.6:
            data = values(choice)
            options = {}
            if data.ndim and data.size:
                options = choice.choice([{}, {"compression": "gzip"}, {"chunks": True, "shuffle": True},
                                         {"fletcher32": True}, {"scaleoffset": 0} if data.dtype.kind in "iu" else {}])
            made = group.create_dataset(name, data=data, **options)
            attribute(choice, made)
            attribute(choice, made)
        elif what < 0.7:
            # References to groups, to nothing, to the very group they stand in.
            targets = [choice.choice([file.ref, group.ref, h5py.Reference()]) for _ in range(choice.randrange(1, 5))]
            made = group.create_dataset(name, data=np.array(targets, dtype=h5py.ref_dtype).reshape(1, -1))
            made.attrs["MATLAB_class"] = np.bytes_(choice.choice(CLASSES))
        elif what < 0.8:
            group[name] = choice.choice([h5py.SoftLink("/nowhere"), h5py.SoftLink("/"), h5py.ExternalLink("other.h5", "/a"),
                                         file["/"]])
        elif what < 0.9:
            group.create_dataset(name, shape=(choice.choice([10, 1 << 20, 1 << 40]),), dtype="f8", chunks=(8,))
        else:
            group[name] = choice.choice([np.dtype("f8"), 256.0, "words", h5py.Empty("i4")])


def make(choice, path):
    with h5py.File(path, "w", libver=choice.choice(["earliest", "latest"]),
                   userblock_size=choice.choice([0, 0, 512])) as file:
        fill(choice, file, 0, file)
        matlab = file.userblock_size == 512
    if matlab:
        with open(path, "r+b") as file:
            file.write(b"MATLAB 7.3 MAT-file, odd".ljust(124) + b"\x00\x02IM")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heartfelt", required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--damaged", action="store_true")
    parser.add_argument("--finds", default=".")
    options = parser.parse_args()
    ended, died = 0, 0
    stop = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/odd.h5"
        while time.monotonic() < stop:
            number = options.seed * 1_000_000 + ended
            choice = random.Random(number)
            make(choice, path)
            if options.damaged:
                data = bytearray(open(path, "rb").read())
                for _ in range(choice.randrange(1, 9)):
                    data[choice.randrange(8, len(data))] = choice.randrange(256)
                open(path, "wb").write(data)
            try:
                done = subprocess.run(
                    [options.heartfelt, "inspect", path, "--rate", "250"], capture_output=True, timeout=20,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30)))
                code = done.returncode
            except subprocess.TimeoutExpired:
                code = -1000
            ended += 1
            if code not in (0, 1, 2, 64):
                died += 1
                shutil.copyfile(path, f"{options.finds}/odd-{number}.h5")
                print(f"hdf5: file {number} ended with {code}; kept in {options.finds}", flush=True)
    print(f"hdf5: {ended} files, {died} ended badly")
    return 1 if died and not options.damaged else 0


if __name__ == "__main__":
    raise SystemExit(main())
