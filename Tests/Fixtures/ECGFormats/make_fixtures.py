"""Golden files of ECGFormats, written by programs other than this project.

    python3 make_fixtures.py [REALDATA]     (then make_python2_pickles.py, then once more)

writes the folders beside this script, `expected.json` (what a reader must find, by the writing program or by
its own reader), and, with the folder of real recordings, `real.json` (facts of those, no samples of theirs).
Needs numpy, wfdb (with soundfile for FLAC), pyEDFlib, pandas, scipy, openpyxl, h5py, hdf5storage.
"""

import csv
import hashlib
import json
import os
import shutil
import struct
import sys
import zipfile

import h5py
import hdf5storage
import numpy as np
import openpyxl
import pandas
import pyedflib
import scipy
import scipy.io
import wfdb

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20261121
expected = {}


def folder(name):
    path = os.path.join(HERE, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def ecg(count, rate, seed=SEED):
    """Something with beats in it, in mV: its numbers matter, its medicine does not."""
    random = np.random.default_rng(seed)
    time = np.arange(count) / rate
    phase = (time * 1.1) % 1
    wave = np.exp(-(((phase - 0.5) / 0.02) ** 2)) + 0.2 * np.exp(-(((phase - 0.75) / 0.05) ** 2))
    return wave + 0.05 * np.sin(2 * np.pi * 0.3 * time) + 0.01 * random.standard_normal(count)


def numbers(values):
    """What is compared: length, missing, sum, first and last samples, as float32."""
    values = np.asarray(values, dtype=np.float64)
    single = values.astype(np.float32)
    good = single[np.isfinite(single)].astype(np.float64)
    return {
        "count": int(len(values)),
        "missing": int(len(values) - len(good)),
        "sum": float(good.sum()),
        "sumOfSquares": float((good**2).sum()),
        "first": [None if not np.isfinite(v) else float(v) for v in single[:8]],
        "last": [None if not np.isfinite(v) else float(v) for v in single[-8:]],
    }


def expect(path, values, rate, unit="mV", **more):
    expected[path] = {"rate": rate, "unit": unit, **numbers(values), **more}


def text_files():
    out = folder("text")
    rate, count = 250, 600
    signal = np.round(ecg(count, rate), 6)
    other = np.round(np.cos(np.arange(count) / 40), 4)
    time = np.arange(count) / rate

    pandas.DataFrame({"time [s]": time, "RESP": other, "ECG [uV]": signal * 1000}).to_csv(
        f"{out}/header.csv", index=False)
    expect("text/header.csv", signal * 1000 / 1000, rate)

    np.savetxt(f"{out}/bare.txt", signal)
    expect("text/bare.txt", signal, rate, "unknown", options={"samplingRate": rate})

    np.savetxt(f"{out}/savetxt_header.txt", np.c_[time, signal], header="time,ecg_mV", delimiter=",")
    expect("text/savetxt_header.txt", signal, rate)

    with open(f"{out}/semicolon_comma.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Zeit (ms)", "EKG (mV)"])
        for index in range(count):
            writer.writerow([str(index * 4).replace(".", ","), str(signal[index]).replace(".", ",")])
    expect("text/semicolon_comma.csv", signal, rate)

    with open(f"{out}/utf16.tsv", "w", encoding="utf-16", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["ECG (µV)"])
        for value in signal:
            writer.writerow([value * 1000])
    expect("text/utf16.tsv", signal * 1000 / 1000, rate, options={"samplingRate": rate})

    holed = signal.copy()
    holed[10:20] = np.nan
    holed[-1] = np.nan
    pandas.DataFrame({"ecg": holed, "note": ["rest"] * count}).to_csv(
        f"{out}/missing.csv", index=False, lineterminator="\r\n")
    expect("text/missing.csv", holed, rate, "unknown", options={"samplingRate": rate})

    keep = np.r_[0:100, 150:600]
    gapped = signal.copy()
    gapped[100:150] = np.nan
    pandas.DataFrame({"timestamp [ms]": 1.7e12 + keep * 4, "ecg_mV": signal[keep]}).to_csv(
        f"{out}/gap.csv", index=False, float_format="%.6f")
    expect("text/gap.csv", gapped, rate)

    with open(f"{out}/blanks.txt", "w") as file:
        for index in range(count):
            file.write(f"  {signal[index]: .6e}   {other[index]: .4f}\n")
    expect("text/blanks.txt", signal, rate, "unknown", options={"samplingRate": rate, "channel": "1"})

    with open(f"{out}/comment_rate.txt", "w") as file:
        file.write("# Sampling Rate (Hz):= 250.00\n# Labels:= ECG\n")
        file.writelines(f"{value}\n" for value in signal)
    expect("text/comment_rate.txt", signal, rate, "unknown")

    stamps = pandas.Timestamp("2024-02-29 23:59:59.5") + pandas.to_timedelta(time, unit="s")
    pandas.DataFrame({"datetime": stamps, "II (mV)": signal}).to_csv(
        f"{out}/clock.csv", index=False, sep="|")
    expect("text/clock.csv", signal, rate)


