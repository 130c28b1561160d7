/// Maxima over time, with the row each came from, and their gradients.

/// A maximum and how far behind the pool's first row it is.
typedef struct {
  lanes value;
  integers row;
} maximum;

/// The greater of two, the first where they are equal; `second` is `distance` rows behind.
INLINE maximum greater(maximum first, maximum second, int distance) {
  integers better = second.value > first.value;
  return (maximum){
    choose(better, second.value, first.value),
    (better & (second.row + distance)) | (~better & first.row)};
}

/// The trunk's pooling, 8 rows every 2: maxima of 2 rows make those of 4, and those of 8, so that a
/// pool takes three comparisons instead of seven.
static void pool_8_2(
  const float *source, int channels, int pools, float *output, uint8_t *choice) {
  for (int c = 0; c < channels; c += LANES) {
    const float *rows = source + c;
    maximum pair = {splat(0), (integers)(0)}, four[3] = {pair, pair, pair};
    for (int i = 0; i < pools + 3; i++) {
      const float *row = rows + (ptrdiff_t)2 * i * channels;
      maximum first = {load(row), (integers)(0)}, second = {load(row + channels), (integers)(0)};
      maximum next = greater(first, second, 1);
      four[0] = four[1];
      four[1] = four[2];
      four[2] = greater(pair, next, 2);
      pair = next;
      if (i < 3) continue;
      maximum eight = greater(four[0], four[2], 4);
      ptrdiff_t at = (ptrdiff_t)(i - 3) * channels + c;
      store(output + at, eight.value);
      store_bytes((int8_t *)choice + at, eight.row);
    }
  }
}

static void pool(
  const float *source, int channels, int width, int stride, int pools, float *output,
  uint8_t *choice) {
  if (width == 8 && stride == 2) return pool_8_2(source, channels, pools, output, choice);
  for (int t = 0; t < pools; t++) {
    const float *rows = source + (ptrdiff_t)t * stride * channels;
    for (int c = 0; c < channels; c += LANES) {
      lanes best = load(rows + c);
      integers chosen = (integers)(0);
      for (int j = 1; j < width; j++) {
        lanes value = load(rows + j * channels + c);
        integers better = value > best;
        best = choose(better, value, best);
        chosen = (better & j) | (~better & chosen);
      }
      store(output + (ptrdiff_t)t * channels + c, best);
      store_bytes((int8_t *)choice + (ptrdiff_t)t * channels + c, chosen);
    }
  }
}

/// Each pair of rows lies in the same four pools, which stay in registers.
static void pool_gradient_8_2(
  const float *gradient, const uint8_t *choice, int channels, int pools, int length,
  float *output) {
  for (int c = 0; c < channels; c += LANES) {
    lanes value[4] = {splat(0), splat(0), splat(0), splat(0)};
    integers row[4] = {(integers)(0), (integers)(0), (integers)(0), (integers)(0)};
    for (int i = 0; 2 * i < length; i++) {
      UNROLL for (int p = 0; p < 3; p++) {
        value[p] = value[p + 1];
        row[p] = row[p + 1];
      }
      ptrdiff_t at = (ptrdiff_t)i * channels + c;
      value[3] = i < pools ? load(gradient + at) : splat(0);
      if (i < pools) row[3] = load_bytes((const int8_t *)choice + at);
      lanes even = splat(0), odd = splat(0);
      // Pool p began 2 · (3 − p) rows before.
      UNROLL for (int p = 0; p < 4; p++) {
        even += choose(row[p] == 2 * (3 - p), value[p], splat(0));
        odd += choose(row[p] == 2 * (3 - p) + 1, value[p], splat(0));
      }
      float *to = output + (ptrdiff_t)2 * i * channels + c;
      store(to, even);
      if (2 * i + 1 < length) store(to + channels, odd);
    }
  }
}

static void pool_gradient(
  float *gradient, const float *pooled, const uint8_t *choice, float leak, int channels, int width,
  int stride, int pools, int length, float *output) {
  for (size_t i = 0; i < (size_t)pools * channels; i += LANES) {
    lanes value = load(gradient + i);
    store(gradient + i, choose(load(pooled + i) > splat(0), value, value * splat(leak)));
  }
  if (width == 8 && stride == 2)
    return pool_gradient_8_2(gradient, choice, channels, pools, length, output);
  // A row gathers from the pools that hold it, so that it is written once.
  for (int t = 0; t < length; t++) {
    int last = t / stride < pools ? t / stride : pools - 1;
    int first = t < width ? 0 : (t - width) / stride + 1;
    for (int c = 0; c < channels; c += LANES) {
      lanes sum = splat(0);
      for (int p = first; p <= last; p++) {
        ptrdiff_t at = (ptrdiff_t)p * channels + c;
        integers chosen = load_bytes((const int8_t *)choice + at) & 0xff;
        sum += choose(chosen == (t - p * stride), load(gradient + at), splat(0));
      }
      store(output + (ptrdiff_t)t * channels + c, sum);
    }
  }
}

static void global_maximum(
  const float *source, int channels, int length, float *output, int32_t *choice) {
  for (int c = 0; c < channels; c += LANES) {
    lanes best = load(source + c);
    integers chosen = (integers)(0);
    for (int t = 1; t < length; t++) {
      lanes value = load(source + (ptrdiff_t)t * channels + c);
      integers better = value > best;
      best = choose(better, value, best);
      chosen = (better & t) | (~better & chosen);
    }
    store(output + c, best);
    *(integers *)(choice + c) = chosen;
  }
}
