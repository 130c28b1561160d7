"""A small checkpoint in the form of the published one, and the features TensorFlow computes with it.

Run in this folder:  python make_checkpoint.py      (needs numpy and tensorflow)
                     python make_checkpoint.py FOLDER   the same at full size, for a check by hand

The graph has the published layers and names with random weights, fewer filters, and Adam's variables, as
`tf.train.Saver` wrote them in TensorFlow 1. Nothing here calls the Swift code.
"""

import hashlib
import json
import os
import pathlib
import platform
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
tf1.disable_eager_execution()

full = len(sys.argv) > 1
folder = pathlib.Path(sys.argv[1] if full else pathlib.Path(__file__).parent)
folder.mkdir(parents=True, exist_ok=True)
blocks = [(32, 32), (64, 16), (128, 8)] if full else [(4, 8), (6, 6), (8, 4)]
hidden = 128 if full else 5
length = 2560 if full else 200
random = np.random.default_rng(20)


def variable(name, shape):
    values = random.normal(0, 1 / np.sqrt(np.prod(shape[:-1])), shape).astype(np.float32)
    return tf1.get_variable(name, initializer=values)


def dense(x, units, name):
    kernel = variable(f"{name}/kernel", (int(x.shape[1]), units))
    return tf.matmul(x, kernel) + variable(f"{name}/bias", (units,))


windows = tf1.placeholder(tf.float32, (None, length, 1), name="input")
x, channels, number = windows, 1, 1
for index, (filters, kernel) in enumerate(blocks):
    if index > 0:
        x = tf.nn.max_pool1d(x, 8, 2, "VALID")
    for _ in range(2):
        name = f"conv_layer_{number}"
        x = tf.nn.conv1d(x, variable(f"{name}/kernel", (kernel, channels, filters)), 1, "SAME")
        x = tf.nn.leaky_relu(x + variable(f"{name}/bias", (filters,)))
        channels, number = filters, number + 1
features = tf.reduce_max(x, axis=1)
logits = []
for task in range(7):
    y = tf.nn.leaky_relu(dense(features, hidden, f"task_{task}_dense_1"))
    y = tf.nn.leaky_relu(dense(y, hidden, f"task_{task}_dense_2"))
    logits.append(dense(y, 1, f"task_{task}"))
logits = tf.concat(logits, axis=1)
step = tf1.train.AdamOptimizer(1e-3).minimize(tf.reduce_sum(logits))

inputs = random.normal(0, 1, (5, length, 1)).astype(np.float32)
with tf1.Session() as session:
    session.run(tf1.global_variables_initializer())
    session.run(step, {windows: inputs})
    tf1.train.Saver().save(session, str(folder / "SSL_model.ckpt"), write_meta_graph=False)
    found = session.run([features, logits], {windows: inputs})

# As the published folder has it: written on another machine.
(folder / "checkpoint").write_text('model_checkpoint_path: "C:\\\\work\\\\saved_model\\\\SSL_model.ckpt"\n')
values = {"windows": inputs[:, :, 0], "features": found[0], "logits": found[1]}
(folder / "expected.json").write_text(
    json.dumps({key: [float(f"{v:.8g}") for v in array.ravel()] for key, array in values.items()}))
if not full:
    names = ["SSL_model.ckpt.index", "SSL_model.ckpt.data-00000-of-00001", "checkpoint", "expected.json"]
    manifest = {
        "script": "make_checkpoint.py", "seed": 20,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "tensorflow": tf.__version__},
        "sha256": {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in names},
    }
    (folder / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
