"""Golden vectors of the two networks from PyTorch, and a safetensors file from its Python package.

Run in this folder:  python make_golden.py      (needs numpy, torch, safetensors)

Nothing here calls the Swift code. Random numbers (Philox 4x32-10), Glorot initialisation and dropout
masks are made again from their written definitions, and the networks are PyTorch's own layers in
double precision.
"""

import hashlib
import json
import platform

import numpy as np
import safetensors
import safetensors.numpy
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
STEADY_EPSILON = 1e-3
MASK = np.uint64(0xFFFFFFFF)


def philox(counter, key):
    """Philox 4x32-10; counter is four uint64 arrays of 32-bit words."""
    c0, c1, c2, c3 = (np.asarray(c, dtype=np.uint64) for c in counter)
    k0, k1 = key
    for _ in range(10):
        first = c0 * np.uint64(0xD2511F53)
        second = c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (second >> np.uint64(32)) ^ c1 ^ np.uint64(k0),
            second & MASK,
            (first >> np.uint64(32)) ^ c3 ^ np.uint64(k1),
            first & MASK,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def words(count, seed, purpose, epoch=0, index=0):
    """The first `count` 32-bit words of a random stream."""
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    full = np.full_like(blocks, 1)
    counter = (blocks, full * np.uint64(index), full * np.uint64(epoch), full * np.uint64(fnv1a(purpose)))
    out = np.stack(philox(counter, (seed & 0xFFFFFFFF, seed >> 32)), axis=1).reshape(-1)
    return out[:count]


def uniform(count, seed, purpose, epoch=0, index=0):
    low_high = words(2 * count, seed, purpose, epoch, index).reshape(-1, 2)
    numbers = low_high[:, 0] | (low_high[:, 1] << np.uint64(32))
    return (numbers >> np.uint64(11)).astype(np.float64) * 2.0**-53


def glorot(shapes, seed):
    parameters = {}
    for name, shape in shapes.items():
        if len(shape) == 1:
            values = np.zeros(shape, np.float32)
        else:
            taps = int(np.prod(shape[2:]))
            limit = np.sqrt(6.0 / ((shape[0] + shape[1]) * taps))
            draws = uniform(int(np.prod(shape)), seed, "initialisation." + name)
            values = ((2 * draws - 1) * limit).astype(np.float32).reshape(shape)
        parameters[name] = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    return parameters


def dropout(x, rate, seed, step, layer):
    if rate == 0 or step is None:
        return x
    rate32 = np.float32(rate)
    threshold = int(float(rate32) * 2.0**32)
    scale = float(np.float32(1) / (np.float32(1) - rate32))
    rows = [words(x.shape[1], seed, "dropout." + layer, step, row) for row in range(x.shape[0])]
    mask = (np.stack(rows) >= np.uint64(threshold)).astype(np.float64) * scale
    return x * torch.tensor(mask)


def same_convolution(x, weight, bias):
    kernel = weight.shape[2]
    left = (kernel - 1) // 2
    return F.conv1d(F.pad(x, (left, kernel - 1 - left)), weight, bias)


def trunk(x, p, blocks):
    x = x[:, None, :]
    number = 1
    for index in range(len(blocks)):
        for _ in range(2):
            name = f"trunk.conv{number}"
            x = F.leaky_relu(same_convolution(x, p[name + ".weight"], p[name + ".bias"]), 0.2)
            number += 1
        if index + 1 < len(blocks):
            x = F.max_pool1d(x, 8, 2)
    return x.amax(dim=2)


def head(x, p, h, seed, step):
    for layer in range(1, len(h["hidden"]) + 1):
        name = f"{h['name']}.dense{layer}"
        x = F.linear(x, p[name + ".weight"], p[name + ".bias"])
        x = F.leaky_relu(x, 0.2) if h["activation"] == "leakyReLU" else F.relu(x)
        x = dropout(x, h["dropout"], seed, step, name)
    return F.linear(x, p[h["name"] + ".output.weight"], p[h["name"] + ".output.bias"])


