"""One peer in a process of its own: commands on standard input, a line of JSON for each.

python worker.py torch|compile|onnx|tensorflow FOLDER THREADS

train BATCH   features BATCH   logits BATCH FILE
"""

import json
import os
import resource
import sys
import time

KIND, FOLDER, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])
# Before any library reads them. Idle threads sleep, so that peers do not disturb each other.
os.environ.update(OMP_NUM_THREADS=str(THREADS), OMP_WAIT_POLICY="PASSIVE", KMP_BLOCKTIME="0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402


def data(batch):
    inputs = np.fromfile(f"{FOLDER}/inputs.f32", np.float32, batch * 2560).reshape(batch, 2560)
    targets = np.fromfile(f"{FOLDER}/targets.f32", np.float32, batch * 7).reshape(batch, 7)
    return inputs, targets


def torch_work(compiled):
    import torch
    from safetensors.torch import load_file

    from network import Network, loss_of

    torch.set_num_threads(THREADS)
    network = Network()
    network.load_state_dict(load_file(f"{FOLDER}/weights.safetensors"))
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    model = torch.compile(network) if compiled else network
    trunk = torch.compile(network.trunk) if compiled else network.trunk
    cache = {}

    def tensors(batch):
        if batch not in cache:
            inputs, targets = data(batch)
            cache[batch] = torch.from_numpy(inputs)[:, None], torch.from_numpy(targets)
        return cache[batch]

    def train(batch):
        inputs, targets = tensors(batch)
        network.train()
        optimiser.zero_grad()
        loss_of(network, model(inputs), targets).backward()
        optimiser.step()

    def features(batch):
        network.eval()
        inputs = tensors(batch)[0]
        with torch.inference_mode():
            trunk(inputs)

    def logits(batch, file):
        network.eval()
        inputs = tensors(batch)[0]
        with torch.inference_mode():
            model(inputs).numpy().tofile(file)

    return dict(train=train, features=features, logits=logits)


def onnx_work():
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        f"{FOLDER}/trunk.onnx", options, providers=["CPUExecutionProvider"])
    cache = {}

    def features(batch):
        if batch not in cache:
            cache[batch] = data(batch)[0][:, None]
        session.run(None, {"windows": cache[batch]})

    return dict(features=features)


def tensorflow_work():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from safetensors.numpy import load_file

    from network import BLOCKS, HEADS

    weights = load_file(f"{FOLDER}/weights.safetensors")
    windows = tf.keras.Input((2560, 1))
    x = windows
    for number, (filters, kernel) in enumerate(BLOCKS):
        if number > 0:
            x = tf.keras.layers.MaxPool1D(8, 2)(x)
        for _ in range(2):
            x = tf.keras.layers.Conv1D(
                filters, kernel, padding="same", kernel_regularizer=tf.keras.regularizers.l2(5e-5)
            )(x)
            x = tf.keras.layers.LeakyReLU(negative_slope=0.2)(x)
    features = tf.keras.layers.GlobalMaxPool1D()(x)
    trunk = tf.keras.Model(windows, features)
    outputs = []
    for _ in HEADS:
        y = features
        for _ in range(2):
            y = tf.keras.layers.Dense(128, kernel_regularizer=tf.keras.regularizers.l2(5e-5))(y)
            y = tf.keras.layers.Dropout(0.6)(tf.keras.layers.LeakyReLU(negative_slope=0.2)(y))
        outputs.append(tf.keras.layers.Dense(1)(y))
    network = tf.keras.Model(windows, tf.keras.layers.Concatenate()(outputs))
    arrays = []
    for number in range(1, 7):
        arrays += [weights[f"trunk.conv{number}.weight"].transpose(2, 1, 0),
                   weights[f"trunk.conv{number}.bias"]]
    trunk.set_weights(arrays)
    optimiser = tf.keras.optimizers.Adam(1e-3)
    head_weights = tf.constant(
        [0.0125 if name in ("negation", "inversion") else 0.195 for name in HEADS])
    cache = {}

    def tensors(batch):
        if batch not in cache:
            inputs, targets = data(batch)
            cache[batch] = tf.constant(inputs[..., None]), tf.constant(targets)
        return cache[batch]

    @tf.function
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            losses = tf.nn.sigmoid_cross_entropy_with_logits(
                targets, network(inputs, training=True))
            loss = tf.reduce_sum(tf.reduce_mean(losses, 0) * head_weights)
            loss += tf.add_n(network.losses)
        variables = network.trainable_variables
        optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables))

    infer = tf.function(lambda x: trunk(x, training=False))
    return dict(
        train=lambda batch: step(*tensors(batch)),
        features=lambda batch: infer(tensors(batch)[0]).numpy())


def main():
    work = {"torch": lambda: torch_work(False), "compile": lambda: torch_work(True),
            "onnx": onnx_work, "tensorflow": tensorflow_work}[KIND]()
    print(json.dumps({"ready": KIND}), flush=True)
    for line in sys.stdin:
        words = line.split()
        processor, start = time.process_time(), time.perf_counter()
        work[words[0]](int(words[1]), *words[2:])
        print(json.dumps({
            "seconds": time.perf_counter() - start,
            "processor": time.process_time() - processor,
            "rows": int(words[1]),
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }), flush=True)


main()
