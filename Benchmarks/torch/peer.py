"""Pre-training in PyTorch doing the same work on the same device: the six transformations, made there for
whole batches, forward, backward and Adam. Prints a line of JSON.

python peer.py eager|compile DEVICE PRECISION WINDOWS STEPS THREADS
"""

import json
import math
import os
import resource
import sys
import time

KIND, DEVICE, PRECISION = sys.argv[1:4]
WINDOWS, STEPS, THREADS = map(int, sys.argv[4:7])
WARM_UPS = 10
LENGTH = 2560
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))

import torch  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
import network as definition  # noqa: E402

DEVICE = torch.device(DEVICE)
WEIGHTS = definition.WEIGHTS.to(DEVICE)
TIME = torch.arange(LENGTH, device=DEVICE)


def permuted(x, pieces=20):
    """Pieces in a random order."""
    edges = torch.arange(pieces + 1, device=DEVICE) * LENGTH // pieces
    order = torch.rand(len(x), pieces, device=DEVICE).argsort(1)
    starts, lengths = edges[:-1][order], edges.diff()[order]
    ends = lengths.cumsum(1)
    piece = torch.searchsorted(ends, TIME.expand(len(x), LENGTH).contiguous(), right=True)
    offset = TIME - (ends - lengths).gather(1, piece)
    return x.gather(1, starts.gather(1, piece) + offset)


def warped(x, pieces=9, stretch=1.05):
    """Five of nine pieces longer, the others shorter, by linear interpolation; cropped from a random place."""
    length, stretched = LENGTH // pieces, (pieces + 1) // 2
    sizes = math.ceil(length * stretch), math.ceil(length / stretch)
    joined = stretched * sizes[0] + (pieces - stretched) * sizes[1]
    longer = torch.rand(len(x), pieces, device=DEVICE).argsort(1) < stretched
    new = torch.where(longer, *sizes)
    ends = new.cumsum(1)
    time = TIME + torch.randint(joined - LENGTH + 1, (len(x), 1), device=DEVICE)
    piece = torch.searchsorted(ends, time, right=True)
    step = (length / new).gather(1, piece)
    place = ((time - (ends - new).gather(1, piece) + 0.5) * step - 0.5).clamp(0, length - 1)
    left = place.floor()
    weight = place - left
    base = piece * length
    one = x.gather(1, base + left.long())
    other = x.gather(1, base + (left.long() + 1).clamp_max(length - 1))
    return one * (1 - weight) + other * weight


def versions(x):
    """(windows, samples) to (windows · 7, 1, samples)."""
    noise = x.square().mean(1, keepdim=True).mul(10 ** -1.5).sqrt() * torch.randn_like(x)
    made = [x, x + noise, 1.1 * x, -x, x.flip(1), permuted(x), warped(x)]
    return torch.stack(made, 1).view(-1, 1, LENGTH)


def main():
    if DEVICE.type == "cpu":
        torch.set_num_threads(THREADS)
    torch.backends.cuda.matmul.allow_tf32 = PRECISION == "tf32"
    torch.backends.cudnn.allow_tf32 = PRECISION == "tf32"
    torch.backends.cudnn.benchmark = PRECISION != "float32"
    network = definition.Network().to(DEVICE)
    optimiser = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    windows = torch.randn(4 * WINDOWS, LENGTH, device=DEVICE)
    targets = torch.eye(7, device=DEVICE).repeat(WINDOWS, 1)

    def loss(x, rows, wanted):
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=PRECISION == "bfloat16"):
            logits = network(versions(x)[rows])
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            logits.float(), wanted, reduction="none").mean(0)
        l2 = sum(p.square().sum() for p in network.parameters() if p.dim() > 1)
        return (losses * WEIGHTS).sum() + 0.5e-4 * l2, logits

    if KIND == "compile":
        loss = torch.compile(loss, mode="max-autotune" if DEVICE.type == "cuda" else "default")

    def step(index):
        first = index % 4 * WINDOWS
        rows = torch.randperm(7 * WINDOWS, device=DEVICE)
        optimiser.zero_grad()
        value, logits = loss(windows[first:first + WINDOWS], rows, targets[rows])
        value.backward()
        optimiser.step()
        # As Heartfelt does: the loss and the logits of each step are read, for the scores.
        return value.item(), logits.detach().float().cpu()

    durations = []
    for index in range(WARM_UPS + STEPS):
        start = time.perf_counter()
        step(index)
        durations.append(time.perf_counter() - start)
    timed = sorted(durations[WARM_UPS:])
    median = timed[len(timed) // 2]
    print(json.dumps({
        "engine": f"pytorch-{KIND}", "windows": WINDOWS, "signals": 7 * WINDOWS, "steps": STEPS,
        "signalsPerSecond": 7 * WINDOWS / median, "medianSeconds": median, "bestSeconds": timed[0],
        "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "torch": torch.__version__}))


main()
