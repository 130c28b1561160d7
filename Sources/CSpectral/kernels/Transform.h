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
