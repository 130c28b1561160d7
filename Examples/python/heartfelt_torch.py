"""A Heartfelt network in PyTorch, from the file that Heartfelt writes.

    heartfelt export --model run --format safetensors --rate 250 --output model.safetensors
    python -m pip install -r requirements.txt
    python heartfelt_torch.py model.safetensors recording.csv --rate 250

prints the probabilities of each window of a recording, or with --features the trunk's features. The
preprocessing is done here from the coefficients in the file's metadata; they are there for the sampling
rates that --rate named when it was exported. The recording is to be whole: missing samples, which the
Swift program bridges and reports, are refused here. For research; no diagnosis.
"""

import argparse
import csv
import json

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from scipy.signal import sosfiltfilt


class Trunk(torch.nn.Module):
    """Blocks of two convolutions, max-pooling between blocks, a global maximum at the end."""

    def __init__(self, shape):
        super().__init__()
        self.pool_width, self.pool_stride = shape["poolWidth"], shape["poolStride"]
        self.leak = shape["leak"]
        channels, number = 1, 1
        for block in shape["blocks"]:
            for _ in range(2):
                layer = torch.nn.Conv1d(channels, block["filters"], block["kernel"])
                self.add_module(f"conv{number}", layer)
                channels, number = block["filters"], number + 1

    def forward(self, windows):
        """N × T windows to N × C features."""
        x = windows.unsqueeze(1)
        for number, layer in enumerate(self.children()):
            if number > 0 and number % 2 == 0:
                x = F.max_pool1d(x, self.pool_width, self.pool_stride)
            # TensorFlow's SAME padding: the odd zero is on the right.
            left = (layer.kernel_size[0] - 1) // 2
            x = layer(F.pad(x, (left, layer.kernel_size[0] - 1 - left)))
            x = F.leaky_relu(x, self.leak)
        return x.amax(dim=2)


class Head(torch.nn.Module):
    """Dense layers on the features, ending in logits."""

    def __init__(self, shape, inputs):
        super().__init__()
        self.leak = 0.2 if shape["activation"] == "leakyReLU" else 0.0
        self.dropout = shape["dropout"]
        for number, units in enumerate(shape["hidden"], start=1):
            self.add_module(f"dense{number}", torch.nn.Linear(inputs, units))
            inputs = units
        self.output = torch.nn.Linear(inputs, shape["outputs"])

    def forward(self, x):
        for layer in list(self.children())[:-1]:
            x = F.dropout(F.leaky_relu(layer(x), self.leak), self.dropout, self.training)
        return self.output(x)


class Network(torch.nn.Module):
    """Trunk and heads under the names of the file; `state_dict()` saves as the file has them."""

    def __init__(self, metadata):
        super().__init__()
        shape = json.loads(metadata["trunk"])
        self.shapes = json.loads(metadata["heads"])
        self.labels = json.loads(metadata["labels"])
        self.temperature = float(metadata.get("temperature", 1))
        self.trunk = Trunk(shape)
        for head in self.shapes:
            # 'emotion' is a head of its own; 'heads.noise' is 'noise' among the heads.
            *parents, name = head["name"].split(".")
            parent = self
            for step in parents:
                if not hasattr(parent, step):
                    parent.add_module(step, torch.nn.Module())
                parent = getattr(parent, step)
            parent.add_module(name, Head(head, shape["blocks"][-1]["filters"]))

    def forward(self, windows):
        """N × T windows to N × K logits, heads side by side."""
        features = self.trunk(windows)
        return torch.cat([self.get_submodule(s["name"])(features) for s in self.shapes], dim=1)

    def probabilities(self, windows):
        """N × K: one a transformation, or one a class that add to 1."""
        logits = self(windows) / self.temperature
        if len(self.shapes) > 1 or self.shapes[0]["outputs"] == 1:
            return torch.sigmoid(logits)
        if self.shapes[0]["loss"] == "sigmoid":
            logits = F.logsigmoid(logits)
        return torch.softmax(logits, dim=1)


