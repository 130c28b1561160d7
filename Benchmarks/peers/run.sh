#!/bin/sh
# Sets up a virtual environment, builds the runner, and compares. Arguments go to compare.py.
set -eu
cd "$(dirname "$0")"
root=../..
python=${PEERS_PYTHON:-$root/.venv/peers/bin/python}
if ! "$python" -c 'import torch, onnxruntime, safetensors' 2>/dev/null; then
  if [ -n "${PEERS_PYTHON:-}" ]; then
    echo "run.sh: $python has no torch, onnxruntime and safetensors" >&2
    exit 1
  fi
  if ! python3 -m venv $root/.venv/peers; then
    echo "run.sh: python3 with its venv module is needed (Debian: apt-get install python3-venv)" >&2
    exit 1
  fi
  "$python" -m pip install --quiet --upgrade pip
  # PyTorch's own index has the build without CUDA, which is a tenth of the size; PyPI has the other.
  torch=$(grep '^torch' requirements.txt)
  "$python" -m pip install --quiet --retries 0 --timeout 15 --no-deps \
    --index-url https://download.pytorch.org/whl/cpu "$torch" 2>/dev/null || true
  "$python" -m pip install --quiet -r requirements.txt
  "$python" -m pip install --quiet tensorflow-cpu || echo "no TensorFlow here: it is left out" >&2
fi
swift build --package-path .. -c release --product PeerRunner >&2
runner=$(swift build --package-path .. -c release --show-bin-path)/PeerRunner
exec "$python" compare.py --runner "$runner" "$@"
