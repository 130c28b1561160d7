/// The kernels for processors with tiles for matrix products (Intel AMX): AVX-512, but for the
/// products of slabs.

#if defined(__x86_64__) && defined(__linux__)
#define LANES 16
#define ROW_BLOCK 14
#define COLUMN_BLOCK 2
#define TILE_PRODUCTS
#define TABLE cspectral_amx
#define NAME "amx"
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push( \
  __attribute__((target(      \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,fma,amx-tile,amx-bf16"))), \
  apply_to = function)
#include "kernels/Kernels.h"
#pragma clang attribute pop
#endif
