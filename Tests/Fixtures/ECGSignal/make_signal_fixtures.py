"""Makes the golden files of ECGSignalTests with SciPy and NeuroKit2.

    python3 make_signal_fixtures.py

writes filters.json, resampling.json, variability.json and MANIFEST.json beside itself.
"""

import hashlib
import json
import platform
import warnings
from fractions import Fraction
from pathlib import Path

import neurokit2
import numpy as np
import scipy
from scipy import signal

HERE = Path(__file__).parent
SEED = 20260517
warnings.simplefilter("ignore")


def test_signal(count, rate, random):
    """A few sines, a drift, an offset and noise: something at every frequency."""
    t = np.arange(count) / rate
    x = 3.0 + 0.4 * t + np.sin(2 * np.pi * 1.3 * t) + 0.5 * np.sin(2 * np.pi * 17 * t + 1)
    return np.round(x + 0.2 * random.standard_normal(count), 6)


def filters(random):
    x = test_signal(400, 256, random)
    cases = []

    def case(name, sos, **parameters):
        zi = signal.sosfilt_zi(sos)
        cases.append(
            dict(
                name=name,
                **parameters,
                zeroPhase=signal.sosfiltfilt(sos, x).tolist(),
                causal=signal.sosfilt(sos, x).tolist(),
                settled=signal.sosfilt(sos, x, zi=zi * x[0])[0].tolist(),
            )
        )

    for kind, cutoff, order, rate in [
        ("high", 0.8, 2, 256.0), ("high", 0.8, 2, 2048.0), ("high", 0.5, 5, 130.0),
        ("high", 5.0, 1, 360.0), ("low", 40.0, 4, 500.0), ("low", 10.0, 3, 100.0),
    ]:  # fmt: skip
        sos = signal.butter(order, cutoff, kind + "pass", fs=rate, output="sos")
        case(kind, sos, frequency=cutoff, order=order, rate=rate)
    for frequency, rate in [(50.0, 500.0), (60.0, 360.0)]:
        b, a = signal.iirnotch(frequency, 30, rate)
        case("notch", signal.tf2sos(b, a), frequency=frequency, order=2, rate=rate)
    sos = np.vstack(
        [
            signal.butter(2, 0.8, "highpass", fs=360, output="sos"),
            signal.tf2sos(*signal.iirnotch(60, 30, 360)),
            signal.butter(4, 40, "lowpass", fs=360, output="sos"),
        ]
    )
    case("recipe", sos, frequency=0.8, order=2, rate=360.0)

    sos = signal.butter(2, 0.8, "highpass", fs=256, output="sos")
    short = [
        dict(count=n, zeroPhase=signal.sosfiltfilt(sos, x[:n], padlen=min(9, n - 1)).tolist())
        for n in (2, 3, 5, 9, 10, 11)
    ]
    return dict(input=x.tolist(), cases=cases, short=short)


def kernel(up, down):
    """The documented kernel, on the grid of resample_poly: h[m] at m/up input samples."""
    stretch = max(1, down / up)
    reach = int(np.ceil(34 * stretch))
    cutoff = (1 - 0.15 / 2) / stretch
    m = np.arange(-reach * up, reach * up + 1)
    h = cutoff * np.sinc(cutoff * m / up) * signal.windows.kaiser(len(m), 0.1102 * (80 - 8.7))
    h[0] = h[-1] = 0
    for phase in range(up):
        h[phase::up] /= h[phase::up].sum()
    return h


def resampling(random):
    cases = []
    for source, target in [
        (100, 256), (130, 256), (250, 256), (360, 256), (496, 256), (500, 256), (512, 256),
        (700, 256), (1000, 256), (2048, 256), (256, 128), ("513.24", 256),
    ]:  # fmt: skip
        source = Fraction(source)
        ratio = Fraction(target) / source
        x = test_signal(240, float(source), random)
        y = signal.resample_poly(
            x, ratio.numerator, ratio.denominator,
            window=kernel(ratio.numerator, ratio.denominator) / ratio.numerator, padtype="edge",
        )  # fmt: skip
        cases.append(
            dict(
                source=float(source), target=float(target), up=ratio.numerator,
                down=ratio.denominator, input=x.tolist(), output=y.tolist(),
            )
        )  # fmt: skip
    return dict(cases=cases)


def variability(random):
    cases = []
    for seconds, rate in [(480, 256), (300, 130), (150, 500), (120, 1000), (40, 256), (10, 256)]:
        time, beats = 0.3, []
        while time < seconds:
            beats.append(int(round(time * rate)))
            time += (
                0.8 + 0.03 * np.sin(2 * np.pi * 0.1 * time) + 0.04 * np.sin(2 * np.pi * 0.24 * time)
                + 0.015 * random.standard_normal()
            )  # fmt: skip
        hrv = neurokit2.hrv_time(beats, sampling_rate=rate).iloc[0].to_dict()
        hrv |= (
            neurokit2.hrv_frequency(
                beats, sampling_rate=rate, interpolation_rate=4, normalize=False, silent=True
            )
            .iloc[0]
            .to_dict()
        )
        names = ["MeanNN", "SDNN", "RMSSD", "SDSD", "pNN50", "MedianNN", "MinNN", "MaxNN"]
        names += ["LF", "HF", "LFHF"]
        values = {name: float(hrv["HRV_" + name]) for name in names}
        values = {name: value if np.isfinite(value) else None for name, value in values.items()}
        cases.append(dict(seconds=seconds, rate=rate, peaks=beats, values=values))
    return dict(cases=cases)


def main():
    random = np.random.default_rng(SEED)
    files = {}
    for name, make in [
        ("filters.json", filters), ("resampling.json", resampling), ("variability.json", variability),
    ]:  # fmt: skip
        text = json.dumps(make(random), separators=(",", ":"), allow_nan=False) + "\n"
        (HERE / name).write_text(text)
        files[name] = hashlib.sha256(text.encode()).hexdigest()
    manifest = dict(
        script=Path(__file__).name, seed=SEED, files=files,
        versions=dict(
            python=platform.python_version(), numpy=np.__version__, scipy=scipy.__version__,
            neurokit2=neurokit2.__version__,
        ),
    )  # fmt: skip
    (HERE / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


main()
