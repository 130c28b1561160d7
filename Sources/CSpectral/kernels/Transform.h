/// Transforms of tiles: from rows of activations to frequency slabs and back.
///
/// Forward is decimation in frequency (natural order in, digit-reversed out), backward decimation
/// in time (digit-reversed in, natural out): so no pass only moves data. The first pass reads where
/// the data is and the last writes where it belongs; between them is a buffer in the first cache.
///
/// The inverse uses the forward butterflies on numbers whose real and imaginary parts are exchanged:
/// IDFT(z) = swap(DFT(swap(z))), and then conj(t) · z = swap(t · swap(z)).

#include "../Plan.h"

static const float zeros[LANES];

/// Where the first pass of the forward transform reads.
typedef enum { from_buffer, from_rows, from_some_rows, from_masked_rows } origin;
/// Where the last pass of the forward transform writes.
typedef enum { to_buffer, to_slabs } destination;

/// Offsets of real and imaginary part in the slabs, by position.
typedef struct {
  int32_t re, im;
} slab_offset;

/// What the first and last pass of a transform need for one pair of tiles and vector of channels.
typedef struct {
  // Rows: the two tiles, floats from row to row, rows in use (the rest is zero).
  const float *first, *second;
  const int8_t *first_mask, *second_mask;
  ptrdiff_t row;
  int first_used, second_used;
  float leak;
  // Slabs.
  float *slabs;
  const slab_offset *offsets;
  const uint8_t *places;
  // Floats from here to the slabs' vectors that are wanted next.
  ptrdiff_t ahead;
} tile_pair;

INLINE void find_offsets(const cspectral_tiles *tiles, slab_offset *offsets) {
  const cspectral_plan *plan = tiles->plan;
  for (int p = 0; p < plan->size; p++) {
    ptrdiff_t slab = plan->slab[p] * tiles->slab_stride, plane = tiles->plane_stride;
    ptrdiff_t row = tiles->channels;
    switch ((place)plan->place[p]) {
    case place_constant: offsets[p] = (slab_offset){0, (int32_t)row}; break;
    case place_alternating:
      offsets[p] = (slab_offset){(int32_t)plane, (int32_t)(plane + row)};
      break;
    case place_lower: offsets[p] = (slab_offset){(int32_t)slab, (int32_t)(slab + plane)}; break;
    case place_upper:
      offsets[p] = (slab_offset){(int32_t)(slab + row), (int32_t)(slab + plane + row)};
      break;
    }
  }
}

INLINE lanes load_masked(const float *from, const int8_t *mask, float leak) {
  lanes value = load(from);
  return choose(load_bytes(mask), value, value * splat(leak));
}

/// Row n of both tiles. Rows past those in use are read from `zeros`: a choice of address takes no
/// branch.
INLINE complex_lanes read_row(const tile_pair *pair, const origin from, int n) {
  ptrdiff_t at = n * pair->row;
  if (from == from_rows) return (complex_lanes){load(pair->first + at), load(pair->second + at)};
  const float *a = n < pair->first_used ? pair->first + at : zeros;
  const float *b = n < pair->second_used ? pair->second + at : zeros;
  if (from == from_some_rows) return (complex_lanes){load(a), load(b)};
  // The mask of a zero does not matter, so any mask will do there.
  const int8_t *ma = pair->first_mask + (n < pair->first_used ? at : 0);
  const int8_t *mb = pair->second_mask + (n < pair->second_used ? at : 0);
  return (complex_lanes){load_masked(a, ma, pair->leak), load_masked(b, mb, pair->leak)};
}

INLINE complex_lanes read_buffer(const float *buffer, int n) {
  return (complex_lanes){load(buffer + 2 * LANES * n), load(buffer + 2 * LANES * n + LANES)};
}
INLINE void write_buffer(float *buffer, int n, complex_lanes z) {
  store(buffer + 2 * LANES * n, z.re);
  store(buffer + 2 * LANES * n + LANES, z.im);
}

/// −1 where the imaginary part is stored negated, the upper half of the frequencies.
INLINE float sign_at(const tile_pair *pair, int p) {
  return pair->places[p] == place_upper ? -1.0f : 1.0f;
}

