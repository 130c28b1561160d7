/// Plans: the chain of butterflies for a size, its twiddle factors, and the order of its results.

#include "Plan.h"

#include <math.h>
#include <stdlib.h>

/// Splits a size into radices, and gives their number; 0 when another prime is in it.
static int factorise(int size, int *radix) {
  int count = 0, twos = 0, rest = size;
  while (rest % 5 == 0 && count < most_passes) radix[count++] = 5, rest /= 5;
  while (rest % 3 == 0 && count < most_passes) radix[count++] = 3, rest /= 3;
  while (rest % 2 == 0) twos++, rest /= 2;
  if (rest != 1) return 0;
  // Eights need the fewest passes; a remainder of one 2 is better shared as 4 · 4 than as 2 · 8.
  int fours = twos % 3 == 2 ? 1 : twos % 3 == 1 && twos >= 4 ? 2 : 0;
  int eights = (twos - 2 * fours) / 3;
  if (twos % 3 == 1 && fours == 0) radix[count++] = 2;
  for (int i = 0; i < fours && count < most_passes; i++) radix[count++] = 4;
  for (int i = 0; i < eights && count < most_passes; i++) radix[count++] = 8;
  return count;
}

/// Decimation in frequency leaves the results in digit-reversed order: the frequency at a position.
static int frequency_at(const cspectral_plan *plan, int position) {
  int frequency = 0, weight = 1, block = plan->size;
  for (int pass = 0; pass < plan->passes; pass++) {
    block /= plan->radix[pass];
    frequency += position / block * weight;
    position %= block;
    weight *= plan->radix[pass];
  }
  return frequency;
}

cspectral_plan *cspectral_plan_create(int size) {
  if (size < 4 || size % 2 != 0) return NULL;
  cspectral_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->size = size;
  plan->passes = factorise(size, plan->radix);
  plan->slab = malloc(sizeof(int) * (size_t)size);
  plan->place = malloc((size_t)size);
  if (!plan->passes || !plan->slab || !plan->place) {
    cspectral_plan_destroy(plan);
    return NULL;
  }
  int block = size;
  for (int pass = 0; pass < plan->passes; pass++) {
    int radix = plan->radix[pass], span = block / radix;
    float *twiddle = malloc(sizeof(float) * 2 * (size_t)(span * (radix - 1)));
    if (!twiddle) {
      cspectral_plan_destroy(plan);
      return NULL;
    }
    plan->twiddles[pass] = twiddle;
    for (int j = 0; j < span; j++)
      for (int r = 1; r < radix; r++) {
        double angle = -2 * M_PI * j * r / block;
        *twiddle++ = (float)cos(angle);
        *twiddle++ = (float)sin(angle);
      }
    block = span;
  }
  for (int position = 0; position < size; position++) {
    int f = frequency_at(plan, position);
    plan->slab[position] = f == size / 2 ? 0 : f < size / 2 ? f : size - f;
    plan->place[position] = f == 0            ? place_constant
                            : f == size / 2   ? place_alternating
                            : f < size / 2 ? place_lower
                                              : place_upper;
  }
  return plan;
}

void cspectral_plan_destroy(cspectral_plan *plan) {
  if (!plan) return;
  for (int pass = 0; pass < most_passes; pass++) free(plan->twiddles[pass]);
  free(plan->slab);
  free(plan->place);
  free(plan);
}

size_t cspectral_plan_scratch(const cspectral_plan *plan) {
  // For each point a complex vector of the widest lanes, the places of its results, and a vector that
  // is put aside; and room for rows that nobody wants.
  return (size_t)plan->size * (2 * 16 + 2 + 16) + 64;
}