def wfdb_files():
    out = folder("wfdb")
    rate, count = 250, 301
    cases = {"80": (40, 8), "212": (800, 12), "16": (1000, 16), "24": (20000, 24), "32": (20000, 32),
             "61": (1000, 16), "160": (1000, 16), "310": (200, 10), "311": (200, 10), "8": (60, 8),
             "508": (40, 8), "516": (1000, 16), "524": (20000, 24)}
    for number, (gain, _) in cases.items():
        # Format 8 holds differences of at most 127 steps.
        signals = np.c_[ecg(count, rate), -0.5 * ecg(count, rate, SEED + 1)]
        if number == "310" or number == "311" or number == "8":
            signals = signals[:, :1]
        signals = np.round(signals * gain) / gain
        if number != "8":
            signals[7, 0] = np.nan
        name = f"format{number}"
        names = ["II", "V5"][: signals.shape[1]]
        # wfdb writes some formats only as digital samples; all are given so.
        digital = np.nan_to_num(signals * gain, nan=0).round().astype(np.int64)
        lowest = {"80": -128, "212": -2048, "24": -(2**23), "32": -(2**31), "310": -512, "311": -512, "508": -128,
                  "524": -(2**23)}
        if number != "8":
            digital[7, 0] = lowest.get(number, -32768)
        write_codes(out, name, number, digital, rate, gain, names)
        read = wfdb.rdrecord(f"{out}/{name}")
        expect(f"wfdb/{name}.hea", read.p_signal[:, 0], rate)

    signals = np.c_[ecg(500, 360), ecg(500, 360, 5)]
    wfdb.wrsamp("written", fs=360, units=["mV", "uV"], sig_name=["I", "aVR"], p_signal=signals,
                fmt=["16", "16"], write_dir=out, comments=["age: 40"])
    read = wfdb.rdrecord(f"{out}/written")
    expect("wfdb/written.dat", read.p_signal[:, 0], 360)
    expect("wfdb/written", read.p_signal[:, 1] / 1000, 360, options={"channel": "aVR"})
    samples = np.array([10, 120, 1500, 90000, 90001])
    wfdb.wrann("written", "atr", samples, symbol=["N", "V", "+", "N", "~"], aux_note=["", "", "(AFIB", "", ""],
               subtype=np.array([0, 1, 0, 0, 0]), chan=np.array([0, 0, 0, 1, 0]), num=np.array([0, 0, 2, 0, 0]),
               fs=360, write_dir=out)
    annotation = wfdb.rdann(f"{out}/written", "atr")
    expected["wfdb/written.atr"] = {"samples": annotation.sample.tolist(), "symbols": annotation.symbol,
                                    "notes": [note.rstrip("\0") for note in annotation.aux_note],
                                    "channels": annotation.chan.tolist()}


    segments(out)


def segments(out):
    """Records of several segments, of fixed and of variable layout, and one with skew."""
    rate = 250
    whole = np.round(np.c_[ecg(500, rate), -0.5 * ecg(500, rate, 3)] * 1000).astype(np.int64)
    common = dict(fs=rate, adc_gain=[1000.0] * 2, baseline=[0, 0], units=["mV"] * 2, fmt=["16"] * 2, write_dir=out)
    wfdb.wrsamp("fixed_1", d_signal=whole[:300], sig_name=["II", "V5"], **common)
    wfdb.wrsamp("fixed_2", d_signal=whole[300:], sig_name=["II", "V5"], **common)
    open(f"{out}/fixed.hea", "w").write("fixed/2 2 250 500\nfixed_1 300\nfixed_2 200\n")
    expect("wfdb/fixed.hea", wfdb.rdrecord(f"{out}/fixed").p_signal[:, 1], rate, options={"channel": "V5"})

    # The signals of a variable layout come in any order, some are absent, and there are gaps.
    wfdb.wrsamp("variable_1", d_signal=whole[:300, ::-1], sig_name=["V5", "II"], **common)
    one = {**common, "adc_gain": [1000.0], "baseline": [0], "units": ["mV"], "fmt": ["212"]}
    wfdb.wrsamp("variable_2", d_signal=whole[300:, :1], sig_name=["II"], **one)
    open(f"{out}/variable_layout.hea", "w").write(
        "variable_layout 2 250 0\n~ 0 1000(0)/mV 16 0 0 0 0 II\n~ 0 1000(0)/mV 16 0 0 0 0 V5\n")
    open(f"{out}/variable.hea", "w").write(
        "variable/4 2 250 600\nvariable_layout 0\nvariable_1 300\n~ 100\nvariable_2 200\n")
    read = wfdb.rdrecord(f"{out}/variable")
    assert read.sig_name == ["II", "V5"]
    expect("wfdb/variable.hea", read.p_signal[:, 0], rate)
    expect("wfdb/variable", read.p_signal[:, 1], rate, options={"channel": "V5"})

    # FLAC with two samples a frame, from the eleventh sample on.
    codes = wfdb.rdrecord(f"{out}/format516", physical=False).d_signal[10:300]
    sums = [int(np.int64(column.sum()).astype(np.int16)) for column in codes.T]
    lines = [f"format516.dat 516x2+10 1000(0)/mV 16 0 {codes[0, n]} {sums[n]} 0 {name}\n"
             for n, name in enumerate(["II", "V5"])]
    open(f"{out}/frames516.hea", "w").write("frames516 2 100 145\n" + "".join(lines))
    read = wfdb.rdrecord(f"{out}/frames516", smooth_frames=False)
    expect("wfdb/frames516.hea", read.e_p_signal[1], 200, options={"channel": "V5"})

    wfdb.wrsamp("skewed", d_signal=whole[:301], sig_name=["II", "V5"], **common)
    lines = open(f"{out}/skewed.hea").read().split("\n")
    lines[2] = lines[2].replace("skewed.dat 16 ", "skewed.dat 16:7 ")
    assert ":7" in lines[2]
    open(f"{out}/skewed.hea", "w").write("\n".join(lines))
    expect("wfdb/skewed.hea", wfdb.rdrecord(f"{out}/skewed").p_signal[:, 1], rate, options={"channel": "V5"})


