/// From frequency slabs back to rows: decimation in time, and what becomes of the rows.

/// What the last pass of the inverse does with a row.
typedef enum { into_buffer, into_activation, into_masked_activation, into_sum } finish;

/// Where the rows of a pair of tiles go.
typedef struct {
  float *first, *second;
  int8_t *first_mask, *second_mask;
  ptrdiff_t row;
  // Activation: rows before the ends are kept, the others go to `nowhere`.
  // Sum: rows before the begins are added to what is there. The first tile's rows from `first_end`
  // on belong to the second half; they are put aside, one after another, at `nowhere`.
  int first_begin, first_end, second_begin, second_end;
  float *nowhere;
  lanes bias;
  float leak;
} tile_rows;

/// Reads position p with real and imaginary parts exchanged.
INLINE complex_lanes read_slabs(const tile_pair *pair, int p) {
  slab_offset offset = pair->offsets[p];
  fetch_next(pair, offset, 0);
  return (complex_lanes){
    load(pair->slabs + offset.im) * splat(sign_at(pair, p)), load(pair->slabs + offset.re)};
}

/// One tile's row; as with reading, a choice of address takes no branch.
INLINE void write_activation(
  const tile_rows *rows, const int masked, float *to, int8_t *mask, lanes value) {
  value += rows->bias;
  integers above = value > splat(0);
  store(to, choose(above, value, value * splat(rows->leak)));
  if (masked) store_bytes(mask, above);
}

INLINE void write_activations(const tile_rows *rows, const int masked, int n, complex_lanes z) {
  ptrdiff_t at = n * rows->row;
  int first = n < rows->first_end, second = n < rows->second_end;
  int8_t *nowhere = (int8_t *)(rows->nowhere + LANES);
  // The first tile is the real part, which is in `im` here.
  write_activation(
    rows, masked, first ? rows->first + at : rows->nowhere,
    first && masked ? rows->first_mask + at : nowhere, z.im);
  write_activation(
    rows, masked, second ? rows->second + at : rows->nowhere,
    second && masked ? rows->second_mask + at : nowhere, z.re);
}

INLINE void write_sums(const tile_rows *rows, int n, complex_lanes z) {
  ptrdiff_t at = n * rows->row;
  float *first = rows->first + at, *second = rows->second + at;
  int inside = n < rows->first_end, adds = inside & (n < rows->first_begin);
  float *to = inside ? first : rows->nowhere + (ptrdiff_t)(n - rows->first_end) * LANES;
  store(to, load(adds ? first : zeros) + z.im);
  store(second, load(n < rows->second_begin ? second : zeros) + z.re);
}

INLINE void inverse_pass(
  const int radix, const int from_slabs, const finish to, int size, int block,
  const float *twiddles, const tile_pair *pair, const tile_rows *rows, float *buffer) {
  int span = block / radix;
  for (int base = 0; base < size; base += block) {
    const float *twiddle = twiddles;
    for (int j = 0; j < span; j++) {
      complex_lanes z[8];
      UNROLL for (int r = 0; r < radix; r++) {
        int p = base + j + r * span;
        z[r] = from_slabs ? read_slabs(pair, p) : read_buffer(buffer, p);
        // Blocks of one butterfly have no twiddles, and those are the ones read from slabs.
        if (!from_slabs && r > 0) z[r] = twist(z[r], twiddle + 2 * (r - 1));
      }
      twiddle += 2 * (radix - 1);
      butterfly(radix, z);
      UNROLL for (int r = 0; r < radix; r++) {
        int n = base + j + r * span;
        if (to == into_buffer)
          write_buffer(buffer, n, z[r]);
        else if (to == into_sum)
          write_sums(rows, n, z[r]);
        else
          write_activations(rows, to == into_masked_activation, n, z[r]);
      }
    }
  }
}

