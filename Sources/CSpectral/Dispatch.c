/// Which kernels this processor can run.

#include "include/CSpectral.h"

#include <string.h>

extern const cspectral_kernels cspectral_baseline;

#if defined(__x86_64__)
extern const cspectral_kernels cspectral_avx2, cspectral_avx512;

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
         && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
         && __builtin_cpu_supports("avx512cd");
}
#endif

const cspectral_kernels *cspectral_kernels_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (has_avx512() && (!name || strcmp(name, "avx512") == 0)) return &cspectral_avx512;
  if (has_avx2() && (!name || strcmp(name, "avx2") == 0)) return &cspectral_avx2;
#endif
  if (!name || strcmp(name, "baseline") == 0 || strcmp(name, cspectral_baseline.name) == 0)
    return &cspectral_baseline;
  return NULL;
}
