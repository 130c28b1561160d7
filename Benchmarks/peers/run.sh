#!/bin/sh
# Sets up a virtual environment, builds the runner, and compares. Arguments go to compare.py.
set -eu
cd "$(dirname "$0")"
root=../..
python=${PEERS_PYTHON:-$root/.venv/peers/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv $root/.venv/peers
  "$python" -m pip install --quiet --upgrade pip
  "$python" -m pip install --quiet -r requirements.txt
  "$python" -m pip install --quiet tensorflow-cpu || echo "no TensorFlow here: it is left out" >&2
fi
swift build --package-path .. -c release --product PeerRunner >&2
runner=$(swift build --package-path .. -c release --show-bin-path)/PeerRunner
exec "$python" compare.py --runner "$runner" "$@"
