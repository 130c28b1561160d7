#!/usr/bin/env python3
"""How often exchanges of labels call predictions a finding that know nothing of the labels.

A test at a level of 0.05 may do so in 5 of 100. Documentation/Studies.md quotes this table.

    python3 Scripts/simulate_exchanges.py 150        # needs NumPy; seed 1; about 20 minutes
"""
import sys

import numpy as np

PERSONS, DEALS = 12, 99
random = np.random.default_rng(1)


def stretches(labels):
    return np.split(np.arange(len(labels)), np.flatnonzero(np.diff(labels)) + 1)


def runs(*parts):
    return np.concatenate([np.full(length, label) for label, length in parts])


# The labels of one recording a person: 1 is the rarer class where they differ.
def alternating():
    return runs(*[(number % 2, random.integers(4, 8)) for number in range(4)])


def bunched():
    first = runs(*[(number % 2 == 0, random.integers(1 + (number % 2 == 0), 4)) for number in range(8)])
    return np.concatenate([first, np.zeros(len(first))]).astype(int)


def halves():
    length = random.integers(12, 16)
    return runs((0, length), (1, length))


def five():
    return runs(*[(number % 2, random.integers(6, 9)) for number in range(5)])


# Predictions that know nothing of the labels.
def following(labels):
    """One answer a stretch."""
    answers = np.zeros(len(labels), int)
    for stretch in stretches(labels):
        answers[stretch] = random.integers(2)
    return answers


def autoregressive(memory):
    def answers(labels):
        values = random.standard_normal(len(labels))
        for place in range(1, len(values)):
            values[place] = memory * values[place - 1] + np.sqrt(1 - memory**2) * values[place]
        return (values > 0).astype(int)

    return answers


def drifting(labels):
    """A trend over the recording, up or down."""
    trend = np.linspace(-2, 2, len(labels)) * random.choice([-1, 1])
    return (trend + 0.7 * random.standard_normal(len(labels)) > 0).astype(int)


# Exchanges of one recording's labels.
def stretch_labels(labels):
    """The labels of stretches among the stretches: what the test does."""
    parts = stretches(labels)
    dealt = labels.copy()
    for part, label in zip(parts, random.permutation([labels[part[0]] for part in parts])):
        dealt[part] = label
    return dealt


def stretch_order(labels):
    parts = stretches(labels)
    return np.concatenate([labels[parts[place]] for place in random.permutation(len(parts))])


def circular_shift(labels):
    return np.roll(labels, random.integers(len(labels)))


def time_reversal(labels):
    return labels[::-1] if random.random() < 0.5 else labels


def balanced_accuracy(labels, answers):
    return (np.mean(answers[labels == 1] == 1) + np.mean(answers[labels == 0] == 0)) / 2


def found(make, predict, exchanges):
    recordings = [make() for _ in range(PERSONS)]
    answers = np.concatenate([predict(labels) for labels in recordings])
    value = balanced_accuracy(np.concatenate(recordings), answers)
    for exchange in exchanges:
        reached = sum(
            balanced_accuracy(np.concatenate([exchange(labels) for labels in recordings]), answers)
            >= value - 1e-12
            for _ in range(DEALS)
        )
        yield (1 + reached) / (1 + DEALS) <= 0.05


if __name__ == "__main__":
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    exchanges = [stretch_labels, stretch_order, circular_shift, time_reversal]
    predictions = {"following stretches": following, "drifting": drifting}
    predictions |= {f"autoregressive {memory}": autoregressive(memory) for memory in (0.5, 0.8, 0.95)}
    print("labels", "predictions", *[exchange.__name__ for exchange in exchanges], sep="\t")
    for make in (alternating, bunched, halves, five):
        for name, predict in predictions.items():
            counts = sum(np.array(list(found(make, predict, exchanges))) for _ in range(repetitions))
            print(make.__name__, name, *[f"{count / repetitions:.2f}" for count in counts], sep="\t", flush=True)