/// Slabs are far apart, each vector on a cache line of its own that no prefetcher foresees: so each
/// transform asks for the lines of the next, which will be wanted about when they arrive.
#define fetch_next(pair, offset, writing)                                                      \
  do {                                                                                         \
    __builtin_prefetch((pair)->slabs + (pair)->ahead + (offset).re, writing, 3);               \
    __builtin_prefetch((pair)->slabs + (pair)->ahead + (offset).im, writing, 3);               \
  } while (0)

/// The way from one vector of channels of a pair's rows to the next, or to the next pair's.
INLINE ptrdiff_t way_ahead(const cspectral_tiles *tiles, int c) {
  return c + LANES < tiles->channels ? LANES : 2 * tiles->channels - c;
}

// MARK: - Forward

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

// MARK: - Inverse

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
      tile_pair pair = {
        .slabs = (float *)slabs + 2 * p * row + c,
        .offsets = offsets,
        .places = plan->place,
        .ahead = way_ahead(tiles, c)};
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
      tile_pair pair = {
        .slabs = (float *)slabs + 2 * p * row + c,
        .offsets = offsets,
        .places = plan->place,
        .ahead = way_ahead(tiles, c)};
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

// MARK: - Weights

static void weights_to_frequency(
  const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
  const float *weights, int transposed, float *planes, float *scratch) {
  ptrdiff_t plane = (ptrdiff_t)inputs * outputs;
  float share = 1.0f / plan->size;
  for (int i = first; i < end; i++)
    for (int o = 0; o < outputs; o += LANES) {
      tile_pair pair = {
        .first = weights + i * outputs + o, .second = zeros, .row = plane, .first_used = taps};
      forward_transform(plan, from_some_rows, to_buffer, &pair, scratch);
      int panel = o / cspectral_panel * cspectral_panel;
      int width = outputs - panel < cspectral_panel ? outputs - panel : cspectral_panel;
      float *place = planes + (ptrdiff_t)panel * inputs + i * width + o - panel;
      for (int p = 0; p < plan->size; p++) {
        lanes re = load(scratch + 2 * LANES * p) * splat(share);
        lanes im = load(scratch + 2 * LANES * p + LANES) * splat(share);
        float *to = place + plan->slab[p] * 3 * plane;
        switch (plan->place[p]) {
        case place_constant: store(to, re); break;
        case place_alternating: store(to + plane, re); break;
        case place_lower:
          store(to, transposed ? re + im : re);
          store(to + plane, transposed ? im : im - re);
          store(to + 2 * plane, transposed ? re : -re - im);
          break;
        default: break;
        }
      }
    }
}

static void gradient_from_frequency(
  const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
  const float *planes, float *gradient, float *scratch) {
  ptrdiff_t plane = (ptrdiff_t)inputs * outputs;
  float share = 1.0f / plan->size;
  for (int i = first; i < end; i++)
    for (int o = 0; o < outputs; o += LANES) {
      int panel = o / cspectral_panel * cspectral_panel;
      int width = outputs - panel < cspectral_panel ? outputs - panel : cspectral_panel;
      const float *place = planes + (ptrdiff_t)panel * inputs + i * width + o - panel;
      for (int p = 0; p < plan->size; p++) {
        const float *from = place + plan->slab[p] * 2 * plane;
        complex_lanes z = {splat(0), splat(0)};  // imaginary, real
        switch (plan->place[p]) {
        case place_constant: z.im = load(from); break;
        case place_alternating: z.im = load(from + plane); break;
        // The sum over both rows of a pair is twice the wanted one.
        case place_lower:
          z.im = load(from) * splat(0.5f);
          z.re = load(from + plane) * splat(0.5f);
          break;
        default:
          z.im = load(from) * splat(0.5f);
          z.re = load(from + plane) * splat(-0.5f);
          break;
        }
        write_buffer(scratch, p, z);
      }
      // The blocks of one butterfly read from the buffer as well, with twiddles that are all 1.
      inverse_transform(plan, 0, into_buffer, NULL, NULL, scratch);
      for (int j = 0; j < taps; j++)
        store(
          gradient + j * plane + i * outputs + o,
          load(scratch + 2 * LANES * j + LANES) * splat(share));
    }
}
