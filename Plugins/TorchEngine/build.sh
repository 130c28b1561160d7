#!/bin/sh
# Builds the LibTorch plugin: Plugins/TorchEngine/build.sh [OUTPUT], .build/torch/libTorchEngine.so by default.
#
# Against, in this order: the folder TORCH_DIR (LibTorch unpacked, or site-packages/torch), the torch of the
# interpreter TORCH_PYTHON, or torch in the project's own .venv/torch, which is made where it is missing
# (TORCH_VERSION, 2.13.0 by default; TORCH_INDEX names another package index, as CUDA builds may need).
set -eu
cd "$(dirname "$0")/../.."
case "$(uname -s)" in Darwin) suffix=dylib ;; *) suffix=so ;; esac
output=${1:-.build/torch/libTorchEngine.$suffix}
source=Plugins/TorchEngine

fail() {
  echo "torch: $1" >&2
  exit 1
}

if [ -z "${TORCH_DIR:-}" ]; then
  if [ -z "${TORCH_PYTHON:-}" ]; then
    TORCH_PYTHON=$PWD/.venv/torch/bin/python
    if ! "$TORCH_PYTHON" -c 'import torch' >/dev/null 2>&1; then
      echo "torch: installing torch ${TORCH_VERSION:-2.13.0} in .venv/torch (HEARTFELT_TORCH_ENGINE, TORCH_DIR or TORCH_PYTHON spare it)"
      python3 -m venv .venv/torch || fail "python3 with its venv module is needed (Debian: python3-venv)"
      .venv/torch/bin/pip install --quiet ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
        "torch==${TORCH_VERSION:-2.13.0}" || fail "torch could not be installed; name one that is by TORCH_PYTHON or TORCH_DIR"
    fi
  fi
  TORCH_DIR=$("$TORCH_PYTHON" -W ignore -c 'import os, torch; print(os.path.dirname(torch.__file__))') \
    || fail "$TORCH_PYTHON has no torch; pip install torch there"
fi
[ -f "$TORCH_DIR/include/ATen/ATen.h" ] || fail "$TORCH_DIR has no include/ATen/ATen.h; name the folder of LibTorch or of site-packages/torch"

# The C++ library's ABI must be that of libtorch: its symbols say which.
abi=1
if command -v nm >/dev/null 2>&1 && [ "$suffix" = so ]; then
  nm -D "$TORCH_DIR/lib/libc10.so" | grep -q '__cxx11' || abi=0
fi
libraries="-ltorch -ltorch_cpu -lc10"
include="-I$source/include -I$TORCH_DIR/include -I$TORCH_DIR/include/torch/csrc/api/include -I$source/gloo-declarations"
define="-D_GLIBCXX_USE_CXX11_ABI=$abi -DUSE_DISTRIBUTED -DUSE_C10D_GLOO"
nccl="without NCCL"
if [ -e "$TORCH_DIR/lib/libtorch_cuda.so" ]; then
  libraries="$libraries -ltorch_cuda -lc10_cuda"
  # CUDA's and NCCL's headers come with pip's CUDA builds, in folders beside torch, or with the toolkit.
  for folder in "$TORCH_DIR"/../nvidia/cu*/include "$TORCH_DIR"/../nvidia/*/include \
    "${CUDA_HOME:-/usr/local/cuda}/include"; do
    [ -d "$folder" ] && include="$include -I$folder"
  done
  # shellcheck disable=SC2086
  if printf '#include <nccl.h>\n#include <cuda_runtime_api.h>\n#include <cusparse.h>\n#include <cublas_v2.h>\n#include <cusolverDn.h>\n' \
    | ${CXX:-c++} $include -x c++ -E - >/dev/null 2>&1; then
    define="$define -DUSE_CUDA -DUSE_C10D_NCCL -DHEARTFELT_NCCL -DHEARTFELT_CUDA"
    nccl="with CUDA graphs and NCCL"
  else
    nccl="without CUDA graphs and NCCL: the headers of CUDA and NCCL are not all installed (by pip: nvidia-cuda-crt, nvidia-cuda-cccl, nvidia-nccl)"
  fi
fi

objects=$(dirname "$output")/objects
mkdir -p "$objects"
# Other flags or another torch make everything anew.
print="$TORCH_DIR $(cat "$TORCH_DIR/version.py" "$TORCH_DIR/build-version" 2>/dev/null || true) $define ${CXX:-c++}"
[ "$(cat "$objects/made-with" 2>/dev/null || true)" = "$print" ] || rm -f "$objects"/*.o
echo "$print" >"$objects/made-with"
link=""
for file in Philox Words Lane WindowStream Network Training Transformations Graphs CUDAGraphs Group NCCL Interface; do
  object=$objects/$file.o
  link="$link $object"
  if [ -e "$object" ] && [ -z "$(find "$source" -name '*.[ch]*' -newer "$object" \
    \( -name '*.h' -o -name '*.hpp' -o -name "$file.cpp" \))" ]; then
    continue
  fi
  echo "torch: compiling $file.cpp"
  # LibTorch does the work; what is compiled here only calls it.
  # shellcheck disable=SC2086
  ${CXX:-c++} -std=c++20 -O1 -fPIC -fvisibility=hidden -w $define $include -c "$source/$file.cpp" \
    -o "$object"
done
noneeded="-Wl,--no-as-needed"
[ "$suffix" = so ] || noneeded=""
# shellcheck disable=SC2086
${CXX:-c++} -shared -o "$output.new" $link $noneeded -L"$TORCH_DIR/lib" $libraries \
  -Wl,-rpath,"$TORCH_DIR/lib"
mv "$output.new" "$output"
echo "torch: $output, $nccl"
