"""The native engine against its peers, on the same weights, data and number of threads.

python compare.py --runner PATH/TO/PeerRunner [--threads 2] [--rounds 5] [--output FOLDER] [--quick]

Each comparison runs A B A B … in one call; the ratio is the median over rounds of the ratio within
a round, so that a machine that is busy for a while disturbs both alike. Two ratios are reported: of
the duration, and of the processor time, which a busy machine disturbs less. Writes peers.md and
peers.json.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from safetensors.torch import save_file

from network import Network

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 896


class Peer:
    """A process that answers commands."""

    def __init__(self, command, greets):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
        if greets:
            self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a peer ended: " + " ".join(map(str, self.process.args)))
        return json.loads(line)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def make_data(folder):
    torch.manual_seed(1)
    network = Network().eval()
    save_file(network.state_dict(), f"{folder}/weights.safetensors")
    generator = np.random.default_rng(1)
    generator.standard_normal((ROWS, 2560)).astype(np.float32).tofile(f"{folder}/inputs.f32")
    (generator.random((ROWS, 7)) < 1 / 7).astype(np.float32).tofile(f"{folder}/targets.f32")
    warnings.simplefilter("ignore")  # of the exporter, about itself
    torch.onnx.export(
        network.trunk, (torch.zeros(2, 1, 2560),), f"{folder}/trunk.onnx", input_names=["windows"],
        output_names=["features"], dynamic_axes={"windows": {0: "n"}, "features": {0: "n"}},
        dynamo=False)


def rate(answer, key):
    return answer["rows"] / max(answer[key], 1e-9)


def compare(title, floor, native, native_words, peer, peer_words, rounds):
    """A B A B …; the ratio of rates, native over peer."""
    native.ask(*native_words)
    peer.ask(*peer_words)
    pairs = [(native.ask(*native_words), peer.ask(*peer_words)) for _ in range(rounds)]
    row = {"work": title, "at_least": floor, "rounds": rounds}
    for key in ("seconds", "processor"):
        ratios = [rate(a, key) / rate(b, key) for a, b in pairs]
        row[f"ratio_{key}"] = statistics.median(ratios)
        row[f"spread_{key}"] = [min(ratios), max(ratios)]
        row[f"native_{key}"] = statistics.median(rate(a, key) for a, _ in pairs)
        row[f"peer_{key}"] = statistics.median(rate(b, key) for _, b in pairs)
    row["native_memory"] = pairs[-1][0]["memory"]
    row["peer_memory"] = pairs[-1][1]["memory"]
    print(f"{title}: {row['ratio_seconds']:.2f}x by duration, "
          f"{row['ratio_processor']:.2f}x by processor time", file=sys.stderr, flush=True)
    return row


def best_batch(peer, quick):
    rates = {}
    for batch in (8, 32, 128) if quick else (4, 8, 16, 32, 64, 128, 256):
        peer.ask("train", batch)
        rates[batch] = max(rate(peer.ask("train", batch), "seconds") for _ in range(2))
    return max(rates, key=rates.get)


def machine():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def table(results):
    lines = [
        f"{results['machine']}, {results['threads']} threads, float32. "
        + ", ".join(f"{name} {version}" for name, version in results["versions"].items()) + ".",
        "",
        "| work | native /s | peer /s | ratio | by processor time | at least |",
        "|---|---|---|---|---|---|",
    ]
    for row in results["rows"]:
        floor = f"{row['at_least']:g}×" if row["at_least"] else ""
        lines.append(
            f"| {row['work']} | {row['native_seconds']:.0f} | {row['peer_seconds']:.0f} "
            f"| {row['ratio_seconds']:.1f}× | {row['ratio_processor']:.1f}× | {floor} |")
    return "\n".join(lines + ["", f"Left out: {', '.join(results['left_out']) or 'nothing'}.", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runner", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", default=".")
    parser.add_argument("--quick", action="store_true", help="small batches, for trying out")
    options = parser.parse_args()
    threads, rounds = options.threads, options.rounds
    batch = 64 if options.quick else ROWS
    left_out, rows = [], []

    with tempfile.TemporaryDirectory() as folder:
        make_data(folder)
        native = Peer([os.path.abspath(options.runner), folder], greets=False)

        def start(kind, threads):
            try:
                worker = [sys.executable, f"{HERE}/worker.py", kind, folder, str(threads)]
                return Peer(worker, greets=True)
            except RuntimeError as error:
                left_out.append(f"{kind} ({error})")

        def attempt(*arguments):
            try:
                rows.append(compare(*arguments))
            except RuntimeError as error:
                left_out.append(f"{arguments[0]} ({error})")

        train = ("train", batch, threads)
        if eager := start("torch", threads):
            native.ask("logits", 8, threads, f"{folder}/native.f32")
            eager.ask("logits", 8, f"{folder}/torch.f32")
            ours, theirs = (np.fromfile(f"{folder}/{name}.f32", np.float32)
                            for name in ("native", "torch"))
            error = float(abs(ours - theirs).max() / abs(theirs).max())
            print(f"the same logits within {error:.1e} of their range", file=sys.stderr)
            assert error < 1e-4, "native engine and PyTorch compute different networks"
            best = best_batch(eager, options.quick)
            attempt(f"training, {batch} signals, against PyTorch eager", 10, native, train, eager,
                    ("train", batch), rounds)
            attempt(f"training, against PyTorch eager at its best batch, {best}", 6, native, train,
                    eager, ("train", best), rounds)
            attempt("features of 128 windows, against PyTorch eager", None, native,
                    ("features", 128, threads), eager, ("features", 128), rounds)
            eager.close()
        if compiled := start("compile", threads):
            attempt(f"training, against torch.compile, batch {best}", 6, native, train, compiled,
                    ("train", best), rounds)
            compiled.close()
        if onnx := start("onnx", threads):
            attempt("features of 128 windows, against ONNX Runtime", 4, native,
                    ("features", 128, threads), onnx, ("features", 128), rounds)
            onnx.close()
        if onnx := start("onnx", 1):
            attempt("features of one window, one thread, against ONNX Runtime", 3, native,
                    ("features", 1, 1), onnx, ("features", 1), 20 * rounds)
            onnx.close()
        if tensorflow := start("tensorflow", threads):
            attempt("training, 128 signals, against TensorFlow", None, native,
                    ("train", 128, threads), tensorflow, ("train", 128), rounds)
            attempt("features of 128 windows, against TensorFlow", None, native,
                    ("features", 128, threads), tensorflow, ("features", 128), rounds)
            tensorflow.close()
        if threads > 1:
            attempt(f"training, {threads} threads against one, both native", 1.85, native, train,
                    native, ("train", batch, 1), rounds)
        native.close()

    versions = {"torch": torch.__version__}
    for name in ("onnxruntime", "tensorflow", "tensorflow_cpu"):
        try:
            versions[name] = __import__("importlib.metadata").metadata.version(name)
        except Exception:  # not installed
            pass
    results = {"machine": machine(), "threads": threads, "versions": versions, "rows": rows,
               "left_out": left_out}
    os.makedirs(options.output, exist_ok=True)
    with open(f"{options.output}/peers.json", "w") as file:
        json.dump(results, file, indent=2)
    with open(f"{options.output}/peers.md", "w") as file:
        file.write(table(results))
    print(table(results))


main()
