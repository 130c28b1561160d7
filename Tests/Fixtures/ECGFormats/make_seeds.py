"""The smallest file of each format and coding that a reader accepts: where hostile tests and the fuzzer begin.

    python3 make_seeds.py

writes `seeds/`, after `make_fixtures.py` has run. A first byte of 1 to 8 stands for what cannot stand alone; see
`HostileReading.swift`. Needs numpy, soundfile, pyEDFlib, scipy, openpyxl, h5py.
"""

import collections
import io
import json
import os
import pickle
import random
import shutil
import struct
import tempfile
import zipfile
import zlib

import h5py
import numpy as np
import openpyxl
import pyedflib
import scipy.io
import scipy.sparse

import make_fixtures as fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "seeds")
signal = np.round(np.sin(np.arange(12)), 3)


def write(name, data):
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def texts():
    rows = "".join(f"{i / 100},{v}\n" for i, v in enumerate(signal))
    write("plain.csv", "time [s],ECG (mV)\n" + rows)
    write("bare.txt", "".join(f"{v}\n" for v in signal))
    write("comma.csv", "Zeit (ms);EKG (µV)\n" + "".join(f"{i * 4};{v}\n".replace(".", ",") for i, v in enumerate(signal)))
    write("clock.csv", "datetime|II|note\n" + "".join(f"2024-02-29 23:59:59.{i:03d}|{v}|x\n" for i, v in enumerate(signal)))
    write("quoted.csv", '"ecg","a ""b"""\r\n' + "".join(f'"{v}","x,y"\r\n' for v in signal))
    write("utf16.tsv", ("ECG\tRESP\n" + "".join(f"{v}\t1\n" for v in signal)).encode("utf-16"))
    write("biosppy.txt", "# Sampling Rate (Hz):= 100.00\n# Labels:= ECG\n" + "".join(f"{v}\n" for v in signal))
    write("popane.csv", "#Subject_ID,1\n#Data_Unit,second,arb,millivolt\n#Data_Sample_rate,100Hz\ntimestamp,affect,ECG\n"
          + "".join(f"{i / 100},5,{v}\n" for i, v in enumerate(signal)))
    write("polar.txt", "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n" + "".join(
        f"2021-03-01T09:15:00.000;{599616000000000000 + i * 7692308};{i * 7.7:.1f};{v * 1000:.0f}\n"
        for i, v in enumerate(signal)))
    write("shimmer.csv", '"sep=\t"\nShimmer_1_Timestamp_Unix_CAL\tShimmer_1_ECG_LL-RA_24BIT_CAL\t\nms\tmV\t\n' + "".join(
        f"{1614586530000 + i * 2}\t{v}\t\n" for i, v in enumerate(signal)))
    write("apple.csv", 'Name,X\nRecorded Date,2021-03-01 09:15:30 +0100\nDevice,"Watch6,2"\nSample Rate,512 hertz\n\n'
          'Lead,Lead I\nUnit,µV\n\n' + "".join(f'"{v * 100:.3f}"\n'.replace(".", ",") for v in signal))
    info = {"00:07": {"sensor": ["ECG"], "column": ["nSeq", "DI", "CH1"], "time": "10:55:24", "date": "2017-5-22",
                      "device": "x", "sampling rate": 100, "label": ["CH1"], "resolution": [16], "channels": [1]}}
    write("opensignals.txt", "# OpenSignals Text File Format\n# " + json.dumps(info) + "\n# EndOfHeader\n"
          + "".join(f"{i}\t0\t{30000 + i}\t\n" for i in range(12)))
    write("movesense.json", json.dumps({"data": [{"ecg": {"Timestamp": 5000 + 31 * i, "Samples": [1, -2, 3, 4]}}
                                                 for i in range(3)]}))
    write("bom.csv", "\ufefftime [us],ECG (mV)\r\n" + "".join(f"{i * 4000},{v}\r\n" for i, v in enumerate(signal)))
    write("epoch.csv", "timestamp,ecg\n" + "".join(f"{1614586530000000 + i * 4000},{v}\n" for i, v in enumerate(signal)))
    two = {place: {**info["00:07"], "device": place, "column": ["nSeq", place]} for place in ["00:07", "00:08"]}
    write("devices.txt", "# OpenSignals Text File Format\n# " + json.dumps(two) + "\n# EndOfHeader\n"
          + "".join(f"{i % 16}\t{30000 + i}\t{i}\t{i}\n" for i in range(20)))
    write("nested.json", json.dumps({"x": [{"imu6": {"Samples": [1, 2]}}, {"ECG": [
        {"timestamp": 31.25 * i, "ecg_samples": [1, -2, 3.5, 4]} for i in range(3)]}]}))
    write("intervals.txt", b"\3" + b"".join(b"%d\n" % v for v in range(800, 812)))
    write("e4.csv", b"\3" + b"1495437325.0, IBI\n0.8,0.81\n1.7,0.82\n")
    write("table.csv", b"\4" + b"# Subj;S16\n# ORDER;Base;TSST\nPP;Blok;x\nPP1;1;\nPP2;2;3,5\n")


