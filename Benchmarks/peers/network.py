"""The signal transformation recognition network in PyTorch, as the native engine has it."""

import torch
from torch import nn
from torch.nn import functional as F

BLOCKS = ((32, 32), (64, 16), (128, 8))
HEADS = ("original", "noise", "scaling", "negation", "inversion", "permutation", "warp")
WEIGHTS = torch.tensor(
    [0.0125 if name in ("negation", "inversion") else 0.195 for name in HEADS])


class Trunk(nn.Module):
    """Windows (N, 1, 2560) to features (N, 128)."""

    def __init__(self):
        super().__init__()
        channels = 1
        for number, (filters, kernel) in enumerate(BLOCKS):
            for half in (1, 2):
                setattr(self, f"conv{2 * number + half}", nn.Conv1d(channels, filters, kernel))
                channels = filters

    def forward(self, x):
        for number, (_, kernel) in enumerate(BLOCKS):
            if number > 0:
                x = F.max_pool1d(x, 8, 2)
            for half in (1, 2):
                # TensorFlow's SAME padding: the odd zero is on the right.
                x = F.pad(x, ((kernel - 1) // 2, kernel // 2))
                x = F.leaky_relu(getattr(self, f"conv{2 * number + half}")(x), 0.2)
        return x.amax(2)


class Head(nn.Module):
    """Features (N, 128) to one logit (N, 1)."""

    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(128, 128)
        self.dense2 = nn.Linear(128, 128)
        self.output = nn.Linear(128, 1)

    def forward(self, x):
        for dense in (self.dense1, self.dense2):
            x = F.dropout(F.leaky_relu(dense(x), 0.2), 0.6, self.training)
        return self.output(x)


class Network(nn.Module):
    """Windows to seven logits; its state dictionary has the names of the model files."""

    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.heads = nn.ModuleDict({name: Head() for name in HEADS})

    def forward(self, x):
        features = self.trunk(x)
        return torch.cat([self.heads[name](features) for name in HEADS], 1)


def loss_of(network, logits, targets):
    """Weighted sigmoid cross-entropies and L2 on the kernels."""
    losses = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(0)
    l2 = sum(p.square().sum() for p in network.parameters() if p.dim() > 1)
    return (losses * WEIGHTS).sum() + 0.5e-4 * l2
