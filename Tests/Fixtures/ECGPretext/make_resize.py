"""Golden vectors for ECGPretext from OpenCV: linear resizing of a run of samples.

    python make_resize.py

writes resize.json and MANIFEST.json beside this file. Needs numpy and opencv-python-headless.
"""

import hashlib
import json
import math
import pathlib
import platform

import cv2
import numpy

SEED = 20
HERE = pathlib.Path(__file__).parent

# (samples, factor): the published pieces, stretched and squeezed, then sizes at which the ends and
# the rounding matter.
CASES = [
    (284, 1.05),
    (284, 1 / 1.05),
    (1, 1.05),
    (1, 3.0),
    (2, 1.5),
    (2, 0.5),
    (5, 2.0),
    (7, 1 / 3),
    (16, 4.0),
    (33, 1.25),
    (33, 1 / 1.25),
    (100, 1.05),
    (100, 1 / 1.05),
    (512, 1.3),
    (512, 1 / 1.3),
    (640, 1.0),
]


def main():
    random = numpy.random.default_rng(SEED)
    cases = []
    for samples, factor in CASES:
        # A random walk: neighbours differ, and are related, as in a signal.
        source = numpy.cumsum(random.standard_normal(samples)).astype(numpy.float32) / 8
        length = math.ceil(samples * factor)
        column = source.reshape(samples, 1)
        resized = cv2.resize(column, (1, length), interpolation=cv2.INTER_LINEAR).reshape(length)
        cases.append(
            {
                "factor": factor,
                "source": [float(value) for value in source],
                "resized": [float(value) for value in resized],
            }
        )
    golden = HERE / "resize.json"
    golden.write_text(json.dumps(cases, indent=None, separators=(",", ":")) + "\n")
    manifest = {
        "script": "make_resize.py",
        "seed": SEED,
        "programs": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "opencv": cv2.__version__,
        },
        "files": {golden.name: hashlib.sha256(golden.read_bytes()).hexdigest()},
    }
    (HERE / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
