# Two commands do everything on a fresh Debian machine with the Swift toolchain:
#   make demo    installs what is missing, builds, runs the whole pipeline, ends with a report
#   make test    installs what is missing, builds, runs all tests
# The others: make check (what CI runs besides the tests), make format, make bench, make readers (speed
# of reading files), make page (the server's page in a browser), make peers, make fuzz (damaged files;
# SECONDS=600, FUZZ=wfdb for one reader), make fuzz-coverage (what of the readers that reached), make torch
# (the LibTorch engine: CUDA, several processes; see Documentation/Torch.md), make torch-test, make torch-bench
# (against PyTorch on a card).

SWIFT ?= swift
BUILD = $(SWIFT) build -c release
HEARTFELT = .build/release/heartfelt

.PHONY: demo test check format bench readers page peers fuzz fuzz-coverage torch torch-test torch-bench setup build server clean

# What it builds is what 'heartfelt demo' does, without the rest of the program; 'make build' goes on from there.
demo: setup
	$(BUILD) --product heartfelt-demo
	.build/release/heartfelt-demo demo

test: setup
	Scripts/test.sh

check: setup
	Scripts/check.sh

format: setup
	$(SWIFT) format format --in-place --parallel --recursive Sources Tests Package.swift

bench: build
	$(HEARTFELT) benchmark

# How fast files are read; makes 2.5 GB of them with Python, NumPy and SciPy.
readers: build
	Benchmarks/readers/run.sh

# Drives the page of heartfelt-server in a headless Chromium; says so aloud where there is none.
page: build server
	Scripts/page.py

# Damaged files for all readers or one (FUZZ=wfdb), guided by coverage; CI runs it for 20 seconds.
SECONDS = 600
FUZZ = all
fuzz: setup
	Scripts/fuzz.sh $(SECONDS) $(FUZZ)

# Which regions of the readers' sources all kept inputs reach, file by file.
fuzz-coverage: setup
	Scripts/fuzz-coverage.sh

# Against PyTorch, ONNX Runtime and TensorFlow; sets up what they need in .venv/peers.
peers: setup
	Benchmarks/peers/run.sh --threads 2 --rounds 5 --output "$(CURDIR)/.build/peers"

# The LibTorch plugin, against torch in .venv/torch, or TORCH_PYTHON=, or TORCH_DIR=.
torch:
	@TORCH_DIR="$(TORCH_DIR)" TORCH_PYTHON="$(TORCH_PYTHON)" TORCH_INDEX="$(TORCH_INDEX)" \
	  Plugins/TorchEngine/build.sh

# Its tests alone: parity with the native engine, several processes, killed ones.
torch-test: setup torch
	Scripts/test.sh --filter Torch

# For whoever has a card: parity, speed against PyTorch, memory. ARGUMENTS="--device cpu …" tries it elsewhere.
torch-bench: setup
	Benchmarks/torch/run.sh $(ARGUMENTS)

setup:
	@Scripts/setup.sh

build: setup
	$(BUILD) --product heartfelt

server: setup
	$(BUILD) --product heartfelt-server

clean:
	rm -rf .build demo
