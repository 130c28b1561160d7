"""Checks exported networks against this package's engine, with the programs they are made for.

    python check_exports.py FOLDER

FOLDER is made by the test `exportsAgreeWithTheEngine`: `expected.safetensors` holds windows and what the
engine made of them; beside it are NAME.onnx, NAME.mlpackage and NAME.safetensors. Needs onnx, onnxruntime
and safetensors; coremltools and torch where they are there. Ends with 1 if anything is wrong.

Core ML computes on Apple's systems only. Here coremltools reads the package into its own program (which
checks every operation's inputs, types and shapes), and the program's operations are then carried out in
PyTorch.
"""

import contextlib
import importlib.util
import json
import os
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

TOLERANCE = 1e-4
folder = pathlib.Path(sys.argv[1])
expected = load_file(folder / "expected.safetensors")
networks = sorted(path.stem for path in folder.glob("*.onnx"))
failures = []


def check(what, holds):
    if not holds:
        failures.append(what)
        print("WRONG", what)


def agree(what, found, wanted):
    found = np.asarray(found, dtype=np.float64)
    if found.shape != wanted.shape:
        check(f"{what}: shape {found.shape}, not {wanted.shape}", False)
        return
    error = float(np.abs(found - wanted).max())
    print(f"{what}: {len(wanted)} windows, largest difference {error:.2e}")
    check(f"{what}: {error}", error <= TOLERANCE)


@contextlib.contextmanager
def standard_error():
    """What native code writes to standard error meanwhile."""
    with tempfile.TemporaryFile() as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        text = []
        try:
            yield text
        finally:
            os.dup2(kept, 2)
            file.seek(0)
            text.append(file.read().decode())


def wanted(name, output):
    return expected["features" if output == "features" else f"{name}.{output}"]


def check_onnx(name):
    model = onnx.load(folder / f"{name}.onnx")
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 2  # warnings and worse
    options.intra_op_num_threads = 1
    with standard_error() as text:
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx", options, ["CPUExecutionProvider"])
    check(f"{name}.onnx: ONNX Runtime says {text[0]}", text[0] == "")
    windows = expected["windows"]
    names = [output.name for output in session.get_outputs()]
    for output, values in zip(names, session.run(None, {"window": windows})):
        agree(f"{name}.onnx {output}", values, wanted(name, output))
    one = session.run(None, {"window": windows[:1]})
    check(f"{name}.onnx: a batch of one", one[0].shape[0] == 1)
    metadata = session.get_modelmeta().custom_metadata_map
    check_metadata(f"{name}.onnx", name, metadata)


def check_metadata(what, name, metadata):
    recipe = json.loads(metadata["recipe"])
    check(f"{what}: recipe", recipe["windowLength"] == 2560 and recipe["samplingRate"] == 256)
    labels = json.loads(metadata["labels"])
    count = expected[f"{name}.probabilities"].shape[1] if name != "trunk" else 0
    check(f"{what}: labels {labels}", len(labels) == count)
    check(f"{what}: rates", len(json.loads(metadata["preprocessing"])["rates"]) == 2)


def check_core_ml(name, ct, torch):
    from coremltools.converters.mil.frontend.milproto.load import load as load_program

    path = folder / f"{name}.mlpackage"
    model = ct.models.MLModel(str(path), skip_model_load=True)
    specification = model.get_spec()
    description = specification.description
    check(f"{name}.mlpackage: input", list(description.input[0].type.multiArrayType.shape) == [1, 2560])
    check_metadata(f"{name}.mlpackage", name, dict(description.metadata.userDefined))
    weights = str(path / "Data/com.apple.CoreML/weights")
    program = load_program(specification, specification.specificationVersion, weights)
    with torch.no_grad():
        values = run_program(program.functions["main"], torch, expected["windows"])
    names = [output.name for output in description.output]
    for output in names:
        if output in ("features", "logits", "probabilities"):
            agree(f"{name}.mlpackage {output}", values[output], wanted(name, output))
    if name.startswith("emotion"):
        check(f"{name}.mlpackage: outputs {names}", names[:2] == ["classLabel", "classLabel_probs"])
        check(f"{name}.mlpackage: classifier", description.predictedProbabilitiesName == "classLabel_probs")
        agree(f"{name}.mlpackage classLabel_probs", values["classLabel_probs"], wanted(name, "probabilities"))
        labels = json.loads(description.metadata.userDefined["labels"])
        check(f"{name}.mlpackage: classes {values['classes']}", values["classes"] == labels)


