"""Golden files of ECGFormats, written by programs other than this project.

    python3 make_fixtures.py [REALDATA]

writes the folders beside this script, `expected.json` (what a reader must find, by the writing program or by
its own reader), and, with the folder of real recordings, `real.json` (facts of those, no samples of theirs).
Needs numpy, wfdb, pyEDFlib, pandas, scipy.
"""

import csv
import hashlib
import json
import os
import shutil
import struct
import sys
import zipfile

import numpy as np
import pandas
import pyedflib
import scipy
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
             "61": (1000, 16), "160": (1000, 16), "310": (200, 10), "311": (200, 10), "8": (60, 8)}
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
        lowest = {"80": -128, "212": -2048, "24": -(2**23), "32": -(2**31), "310": -512, "311": -512}
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


def write_codes(out, name, number, digital, rate, gain, names):
    """Samples as codes: by wfdb where it can write the format, else by numpy."""
    count, width = digital.shape
    if number in ("80", "212", "16", "24", "32"):
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
    np.save(f"{out}/objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)


def real(root):
    facts = {}
    skip = {"flacformats", "mixedsignals"}
    records = sorted(name[:-4] for name in os.listdir(f"{root}/wfdb") if name.endswith(".hea"))
    for record in [f"wfdb/{name}" for name in records if name not in skip] + ["wfdb/041s/041s", "drivedb/drive05"]:
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
    versions = {module.__name__: module.__version__ for module in (np, pandas, pyedflib, scipy, wfdb)}
    with open(f"{HERE}/MANIFEST.json", "w") as file:
        json.dump({"seed": SEED, "versions": versions, "sha256": dict(sorted(files.items()))}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    text_files()
    wfdb_files()
    edf_files()
    npy_files()
    with open(f"{HERE}/expected.json", "w") as file:
        json.dump(expected, file, indent=0, sort_keys=True)
        file.write("\n")
    if len(sys.argv) > 1:
        real(sys.argv[1])
    manifest()
