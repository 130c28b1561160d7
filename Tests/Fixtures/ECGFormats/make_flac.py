"""FLAC streams by independent writers, for the decoder behind WFDB's formats 508, 516 and 524.

    python3 make_flac.py        (after make_fixtures.py)

writes `flac/` with `expected.json`: by the `flac` program at all levels and many settings, by libsndfile, and, for
what neither writes (blocks of varying size, plain residuals, wide Rice parameters), by the few lines below, whose
streams libsndfile reads back. The CRC-32 is that of all samples, channels interleaved, as little-endian int32.
Needs the flac program, numpy, soundfile.
"""

import io
import json
import os
import shutil
import subprocess
import zlib

import numpy as np
import soundfile

import make_fixtures as fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "flac")
expected = {}


def wave(count, bits, seed=0):
    """An ECG over half of the range, as integers."""
    return np.round(fixtures.ecg(count, 250, fixtures.SEED + seed) * 0.4 * 2 ** (bits - 1)).astype(np.int64)


def expect(name, samples, bits):
    samples = samples if samples.ndim == 2 else samples[:, None]
    expected[name] = {"channels": samples.shape[1], "bits": bits, "count": len(samples),
                      "crc": zlib.crc32(samples.astype("<i4").tobytes()),
                      "first": samples[:4].astype(int).tolist()}


