/// The kernels for processors with AVX-512: 16 lanes, 32 registers.

#if defined(__x86_64__)
#define LANES 16
#define ROW_BLOCK 14
#define COLUMN_BLOCK 2
#define TABLE cspectral_avx512
#define NAME "avx512"
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,fma"))), apply_to = function)
#include "kernels/Kernels.h"
#pragma clang attribute pop
#endif
