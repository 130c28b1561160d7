/// The vector type of an instruction set. `LANES` floats; defined by the file that includes this.


#include "../include/CSpectral.h"

typedef float lanes __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int8_t bytes __attribute__((ext_vector_type(LANES), aligned(1)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE lanes load(const float *from) { return *(const lanes *)from; }
INLINE void store(float *to, lanes value) { *(lanes *)to = value; }
INLINE lanes splat(float value) { return (lanes)(value); }

/// `condition` (all ones or zeros in each lane) ? a : b. The compiler makes one instruction of it.
INLINE lanes choose(integers condition, lanes a, lanes b) {
  return (lanes)(((integers)a & condition) | ((integers)b & ~condition));
}

INLINE integers load_bytes(const int8_t *from) {
  return __builtin_convertvector(*(const bytes *)from, integers);
}
INLINE void store_bytes(int8_t *to, integers value) {
  *(bytes *)to = __builtin_convertvector(value, bytes);
}