def write_codes(out, name, number, digital, rate, gain, names):
    """Samples as codes: by wfdb where it can write the format, else by numpy."""
    count, width = digital.shape
    if number in ("80", "212", "16", "24", "32", "508", "516", "524"):
        wfdb.wrsamp(name, fs=rate, units=["mV"] * width, sig_name=names, d_signal=digital, fmt=[number] * width,
                    adc_gain=[float(gain)] * width, baseline=[0] * width, write_dir=out)
        return
    flat = digital.reshape(-1)
    initial = digital[0]
    if number == "61":
        data = flat.astype(">i2").tobytes()
    elif number == "160":
        data = (flat + 32768).astype("<u2").tobytes()
    elif number == "8":
        initial = [0]
        data = np.diff(np.r_[0, flat]).astype("i1").tobytes()
    else:
        padded = np.r_[flat, np.zeros(-len(flat) % 3, dtype=np.int64)].reshape(-1, 3) & 0x3FF
        if number == "310":
            low = padded[:, 0] << 1 | (padded[:, 2] & 0x1F) << 11
            high = padded[:, 1] << 1 | padded[:, 2] >> 5 << 11
            data = (low | high << 16).astype("<u4").tobytes()
        else:
            data = (padded[:, 0] | padded[:, 1] << 10 | padded[:, 2] << 20).astype("<u4").tobytes()
    with open(f"{out}/{name}.dat", "wb") as file:
        file.write(data)
    with open(f"{out}/{name}.hea", "w") as file:
        file.write(f"{name} {width} {rate} {count}\n")
        for index, lead in enumerate(names):
            checksum = int(np.int64(digital[:, index].sum()).astype(np.int16))
            file.write(f"{name}.dat {number} {gain}(0)/mV 16 0 {initial[index]} {checksum} 0 {lead}\n")


def edf_files():
    out = folder("edf")
    for name, kind, unit, scale in [("plus.edf", pyedflib.FILETYPE_EDFPLUS, "uV", 1000),
                                    ("plain.edf", pyedflib.FILETYPE_EDF, "mV", 1),
                                    ("plus.bdf", pyedflib.FILETYPE_BDFPLUS, "uV", 1000)]:
        is_bdf = name.endswith("bdf")
        limit = 8388607 if is_bdf else 32767
        writer = pyedflib.EdfWriter(f"{out}/{name}", 2, file_type=kind)
        signals = [ecg(6 * 200, 200) * scale, np.sin(np.arange(6 * 50) / 9) * 90]
        for index, (label, own_unit, own_rate, extent) in enumerate(
                [("ECG II", unit, 200, 2 * scale), ("Resp", "%", 50, 100)]):
            writer.setSignalHeader(index, {
                "label": label, "dimension": own_unit, "sample_frequency": own_rate, "physical_max": extent,
                "physical_min": -extent, "digital_max": limit, "digital_min": -limit - 1, "transducer": "",
                "prefilter": "HP:0.05Hz"})
        if kind != pyedflib.FILETYPE_EDF:
            writer.setPatientCode("P007")
            writer.setPatientName("Nobody")
        writer.setStartdatetime(__import__("datetime").datetime(2021, 3, 4, 5, 6, 7))
        writer.writeSamples(signals)
        if kind != pyedflib.FILETYPE_EDF:
            writer.writeAnnotation(1.5, -1, "stress begins")
            writer.writeAnnotation(3, 2, "talk")
        writer.close()
        reader = pyedflib.EdfReader(f"{out}/{name}")
        expect(f"edf/{name}", reader.readSignal(0) / scale, 200)
        reader.close()

    # EDF+D: pyEDFlib writes no gaps, so the continuous file's third record is moved by five seconds.
    data = bytearray(open(f"{out}/plus.edf", "rb").read())
    data[192:197] = b"EDF+D"
    header = int(data[184:192])
    records = int(data[236:244])
    size = (len(data) - header) // records
    for record in range(records):
        start = header + record * size
        at = data.index(b"\x14\x14\x00", start)
        onset = data[start:start + size].index(b"+%d" % record)
        if record >= 2:
            old = bytes(data[start + onset:at])
            new = b"+%d" % (record + 5)
            assert len(old) <= 2 and len(new) <= 2 or True
            rest = data[at:start + size]
            data[start + onset:start + size] = (new + rest)[:size - onset].ljust(size - onset, b"\0")
    open(f"{out}/gap.edf", "wb").write(data)
    reader = pyedflib.EdfReader(f"{out}/plus.edf")
    whole = reader.readSignal(0) / 1000
    reader.close()
    expect("edf/gap.edf", np.r_[whole[:400], np.full(1000, np.nan), whole[400:]], 200)


