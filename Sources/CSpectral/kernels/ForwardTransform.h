/// From rows of activations to frequency slabs: decimation in frequency.

INLINE void forward_pass(
  const int radix, const origin from, const destination to, int size, int block,
  const float *twiddles, const tile_pair *pair, float *buffer) {
  int span = block / radix;
  for (int base = 0; base < size; base += block) {
    const float *twiddle = twiddles;
    for (int j = 0; j < span; j++) {
      complex_lanes z[8];
      UNROLL for (int r = 0; r < radix; r++) {
        int n = base + j + r * span;
        z[r] = from == from_buffer ? read_buffer(buffer, n)
                                   : read_row(pair, from, n);
      }
      butterfly(radix, z);
      if (to == to_slabs) {
        UNROLL for (int r = 0; r < radix; r++) {
          int p = base + j + r * span;
          slab_offset offset = pair->offsets[p];
          fetch_next(pair, offset, 1);
          store(pair->slabs + offset.re, z[r].re);
          store(pair->slabs + offset.im, z[r].im * splat(sign_at(pair, p)));
        }
      } else {
        write_buffer(buffer, base + j, z[0]);
        UNROLL for (int r = 1; r < radix; r++) {
          write_buffer(buffer, base + j + r * span, twist(z[r], twiddle + 2 * (r - 1)));
        }
        twiddle += 2 * (radix - 1);
      }
    }
  }
}

#define EACH_RADIX(radix, call) \
  switch (radix) {              \
  case 2: call(2); break;       \
  case 3: call(3); break;       \
  case 4: call(4); break;       \
  case 5: call(5); break;       \
  default: call(8); break;      \
  }

INLINE void forward_transform(
  const cspectral_plan *plan, const origin from, const destination to, const tile_pair *pair,
  float *buffer) {
  int size = plan->size, block = size, last = plan->passes - 1;
  if (last == 0) {
#define ONLY(R) forward_pass(R, from, to, size, block, plan->twiddles[0], pair, buffer)
    EACH_RADIX(plan->radix[0], ONLY)
    return;
  }
#define FIRST(R) forward_pass(R, from, to_buffer, size, block, plan->twiddles[0], pair, buffer)
  EACH_RADIX(plan->radix[0], FIRST)
  block /= plan->radix[0];
  for (int pass = 1; pass < last; pass++) {
#define MIDDLE(R) \
  forward_pass(R, from_buffer, to_buffer, size, block, plan->twiddles[pass], pair, buffer)
    EACH_RADIX(plan->radix[pass], MIDDLE)
    block /= plan->radix[pass];
  }
#define LAST(R) forward_pass(R, from_buffer, to, size, block, plan->twiddles[last], pair, buffer)
  EACH_RADIX(plan->radix[last], LAST)
#undef ONLY
#undef FIRST
#undef MIDDLE
#undef LAST
}

static void forward_tiles(
  const cspectral_tiles *tiles, int used, const float *source, const int8_t *mask, float leak,
  float *slabs, float *scratch) {
  const cspectral_plan *plan = tiles->plan;
  slab_offset *offsets = (slab_offset *)(scratch + 2 * LANES * plan->size);
  find_offsets(tiles, offsets);
  ptrdiff_t row = tiles->channels, tile = tiles->step * row;
  for (int p = 0; p < tiles->pairs; p++)
    for (int c = 0; c < tiles->channels; c += LANES) {
      ptrdiff_t a = p * tile + c, b = a + tiles->pairs * tile;
      tile_pair pair = {
        .first = source + a,
        .second = source + b,
        .first_mask = mask ? mask + a : NULL,
        .second_mask = mask ? mask + b : NULL,
        .row = row,
        .first_used = used,
        .second_used = used,
        .leak = leak,
        .slabs = slabs + 2 * p * row + c,
        .offsets = offsets,
        .places = plan->place,
        .ahead = way_ahead(tiles, c)};
      if (mask)
        forward_transform(plan, from_masked_rows, to_slabs, &pair, scratch);
      else if (used < plan->size)
        forward_transform(plan, from_some_rows, to_slabs, &pair, scratch);
      else
        forward_transform(plan, from_rows, to_slabs, &pair, scratch);
    }
}
