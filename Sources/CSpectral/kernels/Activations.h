/// Activations, their gradients, and small sums over vectors.

static void activate(float *values, int8_t *mask, float leak, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    lanes value = load(values + i);
    integers above = value > splat(0);
    store(values + i, choose(above, value, value * splat(leak)));
    if (mask) store_bytes(mask + i, above);
  }
}

static void apply_mask(float *values, const int8_t *mask, float leak, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    lanes value = load(values + i);
    store(values + i, choose(load_bytes(mask + i), value, value * splat(leak)));
  }
}

static void activation_gradient(
  float *gradient, const float *values, const float *dropout, float leak, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    lanes value = load(gradient + i);
    if (dropout) value *= load(dropout + i);
    store(gradient + i, choose(load(values + i) > splat(0), value, value * splat(leak)));
  }
}

static void add_scaled(float *target, const float *source, float scale, size_t count) {
  for (size_t i = 0; i < count; i += LANES)
    store(target + i, load(target + i) + splat(scale) * load(source + i));
}

static void add_rows(const float *source, ptrdiff_t row, int rows, int columns, float *sums) {
  for (int c = 0; c < columns; c += LANES) {
    lanes sum = splat(0);
    for (int r = 0; r < rows; r++) sum += load(source + r * row + c);
    store(sums + c, load(sums + c) + sum);
  }
}

static float dot(const float *a, const float *b, size_t count) {
  // Two chains, so that additions need not wait for each other.
  lanes even = splat(0), odd = splat(0);
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    even += load(a + i) * load(b + i);
    odd += load(a + i + LANES) * load(b + i + LANES);
  }
  for (; i < count; i += LANES) even += load(a + i) * load(b + i);
  even += odd;
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += even[lane];
  return sum;
}