def wfdb():
    codes = np.round(signal * 100).astype(np.int64)
    with tempfile.TemporaryDirectory() as folder:
        for number in ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311"]:
            wide = codes[:, None] if number in ("8", "310", "311") else np.c_[codes, -codes]
            fixtures.write_codes(folder, "r", number, wide, 100, 100, ["II", "V5"][: wide.shape[1]])
            write(f"wfdb{number}", b"\1" + open(f"{folder}/r.hea", "rb").read() + b"\0"
                  + open(f"{folder}/r.dat", "rb").read())
        for number, low in [("508", 40), ("516", 100), ("524", 20000)]:
            fixtures.write_codes(folder, "r", number, np.c_[codes, -codes] * low // 100, 100, 100, ["II", "V5"])
            write(f"wfdb{number}", b"\1" + open(f"{folder}/r.hea", "rb").read() + b"\0"
                  + open(f"{folder}/r.dat", "rb").read())
    # What the FLAC writers do that libsndfile does not do with twelve samples.
    for name in ["level8", "mid_side", "side_right", "left_side", "varying_unknown", "longest", "wasted", "bits8", "bits24",
                 "bits32", "constant", "extremes", "noise", "short_blocks", "partitions", "eight_channels"]:
        write(f"flac_{name}", b"\x08" + open(f"{HERE}/flac/{name}.flac", "rb").read())
    write("wfdb_rates", b"\1r 2 25.5/1(0) 3 09:00:00 01/02/2003\nr.dat 16x3:1+2 100(5)/uV 16 0 0 0 0 II\n"
          b"r.dat 16x1+2 0 16 0 0 0 0 V\n# c\n\0" + bytes(2) + codes.astype("<i2").tobytes())
    inner = b"\0s 1 250 12\nr.dat 16 100 16 0 0 0 0 II\n\0" + codes.astype("<i2").tobytes()
    write("wfdb_segments", b"\6# x\nr/2 1 250 24\ns 12\ns 12\n" + inner)
    write("wfdb_gap", b"\6r/2 1 250 15\ns 12\n~ 3\n" + inner)
    write("annotations", b"\2" + open(f"{HERE}/wfdb/written.atr", "rb").read())


def edf():
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in [("plain.edf", pyedflib.FILETYPE_EDF), ("plus.edf", pyedflib.FILETYPE_EDFPLUS),
                           ("plus.bdf", pyedflib.FILETYPE_BDFPLUS)]:
            writer = pyedflib.EdfWriter(f"{folder}/{name}", 1, file_type=kind)
            writer.setSignalHeader(0, {"label": "ECG", "dimension": "mV", "sample_frequency": 6, "physical_max": 2,
                                       "physical_min": -2, "digital_max": 32767, "digital_min": -32768,
                                       "transducer": "", "prefilter": ""})
            writer.setStartdatetime(__import__("datetime").datetime(2021, 3, 4, 5, 6, 7))
            writer.writeSamples([signal])
            if kind != pyedflib.FILETYPE_EDF:
                writer.writeAnnotation(0.5, 1, "talk")
            writer.close()
            write(name, open(f"{folder}/{name}", "rb").read())
        data = bytearray(open(f"{folder}/plain.edf", "rb").read())
        data[168:176] = b"04.03.91"
        write("last_century.edf", bytes(data))
        data = bytearray(open(f"{folder}/plus.edf", "rb").read())
        data[192:197] = b"EDF+D"
        at = data.rindex(b"+1\x14")
        data[at + 1] = ord("3")
        write("gap.edf", bytes(data))


def arrays():
    for name, array in [("f4", signal.astype("<f4")), ("big", signal.astype(">f8")), ("i2", signal.astype("<i2")),
                        ("half", signal.astype("<f2")), ("fortran", np.asfortranarray(np.c_[signal, signal])),
                        ("bool", signal > 0), ("cube", signal.reshape(3, 2, 2))]:
        buffer = io.BytesIO()
        np.save(buffer, array)
        write(f"{name}.npy", buffer.getvalue())
    buffer = io.BytesIO()
    np.savez(buffer, ecg=signal, fs=100.0)
    write("stored.npz", buffer.getvalue())
    buffer = io.BytesIO()
    np.savez(buffer, ecg=signal, fs=250, labels=np.array(["rest", "task"]), info=np.array({"a": 1}, dtype=object),
             marks=np.array([(1, "a")], dtype=[("t", "f4"), ("n", "U2")]))
    write("words.npz", buffer.getvalue())
    buffer = io.BytesIO()
    np.savez_compressed(buffer, ecg=signal, fs=100.0)
    write("deflated.npz", buffer.getvalue())


def matlab_file(values, packed=False):
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, values, do_compression=packed)
    # Without its date, so that the file is the same on every day.
    return b"MATLAB 5.0 MAT-file".ljust(116) + buffer.getvalue()[116:]


