/// Adam, and the sum of squares of the L2 term.

static void adam(
  float *weights, float *first, float *second, const float *gradient, const float *coefficients,
  float l2, size_t count) {
  lanes beta1 = splat(coefficients[0]), complement1 = splat(coefficients[1]);
  lanes beta2 = splat(coefficients[2]), complement2 = splat(coefficients[3]);
  lanes step = splat(coefficients[4]), correction = splat(coefficients[5]);
  lanes epsilon = splat(coefficients[6]);
  for (size_t i = 0; i < count; i += LANES) {
    lanes weight = load(weights + i);
    lanes g = load(gradient + i) + splat(l2) * weight;
    lanes m = beta1 * load(first + i) + complement1 * g;
    lanes v = beta2 * load(second + i) + complement2 * g * g;
    store(first + i, m);
    store(second + i, v);
    lanes root = __builtin_elementwise_sqrt(v) * correction + epsilon;
    store(weights + i, weight - step * m / root);
  }
}

static double sum_of_squares(const float *values, size_t count) {
  double sum = 0;
  for (size_t start = 0; start < count; start += 1024) {
    size_t end = start + 1024 < count ? start + 1024 : count;
    lanes squares = splat(0);
    for (size_t i = start; i < end; i += LANES) squares += load(values + i) * load(values + i);
    for (int lane = 0; lane < LANES; lane++) sum += squares[lane];
  }
  return sum;
}
