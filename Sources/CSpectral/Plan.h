/// What a plan holds, for the kernels.

#ifndef PLAN_H
#define PLAN_H

#include "include/CSpectral.h"

/// 2¹ · … of the greatest size have no more passes than this.
enum { most_passes = 24 };

/// Where the result of a position goes among the slabs.
typedef enum {
  place_constant,   // frequency 0
  place_alternating,  // frequency size / 2
  place_lower,  // below size / 2: the first row of its slab
  place_upper,  // above size / 2: conjugated, the second row of slab size − f
} place;

struct cspectral_plan {
  int size;
  int passes;
  /// The radix of each pass, of the forward transform's order.
  int radix[most_passes];
  /// Twiddle factors of a pass: for j below block / radix, for r = 1 ..< radix, cosine and sine of
  /// −2π · j · r / block.
  float *twiddles[most_passes];
  /// For each position of the forward transform's result its slab and its place in it.
  int *slab;
  uint8_t *place;
};

#endif