def containers():
    values = {"ECG": np.c_[signal, signal], "fs": 100.0, "n": "ü", "c": np.array([["a", np.zeros((0, 0))]], dtype=object),
              "s": {"a": np.array([[1.0, 2.0]]), "b": np.array([[True]]), "i": np.array([[2**40]])}}
    for packed in [False, True]:
        data = matlab_file(values, packed)
        write("packed.mat" if packed else "plain.mat", data)
        if not packed:
            write("big.mat", fixtures.swap(data))
    structs = {"ECG": signal, "rest": {"EMG_SamplingRate": 50.0, "EMG": signal.astype("i2")},
               "s": np.array([(1.5, "a"), (2.5, "b")], dtype=[("x", object), ("y", object)]),
               "p": scipy.sparse.eye(2), "z": np.array([1 + 2j])}
    write("structs.mat", matlab_file(structs))
    content = {"signal": {"chest": {"ECG": signal.reshape(-1, 1), "Temp": signal.astype("f4")}}, "subject": "S1",
               "label": np.ones(12, dtype="i4"), "x": [1, (2, 3), None, True, 2.5, "ü", 2**70 % 2**40]}
    for protocol in range(6):
        write(f"protocol{protocol}.pkl", pickle.dumps(content, protocol))
    kinds = {"fs": np.float64(100), "n": np.int32(3), "b": bytearray(b"xy"), "d": collections.OrderedDict(ecg=signal),
             "bytes": b"z", "minus": -5, "far": 2**70, "far_minus": -3 * 2**90,
             "words": np.array(["a", "bc"]), "objects": np.array([None, 1], dtype=object), "name": np.str_("x"),
             "days": np.array(["2020-01-01"], dtype="M8[D]"), "set": {1}, "frozen": frozenset([2]), "last": True}
    for protocol in [0, 2, 4]:
        write(f"kinds{protocol}.pkl", pickle.dumps(kinds, protocol))
    parts = {"chest": ["ACC", "ECG", "EMG", "EDA", "Temp", "Resp"], "wrist": ["ACC", "BVP", "EDA", "TEMP"]}
    write("wesad.pkl", pickle.dumps({"signal": {place: {name: np.ones((2, 3 if name == "ACC" else 1), "f4") for name in names}
                                                for place, names in parts.items()}, "label": np.ones(2, "i4")}, 2))
    write("python2.pkl", fixtures.python2({"ecg": signal.reshape(-1, 1)}))
    write("call.pkl", b"cposix\nsystem\n(S'echo'\ntR.")
    header = open(f"{HERE}/poly5/version203.S00", "rb").read()
    write("small.S00", header[:121] + struct.pack("<i", 12) + header[125:143] + struct.pack("<iHH", 1, 12, 72)
          + header[151:217 + 3 * 136 + 86 + 72])
    book = openpyxl.Workbook()
    book.active.append(["PP", "Blok", "x"])
    book.active.append(["PP1", 1, None])
    book.active["D4"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    # Only what a reader looks at, so that changes hit it.
    with zipfile.ZipFile(buffer) as full, zipfile.ZipFile(f"{OUT}/book.xlsx", "w", zipfile.ZIP_STORED) as file:
        for name in full.namelist():
            if name.startswith("xl/w") or name.startswith("xl/_rels") or name.startswith("xl/shared"):
                file.writestr(zipfile.ZipInfo(name), full.read(name))
    # The parts themselves, as HostileReading.swift puts them into an archive: each kind of cell and of text.
    office = "http://schemas.openxmlformats.org"
    write("workbook_parts", b"\7" + b"\0".join(part.encode() for part in [
        f'<workbook xmlns:r="{office}/officeDocument/2006/relationships"><sheets><sheet name="a&amp;b" '
        'sheetId="1" r:id="rId1"/></sheets></workbook>',
        '<?xml version="1.0"?><!-- c --><Relationships><Relationship Id="rId1" Type="worksheet" '
        'Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        '<sst><si><t xml:space="preserve"> PP</t></si><si><r><t>Bl</t></r><r><t>ok&#x20;1</t></r>'
        '<rPh sb="0" eb="1"><t>x</t></rPh></si></sst>',
        '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v>2.5e1</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="str"><v>q</v></c><c t="inlineStr"><is><t><![CDATA[<k>]]></t></is></c></row></sheetData></worksheet>',
    ]))
    with zipfile.ZipFile(f"{OUT}/csv.zip", "w") as file:
        file.writestr(zipfile.ZipInfo("a/ecg.csv"), "time [s],ecg\n0,1\n0.01,2\n0.02,3\n")
    with zipfile.ZipFile(f"{OUT}/two.zip", "w") as file:
        file.writestr(zipfile.ZipInfo("b/"), "")
        for name in ["b/ecg", "b/rest.csv"]:
            file.writestr(zipfile.ZipInfo(name), "ecg\n0\n1\n", zipfile.ZIP_DEFLATED)
    # With the directory's end once more in 64 bits, as archives beyond 4 GiB have it.
    stored = open(f"{OUT}/csv.zip", "rb").read()
    end = stored.rindex(b"PK\5\6")
    count, _, size, start = struct.unpack("<HHII", stored[end + 8:end + 20])
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, start)
    write("wide.zip", stored[:end] + wide + struct.pack("<IIQI", 0x07064B50, 0, end, 1) + stored[end:end + 8]
          + struct.pack("<HHII", 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(2))
    with zipfile.ZipFile(f"{OUT}/inner.zip", "w") as file:
        file.writestr(zipfile.ZipInfo("a/S1.zip"), open(f"{OUT}/csv.zip", "rb").read())
    streams()


def streams():
    """Streams of zlib: each kind of block, codes of up to 15 bits, and more than a reader holds at a time."""
    for name, level, strategy in [("dynamic", 9, 0), ("fixed", 9, zlib.Z_FIXED), ("stored", 0, 0)]:
        packer = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
        text = b"".join(b"%d,%.3f\n" % (i, v) for i, v in enumerate(np.sin(np.arange(60))))
        write(f"{name}.zz", b"\5" + packer.compress(text) + packer.flush())
    # Numbers that grow a little faster than Fibonacci's give the longest codes that so few symbols can have.
    often = [1, 1]
    while len(often) < 17:
        often.append(often[-1] + often[-2] + 1)
    draw = random.Random(1)
    literals = [3 * symbol for symbol, count in enumerate(often) for _ in range(count)]
    draw.shuffle(literals)
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 8, zlib.Z_HUFFMAN_ONLY)
    write("long_codes.zz", b"\5" + packer.compress(bytes(literals)) + packer.flush())
    text = bytearray(draw.randbytes(1500))
    far = [1400, 1000, 700, 500, 300, 200, 129, 65, 33, 17, 9, 5]
    distances = [distance for distance, count in zip(far, often) for _ in range(count)]
    draw.shuffle(distances)
    for distance in distances:
        for _ in range(draw.randrange(4, 7)):
            text.append(text[-distance])
    write("far_codes.zz", b"\5" + zlib.compress(bytes(text), 9))
    write("endless.zz", b"\5" + zlib.compress((bytes(range(256)) * 20 + bytes(3000)) * 60, 9))


