"""Large recordings of each format, for the speed of readers.

    python3 make_files.py FOLDER [MEGABYTES]

writes WFDB, EDF, BDF, Poly5 and MATLAB files of some 200 MB each (60 and 90 MB where packed), and a pickle in WESAD's
layout as Python 2 writes it under protocol 0, of some 1 GB. Needs numpy, scipy and h5py.
"""

import os
import struct
import sys

import h5py
import numpy as np
import scipy.io


def ecg(count, rate):
    """Something like an ECG of a 16-bit converter over 3 mV, in steps."""
    time = np.arange(count) / rate
    phase = (time * 1.1) % 1
    wave = np.exp(-(((phase - 0.5) / 0.02) ** 2)) + 0.2 * np.exp(-(((phase - 0.75) / 0.05) ** 2))
    noise = np.random.default_rng(1).standard_normal(count) * 0.02
    return np.round((wave + noise) / 3 * 65536).astype(np.int16)


def field(text, width):
    return text.encode().ljust(width)


def wfdb(folder, codes):
    pair = np.c_[codes, codes]
    pair.tofile(f"{folder}/format16.dat")
    low = (pair.reshape(-1, 2) >> 4).astype(np.int32)
    packed = np.empty((len(low), 3), dtype=np.uint8)
    packed[:, 0] = low[:, 0] & 0xFF
    packed[:, 1] = (low[:, 0] >> 8 & 0x0F) | (low[:, 1] >> 4 & 0xF0)
    packed[:, 2] = low[:, 1] & 0xFF
    packed.tofile(f"{folder}/format212.dat")
    for number in (16, 212):
        with open(f"{folder}/format{number}.hea", "w") as file:
            file.write(f"format{number} 2 700 {len(codes)}\n")
            file.write(f"format{number}.dat {number} 21845/mV 16 0\n" * 2)


def edf(folder, codes, name, width):
    rate, signals = 700, 2
    records = len(codes) // rate
    limit = 2 ** (8 * width - 1)
    head = (b"\xffBIOSEMI" if width == 3 else field("0", 8)) + field("X", 80) + field("X", 80) + b"01.01.2101.00.00"
    head += field(str(256 * (signals + 1)), 8) + field("24BIT" if width == 3 else "", 44) + field(str(records), 8)
    head += field("1", 8) + field(str(signals), 4)
    for values, size in [(["ECG", "Resp"], 16), (["", ""], 80), (["mV", "mV"], 8), (["-1.5"] * 2, 8), (["1.5"] * 2, 8),
                         ([str(-limit)] * 2, 8), ([str(limit - 1)] * 2, 8), (["", ""], 80), ([str(rate)] * 2, 8),
                         (["", ""], 32)]:
        head += b"".join(field(value, size) for value in values)
    block = np.repeat(codes[: records * rate].reshape(records, 1, rate), 2, axis=1)
    if width == 3:
        wide = block.astype("<i4") * 256
        block = wide.view(np.uint8).reshape(*wide.shape, 4)[..., :3]
    with open(f"{folder}/{name}", "wb") as file:
        file.write(head)
        np.ascontiguousarray(block).tofile(file)


def poly5(folder, codes):
    def pascal(text, width):
        return (bytes([len(text)]) + text).ljust(width, b"\0")

    per_block = 256
    blocks = len(codes) // per_block
    count = blocks * per_block
    head = b"POLY SAMPLE FILEversion 2.03\r\n\x1a" + struct.pack("<h", 203) + pascal(b"benchmark", 81)
    head += struct.pack("<hhBhi4x", 2048, 2048, 0, 4, count) + struct.pack("<7h", 2012, 9, 18, 2, 13, 16, 5)
    head += struct.pack("<iHHh64x", blocks, per_block, per_block * 8, 0)
    for name in (b"(Lo) ECG", b"(Hi) ECG", b"(Lo) SCL", b"(Hi) SCL"):
        head += pascal(name, 41) + bytes(4) + pascal(b"mV", 11) + struct.pack("<4fhh60x", 0, 1, 0, 1, 0, 0)
    body = np.zeros((blocks, 86 + per_block * 8), dtype=np.uint8)
    values = (np.c_[codes, codes][:count] / np.float32(65536)).astype("<f4")
    body[:, 86:] = values.view(np.uint8).reshape(blocks, -1)
    with open(f"{folder}/float.S00", "wb") as file:
        file.write(head)
        body.tofile(file)


def pickle(folder, megabytes):
    """As cPickle of Python 2.7 with NumPy 1.16 writes it, one array at a time."""
    count = int(megabytes * 1e6 / 225)
    codes = ecg(count, 700)
    fine = codes / 65536 * 3

    def array(file, name, values):
        data = repr(np.ascontiguousarray(values).tobytes()).encode()[1:]
        shape = b"".join(b"I%d\n" % extent for extent in values.shape)
        file.write(b"S'%s'\n" % name + b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(")
        file.write(shape + b"tcnumpy\ndtype\n(S'%s'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nS" % (
            values.dtype.str[1:].encode()))
        file.write(data + b"\ntbs")

    with open(f"{folder}/S2.pkl", "wb") as file:
        file.write(b"(dp1\nS'signal'\n(dS'chest'\n(d")
        array(file, b"ACC", np.c_[fine, fine * 0.5, fine * 0.25])
        for name in (b"ECG", b"EMG", b"EDA", b"Resp"):
            array(file, name, fine.reshape(-1, 1))
        array(file, b"Temp", fine.astype("f4").reshape(-1, 1))
        file.write(b"sS'wrist'\n(d")
        array(file, b"BVP", fine[: count * 64 // 700].reshape(-1, 1))
        file.write(b"ss")
        array(file, b"label", np.repeat([1, 2], (count + 1) // 2)[:count].astype("i4"))
        file.write(b"S'subject'\nS'S2'\ns.")


def main():
    folder = sys.argv[1]
    megabytes = float(sys.argv[2]) if len(sys.argv) > 2 else 200
    os.makedirs(folder, exist_ok=True)
    codes = ecg(int(megabytes * 1e6 / 4) // 700 * 700, 700)
    wfdb(folder, codes)
    edf(folder, codes, "plain.edf", 2)
    edf(folder, codes[: len(codes) // 2 // 700 * 700], "plain.bdf", 3)
    poly5(folder, codes[: len(codes) // 2])
    values = codes[: int(megabytes * 1e6 / 16)] / 65536 * 3
    pair = np.c_[values, -values]
    scipy.io.savemat(f"{folder}/plain.mat", {"ECG": pair, "fs": 700.0})
    scipy.io.savemat(f"{folder}/packed.mat", {"ECG": pair, "fs": 700.0}, do_compression=True)
    # Numbers of full precision hardly pack: nearly all of the file are single bytes, none of them repeated.
    fine = np.random.default_rng(2).standard_normal((len(pair) // 2, 2))
    scipy.io.savemat(f"{folder}/fine.mat", {"ECG": fine, "fs": 700.0}, do_compression=True)
    # As MATLAB 7.3 and OpenSignals store: chunks that are packed at level 3 and 4.
    with h5py.File(f"{folder}/packed.h5", "w") as file:
        file.create_dataset("ECG", data=pair.T, chunks=(1, 65536), compression=3)
        file.create_dataset("codes", data=codes[:, None], chunks=(65536, 1), compression=4, shuffle=True)
        file["fs"] = 700.0
    pickle(folder, megabytes * 5)


if __name__ == "__main__":
    main()
