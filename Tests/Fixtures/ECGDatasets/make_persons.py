"""One person of each data set in its layout, and that person's windows by an independent pipeline.

Writers: pickle, SciPy, pyEDFlib, wfdb, openpyxl, and NumPy for Poly5 and the multi-rate WFDB record. The
windows are made by SciPy (sosfiltfilt, resample_poly with the documented Kaiser kernel) from what
independent readers read back where there are any. The ECG is synthetic; nothing in it was recorded.
Run in this folder: python make_persons.py
"""

import hashlib
import io
import json
import pathlib
import pickle
import platform
import struct
import tempfile
import zipfile
from fractions import Fraction

import numpy as np
import openpyxl
import pandas
import pyedflib
import scipy
import wfdb
from scipy import signal
from scipy.io import loadmat, savemat

here = pathlib.Path(__file__).parent / "persons"
here.mkdir(exist_ok=True)
SEED = 20
golden = {}


def ecg(seconds, rate, number, mean_rate=70):
    """Beats of Gaussian waves with drift and noise, in mV, in steps of 1/1000 mV."""
    random = np.random.default_rng([SEED, number])
    time = np.arange(int(round(seconds * rate))) / rate
    x = 0.2 * np.sin(2 * np.pi * 0.2 * time + number) + 0.01 * random.standard_normal(len(time))
    beat = 0.4
    while beat < seconds + 1:
        for at, width, height in [(-0.18, 0.025, 0.12), (-0.03, 0.01, -0.1), (0, 0.012, 1.0),
                                  (0.035, 0.012, -0.2), (0.25, 0.05, 0.25)]:
            x += height * np.exp(-0.5 * ((time - beat - at) / width) ** 2)
        beat += 60 / mean_rate * (1 + 0.05 * np.sin(beat) + 0.02 * random.standard_normal())
    return np.round(x, 3)


def kernel(up, down):
    stretch = max(1, down / up)
    reach = int(np.ceil(34 * stretch))
    cutoff = (1 - 0.15 / 2) / stretch
    m = np.arange(-reach * up, reach * up + 1)
    h = cutoff * np.sinc(cutoff * m / up) * signal.windows.kaiser(len(m), 0.1102 * (80 - 8.7))
    h[0] = h[-1] = 0
    for phase in range(up):
        h[phase::up] /= h[phase::up].sum()
    return h


def conditioned(x, rate):
    x = np.asarray(x, dtype=np.float32).astype(np.float64)
    x = signal.sosfiltfilt(signal.butter(2, 0.8, "highpass", fs=rate, output="sos"), x - x[0])
    ratio = Fraction(256) / Fraction(rate)
    if ratio != 1:
        x = signal.resample_poly(x, ratio.numerator, ratio.denominator, padtype="edge",
                                 window=kernel(ratio.numerator, ratio.denominator) / ratio.numerator)
    return x


