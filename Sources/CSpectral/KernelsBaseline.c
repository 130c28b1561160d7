/// The kernels that every processor of the architecture can run: 4 lanes. On arm64 that is NEON,
/// with 32 registers; on x86-64 it is SSE2, with 16.

#define LANES 4
#if defined(__aarch64__)
#define ROW_BLOCK 6
#define COLUMN_BLOCK 4
#define NAME "neon"
#else
#define ROW_BLOCK 6
#define COLUMN_BLOCK 2
#define NAME "baseline"
#endif
#define TABLE cspectral_baseline
#include "kernels/Kernels.h"