def head_loss(logits, targets, h):
    if h["loss"] == "softmax":
        return F.cross_entropy(logits, targets.long())
    if h["outputs"] > 1:
        targets = F.one_hot(targets.long(), h["outputs"]).double()
    else:
        targets = targets[:, None]
    return F.binary_cross_entropy_with_logits(logits, targets)


def forward(net, p, x, seed, step):
    features = trunk(x, p, net["blocks"]) if net["blocks"] else x
    return features, [head(features, p, h, seed, step) for h in net["heads"]]


def shapes_of(net):
    shapes = {}
    features = net["length"]
    if net["blocks"]:
        channels, number = 1, 1
        for filters, kernel in net["blocks"]:
            for _ in range(2):
                shapes[f"trunk.conv{number}.weight"] = (filters, channels, kernel)
                shapes[f"trunk.conv{number}.bias"] = (filters,)
                channels, number = filters, number + 1
        features = channels
    for h in net["heads"]:
        inputs = features
        for layer, units in enumerate(h["hidden"], 1):
            shapes[f"{h['name']}.dense{layer}.weight"] = (units, inputs)
            shapes[f"{h['name']}.dense{layer}.bias"] = (units,)
            inputs = units
        shapes[h["name"] + ".output.weight"] = (h["outputs"], inputs)
        shapes[h["name"] + ".output.bias"] = (h["outputs"],)
    return shapes