def load(path):
    """The network of a file, ready to be used, and the file's metadata."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        network = Network(metadata)
        network.load_state_dict({name: file.get_tensor(name) for name in file.keys()})
    return network.eval(), metadata


def prepare(samples, rate, preprocessing, normalisation=None):
    """The windows of one recording (N × T float32), by the coefficients in the metadata.

    `normalisation` is that of the one person a model was made for, where it was.
    """
    recipe = preprocessing["recipe"]
    found = [r for r in preprocessing["rates"] if r["samplingRate"] == rate]
    if not found:
        raise SystemExit(f"the file has no coefficients for {rate} Hz; export it again with --rate {rate:g}")
    coefficients = found[0]
    x = np.asarray(samples, dtype=np.float32).astype(np.float64)
    if not np.isfinite(x).all():
        raise SystemExit("the recording has missing samples")
    x = sosfiltfilt(
        np.array(coefficients["sections"]), x - x[0], padtype="odd", padlen=coefficients["padding"])
    x = resample(x, coefficients).astype(np.float32)
    if normalisation:
        x = ((x - normalisation["mean"]) / normalisation["deviation"]).astype(np.float32)
    elif recipe["normalisation"] != "none":
        ordered = np.sort(x)
        central = ordered[len(x) * 25 // 1000 : len(x) * 975 // 1000].astype(np.float64)
        x = ((x - x.mean(dtype=np.float64)) / central.std()).astype(np.float32)
    length, stride = recipe["windowLength"], recipe["windowStride"]
    starts = range(0, len(x) - length + 1, stride)
    return np.stack([x[start : start + length] for start in starts])


def resample(x, coefficients):
    """The signal at the network's rate, by the table of coefficients."""
    if "resampling" not in coefficients:
        return x
    up, down = coefficients["up"], coefficients["down"]
    reach, rows = coefficients["resampling"]["reach"], np.array(coefficients["resampling"]["rows"])
    position = np.arange((len(x) * up + down - 1) // down) * down
    whole, rest = position // up, position % up
    exact = rest * (len(rows) - 1) / up
    row = np.minimum(exact.astype(int), len(rows) - 2)
    part = (exact - row)[:, None]
    padded = np.pad(x, reach, mode="edge")
    inputs = padded[whole[:, None] + 1 + np.arange(2 * reach)]
    return (inputs * ((1 - part) * rows[row] + part * rows[row + 1])).sum(axis=1)


def read(path, column):
    """The samples of a .npy array or of a column of a CSV file with a header."""
    if path.endswith(".npy"):
        return np.load(path).ravel()
    with open(path, newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        index = next((i for i, name in enumerate(names) if column.lower() in name.lower()), None)
        if index is None:
            raise SystemExit(f"{path} has no column with '{column}' in its name, only {names}")
        return np.array([float(row[index]) for row in rows])


def main():
    parser = argparse.ArgumentParser(description="Probabilities or features of the windows of a recording.")
    parser.add_argument("model", help="what 'heartfelt export --format safetensors' wrote")
    parser.add_argument("recording", help="a .npy array of samples, or a CSV file with a header")
    parser.add_argument("--rate", type=float, required=True, help="its sampling rate in Hz")
    parser.add_argument("--column", default="ecg", help="part of the name of the CSV file's column")
    parser.add_argument("--features", help="write the trunk's features into this .npy file")
    arguments = parser.parse_args()

    network, metadata = load(arguments.model)
    windows = prepare(
        read(arguments.recording, arguments.column), arguments.rate, json.loads(metadata["preprocessing"]),
        json.loads(metadata.get("normalisation", "null")))
    windows = torch.from_numpy(windows)
    with torch.no_grad():
        if arguments.features:
            np.save(arguments.features, network.trunk(windows).numpy())
        if network.labels:
            print("\t".join(["window"] + network.labels))
            for number, row in enumerate(network.probabilities(windows).tolist()):
                print("\t".join([str(number)] + [f"{share:.6f}" for share in row]))


if __name__ == "__main__":
    main()