def hdf5():
    """Each structure of `structures/` in a file as small as it gets."""
    chunks = {"chunks": (5, 1), "dtype": "f4"}
    pair = np.c_[signal, -signal]

    def make(name, version, fill, **options):
        with tempfile.TemporaryDirectory() as folder:
            with h5py.File(f"{folder}/x", "w", libver=version, **options) as file:
                fill(file)
            write(name, open(f"{folder}/x", "rb").read())

    def old(file):
        file["fs"], file["named"] = 100.0, np.dtype("<f4")
        file.create_dataset("ecg", data=signal, dtype=file["named"])
        file["a/b"] = signal
        file.create_dataset("all", data=pair, **chunks, compression="gzip", shuffle=True, fletcher32=True, fillvalue=2)

    def arrays(file):
        for name, more in [("fixed", {}), ("rows", {"maxshape": (None, 2)}), ("both", {"maxshape": (None, None)})]:
            file.create_dataset(name, data=pair, **chunks, **more, compression=None if name == "fixed" else "lzf")

    def many(file):
        file["ecg"] = signal
        file["ecg"].attrs.update({f"a{index}": index if index % 2 else "words" for index in range(9)})
        for index in range(9):
            file[f"n{index}"] = file["ecg"]

    def links(file):
        file["ecg"] = signal
        for index in range(60):
            file[f"a name of some length {index}"] = file["ecg"]
        file["itself"] = file["/"]

    def large(file):
        file["ecg"] = signal
        file["ecg"].attrs.update({f"a{index}": index for index in range(9)})
        file["ecg"].attrs["large"] = np.arange(2050, dtype="u2")

    def growing(file):
        file.create_dataset("ecg", data=(np.arange(400) % 251).astype("u1"), chunks=(1,), maxshape=(None,))

    def early(file):
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_obj_track_times(False)
        properties.set_chunk((5,))
        properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple(signal.shape)
        h5py.Dataset(h5py.h5d.create(file.id, b"early", h5py.h5t.NATIVE_DOUBLE, space, properties))[...] = signal

    def checked(file):
        file.create_dataset("ecg", data=signal, fletcher32=True, chunks=(12,))

    def kinds(file):
        file["fs"] = h5py.Empty("f8")
        for kind in ["f2", "i4", "u8"]:
            file[kind] = abs(signal * 100).astype(kind)
        file["cube"] = signal.reshape(3, 2, 2)
        file["truth"] = signal > 0
        file["c"], file["p"] = np.ones(2, "c8"), np.array([("a", 1)], dtype=[("x", "S1"), ("y", "i2")])
        file["words"] = ["a", "bc"]
        file["fixed"] = np.bytes_("abc")

    def device(file):
        group = file.create_group("00:07")
        group.attrs.update({"sampling rate": 100, "resolution": [16], "channels": [1], "date": "2021-3-1", "time": "9:15:30"})
        lead = group.create_dataset("raw/channel_1", data=np.arange(12, dtype="u2")[:, None])
        lead.attrs["sensor"], lead.attrs["label"] = "ECG", np.bytes_("A")
        group.create_dataset("raw/nSeq", data=np.arange(12, dtype="u2"))

    def matlab(file):
        def put(place, name, value, kind):
            made = place.create_dataset(name, data=value)
            made.attrs["MATLAB_class"] = np.bytes_(kind)
            return made.ref
        parts = [put(file, "#refs#/a", pair.T, "double"), put(file, "#refs#/b", np.array([[110], [49]], dtype="u2"), "char")]
        put(file, "c", np.array([parts], dtype=h5py.ref_dtype), "cell")
        put(file, "s/fs", np.array([[100.0]]), "double")
        file["s"].attrs["MATLAB_class"] = np.bytes_("struct")
        put(file, "e", np.array([0, 0], dtype="u8"), "double")
        file["e"].attrs["MATLAB_empty"] = np.uint8(1)
        for kind in ["char", "cell"]:
            put(file, f"e_{kind}", np.array([0, 0], dtype="u8"), kind)
            file[f"e_{kind}"].attrs["MATLAB_empty"] = np.uint8(1)
        file["t/x"] = np.array([parts], dtype=h5py.ref_dtype)
        file["t"].attrs["MATLAB_class"] = np.bytes_("struct")

    make("old.h5", "earliest", old)
    make("arrays.h5", ("v110", "v110"), arrays)
    make("newest.h5", "latest", arrays)
    make("kinds.h5", "earliest", kinds)
    make("new_kinds.h5", "latest", kinds)
    make("many.h5", ("v110", "v110"), many)
    make("links.h5", ("v110", "v110"), links)
    make("large.h5", "latest", large)
    make("growing.h5", "latest", growing)
    make("early.h5", "latest", early)
    make("checked.h5", ("v110", "v110"), checked)
    make("device.h5", "earliest", device)
    make("new_device.h5", "latest", device)
    make("matlab73.mat", "earliest", matlab, userblock_size=512)
    with open(f"{OUT}/matlab73.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, small".ljust(124) + b"\x00\x02IM")


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    texts()
    wfdb()
    edf()
    arrays()
    containers()
    hdf5()
    fixtures.manifest()
