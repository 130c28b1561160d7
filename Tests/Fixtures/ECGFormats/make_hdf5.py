"""HDF5 files with every structure that the reader knows, and what h5py reads back from them.

    python3 make_hdf5.py

writes `structures/`: the same data in files of several ages (superblocks 0 to 3, object headers 1 and 2, groups of
symbol tables, of messages and of heaps, chunks found by each kind of index, each filter), `device.h5` as OpenSignals
lays it out but with its attributes in a heap, and `expected.json`: each channel once, and which files have it. A few unused bytes at the edges of
chunks differ from run to run. Needs numpy and h5py 3.16 (HDF5 2.0).
"""

import json
import os
import shutil

import h5py
import numpy as np

import make_fixtures as fixtures

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "structures")
random = np.random.default_rng(fixtures.SEED)
data = np.round(random.normal(size=(37, 5)) * 40)
channels, files = {}, {}


def low(file, name, build, kind=h5py.h5t.NATIVE_DOUBLE):
    """What h5py has no words for."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    build(properties)
    space = h5py.h5s.create_simple(data.shape)
    h5py.Dataset(h5py.h5d.create(file.id, name.encode(), kind, space, properties))[...] = data


def types(file):
    for kind in ["i1", "u1", "<i2", ">i2", "<u4", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4", ">f8"]:
        word = kind.replace("<", "little_").replace(">", "big_")
        file[word] = (abs(data) if "u" in kind else data).astype(kind)
    file["named"] = np.dtype("<f4")
    file.create_dataset("of_named", data=data, dtype=file["named"])


def layouts(file):
    low(file, "compact", lambda p: p.set_layout(h5py.h5d.COMPACT))

    def early(p):
        p.set_chunk((10, 2))
        p.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    low(file, "implicit", early)
    packings = {"plain": {}, "deflate": {"compression": "gzip"}, "lzf": {"compression": "lzf", "shuffle": True},
                "all": {"compression": "gzip", "shuffle": True, "fletcher32": True}, "sums": {"fletcher32": True}}
    shapes = {"fixed": {}, "whole": {"chunks": data.shape}, "limited": {"maxshape": (60, 9)}, "rows": {"maxshape": (None, 5)},
              "columns": {"maxshape": (37, None)}, "both": {"maxshape": (None, None)}}
    for packing, options in packings.items():
        for shape, more in shapes.items():
            if packing in ("plain", "deflate") or shape in ("whole", "rows"):
                file.create_dataset(f"{shape}_{packing}", data=data, dtype="f4", **{"chunks": (7, 2), **more}, **options)


def shapes(file):
    part = file.create_dataset("partly_written", (100, 3), "f4", chunks=(9, 2), fillvalue=-2.5)
    part[20:31, 1:3] = 7
    file.create_dataset("unwritten", (50, 3), "f4", chunks=(9, 2), fillvalue=4)
    part = file.create_dataset("grown", (30, 3), "i2", chunks=(4, 2), maxshape=(None, 3), fillvalue=5, compression="gzip")
    part[10:12] = 8
    part.resize((50, 3))
    part[49] = 9
    part = file.create_dataset("shrunk", (60, 3), "f4", chunks=(9, 2), maxshape=(None, None))
    part[...] = np.arange(180).reshape(60, 3)
    part.resize((13, 2))
    file.create_dataset("four_dimensions", data=data.reshape(1, 37, 1, 5), dtype="f4", chunks=(1, 10, 1, 2))
    file.create_dataset("two_of_four", data=data.reshape(37, 1, 1, 5), dtype="f4", chunks=(10, 1, 1, 5))
    file.create_dataset("one_behind", data=data[:, :, None], dtype="f4", chunks=(10, 2, 1))
    file.create_dataset("one_column", data=abs(data).ravel()[:, None], dtype="u1", chunks=(50, 1), compression="gzip")


def indices(file):
    """Arrays of more than a page and of secondary blocks, trees of more than a node."""
    numbers = np.arange(1300) % 251
    file.create_dataset("pages", data=numbers, dtype="u1", chunks=(1,))
    file.create_dataset("pages_partly", (3000,), "u1", chunks=(1,))[1100:1200] = 3
    file.create_dataset("secondary", data=numbers[:400], dtype="u1", chunks=(1,), maxshape=(None,))
    file.create_dataset("deep", data=numbers.reshape(130, 10), dtype="u1", chunks=(1, 2), maxshape=(None, None))


def names(file):
    few, many = file.create_group("few"), file.create_group("many")
    file["small"] = np.arange(12.0)
    few["hard"], few["soft"], few["external"] = file["small"], h5py.SoftLink("/small"), h5py.ExternalLink("x.h5", "/y")
    few["text"], few["nothing"], few["flag"] = "words", h5py.Empty("f4"), np.array([True, False])
    for number in range(60):
        many[f"{'long ' * (number % 9)}name {number}"] = file["small"]


def columns(values):
    """As channels: along the shorter side, ones left out."""
    values = np.asarray(values, dtype="f8").squeeze()
    if values.ndim == 1:
        return [values]
    return list(values.T if values.shape[0] >= values.shape[1] else values)


def facts(path):
    found = {}

    def visit(group, prefix):
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                continue
            item = group[name]
            if isinstance(item, h5py.Group):
                visit(item, f"{prefix}{name}/")
            elif isinstance(item, h5py.Dataset) and item.shape and item.size > 1 and item.dtype.kind in "iuf":
                every = columns(item[()])
                for index, column in enumerate(every):
                    found[prefix + name + (f" {index + 1}" if len(every) > 1 else "")] = fixtures.numbers(column)

    with h5py.File(path) as file:
        visit(file, "")
    return found


def device():
    """Attributes in a heap, among them texts of any length and one that is too large for the heap's blocks."""
    codes = np.arange(100, dtype="<u2") * 500
    with h5py.File(f"{OUT}/device.h5", "w", libver="latest") as file:
        group = file.create_group("00:07")
        for number in range(40):
            group.attrs[f"more {number}"] = number if number % 2 else f"words {number} " * (number // 4)
        resolutions = np.array([0] * 599 + [16])
        group.attrs.update({"sampling rate": 500, "resolution": resolutions, "channels": np.array([1]),
                            "device": "gerät", "date": "2021-3-1", "time": "9:15:30.250"})
        raw = group.create_group("raw")
        lead = raw.create_dataset("channel_1", data=codes[:, None], chunks=(30, 1), compression="gzip", maxshape=(None, 1))
        lead.attrs["sensor"], lead.attrs["label"] = "ECG", "Größe"


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    os.makedirs(OUT)
    ages = {"oldest": "earliest", "v108": ("v108", "v108"), "v110": ("v110", "v110"), "newest": "latest"}
    for age, version in ages.items():
        path = f"{OUT}/{age}.h5"
        with h5py.File(path, "w", libver=version, userblock_size=1024 if age == "v110" else 0) as file:
            for part in (types, layouts, shapes, names) + ((indices,) if age in ("oldest", "v110") else ()):
                part(file)
        found = facts(path)
        assert all(channels.get(name, fact) == fact for name, fact in found.items())
        channels.update(found)
        files[f"{age}.h5"] = sorted(found)
    device()
    versions = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "numpy": np.__version__}
    with open(f"{OUT}/expected.json", "w") as file:
        json.dump({"channels": channels, "files": files, "versions": versions}, file, indent=0, sort_keys=True)
        file.write("\n")
    fixtures.manifest()


if __name__ == "__main__":
    main()