INLINE void inverse_transform(
  const cspectral_plan *plan, const int from_slabs, const finish to, const tile_pair *pair,
  const tile_rows *rows, float *buffer) {
  int size = plan->size, last = plan->passes - 1;
  int block = plan->radix[last];
  if (last == 0) {
#define ONLY(R) \
  inverse_pass(R, from_slabs, to, size, block, plan->twiddles[0], pair, rows, buffer)
    EACH_RADIX(plan->radix[0], ONLY)
    return;
  }
#define FIRST(R)   \
  inverse_pass(    \
    R, from_slabs, into_buffer, size, block, plan->twiddles[last], pair, rows, buffer)
  EACH_RADIX(plan->radix[last], FIRST)
  for (int pass = last - 1; pass > 0; pass--) {
    block *= plan->radix[pass];
#define MIDDLE(R) \
  inverse_pass(R, 0, into_buffer, size, block, plan->twiddles[pass], pair, rows, buffer)
    EACH_RADIX(plan->radix[pass], MIDDLE)
  }
  block *= plan->radix[0];
#define LAST(R) inverse_pass(R, 0, to, size, block, plan->twiddles[0], pair, rows, buffer)
  EACH_RADIX(plan->radix[0], LAST)
#undef ONLY
#undef FIRST
#undef MIDDLE
#undef LAST
}

/// Behind the buffer and the offsets.
INLINE size_t nowhere_in_scratch(const cspectral_plan *plan) {
  return (size_t)plan->size * (2 * LANES + 2);
}

INLINE int clamp(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

/// A pair of tiles that is read from its slabs alone.
INLINE tile_pair slabs_of_pair(
  const cspectral_tiles *tiles, const float *slabs, slab_offset *offsets, int p, int c) {
  return (tile_pair){
    .slabs = (float *)slabs + (ptrdiff_t)2 * p * tiles->channels + c,
    .offsets = offsets,
    .places = tiles->plan->place,
    .ahead = way_ahead(tiles, c)};
}

static void inverse_tiles_activate(
  const cspectral_tiles *tiles, const float *slabs, const float *bias, float leak, int length,
  float *output, int8_t *mask, float *scratch) {
  const cspectral_plan *plan = tiles->plan;
  slab_offset *offsets = (slab_offset *)(scratch + 2 * LANES * plan->size);
  find_offsets(tiles, offsets);
  ptrdiff_t row = tiles->channels, tile = tiles->step * row;
  for (int p = 0; p < tiles->pairs; p++)
    for (int c = 0; c < tiles->channels; c += LANES) {
      ptrdiff_t a = p * tile + c, b = a + tiles->pairs * tile;
      tile_pair pair = slabs_of_pair(tiles, slabs, offsets, p, c);
      tile_rows rows = {
        .first = output + a,
        .second = output + b,
        .first_mask = mask ? mask + a : NULL,
        .second_mask = mask ? mask + b : NULL,
        .row = row,
        .first_end = clamp(length - p * tiles->step, 0, tiles->step),
        .second_end = clamp(length - (p + tiles->pairs) * tiles->step, 0, tiles->step),
        .nowhere = scratch + nowhere_in_scratch(plan),
        .bias = load(bias + c),
        .leak = leak};
      if (mask)
        inverse_transform(plan, 1, into_masked_activation, &pair, &rows, scratch);
      else
        inverse_transform(plan, 1, into_activation, &pair, &rows, scratch);
    }
}

static void inverse_tiles_add(
  const cspectral_tiles *tiles, const float *slabs, float *output, float *scratch) {
  const cspectral_plan *plan = tiles->plan;
  slab_offset *offsets = (slab_offset *)(scratch + 2 * LANES * plan->size);
  find_offsets(tiles, offsets);
  ptrdiff_t row = tiles->channels, tile = tiles->step * row;
  // Tiles overlap in so many rows: there a tile is added to the ones before.
  int overlap = plan->size - tiles->step;
  float *aside = scratch + nowhere_in_scratch(plan);
  for (int p = 0; p < tiles->pairs; p++)
    for (int c = 0; c < tiles->channels; c += LANES) {
      ptrdiff_t a = p * tile + c, b = a + tiles->pairs * tile;
      tile_pair pair = slabs_of_pair(tiles, slabs, offsets, p, c);
      tile_rows rows = {
        .first = output + a,
        .second = output + b,
        .row = row,
        .first_begin = p > 0 ? overlap : 0,
        .first_end = clamp((tiles->pairs - p) * tiles->step, 0, plan->size),
        .second_begin = p > 0 ? overlap : 0,
        .nowhere = aside};
      inverse_transform(plan, 1, into_sum, &pair, &rows, scratch);
      // Tiles of the second half have been up to here and further, so there is something to add to.
      for (int n = rows.first_end; n < plan->size; n++) {
        float *to = rows.first + n * row;
        store(to, load(to) + load(aside + (ptrdiff_t)(n - rows.first_end) * LANES));
      }
    }
}
