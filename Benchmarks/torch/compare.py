"""Heartfelt's LibTorch engine against PyTorch, eager and compiled, on one device.

Pre-training steps with transformations included, in turns (A B C A B C …), so that a warm card or a busy
machine falls on all alike. Writes the table for Documentation/Torch.md as Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time

PAPER_SIGNALS = 450_000 * 100
FLOP = 3 * 674e6  # of a signal trained on, as the page counts it
HERE = os.path.dirname(os.path.abspath(__file__))


def device_memory(process):
    """MiB on the card that a process holds; 0 where nvidia-smi does not say."""
    try:
        text = subprocess.run(
            ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"],
            capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    rows = [line.split(",") for line in text.splitlines() if "," in line]
    return max((int(size) for pid, size in rows
                if int(pid) == process and size.strip().isdigit()), default=0)


def run(command, environment, on_card):
    """The JSON that a command prints, and the most memory it held."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment)
    most, done = [0], threading.Event()

    def watch():
        while not done.wait(0.5):
            most[0] = max(most[0], device_memory(process.pid))

    if on_card:
        threading.Thread(target=watch, daemon=True).start()
    output, errors = process.communicate()
    done.set()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{errors[-3000:]}")
    if "could not be recorded" in errors:
        print(errors.strip(), file=sys.stderr)
    result = json.loads(output[output.index("{"):])
    result["memory"] = most[0] * 2**20 if on_card else result.get("peakMemory", 0)
    return result


def card(device):
    if not device.startswith("cuda"):
        return f"processor, {os.cpu_count()} cores"
    text = subprocess.run(
        ["nvidia-smi", "--query-gpu=name,driver_version,power.limit", "--format=csv,noheader"],
        capture_output=True, text=True).stdout.splitlines()
    index = int(device.split(":")[1]) if ":" in device else 0
    return text[index] if index < len(text) else "an unknown card"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--windows", default="128,512", help="windows a batch, with commas")
    parser.add_argument("--precisions", default="bfloat16,tf32,float32")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--peers", default="eager,compile", help="may be empty")
    parser.add_argument("--peak", type=float, default=0, help="the device's TFLOP/s, for its share")
    parser.add_argument("--parity-windows", type=int, default=4)
    parser.add_argument("--output", default=".build/torch/bench.md")
    parser.add_argument("--program", default=".build/release/heartfelt")
    options = parser.parse_args()
    on_card = options.device.startswith("cuda")
    peers = [name for name in options.peers.split(",") if name]

    def ours(precision, windows, *more):
        return [options.program, "benchmark", "--engine", "torch", "--device", options.device,
                "--precision", precision, "--pretraining-windows", str(windows), "--calls",
                str(options.steps), "--threads", str(options.threads), "--json", *more]

    def theirs(kind, precision, windows):
        return [sys.executable, os.path.join(HERE, "peer.py"), kind, options.device, precision,
                str(windows), str(options.steps), str(options.threads)]

    lines = [f"# Pre-training steps on {card(options.device)}", "",
             f"{time.strftime('%Y-%m-%d')}, {options.rounds} rounds of {options.steps} steps in turns, "
             "medians; transformations, dropout, update and the reading of losses and logits included.",
             "", "## Parity", ""]
    for precision in options.precisions.split(","):
        found = run(ours(precision, options.parity_windows, "--parity"), {}, False)
        lines.append(
            f"* {precision}: logits {found['logits']:.1e}, gradients {found['gradients']:.1e} "
            f"({found['worst']}) of their range; weights after {found['steps']} steps of 1e-6 "
            f"{found['weights']:.1e} of their length")
        print(lines[-1], flush=True)

    lines += ["", "## Speed", "",
              "| precision | windows | what | signals/s | a step, ms | memory, GiB | TFLOP/s | "
              "450,000 × 100 signals |", "|---|---|---|---|---|---|---|---|"]
    verdicts = []
    for precision in options.precisions.split(","):
        for windows in map(int, options.windows.split(",")):
            work = {"heartfelt": (ours(precision, windows), {})}
            if on_card:
                work["heartfelt, no graphs"] = (
                    ours(precision, windows), {"HEARTFELT_TORCH_GRAPHS": "off"})
            for kind in peers:
                work[f"PyTorch {kind}"] = (theirs(kind, precision, windows), {})
            results = {name: [] for name in work}
            for _ in range(options.rounds):
                for name, (command, environment) in work.items():
                    results[name].append(run(command, environment, on_card))
            rates = {}
            for name, all_rounds in results.items():
                seconds = statistics.median(one["medianSeconds"] for one in all_rounds)
                rates[name] = rate = all_rounds[0]["signals"] / seconds
                reached = rate * FLOP / 1e12
                share = f" ({100 * reached / options.peak:.0f} %)" if options.peak else ""
                whole = PAPER_SIGNALS / rate
                whole = f"{whole / 60:.0f} min" if whole < 7200 else f"{whole / 3600:.1f} h"
                memory = max(one["memory"] for one in all_rounds) / 2**30
                lines.append(
                    f"| {precision} | {windows} | {name} | {rate:,.0f} | {1000 * seconds:.2f} | "
                    f"{memory:.1f} | {reached:.2f}{share} | {whole}, extrapolated |")
                print(lines[-1], flush=True)
            for kind in peers:
                verdicts.append(
                    f"* {precision}, {windows} windows: {rates['heartfelt'] / rates[f'PyTorch {kind}']:.2f} "
                    f"× PyTorch {kind}")
    lines += ["", *verdicts, ""]
    with open(options.output, "w") as file:
        file.write("\n".join(lines))
    print("\n".join(verdicts))
    print(f"the table is in {options.output}")


main()
