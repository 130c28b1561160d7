/// Kernels into the parts that tile products read.

/// The spectra of two kernels' rows at a frequency, from the transform of first + i · second.
typedef struct {
  complex_lanes first, second;
} spectrum_pair;

/// `lower` and `upper`: the transform at f and at size − f; equal at 0 and size / 2.
INLINE spectrum_pair separate(complex_lanes lower, complex_lanes upper, float share) {
  complex_lanes sum = scale(add(lower, upper), share / 2);
  complex_lanes difference = scale(subtract(lower, upper), share / 2);
  return (spectrum_pair){{sum.re, difference.im}, {sum.im, -difference.re}};
}

INLINE void store_parts(part *to, ptrdiff_t step, lanes first, lanes second) {
  split s = split_of(first), t = split_of(second);
  UNROLL for (int p = 0; p < part_count; p++) {
    store_line(to + p * step, pair_up(s.part[p], t.part[p]));
  }
}

/// Two rows at a time: they are neighbours in the tiles, and two real signals make a complex one.
static void weights_to_tiles(
  const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
  const float *weights, int transposed, float *planes, float *scratch) {
  ptrdiff_t row = (ptrdiff_t)inputs * outputs;
  ptrdiff_t slab_parts = outputs / 16 * b_parts(inputs);
  ptrdiff_t step = (ptrdiff_t)tile_blocks(inputs) * tile_parts;
  float share = 1.0f / plan->size, sign = transposed ? -1.0f : 1.0f;
  // Where the transform has size − f, by slab.
  int32_t *upper = (int32_t *)(scratch + 2 * LANES * plan->size);
  for (int p = 0; p < plan->size; p++)
    if (plan->place[p] == place_upper) upper[plan->slab[p]] = p;
  for (int i = first; i < end; i += 2)
    for (int o = 0; o < outputs; o += LANES) {
      const float *from = weights + (ptrdiff_t)i * outputs + o;
      tile_pair pair = {
        .first = from, .second = from + outputs, .row = row, .first_used = taps,
        .second_used = taps};
      forward_transform(plan, from_some_rows, to_buffer, &pair, scratch);
      part *place = (part *)planes + o / 16 * b_parts(inputs) + i / 32 * tile_parts + i % 32 * 16;
      for (int p = 0; p < plan->size; p++) {
        part *to = place + plan->slab[p] * slab_parts, *imaginary = to + part_count * step;
        complex_lanes z = read_buffer(scratch, p);
        spectrum_pair w = separate(z, z, share);
        switch (plan->place[p]) {
        case place_constant: store_parts(to, step, w.first.re, w.second.re); break;
        case place_alternating: store_parts(imaginary, step, w.first.re, w.second.re); break;
        case place_lower:
          w = separate(z, read_buffer(scratch, upper[plan->slab[p]]), share);
          store_parts(to, step, w.first.re, w.second.re);
          store_parts(imaginary, step, w.first.im * splat(sign), w.second.im * splat(sign));
          break;
        default: break;
        }
      }
    }
}