def npy_files():
    out = folder("npy")
    signal = ecg(200, 100)
    rate = {"samplingRate": 100}
    for dtype in ["<f4", ">f4", "<f8", "<f2", "<i2", ">i4", "u1", "<i8", "<u2"]:
        values = signal if dtype[-2] == "f" else np.round(signal * 100 + 30)
        array = values.astype(dtype)
        name = dtype.replace("<", "little_").replace(">", "big_")
        np.save(f"{out}/{name}.npy", array)
        expect(f"npy/{name}.npy", array.astype(np.float64), 100, "unknown", options=rate)
    both = np.c_[signal, -signal].astype("<f4")
    np.save(f"{out}/rows.npy", both)
    np.save(f"{out}/fortran.npy", np.asfortranarray(both))
    np.save(f"{out}/wide.npy", np.ascontiguousarray(both.T))
    for name in ["rows", "fortran", "wide"]:
        expect(f"npy/{name}.npy", both[:, 1], 100, "unknown", options={**rate, "channel": "2"})
    for version in [(2, 0), (3, 0)]:
        with open(f"{out}/version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, signal, version=version)
        expect(f"npy/version{version[0]}.npy", signal, 100, "unknown", options=rate)
    np.savez(f"{out}/stored.npz", ecg=signal, resp=signal * 2, fs=100.0)
    expect("npy/stored.npz", signal, 100, "unknown")
    np.savez_compressed(f"{out}/deflated.npz", ecg=signal, sampling_rate=100)
    expect("npy/deflated.npz", signal, 100, "unknown")
    np.save(f"{out}/objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)


def deflate_files():
    """Packed streams of all kinds of block, and the bytes they hold."""
    import zlib
    out = folder("deflate")
    random = np.random.default_rng(SEED)
    plain = {
        "text": b"".join(b"%d,%.3f\n" % (i, v) for i, v in enumerate(ecg(3000, 250))),
        "noise": random.integers(0, 256, 9000, dtype=np.uint8).tobytes(),
        "zeros": bytes(700000),
        "skewed": (random.geometric(0.02, 40000) % 256).astype(np.uint8).tobytes(),
        "empty": b"",
    }
    for name, data in plain.items():
        for level, strategy in [(0, 0), (1, 0), (9, 0), (6, zlib.Z_FIXED), (6, zlib.Z_HUFFMAN_ONLY), (6, zlib.Z_RLE)]:
            if name in ("noise", "skewed") and (level, strategy) in ((0, 0), (1, 0)):
                continue
            if name == "zeros" and (level == 0 or strategy == zlib.Z_HUFFMAN_ONLY):
                continue
            packer = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
            packed = packer.compress(data) + packer.flush()
            file = f"{name}_{level}_{strategy}.zz"
            open(f"{out}/{file}", "wb").write(packed)
            expected[f"deflate/{file}"] = {"count": len(data), "crc": zlib.crc32(data), "adler": zlib.adler32(data)}


def matlab_files():
    out = folder("matlab")
    signal, rate = ecg(700, 256), 256
    pair = np.c_[signal, -signal]
    content = {
        "ECG": pair, "fs": float(rate), "scores": np.array([[1.0, 5, 3, 9]]), "name": "Größe µV",
        "cells": np.array([[signal[:5].reshape(-1, 1), np.zeros((0, 0)), "N1"]], dtype=object),
        "nested": {"Age": "22", "Data": np.array([[{"Gender": "male", "ECG": pair[:7]}]], dtype=object),
                   "single": signal[:9].astype("f4"), "flag": np.array([[True, False]]),
                   "big": np.array([[2**40, -5]], dtype="i8"), "small": np.array([[-7, 8]], dtype="i2")},
    }
    for packed in [False, True]:
        name = "packed.mat" if packed else "plain.mat"
        scipy.io.savemat(f"{out}/{name}", content, do_compression=packed, oned_as="column")
        expect(f"matlab/{name}", signal, rate, "unknown", options={"channel": "ECG 1"})
    # The other byte order, by swapping a file of one plain variable and the rate.
    data = open(f"{out}/plain.mat", "rb").read()
    open(f"{out}/bigendian.mat", "wb").write(swap(data))
    expect("matlab/bigendian.mat", signal, rate, "unknown", options={"channel": "ECG 2"})
    expected["matlab/bigendian.mat"].update(numbers(-signal))
    read = scipy.io.loadmat(f"{out}/bigendian.mat")
    assert np.array_equal(read["ECG"], pair) and read["nested"]["big"][0, 0][0, 0] == 2**40
    assert read["name"][0] == "Größe µV"
    # A packed stream longer than its variable, as AMIGOS has them; and one with a wrong sum.
    import zlib
    scipy.io.savemat(f"{out}/one.mat", {"ECG": pair}, do_compression=False)
    data = open(f"{out}/one.mat", "rb").read()
    os.remove(f"{out}/one.mat")
    for name, body in [("overlong.mat", data[128:] + bytes(64)), ("wrong_sum.mat", data[128:])]:
        packed = bytearray(zlib.compress(body))
        if name == "wrong_sum.mat":
            packed[-1] ^= 1
        open(f"{out}/{name}", "wb").write(data[:128] + struct.pack("<II", 15, len(packed)) + packed)
    expect("matlab/overlong.mat", signal, rate, "unknown", options={"channel": "ECG 1", "samplingRate": rate})


def swap(data):
    """A little-endian MATLAB 5 file as a big-endian one."""
    widths = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1, 17: 2}

    def elements(part):
        out, at = b"", 0
        while at + 8 <= len(part):
            first, = struct.unpack_from("<I", part, at)
            if first >> 16:
                kind, size = first & 0xFFFF, first >> 16
                body = np.frombuffer(part[at + 4:at + 8], f"<u{widths[kind]}").byteswap().tobytes()
                out += struct.pack(">I", first) + body
                at += 8
                continue
            size, = struct.unpack_from("<I", part, at + 4)
            body = part[at + 8:at + 8 + size]
            padded = -(-size // 8) * 8
            if first == 14:
                new = elements(body)
            else:
                new = np.frombuffer(body, f"<u{widths[first]}").byteswap().tobytes()
            out += struct.pack(">II", first, size) + new + bytes(padded - size)
            at += 8 + padded
        return out

    return data[:124] + b"\x01\x00MI" + elements(data[128:])


def pickle_files():
    """WESAD's layout under every protocol; protocol 0 also as Python 2 writes it."""
    import pickle
    genuine = {name: open(f"{HERE}/pickle/{name}", "rb").read() for name in os.listdir(f"{HERE}/pickle")
               if name.startswith("python27_")}
    out = folder("pickle")
    small = ecg(200, 100)
    for name, data in genuine.items():
        open(f"{out}/{name}", "wb").write(data)
        read = pickle.loads(data, encoding="latin1")
        assert np.array_equal(read["signal"]["chest"]["ECG"][:, 0], small) and read["subject"] == "S78"
        expect(f"pickle/{name}", small, 700)
    signal = ecg(700, 700)
    acc = np.c_[signal, signal * 2, signal * 3]
    content = {
        "signal": {"chest": {"ACC": np.asfortranarray(acc), "ECG": signal.reshape(-1, 1),
                             "Temp": (signal + 33).astype("f4").reshape(-1, 1)},
                   "wrist": {"BVP": signal[:64].reshape(-1, 1)}},
        "label": np.repeat([1, 2], 350).astype("i4"), "subject": "S77"}
    for protocol in range(6):
        with open(f"{out}/protocol{protocol}.pkl", "wb") as file:
            pickle.dump(content, file, protocol)
        expect(f"pickle/protocol{protocol}.pkl", signal, 700)
    open(f"{out}/python2.pkl", "wb").write(python2(content))
    read = pickle.load(open(f"{out}/python2.pkl", "rb"), encoding="latin1")
    assert np.array_equal(read["signal"]["chest"]["ACC"], acc) and read["subject"] == "S77"
    expect("pickle/python2.pkl", acc[:, 1], 700, "unknown", options={"channel": "signal.chest.ACC 2"})
    with open(f"{out}/plain.pkl", "wb") as file:
        pickle.dump({"ecg": signal, "fs": 250.0, "big": 2**40, "list": [1, (2, 3), None, True, "ü"]}, file, 2)
    expect("pickle/plain.pkl", signal, 250, "unknown")
    with open(f"{out}/scalar.pkl", "wb") as file:
        pickle.dump({"ecg": signal, "fs": np.float64(250)}, file, 4)
    expect("pickle/scalar.pkl", signal, 250, "unknown")
    with open(f"{out}/objects.pkl", "wb") as file:
        pickle.dump({"ecg": np.array([None, 1], dtype=object)}, file, 2)

    class Call:
        def __reduce__(self):
            return os.system, ("echo this must never run > executed.txt",)
    for protocol in range(6):
        with open(f"{out}/call{protocol}.pkl", "wb") as file:
            pickle.dump({"ecg": signal[:3], "x": Call()}, file, protocol)


def python2(value):
    """A pickle of protocol 0 in the words of Python 2.7's cPickle."""
    counter = iter(range(1, 1000))
    memo = {}

    def put():
        return b"p%d\n" % next(counter)

    def glob(name):
        if name in memo:
            return b"g%d\n" % memo[name]
        memo[name] = next(counter)
        return b"c" + name + b"p%d\n" % memo[name]

    def text(data):
        # Python 3's repr of bytes is Python 2's of str with a b in front.
        return b"S" + repr(data).encode()[1:] + b"\n" + put()

    def write(item):
        if isinstance(item, dict):
            out = b"(d" + put()
            for key, part in item.items():
                out += write(key) + write(part) + b"s"
            return out
        if isinstance(item, str):
            return text(item.encode())
        shape = b"(" + b"".join(b"I%d\n" % extent for extent in item.shape) + b"t"
        fortran = item.flags.f_contiguous and not item.flags.c_contiguous
        return (glob(b"numpy.core.multiarray\n_reconstruct\n") + b"(" + glob(b"numpy\nndarray\n")
                + b"(I0\ntS'b'\ntR" + put() + b"(I1\n" + shape + glob(b"numpy\ndtype\n") + b"(S'"
                + item.dtype.str[1:].encode() + b"'\nI0\nI1\ntR" + put() + b"(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb"
                + (b"I01\n" if fortran else b"I00\n") + text(item.tobytes("F" if fortran else "C")) + b"tb")

    return write(value) + b"."


def poly5_files():
    """Both versions, float and 16-bit channels, a last block that is padded."""
    out = folder("poly5")
    rate, count, per_block = 512, 700, 256
    signal = ecg(count, rate).astype("<f4")
    counts = np.round(np.sin(np.arange(count) / 20) * 1000).astype("<i2")
    for version in [203, 204]:
        gap = b"" if version == 203 else b" "
        header = b"POLY SAMPLE FILE" + gap + b"version %.2f\r\n\x1a" % (version / 100)
        blocks = -(-count // per_block)
        header += struct.pack("<h", version) + pascal(b"fixture", 81) + struct.pack("<hhBhi4x", rate, rate, 0, 3, count)
        header += struct.pack("<7h", 2012, 9, 18, 2, 13, 16, 5) + struct.pack("<iHHh64x", blocks, per_block,
                                                                             per_block * 6, 0)
        for name, unit, low, high in [(b"(Lo) HeartPre", b"mV", 0, 1), (b"(Hi) HeartPre", b"mV", 0, 1),
                                      (b"SCL", b"\xb5S", -10, 10)]:
            scale = (low, high, 0, 1) if name != b"SCL" else (low, high, -1000, 1000)
            header += pascal(name, 41) + bytes(4) + pascal(unit, 11) + struct.pack("<4f", *scale)
            header += struct.pack("<hh60x", 0, 0)
        body = b""
        for block in range(blocks):
            rows = b"".join(signal[i:i + 1].tobytes() + counts[i:i + 1].tobytes()
                            for i in range(block * per_block, min(count, (block + 1) * per_block)))
            body += struct.pack("<i82x", block * per_block) + rows.ljust(per_block * 6, b"\0")
        open(f"{out}/version{version}.S00", "wb").write(header + body)
        expect(f"poly5/version{version}.S00", signal, rate)
    expect("poly5/version204.S00", counts / 100, rate, "unknown", options={"channel": "SCL"})


def pascal(text, width):
    return (bytes([len(text)]) + text).ljust(width, b"\0")


def export_files():
    out = folder("exports")
    signal = ecg(600, 512)
    micro = np.round(signal * 1000, 3)
    heads = {
        "apple_en.csv": ["Name,Some Body", 'Date of Birth,"Jan 1, 1990"', "Recorded Date,2021-03-01 09:15:30 +0100",
                         "Classification,Sinus Rhythm", "Symptoms,", "Software Version,1.90", 'Device,"Watch6,2"',
                         "Sample Rate,512 hertz", "", "", "Lead,Lead I", "Unit,µV", ""],
        "apple_de.csv": ["Name,Irgend Wer", "Geburtsdatum,01.01.1990", "Aufzeichnungsdatum,2021-03-01 09:15:30 +0100",
                         "Klassifizierung,Sinusrhythmus", "Symptome,", "Softwareversion,1.90", "Gerät,\"Watch6,2\"",
                         "Messrate,512 Hertz", "", "", "Ableitung,Ableitung I", "Einheit,µV", ""],
        # Translated by hand, not by a phone: keys and words that no reader can know.
        "apple_ka.csv": ["სახელი,ვინმე", "დაბადების თარიღი,1990", "კლასიფიკაცია,სინუსური რიტმი",
                         "საშუალო პულსი,72 დ/წთ", "სიხშირე,512 ჰერცი", "", "", "განხრა,I", "ერთეული,µV", ""],
        "apple_ru.csv": ["Имя,Некто", "Дата рождения,1 янв. 1990", "Дата записи,2021-03-01 09:15:30 +0100",
                         "Частота дискретизации,512 Гц", "", "", "Отведение,Отведение I", "Единица,мкВ", ""]}
    for name, head in heads.items():
        comma = not name.endswith("en.csv")
        lines = [f"{v:.3f}".replace(".", ",") if comma else f"{v:.3f}" for v in micro]
        body = [f'"{line}"' if comma else line for line in lines]
        open(f"{out}/{name}", "w", encoding="utf-8-sig" if name == "apple_de.csv" else "utf-8").write("\n".join(head + body) + "\n")
        expect(f"exports/{name}", micro / 1000, 512)

    with open(f"{out}/polar.txt", "w") as file:
        file.write("Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n")
        polar = np.round(signal[:400] * 1000)
        for index, value in enumerate(polar):
            nanoseconds = 599616000000000000 + round(index * 1e9 / 130)
            packet = pandas.Timestamp("2021-03-01T09:15:00") + pandas.Timedelta(seconds=index // 73 * 73 / 130)
            file.write(f"{packet.isoformat(timespec='milliseconds')};{nanoseconds};{index * 1000 / 130:.1f};{value:.0f}\n")
    expect("exports/polar.txt", polar / 1000, 130)

    with open(f"{out}/shimmer.csv", "w") as file:
        names = ["Timestamp_Unix_CAL", "ECG_LL-RA_24BIT_CAL", "ECG_LA-RA_24BIT_CAL"]
        file.write('"sep=\t"\n' + "".join(f"Shimmer_9035_{name}\t" for name in names) + "\nms\tmV\tmV\t\n")
        for index, value in enumerate(signal):
            file.write(f"{1614586530000 + index * 1000 / 512:.6f}\t{value:.10f}\t{-value:.10f}\t\n")
    expect("exports/shimmer.csv", np.round(signal, 10), 512)

    codes = np.round((signal / 3 + 0.5) * 65536).astype(int)
    info = {"00:07:80:D8:AB:58": {
        "sensor": ["ECG", "EDA"], "column": ["nSeq", "DI", "CH1", "CH2"], "time": "10:55:24.811",
        "date": "2017-5-22", "device": "biosignalsplux", "sampling rate": 700, "label": ["CH1", "CH2"],
        "resolution": [16, 16], "channels": [1, 2]}}
    with open(f"{out}/opensignals.txt", "w") as file:
        file.write("# OpenSignals Text File Format\n# " + json.dumps(info) + "\n# EndOfHeader\n")
        file.writelines(f"{index}\t0\t{code}\t8000\t\n" for index, code in enumerate(codes))
    expect("exports/opensignals.txt", (codes.astype(np.float32) / 65536 - 0.5) * 3, 700)

    with open(f"{out}/biosppy.txt", "w") as file:
        file.write("# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Resolution:= 12\n# Labels:= ECG\n")
        file.writelines(f"{code}\n" for code in codes / 16)
    expect("exports/biosppy.txt", codes / 16, 1000, "unknown")

    with open(f"{out}/popane.csv", "w") as file:
        file.write("#Study_name,Study1\n#Subject_ID,1\n#Channel_Name,timestamp,affect,ECG,marker\n"
                   "#Data_Unit,second,arb,millivolt,0\n#Data_Sample_rate,1000Hz,1000Hz,1000Hz,1000Hz\n"
                   "timestamp,affect,ECG,marker\n")
        file.writelines(f"{index / 1000:.3f},5.0,{value:.5f},-1\n" for index, value in enumerate(signal))
    expect("exports/popane.csv", np.round(signal, 5), 1000)

    packets = [{"ecg": {"Timestamp": 5000 + round(start / 128 * 1000),
                        "Samples": [int(v) for v in codes[start:start + 16]]}} for start in range(0, 592, 16)]
    json.dump({"data": packets}, open(f"{out}/movesense.json", "w"))
    expect("exports/movesense.json", codes[:592], 128, "unknown")

    intervals = np.round(800 + 40 * np.sin(np.arange(50) / 5)).astype(int)
    open(f"{out}/rr.txt", "w").writelines(f"{value}\n" for value in intervals)
    with open(f"{out}/e4_ibi.csv", "w") as file:
        file.write("1495437325.000000, IBI\n")
        file.writelines(f"{t:.6f},{v / 1000:.6f}\n" for t, v in zip(np.cumsum(intervals) / 1000, intervals))
    expected["intervals"] = (intervals / 1000).tolist()


def archive_files():
    """One recording in an archive, among what archives also hold; several; bombs."""
    import zlib
    out = folder("zip")
    signal = np.round(ecg(400, 200), 6)
    table = "time [s],ECG (mV)\n" + "".join(f"{i / 200},{v}\n" for i, v in enumerate(signal))
    with zipfile.ZipFile(f"{out}/csv.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("data/"), "")
        file.writestr(zipfile.ZipInfo("README.txt"), "About this recording.")
        file.writestr(zipfile.ZipInfo("__MACOSX/data/._ecg.csv"), "\0\5\26\7")
        info = zipfile.ZipInfo("data/ecg.csv")
        info.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(info, table)
    expect("zip/csv.zip", signal, 200)
    with zipfile.ZipFile(f"{out}/edf.zip", "w") as file:
        file.writestr(zipfile.ZipInfo("plain.edf"), open(f"{HERE}/edf/plain.edf", "rb").read())
    expected["zip/edf.zip"] = dict(expected["edf/plain.edf"])
    with zipfile.ZipFile(f"{out}/two.zip", "w") as file:
        for name in ["one.csv", "two.csv"]:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, table)
    # 16 MiB of zeros that pack to 16 KiB, and an entry that states more than it holds.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(1 << 24)) + packer.flush()
    for name, size in [("zeros.zip", 1 << 24), ("lying.zip", (1 << 32) - 2)]:
        head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(bytes(1 << 24)), len(packed), size, 7, 0)
        local = b"PK\3\4" + head + b"ecg.csv"
        central = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"ecg.csv"
        end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
        open(f"{out}/{name}", "wb").write(local + packed + central + end)


def sheet_files():
    out = folder("sheets")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "SWELLdata"
    rows = [["PP", "Blok", "Condition", "Valence_rc", "note"], ["PP1", 1, "N", 4.5, 'a < b & "c" ü'],
            ["PP1", 2, "T", None, " spaces "], ["PP2", 1, "I", 1e-3, True]]
    for row in rows:
        sheet.append(row)
    sheet["H9"] = "far"
    sheet["C9"] = "=1+1"
    other = book.create_sheet("Zweites & drittes")
    other["B2"] = -7
    book.save(f"{out}/labels.xlsx")


def hdf5_files():
    """MATLAB 7.3 by hdf5storage, OpenSignals' layout and plain arrays by h5py."""
    out = folder("hdf5")
    rate, count = 256, 400
    signal = ecg(count, rate)
    pair = np.c_[signal, -signal]
    content = {
        "ECG": pair, "fs": float(rate), "scores": np.array([[1.0, 5, 3, 9]]), "name": "Größe µV",
        "cells": np.array([[signal[:5].reshape(-1, 1), np.zeros((0, 0)), "N1"]], dtype=object),
        "nested": {"Age": "22", "Data": np.array([[{"Gender": "male", "ECG": pair[:7]}]], dtype=object),
                   "single": signal[:9].astype("f4"), "flag": np.array([[True, False]]),
                   "big": np.array([[2**40, -5]], dtype="i8"), "small": np.array([[-7, 8]], dtype="i2")},
    }
    hdf5storage.savemat(f"{out}/matlab73.mat", content, format="7.3", oned_as="column", store_python_metadata=False,
                        appendmat=False)
    expect("hdf5/matlab73.mat", signal, rate, "unknown", options={"channel": "ECG 1"})
    with h5py.File(f"{out}/matlab73.mat") as file:
        assert file["ECG"].shape == (2, count) and file["ECG"].attrs["MATLAB_class"] == b"double"

    # As OpenSignals lays its files out: a group for the device, codes under raw.
    codes = np.round((signal / 3 + 0.5) * 65536).astype("u2")
    with h5py.File(f"{out}/opensignals.h5", "w", track_order=False) as file:
        device = file.create_group("00:07:80:D8:AB:58")
        device.attrs.update({"sampling rate": 1000, "resolution": np.array([16, 10]), "device": "biosignalsplux",
                             "channels": np.array([1, 2]), "date": "2021-3-1", "time": "9:15:30.250",
                             "macaddress": "00:07:80:D8:AB:58"})
        raw = device.create_group("raw")
        for name, values, sensor in [("channel_1", codes, "ECG"), ("channel_2", codes // 64, "EDA")]:
            data = raw.create_dataset(name, data=values.reshape(-1, 1), chunks=(100, 1), compression="gzip")
            data.attrs["sensor"] = np.bytes_(sensor)
            data.attrs["label"] = np.bytes_("CH" + name[-1])
        raw.create_dataset("nSeq", data=np.arange(count, dtype="u2").reshape(-1, 1))
        support = device.create_group("support").create_group("level_10")
        support.create_dataset("mean_1", data=signal[::10].reshape(-1, 1))
    expect("hdf5/opensignals.h5", (codes.astype(np.float64) / 65536 - 0.5) * 3, 1000)

    with h5py.File(f"{out}/plain.h5", "w", libver=("earliest", "v110")) as file:
        file.create_dataset("ecg", data=pair.astype(">f4"), chunks=(64, 2), compression="gzip", shuffle=True)
        file.create_dataset("resp", data=np.arange(count, dtype="i2"))
        file["sampling_rate"] = 256.0
        file["note"] = "some words"
    expect("hdf5/plain.h5", pair[:, 1].astype("f4"), rate, "unknown", options={"channel": "ecg 2"})
    # A few bytes that state a terabyte: never written, so a fill value is all there is.
    with h5py.File(f"{out}/huge.h5", "w") as file:
        file.create_dataset("ecg", shape=(1 << 37,), dtype="f8", chunks=(1 << 16,))
        file["fs"] = 256.0


def real(root):
    facts = {}
    records = sorted(name[:-4] for name in os.listdir(f"{root}/wfdb") if name.endswith(".hea"))
    for record in [f"wfdb/{name}" for name in records] + ["wfdb/041s/041s", "drivedb/drive05"]:
        read = wfdb.rdrecord(f"{root}/{record}", smooth_frames=False)
        channels = []
        for index in range(read.n_sig):
            signal = read.e_p_signal[index] if read.e_p_signal is not None else read.p_signal[:, index]
            unit = {"uV": 1e-3, "mV": 1, "V": 1e3}.get(read.units[index])
            per_frame = read.samps_per_frame[index] if read.samps_per_frame else 1
            channels.append({"name": read.sig_name[index], "rate": read.fs * per_frame,
                             "unit": "mV" if unit else "unknown", **numbers(np.asarray(signal) * (unit or 1))})
        facts[record] = channels
    annotation = wfdb.rdann(f"{root}/wfdb/100", "atr")
    facts["wfdb/100.atr"] = {"count": len(annotation.sample), "sumOfSamples": int(annotation.sample.sum()),
                             "N": annotation.symbol.count("N"), "A": annotation.symbol.count("A")}
    for name in ["eegmat/original/Subject00_2.edf"] + [
            f"eegmat/ecg_only/{name}" for name in sorted(os.listdir(f"{root}/eegmat/ecg_only"))
            if name.endswith(".edf")]:
        reader = pyedflib.EdfReader(f"{root}/{name}")
        index = next(i for i, label in enumerate(reader.getSignalLabels()) if "ECG" in label)
        facts[name] = [{"name": reader.getLabel(index), "rate": reader.getSampleFrequency(index), "unit": "mV",
                        **numbers(reader.readSignal(index))}]
        reader.close()
    with open(f"{HERE}/real.json", "w") as file:
        json.dump(facts, file, indent=0, sort_keys=True)
        file.write("\n")


def manifest():
    files = {}
    for root, _, names in os.walk(HERE):
        for name in sorted(names):
            path = os.path.relpath(os.path.join(root, name), HERE)
            if not path.endswith(".py") and path != "MANIFEST.json" and "__pycache__" not in path:
                files[path] = hashlib.sha256(open(os.path.join(HERE, path), "rb").read()).hexdigest()
    versions = {module.__name__: module.__version__ for module in (h5py, hdf5storage, np, openpyxl, pandas, pyedflib, scipy, wfdb)}
    with open(f"{HERE}/MANIFEST.json", "w") as file:
        json.dump({"seed": SEED, "versions": versions, "sha256": dict(sorted(files.items()))}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    text_files()
    wfdb_files()
    edf_files()
    npy_files()
    deflate_files()
    matlab_files()
    pickle_files()
    poly5_files()
    export_files()
    sheet_files()
    archive_files()
    hdf5_files()
    with open(f"{HERE}/expected.json", "w") as file:
        json.dump(expected, file, indent=0, sort_keys=True)
        file.write("\n")
    if len(sys.argv) > 1:
        real(sys.argv[1])
    manifest()