def windows(name, recordings, rate, every=1):
    """recordings: name, start in seconds, samples, labels of each window or of all."""
    signals = [conditioned(x, rate) for _, _, x, _ in recordings]
    pooled = np.sort(np.concatenate(signals))
    central = pooled[len(pooled) * 25 // 1000:len(pooled) * 975 // 1000]
    rows, cut = [], []
    for (recording, start, _, labels), x in zip(recordings, signals):
        for number in range(len(x) // 2560):
            cut.append((x[2560 * number:2560 * (number + 1)] - pooled.mean()) / central.std())
            own = labels[number] if isinstance(labels, list) else labels
            rows.append({"recording": recording, "start": start + 10.0 * number, "labels": own})
    kept = list(range(0, len(cut), every))
    np.save(here / f"{name}.npy", np.array([cut[i] for i in kept], dtype=np.float32))
    golden[name] = {"kept": kept, "windows": rows}


def archive(name, files):
    with zipfile.ZipFile(here / f"{name}.zip", "w") as out:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, date_time=(2020, 1, 1, 0, 0, 0))
            stored = path.endswith(".zip")
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            out.writestr(entry, content)


def written(name, write):
    """What a writer that needs a file wrote."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        write(str(path))
        return path.read_bytes()


def matrix(data):
    return written("x.mat", lambda path: savemat(path, data, do_compression=True))


def cell(values, shape):
    out = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        out[index] = value
    return out.reshape(shape)


def wesad():
    runs = [(0, 2), (1, 21), (0, 1), (2, 11.5), (0, 1)]
    label = np.concatenate([np.full(int(s * 700), code, dtype=np.int32) for code, s in runs])
    x = ecg(len(label) / 700, 700, 1)
    content = pickle.dumps({"signal": {"chest": {"ECG": x[:, None]}}, "label": label,
                            "subject": "S3"}, protocol=2)
    quest = "\n".join(["# Subj;S3", "# ORDER;Base;TSST", "# START;0.02;0.24", "# END;0.23;0.35",
                       "# PANAS;" + ";".join("1" * 24), "# PANAS;" + ";".join("2" * 26),
                       "# STAI;1;2;3;4;1;2", "# STAI;4;3;2;1;4;3", "# DIM;7;3", "# DIM;3;8",
                       "# SSSQ;1;2;3;4;5;1"]) + "\n"
    archive("wesad", {"WESAD/S3/S3.pkl": content, "WESAD/S3/S3_quest.csv": quest,
                      "WESAD/S3/S3_readme.txt": "synthetic", "WESAD/wesad_readme.pdf": "synthetic"})
    data = pickle.loads(content)
    x, label = data["signal"]["chest"]["ECG"][:, 0], data["label"]
    recordings = []
    for name, code, labels in [
        ("baseline", 1, {"condition": "baseline", "stress": "0", "valence": "7", "arousal": "3",
                         "panas_24": "1", "stai_4": "4"}),
        ("stress", 2, {"condition": "stress", "stress": "1", "valence": "3", "arousal": "8",
                       "panas_26": "2", "stai_1": "4", "sssq_5": "5"})]:
        at = np.flatnonzero(label == code)
        recordings.append((name, at[0] / 700, x[at], labels))
    windows("wesad", recordings, 700)


def dreamer():
    clips = [np.round(1000 * np.stack([ecg(s, 256, 10 + n), -ecg(s, 256, 20 + n)], axis=1) + 2000)
             for n, s in enumerate([21, 12])]
    person = {"Age": "22", "Gender": "male", "EEG": {"baseline": cell([np.zeros((2, 14))] * 2, (2, 1)),
                                                   "stimuli": cell([np.zeros((2, 14))] * 2, (2, 1))},
              "ECG": {"baseline": cell([clips[0][:500]] * 2, (2, 1)), "stimuli": cell(clips, (2, 1))},
              "ScoreValence": np.array([[4.0], [2.0]]), "ScoreArousal": np.array([[3.0], [5.0]]),
              "ScoreDominance": np.array([[1.0], [3.0]])}
    content = matrix({"DREAMER": {"Data": cell([person], (1, 1)), "EEG_SamplingRate": 128.0,
                                  "ECG_SamplingRate": 256.0, "noOfSubjects": 1.0}})
    archive("dreamer", {"DREAMER.mat": content})
    ecgs = loadmat(io.BytesIO(content))["DREAMER"][0, 0]["Data"][0, 0]["ECG"][0, 0]["stimuli"][0, 0]
    windows("dreamer", [
        ("clip01", 0, ecgs[0, 0][:, 0], {"arousal": "3", "valence": "4", "dominance": "1",
                                         "emotion": "calmness"}),
        ("clip02", 0, ecgs[1, 0][:, 0], {"arousal": "5", "valence": "2", "dominance": "3",
                                         "emotion": "surprise"})], 256)


def amigos():
    trials = []
    for n, seconds in enumerate([46, 16]):
        trial = np.zeros((int(seconds * 128), 17))
        trial[:, 14], trial[:, 15] = 500 * ecg(seconds, 128, 30 + n), 500 * ecg(seconds, 128, 40 + n)
        trials.append(trial)
    scores = np.array([[6.5, 3.0, 8.0, 5, 2, 0, 0, 1, 0, 0, 0, 0]])
    external = [np.array([[1, 0.1, -0.2], [2, 0.5, 0.4], [3, 0.3, 0.2], [4, -0.7, 0.6]]),
                np.array([[1, -0.6, 0.8], [2, -0.4, 0.6]])]
    content = matrix({"VideoIDs": cell(["10", "N1"], (1, 2)), "joined_data": cell(trials, (1, 2)),
                      "labels_selfassessment": cell([scores, scores + 0.5], (1, 2)),
                      "labels_ext_annotation": cell(external, (1, 2))})
    archive("amigos", {"Data_Preprocessed_P03.zip": nested("Data_Preprocessed_P03.mat", content)})
    read = loadmat(io.BytesIO(content))["joined_data"]
    first = {"arousal": "6.5", "valence": "3", "dominance": "8", "happiness": "1", "length": "short"}
    windows("amigos", [
        ("video-10", 5, read[0, 0][640:, 14],
         [first | annotated(external[0], start, 46) for start in [5, 15, 25, 35]]),
        ("video-N1", 5, read[0, 1][640:, 14],
         {"arousal": "7", "valence": "3.5", "length": "long"} | annotated(external[1], 5, 16))], 128)


def annotated(rows, start, seconds):
    """Others' annotation of ten seconds, millisecond by millisecond: segment 1 is the first 20 s of a trial, the
    last one the last 20 s; those between follow one another from second 5 on."""
    values = []
    for number, row in enumerate(rows):
        begin = 0 if number == 0 else seconds - 20 if number == len(rows) - 1 else 5 + 20 * (number - 1)
        values += [row[1:3]] * sum(begin <= start + (step + 0.5) / 1000 < begin + 20 for step in range(10000))
    valence, arousal = np.mean(values, axis=0)
    return {"external_valence": f"~{valence}", "external_arousal": f"~{arousal}"}


def nested(name, content):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0)), content)
    return inner.getvalue()


def amigos_original():
    videos, data = ["'10'", "'N1'"], []
    for n, seconds in enumerate([21, 12]):
        x = [500 * ecg(seconds, 256, 50 + n), 500 * ecg(seconds, 256, 60 + n)]
        time = 1.4e12 + np.arange(len(x[0])) * 1000 / 256
        data.append(np.stack([time, *x, *np.zeros((3, len(x[0])))], axis=1))
    content = matrix({"VideoIDs": cell(["10", "N1"], (1, 2)), "ECG_DATA": cell(data, (1, 2)),
                      "EEG_DATA": cell([np.zeros((3, 3))] * 2, (1, 2)),
                      "GSR_DATA": cell([np.zeros((3, 2))] * 2, (1, 2))})
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Experiment_1"
    items = ["arousal", "valence", "dominance", "liking", "familiarity", "neutral", "disgust",
             "happiness", "surprise", "anger", "fear", "sadness"]
    sheet.append([None] * 3 + ["Pre-stimulus"] + [None] * 11 + ["Post-stimulus"])
    sheet.append(["UserID", "VideoID", "Rep_Index"] + items + items)
    for video, score in zip(videos, [2.5, 7.5]):
        sheet.append([4, video, 1] + [1] * 12 + [score, score + 1, 5, 5, 5] + [0] * 6 + [1])
    # The columns that a published loader reads; a value beyond the scale, a missing one, a row of another person.
    annotations = openpyxl.Workbook()
    sheet = annotations.active
    sheet.append(["UserID", "Video_Number", "VideoID", "Segment_Index"]
                 + [f"{what}_Annotator_{n}" for what in ("Valence", "Arousal") for n in (1, 2, 3)])
    table = [[4, 4, "10", 1, 0.1, 0.2, 1.1, -0.5, -0.4, -0.3], [4, 4, "10", 2, -0.1, None, -0.3, 0.5, 0.6, 0.1],
             [3, 4, "10", 1, 1, 1, 1, 1, 1, 1], [4, 17, "'N1'", 2, 0.4, 0.4, 0.1, 0.2, 0.2, -1.5],
             [4, 17, "'N1'", 1, 0, 0.3, 0.3, -0.6, -0.6, -0.6]]
    for row in table:
        sheet.append(row)
    archive("amigos-original", {
        "Data_Original_P04.mat": content,
        "SelfAsessment.xlsx": written("x.xlsx", book.save),
        "External_Annotations.xlsx": written("x.xlsx", annotations.save)})
    read = loadmat(io.BytesIO(content))["ECG_DATA"]
    means = np.array([[row[3]] + [np.nanmean(np.clip(np.array(part, dtype=float), -1, 1)) for part in (row[4:7], row[7:])]
                      for row in table])
    short, long = means[[0, 1]], means[[4, 3]]
    windows("amigos-original", [
        ("video-10", 0, read[0, 0][:, 2],
         [{"arousal": "2.5", "valence": "3.5", "sadness": "1", "length": "short"} | annotated(short, start, 21)
          for start in [0, 10]]),
        ("video-N1", 0, read[0, 1][:, 2],
         {"arousal": "7.5", "valence": "8.5", "length": "long"} | annotated(long, 0, 12))], 256)


def poly5(channels, rate, name):
    """Version 2.03 with 16-bit channels (name, low, high, values in units)."""
    def pascal(text, size):
        return bytes([len(text)]) + text.encode("latin1").ljust(size - 1, b"\0")
    count = len(channels[0][3])
    per_block = 4096
    blocks = -(-count // per_block)
    stamp = struct.pack("<7h", 2012, 9, 18, 2, 13, 16, 0)
    head = b"POLY SAMPLE FILEversion 2.03\r\n\x1a" + struct.pack("<h", 203) + pascal(name, 81)
    head += struct.pack("<hhBh", rate, rate, 0, len(channels)) + struct.pack("<i", count) + bytes(4)
    head += stamp + struct.pack("<iHHh", blocks, per_block, per_block * 2 * len(channels), 0) + bytes(64)
    codes = []
    for index, (label, low, high, values) in enumerate(channels):
        head += pascal(label, 41) + bytes(4) + pascal("uV", 11)
        head += struct.pack("<4f", low, high, -32768, 32767) + struct.pack("<hh", index, 0) + bytes(60)
        codes.append(np.round((values - low) / (high - low) * 65535 - 32768).astype("<i2"))
    codes = np.stack(codes, axis=1)
    codes = np.concatenate([codes, np.zeros((blocks * per_block - count, len(channels)), "<i2")])
    for block in range(blocks):
        head += struct.pack("<i", block * per_block) + bytes(4) + stamp + bytes(64)
        head += codes[block * per_block:(block + 1) * per_block].tobytes()
    read = [low + (codes[:count, i].astype(float) + 32768) / 65535 * (high - low)
            for i, (_, low, high, _) in enumerate(channels)]
    return head, read


def swell():
    files, recordings = {}, []
    for block, seconds in [(1, 21), (3, 12)]:
        x = 1000 * ecg(seconds, 2048, 70 + block)
        noise = 300 * np.random.default_rng([SEED, 99, block]).standard_normal(len(x))
        content, read = poly5([("HeartPre", -3000, 3000, noise), ("ECG", -3000, 3000, x)], 2048, "PP6")
        files[f"Mobi signals/pp6_18-9-2012_c{block}.S00"] = content
        recordings.append((block, read[1] / 1000))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["PP", "Blok", "Condition", "Valence_rc", "Arousal_rc", "Stress", "NasaTLX", "#VALUE!"])
    sheet.append(["PP6", 1, "N", 6, 3, 1, 20, None])
    sheet.append(["PP6", 3, "T", 3, 7, 8.5, 55, None])
    files["Behavioral-features - per minute.xlsx"] = written("x.xlsx", book.save)
    book = openpyxl.Workbook()
    book.active.append(["SWELL-KW"])
    book.create_sheet("data")
    sheet = book.create_sheet("conditions")
    sheet.append(["which condition in which block"])
    sheet.append(["PP", "C1", "C2", "C3"])
    sheet.append([6, "N", "T", "I"])
    files["SWELL-KW - overview available data.xlsx"] = written("x.xlsx", book.save)
    archive("swell", files)
    windows("swell", [
        ("block1", 0, recordings[0][1], {"condition": "N", "stress": "1", "arousal": "3",
                                         "valence": "6", "nasa_tlx": "20", "block": "1"}),
        ("block3", 0, recordings[1][1], {"condition": "I", "stress": "8.5", "arousal": "7",
                                         "valence": "3", "block": "3"})], 2048)


def edf(path, channels, rate, bdf=False):
    kind = pyedflib.FILETYPE_BDF if bdf else pyedflib.FILETYPE_EDF
    full = 8388607 if bdf else 32767
    writer = pyedflib.EdfWriter(path, len(channels), file_type=kind)
    for index, (label, unit, low, high, _) in enumerate(channels):
        writer.setSignalHeader(index, {
            "label": label, "dimension": unit, "sample_frequency": rate, "physical_min": low,
            "physical_max": high, "digital_min": -full - 1, "digital_max": full, "transducer": "",
            "prefilter": ""})
    writer.writeSamples([values for *_, values in channels])
    writer.close()


def back(content, suffix, *numbers):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / ("x" + suffix)
        path.write_bytes(content)
        with pyedflib.EdfReader(str(path)) as reader:
            return [reader.readSignal(number) for number in numbers]


def eegmat():
    files, recordings = {}, []
    for part, seconds in [(1, 22), (2, 12)]:
        x = ecg(seconds, 500, 80 + part, 70 + 15 * part)
        content = written("x.edf", lambda path: edf(
            path, [("EEG Fp1", "uV", -100, 100, 10 * x), ("ECG ECG", "mV", -3, 3, x)], 500))
        files[f"eegmat/Subject05_{part}.edf"] = content
        recordings.append(back(content, ".edf", 1)[0])
    archive("eegmat", files)
    windows("eegmat", [("rest", 0, recordings[0], {"task": "rest", "stress": "0"}),
                       ("arithmetic", 0, recordings[1], {"task": "arithmetic", "stress": "1"})], 500)


def drivedb():
    frames = int(7 * 31.5 * 15.5) + 40
    x = np.round(1000 * ecg(frames / 15.5, 496, 90)).astype("<i2")[:frames * 32]
    marker = np.full(frames, 1200, "<i2")
    starts = [20 + int(n * 31.5 * 15.5) for n in range(8)]
    for start in starts:
        marker[start:start + 6] += 900
    data = np.concatenate([x.reshape(frames, 32), marker[:, None]], axis=1)
    header = (f"drive06 2 15.5 {frames}\ndrive06.dat 16x32 1000 16 0 {x[0]} {int(x.sum()) & 0xffff} 0 ECG\n"
              f"drive06.dat 16 100 16 0 {marker[0]} {int(marker.sum()) & 0xffff} 0 marker\n")
    archive("drivedb", {"drive06.hea": header, "drive06.dat": data.astype("<i2").tobytes(),
                        "RECORDS": "drive06\n"})
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "drive06.hea").write_text(header)
        (place / "drive06.dat").write_bytes(data.astype("<i2").tobytes())
        record = wfdb.rdrecord(str(place / "drive06"), smooth_frames=False)
    signal_, names = record.e_p_signal[0], ["rest", "city", "highway", "city", "highway", "city", "rest"]
    recordings, seen = [], {}
    for name, start, end in zip(names, starts, starts[1:]):
        seen[name] = seen.get(name, 0) + 1
        first, last = (int(np.floor(s / 15.5 * 496 + 0.5)) for s in (start, end))
        recordings.append((f"{name}-{seen[name]}", start / 15.5, signal_[first:last],
                           {"segment": name, "stress": {"rest": "0", "highway": "1", "city": "2"}[name]}))
    windows("drivedb", recordings, 496, every=5)


def case():
    seconds = 36
    x = ecg(seconds, 1000, 100)
    video = np.concatenate([np.full(3000, 11), np.full(21000, 3), np.full(1000, 10), np.full(11000, 7)])
    table = pandas.DataFrame({"daqtime": np.arange(seconds * 1000), "ecg": x, "video": video})
    time = np.arange(seconds * 20) * 50
    arousal = np.round(5 + 3 * np.sin(time / 7000), 3)
    ratings = pandas.DataFrame({"jstime": time, "valence": 9.5 - arousal, "arousal": arousal,
                                "video": video[time]})
    files = {"case/interpolated/physiological/sub_1.csv": table.to_csv(index=False, lineterminator="\n"),
             "case/interpolated/annotations/sub_1.csv": ratings.to_csv(index=False, lineterminator="\n")}
    archive("case", files)
    table = pandas.read_csv(io.StringIO(files["case/interpolated/physiological/sub_1.csv"]))
    ratings = pandas.read_csv(io.StringIO(files["case/interpolated/annotations/sub_1.csv"]))
    recordings = []
    for number, emotion in [(3, "boring"), (7, "scary")]:
        at = np.flatnonzero(table.video == number)
        labels = []
        for window in range(len(at) // 10000):
            start = at[0] + 10000 * window
            own = ratings[(ratings.jstime >= start) & (ratings.jstime < start + 10000)]
            labels.append({"video": str(number), "emotion": emotion,
                           "arousal": f"~{own.arousal.mean()}", "valence": f"~{own.valence.mean()}"})
        recordings.append((f"video-{number}", at[0] / 1000, table.ecg.to_numpy()[at], labels))
    windows("case", recordings, 1000)


def mahnob():
    seconds = 44
    base, x = 1000 * ecg(seconds, 256, 110), 1000 * ecg(seconds, 256, 111)
    status = np.zeros(seconds * 256)
    for second in [11, 33]:
        status[second * 256:second * 256 + 5] = 16
    content = written("x.bdf", lambda path: edf(path, [
        ("EXG1", "uV", -262144, 262143, base), ("EXG2", "uV", -262144, 262143, base + x),
        ("EXG3", "uV", -262144, 262143, -x), ("Status", "Boolean", -8388608, 8388607, status)],
        256, bdf=True))
    session = ('<?xml version="1.0" encoding="utf-8"?>\n<session sessionId="2" feltEmo="11" feltArsl="6" '
               'feltCtrl="7" feltVlnc="8" feltPred="5" isStim="1" mediaFile="69.avi">'
               '<subject id="4" gender="F"/></session>\n')
    archive("mahnob", {"Sessions/2/Part_4_S_Trial1_emotion.bdf": content,
                       "Sessions/2/session.xml": session,
                       "Sessions/3/session.xml": session.replace('isStim="1"', 'isStim="0"'),
                       "Sessions/4/session.xml": session})
    one, two = back(content, ".bdf", 0, 1)
    x = (two.astype(np.float32) - one.astype(np.float32)) / 1000
    windows("mahnob", [("session-2", 11, x[11 * 256:33 * 256],
                        {"arousal": "6", "valence": "8", "control": "7", "predictability": "5",
                         "emotion": "amusement", "video": "69.avi"})], 256)


def popane():
    """Lines end in CR LF, markers may be empty, some channels are beat to beat, and a file holds the whole session."""
    files, recordings, session = {}, [], []
    channels = "timestamp,affect,ECG,EDA,SBP,marker"

    def text(rows):
        lines = ["#Study_name,Study_2", "#Subject_ID,7", "#Subject_Age,21", "#Subject_Sex,0",
                 "#Subject_Height,170", "#Subject_Weight,70", "#Channel_Name," + channels,
                 "#Data_Category,timestamp,data,data,data,data,marker",
                 "#Data_Unit,second,custom,millivolts,microsiemens,mmHg,string",
                 "#Data_Sample_rate,1000Hz,1000Hz,1000Hz,1000Hz,Beat-to-beat,1000Hz",
                 "#Data_Device," + ",".join(["LabChart_8.19_(ADInsturments_New_Zealand)"] * 6), channels]
        return "\r\n".join(lines + rows) + "\r\n"

    for number, (name, seconds) in enumerate([("Baseline", 11), ("Amusement2", 12)]):
        x = ecg(seconds, 1000, 120 + number)
        affect = np.round(5 + np.arange(len(x)) / 4000, 3)
        marker = -1 if number == 0 else ""
        rows = [f"{t / 1000:.3f},{a},{v},,{120.5 if t % 800 == 0 else ''},{marker}"
                for t, (a, v) in enumerate(zip(affect, x))]
        files[f"POPANE/Study2/S2_P7_{name}.csv"] = text(rows)
        session += rows[:2000]
        mean = affect[:10000].mean()
        recordings.append((name, 0, x, {"stimulus": name.lower().rstrip("2"), "study": "S2",
                                        "affect": f"~{mean}"}))
    files["POPANE/Study2/S2_P7_All.csv"] = text(session)
    archive("popane", files)
    windows("popane", recordings[::-1], 1000)


def clas():
    """Headings and file names as published loaders have them; blocks without a name in the file's."""
    files, recordings = {}, []
    for number, name, seconds in [(1, "", 21), (2, "mathtest", 12), (3, "mathtest", 11)]:
        x = ecg(seconds, 256, 130 + number)
        table = pandas.DataFrame({"timestamp": 1.5e12 + np.arange(len(x)) * 1000 / 256, "ecg1": -x,
                                  "ecg2": x})
        files[f"CLAS/Participants/Part9/by_block/{number}_ecg_{name}.csv"] = table.to_csv(
            index=False, lineterminator="\n")
        recordings.append((f"{number}_ecg_{name}", 0, x, [
            {"block": "Baseline", "stress": "0"}, {"block": "Math Test", "stress": "1"},
            {"block": "Math Test Response"}][number - 1]))
    files["CLAS/Block_details/Part9_Block_Details.csv"] = (
        "Block,Block Type,Length(s),EDA Quality,ECG Quality,PPG Quality,EDA&PPG File,,\n"
        "1,Baseline,21,1,1,1,1_gsr_ppg_.csv,,\n2,Math Test,12,1,0.5,1,2_gsr_ppg_mathtest.csv,,\n"
        "3,Math Test Response,11,1,1,1,3_gsr_ppg_mathtest.csv,,\n")
    files["CLAS/Participants/Part9 - Copy/by_block/1_ecg_.csv"] = "timestamp,ecg1,ecg2\n"
    archive("clas", files)
    windows("clas", recordings, 256)


def collection():
    files, recordings = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(2):
            name = f"p00001_s0{number}"
            x = ecg(12 + number, 250, 140 + number)
            wfdb.wrsamp(name, 250, ["mV"], ["ecg"], x[:, None], fmt=["16"], adc_gain=[2000],
                        baseline=[0], write_dir=folder)
            for suffix in [".hea", ".dat"]:
                files[f"p00/p00001/{name}{suffix}"] = (pathlib.Path(folder) / (name + suffix)).read_bytes()
            recordings.append((f"p00/p00001/{name}", 0,
                               wfdb.rdrecord(f"{folder}/{name}").p_signal[:, 0], {}))
    files["RECORDS"] = "p00/p00001/p00001_s00\np00/p00001/p00001_s01\np00/p00002/p00002_s00\n"
    archive("wfdb", files)
    windows("wfdb", recordings, 250)


for make in (wesad, dreamer, amigos, amigos_original, swell, eegmat, drivedb, case, mahnob, popane, clas,
             collection):
    make()
(here / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
manifest = {
    "made by": "make_persons.py",
    "seed": SEED,
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
                 "openpyxl": openpyxl.__version__, "pandas": pandas.__version__,
                 "pyEDFlib": pyedflib.__version__, "wfdb": wfdb.__version__},
    "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
               for path in sorted(here.iterdir()) if path.name != "MANIFEST.json"},
}
(here / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