def raw(samples, bits):
    wide = samples.astype("<i4").reshape(-1, 1).view(np.uint8)
    return np.ascontiguousarray(wide[:, : (bits + 7) // 8]).tobytes()


def by_flac(name, samples, bits, *options, pipe=False):
    """By the flac program; through a pipe it cannot know how many samples come."""
    samples = samples if samples.ndim == 2 else samples[:, None]
    command = ["flac", "--silent", "--force", "--no-seektable", "--no-padding", "--force-raw-format", "--endian=little",
               "--sign=signed", f"--channels={samples.shape[1]}", f"--bps={bits}", "--sample-rate=8000", *options]
    path = f"{OUT}/{name}.flac"
    if pipe:
        done = subprocess.run(command + ["-c", "-"], input=raw(samples, bits), capture_output=True, check=True)
        open(path, "wb").write(done.stdout)
    else:
        subprocess.run(command + ["-o", path, "-"], input=raw(samples, bits), check=True)
    expect(f"{name}.flac", samples, bits)


def program():
    ecg = wave(1200, 16)
    for level in range(9):
        by_flac(f"level{level}", ecg, 16, f"-{level}", "-b", "576")
    pair = np.c_[ecg, ecg * 9 // 10 + wave(1200, 16, 5) // 50]
    by_flac("mid_side", pair, 16, "--mid-side", "-b", "192")
    by_flac("left_side", np.c_[ecg, ecg + np.arange(1200) % 3], 16, "-5", "-b", "256")
    by_flac("side_right", np.c_[wave(1200, 16, 7) // 3, ecg // 2], 16, "-8", "-b", "4096")
    by_flac("bits8", wave(900, 8), 8, "-8")
    by_flac("bits24", np.c_[wave(700, 24), -wave(700, 24, 3)], 24, "-8", "-b", "1152")
    by_flac("longest", wave(500, 24), 24, "--lax", "-l", "32", "-b", "500")
    by_flac("eight_channels", np.stack([wave(300, 16, n) for n in range(8)], 1), 16, "-3", "-b", "64")
    by_flac("short_blocks", wave(400, 16), 16, "-8", "-b", "16", "--lax")
    by_flac("partitions", np.r_[np.zeros(2048, dtype=int), wave(2048, 16)], 16, "-8", "-r", "8", "-b", "4096")
    by_flac("wasted", wave(500, 12) * 16, 16, "-5")
    by_flac("constant", np.full(5000, -77), 16, "-5")
    random = np.random.default_rng(fixtures.SEED)
    by_flac("noise", random.integers(-32768, 32768, 300), 16, "-5")
    by_flac("extremes", np.array([32767, -32768] * 40), 16, "-8")
    by_flac("bits32", np.c_[wave(300, 32), -wave(300, 32)], 32, "-8")
    by_flac("length_unknown", wave(700, 16), 16, "-5", "-b", "256", pipe=True)


def library():
    for name, bits, kind in [("sndfile8", 8, "PCM_S8"), ("sndfile16", 16, "PCM_16"), ("sndfile24", 24, "PCM_24")]:
        samples = np.c_[wave(400, bits, 1), wave(400, bits, 2)]
        shifted = (samples << (32 - bits)).astype(np.int32)
        soundfile.write(f"{OUT}/{name}.flac", shifted, 8000, subtype=kind, format="FLAC")
        expect(f"{name}.flac", samples, bits)


class Bits:
    def __init__(self):
        self.text = []

    def put(self, value, width):
        self.text.append(format(value & (1 << width) - 1, f"0{width}b") if width else "")

    def bytes(self):
        text = "".join(self.text)
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def crc(data, polynomial, width):
    register = 0
    for byte in data:
        register ^= byte << (width - 8)
        for _ in range(8):
            register = (register << 1 ^ (polynomial if register >> (width - 1) & 1 else 0)) & (1 << width) - 1
    return register


def coded(number):
    if number < 0x80:
        return bytes([number])
    return chr(number).encode() if number < 0xD800 else None


def frame(start, samples, method, parameters):
    """First differences, in partitions, each by a Rice parameter or (negative) as plain numbers of so many bits."""
    head = Bits()
    head.put(0x3FFE, 14)
    head.put(1, 2)
    head.put(7 << 4 | 0, 8)
    head.put(0, 4)
    head.put(4, 3)
    head.put(0, 1)
    data = head.bytes() + coded(start) + (len(samples) - 1).to_bytes(2, "big")
    data += bytes([crc(data, 0x07, 8)])
    body = Bits()
    body.put(8 + 1, 7)
    body.put(0, 1)
    body.put(int(samples[0]), 16)
    width = 4 + method
    body.put(method, 2)
    body.put(len(parameters).bit_length() - 1, 4)
    differences = np.diff(samples)
    size = len(samples) // len(parameters)
    place = 0
    for number, parameter in enumerate(parameters):
        part = differences[place:(number + 1) * size - 1]
        place += len(part)
        if parameter <= 0:
            body.put((1 << width) - 1, width)
            body.put(-parameter, 5)
            for value in part:
                body.put(int(value), -parameter)
            continue
        body.put(parameter, width)
        for value in part:
            folded = int(value) * 2 if value >= 0 else -int(value) * 2 - 1
            body.put(1, (folded >> parameter) + 1)
            body.put(folded, parameter)
    data += body.bytes()
    return data + crc(data, 0x8005, 16).to_bytes(2, "big")


def by_hand():
    samples = wave(1000, 12)
    samples[700:728] = samples[700]
    sizes = [400, 16, 284, 28, 272]
    frames, start = b"", 0
    for size, method, parameters in zip(sizes, [0, 1, 1, 0, 0], [[5, 6, -16, 4], [20], [-15, 7], [0], [6] * 16]):
        frames += frame(start, samples[start:start + size], method, parameters)
        start += size
    for name, total in [("varying_blocks", 1000), ("varying_unknown", 0)]:
        info = (16).to_bytes(2, "big") + (400).to_bytes(2, "big") + bytes(6)
        info += (8000 << 44 | 15 << 36 | total).to_bytes(8, "big") + bytes(16)
        comment = bytes([0x84, 0, 0, 12]) + b"\4\0\0\0none\0\0\0\0"
        data = b"fLaC" + bytes([0, 0, 0, 34]) + info + comment + frames
        open(f"{OUT}/{name}.flac", "wb").write(data)
        if total:
            assert np.array_equal(soundfile.read(io.BytesIO(data), dtype="int16")[0], samples)
        expect(f"{name}.flac", samples, 16)


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    program()
    library()
    by_hand()
    version = subprocess.run(["flac", "--version"], capture_output=True, text=True).stdout.strip()
    expected["versions"] = {"flac": version, "soundfile": soundfile.__version__,
                            "libsndfile": soundfile.__libsndfile_version__, "numpy": np.__version__}
    with open(f"{OUT}/expected.json", "w") as file:
        json.dump(expected, file, indent=0, sort_keys=True)
        file.write("\n")
    fixtures.manifest()
