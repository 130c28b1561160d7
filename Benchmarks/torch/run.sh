#!/bin/sh
# For whoever has a card: builds the plugin and the program, then parity, speed against PyTorch and memory.
#
#   Benchmarks/torch/run.sh                          on CUDA: all precisions, 128 and 512 windows a batch
#   Benchmarks/torch/run.sh --peak 989               with the share of the card's TFLOP/s
#   Benchmarks/torch/run.sh --device cpu --windows 2 --steps 2 --rounds 1 --precisions float32
#
# TORCH_PYTHON and TORCH_INDEX are build.sh's. The interpreter's torch is also the one compared with.
set -eu
cd "$(dirname "$0")/../.."
Plugins/TorchEngine/build.sh
swift build -c release --product heartfelt >&2
exec "${TORCH_PYTHON:-$PWD/.venv/torch/bin/python}" Benchmarks/torch/compare.py "$@"
