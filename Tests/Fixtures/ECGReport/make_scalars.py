"""Writes scalars.tfevents with tensorboard's own record writer and protocol buffers.

Run with the package tensorboard installed: python make_scalars.py
"""

import hashlib
import json
import pathlib

import tensorboard
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = pathlib.Path(__file__).parent


def scalar(time, step, tag, value):
    entry = summary_pb2.Summary.Value(tag=tag, simple_value=value)
    return event_pb2.Event(wall_time=time, step=step, summary=summary_pb2.Summary(value=[entry]))


def main():
    version = event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2")
    start = event_pb2.Event(
        wall_time=1700000001.5,
        step=3,
        session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START),
    )
    path = HERE / "scalars.tfevents"
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for event in [
            version,
            start,
            scalar(1700000002.75, 300, "pretext/f1/noise", 0.8125),
            scalar(1700000003.0, 5_000_000_000, "Lërm 心電図", -1.5e-30),
        ]:
            writer.write(event.SerializeToString(deterministic=True))
        writer.flush()
    manifest = {
        "made_by": "make_scalars.py",
        "versions": {"tensorboard": tensorboard.__version__},
        "seed": None,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()},
    }
    (HERE / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
