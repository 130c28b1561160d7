/// Which kernels this processor can run.

#if defined(__x86_64__) && defined(__linux__)
// For `syscall`, which is not in the C standard.
#define _GNU_SOURCE
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#if defined(__x86_64__) && defined(__linux__)
extern const cspectral_kernels cspectral_amx;

/// Whether the processor has tiles, and the system lets this process use them. Asking is a request
/// for all of the process's threads; asking again does no harm.
static int has_amx(void) {
  enum { request_state = 0x1023, tile_data = 18 };
  unsigned a, b, c, d;
  const unsigned tiles_and_products = 1u << 24 | 1u << 22;
  return has_avx512() && __get_cpuid_count(7, 0, &a, &b, &c, &d)
         && (d & tiles_and_products) == tiles_and_products
         && syscall(SYS_arch_prctl, request_state, tile_data) == 0;
}
#endif

const cspectral_kernels *cspectral_kernels_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__linux__)
  if ((!name || strcmp(name, "amx") == 0) && has_amx()) return &cspectral_amx;
#endif
  if (has_avx512() && (!name || strcmp(name, "avx512") == 0)) return &cspectral_avx512;
  if (has_avx2() && (!name || strcmp(name, "avx2") == 0)) return &cspectral_avx2;
#endif
  if (!name || strcmp(name, "baseline") == 0 || strcmp(name, cspectral_baseline.name) == 0)
    return &cspectral_baseline;
  return NULL;
}
