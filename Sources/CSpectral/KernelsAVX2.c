/// The kernels for x86 processors with AVX2 and fused multiply-add: 8 lanes, 16 registers.

#if defined(__x86_64__)
#define LANES 8
#define ROW_BLOCK 6
#define COLUMN_BLOCK 2
#define TABLE cspectral_avx2
#define NAME "avx2"
#include <stddef.h>
#include <stdint.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels/Kernels.h"
#pragma clang attribute pop
#endif