def run_program(function, torch, windows):
    """Carries an ML Program out on all windows at once; one row each, as its operations are documented."""
    F = torch.nn.functional
    values = {"window": torch.from_numpy(windows)}

    def value(variable):
        return values[variable.name] if variable.name in values else torch.as_tensor(variable.val)

    for operation in function.operations:
        kind, inputs = operation.op_type, operation.inputs
        if kind == "const":
            continue
        if kind == "classify":
            values["classes"] = [str(item.val if hasattr(item, "val") else item) for item in inputs["classes"].val]
            values["classLabel_probs"] = value(inputs["probabilities"])
            continue
        name = operation.outputs[0].name
        if kind == "concat":
            values[name] = torch.cat([value(item) for item in inputs["values"]], dim=int(inputs["axis"].val))
            continue
        x = value(inputs["x"])
        setting = {key: item.val for key, item in inputs.items() if hasattr(item, "val")}
        if kind == "expand_dims":
            y = x.unsqueeze(int(setting["axes"][0]))
        elif kind == "conv":
            y = F.conv1d(F.pad(x, tuple(int(n) for n in setting["pad"])), value(inputs["weight"]), value(inputs["bias"]))
        elif kind == "leaky_relu":
            y = F.leaky_relu(x, float(setting["alpha"]))
        elif kind == "max_pool":
            y = F.max_pool1d(x, int(setting["kernel_sizes"][0]), int(setting["strides"][0]))
        elif kind == "reduce_max":
            y = x.amax(dim=int(setting["axes"][0]))
        elif kind == "linear":
            y = F.linear(x, value(inputs["weight"]), value(inputs["bias"]))
        elif kind == "mul":
            y = x * value(inputs["y"])
        elif kind == "softmax":
            y = torch.softmax(x, dim=int(setting["axis"]))
        else:
            y = {"relu": torch.relu, "sigmoid": torch.sigmoid, "softplus": F.softplus}[kind](x)
        check(f"{name}: shape", list(y.shape[1:]) == [int(n) for n in operation.outputs[0].shape[1:]])
        values[name] = y
    return values


def check_torch(name, torch):
    example = pathlib.Path(__file__).resolve().parents[3] / "Examples/python/heartfelt_torch.py"
    specification = importlib.util.spec_from_file_location("heartfelt_torch", example)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    network, metadata = module.load(str(folder / f"{name}.safetensors"))
    windows = torch.from_numpy(expected["windows"])
    with torch.no_grad():
        agree(f"{name} in PyTorch, features", network.trunk(windows), expected["features"])
        if name != "trunk":
            agree(f"{name} in PyTorch, probabilities", network.probabilities(windows), wanted(name, "probabilities"))
    for rate in (250, 513):
        prepared = module.prepare(
            expected[f"recording.{rate}"], float(rate), json.loads(metadata["preprocessing"]))
        agree(f"windows prepared in Python from {rate} Hz", prepared, expected[f"prepared.{rate}"])


for name in networks:
    check_onnx(name)
try:
    import torch
except ImportError:
    torch = None
    print("SKIPPED PyTorch and Core ML: there is no torch here")
try:
    import coremltools
except ImportError:
    coremltools = None
    print("SKIPPED Core ML: there are no coremltools here")
for name in networks:
    if torch:
        check_torch(name, torch)
    if torch and coremltools:
        check_core_ml(name, coremltools, torch)
check("there are networks to check", len(networks) >= 3)
print(f"{len(failures)} wrong")
sys.exit(1 if failures else 0)
