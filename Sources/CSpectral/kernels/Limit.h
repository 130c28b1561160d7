/// Nothing but multiply-adds in registers: the most that the products could reach.

static double multiply_adds(size_t rounds) {
  // More chains than additions in flight: 4 cycles deep, 2 at a time.
  enum { chains = 12 };
  lanes sums[chains];
  UNROLL for (int c = 0; c < chains; c++) sums[c] = splat((float)c);
  lanes factor = splat(0.5f), term = splat(1);
  for (size_t round = 0; round < rounds; round++) {
    UNROLL for (int c = 0; c < chains; c++) sums[c] = sums[c] * factor + term;
    // So that no round is moved into another.
    __asm__ volatile("" : "+r"(round));
  }
  float sum = 0;
  UNROLL for (int c = 0; c < chains; c++) sum += sums[c][0];
  // The sum is finite, so this is the count; the compiler does not know.
  return sum < 1e30f ? (double)rounds * chains * LANES : 0;
}
