/// Maxima over time, with the row each came from, and their gradients.

static void pool(
  const float *source, int channels, int width, int stride, int pools, float *output,
  uint8_t *choice) {
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

static void pool_gradient(
  float *gradient, const float *pooled, const uint8_t *choice, float leak, int channels, int width,
  int stride, int pools, int length, float *output) {
  for (size_t i = 0; i < (size_t)pools * channels; i += LANES) {
    lanes value = load(gradient + i);
    store(gradient + i, choose(load(pooled + i) > splat(0), value, value * splat(leak)));
  }
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