def digest(tensor, name):
    """What is kept of a tensor: norm, a random projection, and up to 48 values over its length."""
    values = tensor.detach().numpy().reshape(-1)
    signs = 2 * uniform(values.size, 0, "projection." + name) - 1
    step = max(1, values.size // 48)
    return {
        "norm": float(np.linalg.norm(values)),
        "largest": float(np.abs(values).max()),
        "projection": float(values @ signs),
        "stride": step,
        "slice": [float(f"{v:.9g}") for v in values[::step][:48]],
    }


def golden(net, x, targets, seed, l2, steps):
    p = glorot(shapes_of(net), seed)
    x, targets = torch.tensor(x, dtype=torch.float64), torch.tensor(targets, dtype=torch.float64)

    def loss_at(step):
        features, logits = forward(net, p, x, seed, step)
        losses = [head_loss(l, targets[:, i], h) for i, (l, h) in enumerate(zip(logits, net["heads"]))]
        loss = sum(h["lossWeight"] * l for h, l in zip(net["heads"], losses))
        penalty = sum((w**2).sum() / 2 for w in p.values() if w.dim() > 1)
        return features, logits, losses, loss, loss + l2 * penalty

    def flat(rows):
        return [float(v) for v in torch.cat(rows, dim=1).detach().numpy().reshape(-1)]

    features, logits, losses, plain, _ = loss_at(None)
    result = {
        "seed": seed, "l2": l2, "steps": steps, "steadyEpsilon": STEADY_EPSILON, "count": len(x), "network": net,
        "targets": [float(t) for t in targets.reshape(-1)],
        "features": [float(v) for v in features.detach().numpy().reshape(-1)] if net["blocks"] else [],
        "logits": flat(logits), "headLosses": [float(l.detach()) for l in losses], "loss": float(plain.detach()),
    }
    inputs = x.clone().requires_grad_(True)
    _, from_inputs = forward(net, p, inputs, seed, None)
    torch.cat(from_inputs, dim=1)[:, 0].sum().backward()
    result["inputGradientOfLogit0"] = digest(inputs.grad, "input")
    # With the usual epsilon of 1e-8 the first updates are of full size however small the gradient, so
    # that rounding in single precision shows. A large epsilon makes them proportional to it.
    for epsilon, key in ((1e-8, "trained"), (STEADY_EPSILON, "trainedSteadily")):
        p = glorot(shapes_of(net), seed)
        optimizer = torch.optim.Adam(p.values(), lr=1e-3, betas=(0.9, 0.999), eps=epsilon)
        for step in range(steps):
            optimizer.zero_grad()
            _, logits, _, _, whole = loss_at(step)
            whole.backward()
            if step == 0:
                result["trainingLogits"] = flat(logits)
                result["trainingLoss"] = float(whole.detach())
                result["gradients"] = {name: digest(w.grad, name) for name, w in p.items()}
            optimizer.step()
        result[key] = {name: digest(w, name) for name, w in p.items()}
    return result


def pretext_network():
    tasks = ["original", "noise", "scaling", "negation", "inversion", "permutation", "warp"]
    return {
        "length": 2560,
        "blocks": [[32, 32], [64, 16], [128, 8]],
        "heads": [
            {
                "name": f"heads.{task}", "hidden": [128, 128], "activation": "leakyReLU",
                "dropout": 0.6, "outputs": 1, "loss": "sigmoid",
                "lossWeight": 0.0125 if task in ("negation", "inversion") else 0.195,
            }
            for task in tasks
        ],
    }


def emotion_network(outputs, loss):
    return {
        "length": 24, "blocks": [],
        "heads": [
            {
                "name": "emotion", "hidden": [20, 13], "activation": "relu", "dropout": 0.4,
                "outputs": outputs, "loss": loss, "lossWeight": 1.0,
            }
        ],
    }


def main():
    files = {}
    # Windows like an electrocardiogram's: a few bumps a second on slow waves, and noise.
    time = np.arange(2560) / 256
    windows = []
    for row in range(3):
        phase = (time * (1.1 + 0.2 * row)) % 1
        beat = np.exp(-(((phase - 0.4) / 0.02) ** 2)) * 4 + np.exp(-(((phase - 0.65) / 0.06) ** 2))
        noise = uniform(2560, 5, "golden.noise", index=row) - 0.5
        windows.append(beat + 0.3 * np.sin(time * (1 + row)) + 0.4 * noise)
    windows = np.asarray(windows, dtype="<f4")
    windows.tofile("pretext-windows.f32")
    files["pretext-windows.f32"] = "3 windows of 2560 samples, little-endian float32"
    targets = [[(row + task) % 3 == 0 for task in range(7)] for row in range(3)]
    cases = {
        "pretext.json": golden(pretext_network(), windows, np.asarray(targets, float), 17, 1e-4, 3)
    }
    inputs = (2 * uniform(6 * 24, 5, "golden.features") - 1).astype("<f4").reshape(6, 24)
    inputs.tofile("emotion-features.f32")
    files["emotion-features.f32"] = "6 rows of 24 features, little-endian float32"
    classes = np.asarray([0, 1, 2, 3, 2, 1], float)[:, None]
    cases["emotion-softmax.json"] = golden(emotion_network(4, "softmax"), inputs, classes, 3, 1e-2, 3)
    cases["emotion-sigmoid.json"] = golden(emotion_network(2, "sigmoid"), inputs, classes % 2, 4, 0, 3)
    for name, case in cases.items():
        with open(name, "w") as file:
            json.dump(case, file, indent=0, separators=(",", ":"))
        files[name] = "features, losses, logits, gradients, weights after Adam steps"

    tensors = {
        "a.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "b.bias": np.asarray([-1.5, 0.0, 1e-30], dtype=np.float32),
    }
    safetensors.numpy.save_file(tensors, "python.safetensors", metadata={"note": 'a "quoted" é'})
    files["python.safetensors"] = "two tensors and metadata by the safetensors package"

    manifest = {
        "made by": "make_golden.py",
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__,
            "torch": torch.__version__, "safetensors": safetensors.__version__,
        },
        "files": {
            name: {"what": what, "sha256": hashlib.sha256(open(name, "rb").read()).hexdigest()}
            for name, what in sorted(files.items())
        },
    }
    with open("MANIFEST.json", "w") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")


main()
