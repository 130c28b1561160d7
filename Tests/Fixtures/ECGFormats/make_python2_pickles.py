"""WESAD's layout as genuine Python 2.7 and NumPy 1.16 pickle it, by both modules, under all protocols.

    python2.7 make_python2_pickles.py

writes `pickle/python27_*.pkl`; needs Python 2.7 with NumPy, and `npy/little_f8.npy` of `make_fixtures.py`, which
states what a reader must find and is to be run before and after.
"""

import cPickle
import os
import pickle
import sys

import numpy as np

assert sys.version_info[:2] == (2, 7), sys.version

HERE = os.path.dirname(os.path.abspath(__file__))
signal = np.load(os.path.join(HERE, "npy", "little_f8.npy"))
count = len(signal)
content = {
    "signal": {
        "chest": {
            "ACC": np.asfortranarray(np.c_[signal, signal * 2, signal * 3]),
            "ECG": signal.reshape(-1, 1),
            "Temp": (signal + 33).astype("f4").reshape(-1, 1),
        },
        "wrist": {"BVP": signal[:64].reshape(-1, 1), "EDA": signal[:4].astype(">f8").reshape(-1, 1)},
    },
    "label": np.repeat([1, 2], count // 2).astype("i4"),
    "subject": "S78",
    "note": u"\u00fc",
}
for name, module in [("cpickle", cPickle), ("pickle", pickle)]:
    for protocol in range(3):
        path = os.path.join(HERE, "pickle", "python27_%s%d.pkl" % (name, protocol))
        with open(path, "wb") as target:
            module.dump(content, target, protocol)
