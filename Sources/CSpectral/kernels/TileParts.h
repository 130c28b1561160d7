/// Numbers in three parts, in the layouts that tile products read.
///
/// A float has 24 bits of mantissa, a bfloat16 has 8: x = h + m + l exactly, with h the upper half of
/// x's bits, m that of x − h, and l the rest. A tile is 16 lines of 32 parts, 1 KB.
///
///   a  [plane 3][part 3][block of 32 k][16 rows][32 k]        planes: real, imaginary, −real
///   b  [16 columns][plane 2][part 3][block of 32 k][16 pairs of k][16 columns][2 k]
///
/// k is padded to a multiple of 32 with zeros. Tiles do not know denormal numbers; so whoever makes
/// parts of signals also gets the greatest of their bits, and makes them anew with a scale when that
/// is far from 1.

enum { tile_parts = 512, part_count = 3 };

typedef uint16_t part;

INLINE int tile_blocks(int depth) { return (depth + 31) / 32; }
/// Parts of `a` for 16 rows, and of `b` for 16 columns.
INLINE ptrdiff_t a_parts(int depth) { return (ptrdiff_t)3 * part_count * tile_parts * tile_blocks(depth); }
INLINE ptrdiff_t b_parts(int depth) { return (ptrdiff_t)2 * part_count * tile_parts * tile_blocks(depth); }

/// The three parts of 16 numbers; each is the upper half of a float's bits, and the lower is zero.
typedef struct {
  integers part[part_count];
} split;

INLINE split split_of(lanes x) {
  const integers upper = (integers)((int32_t)0xffff0000);
  split s;
  s.part[0] = (integers)x & upper;
  lanes rest = x - (lanes)s.part[0];
  s.part[1] = (integers)rest & upper;
  s.part[2] = (integers)(rest - (lanes)s.part[1]) & upper;
  return s;
}

/// The upper halves of 32 numbers, side by side.
INLINE integers pack(integers low, integers high) {
  typedef int16_t halves __attribute__((ext_vector_type(32)));
  return (integers)__builtin_shufflevector(
    (halves)low, (halves)high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37,
    39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63);
}

/// The upper halves of numbers of k and of k + 1, in pairs.
INLINE integers pair_up(integers k, integers next) {
  typedef uint32_t bits __attribute__((ext_vector_type(LANES)));
  return (integers)((bits)k >> 16) | next;
}

INLINE void store_line(part *to, integers line) { *(integers *)to = line; }

INLINE integers larger_bits(integers a, lanes x) {
  return __builtin_elementwise_max(a, (integers)x & (integers)(0x7fffffff));
}

INLINE int32_t greatest(integers bits) { return __builtin_reduce_max(bits); }

/// A power of two that brings numbers with these greatest bits to about 1; 1 where that is not needed.
INLINE float scale_for(int32_t greatest_bits) {
  int exponent = greatest_bits >> 23;
  if (greatest_bits == 0 || exponent == 255 || (exponent > 127 - 48 && exponent < 127 + 48)) return 1;
  int wanted = 254 - exponent;
  union {
    int32_t bits;
    float value;
  } scale = {.bits = (wanted > 253 ? 253 : wanted < 1 ? 1 : wanted) << 23};
  return scale.value;
}

/// A line of `a`: 32 numbers of a row and a plane; the real ones also negated.
INLINE void store_parts_of_row(part *a, ptrdiff_t step, int plane, split low, split high) {
  part *to = a + plane * part_count * step;
  UNROLL for (int p = 0; p < part_count; p++) {
    integers line = pack(low.part[p], high.part[p]);
    store_line(to + p * step, line);
    if (plane == 0)
      store_line(to + (2 * part_count + p) * step, line ^ (integers)((int32_t)0x80008000));
  }
}

/// `a` from rows of `depth` numbers; rows up to a multiple of 16 are zeros. Gives the greatest bits.
static int32_t parts_of_rows(
  int rows, int depth, const float *re, const float *im, float scale, part *a) {
  int blocks = tile_blocks(depth);
  ptrdiff_t step = (ptrdiff_t)blocks * tile_parts;
  integers bits = (integers)(0);
  if (rows % 16 != 0)
    memset(a + rows / 16 * a_parts(depth), 0, (size_t)a_parts(depth) * sizeof(part));
  for (int r = 0; r < rows; r++)
    for (int block = 0; block < blocks; block++)
      for (int plane = 0; plane < 2; plane++) {
        const float *from = (plane ? im : re) + (ptrdiff_t)r * depth + 32 * block;
        lanes low = load(from), high = load(32 * block + 16 < depth ? from + 16 : zeros);
        bits = larger_bits(larger_bits(bits, low), high);
        split s = split_of(low * splat(scale)), t = split_of(high * splat(scale));
        store_parts_of_row(
          a + r / 16 * a_parts(depth) + block * tile_parts + 32 * (r % 16), step, plane, s, t);
      }
  return greatest(bits);
}

/// `b` from rows of `columns` numbers, a multiple of 16; k counts the rows. Gives the greatest bits.
static int32_t parts_of_columns(
  int depth, int columns, const float *re, const float *im, float scale, part *b) {
  int blocks = tile_blocks(depth);
  ptrdiff_t step = (ptrdiff_t)blocks * tile_parts;
  integers bits = (integers)(0);
  for (int k = 0; k < 32 * blocks; k += 2)
    for (int c = 0; c < columns; c += 16)
      for (int plane = 0; plane < 2; plane++) {
        const float *from = (plane ? im : re) + (ptrdiff_t)k * columns + c;
        lanes first = load(k < depth ? from : zeros), next = load(k + 1 < depth ? from + columns : zeros);
        bits = larger_bits(larger_bits(bits, first), next);
        split s = split_of(first * splat(scale)), t = split_of(next * splat(scale));
        part *to = b + c / 16 * b_parts(depth) + (ptrdiff_t)plane * part_count * step
                   + k / 32 * tile_parts + k % 32 * 16;
        UNROLL for (int p = 0; p < part_count; p++) {
          store_line(to + p * step, pair_up(s.part[p], t.part[p]));
        }
      }
  return greatest(bits);
}

/// A square of 16 × 16 elements of 4 bytes from `from`, rows and columns exchanged.
INLINE void transpose(const part *from, integers *x) {
  __m512i y[16];
  UNROLL for (int i = 0; i < 16; i++) x[i] = *(const integers *)(from + 32 * i);
  UNROLL for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_epi32((__m512i)x[i], (__m512i)x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32((__m512i)x[i], (__m512i)x[i + 1]);
  }
  UNROLL for (int i = 0; i < 16; i += 4) {
    UNROLL for (int j = 0; j < 2; j++) {
      x[i + 2 * j] = (integers)_mm512_unpacklo_epi64(y[i + j], y[i + 2 + j]);
      x[i + 2 * j + 1] = (integers)_mm512_unpackhi_epi64(y[i + j], y[i + 2 + j]);
    }
  }
  // x[4 g + j] holds in its quarter q the rows 4 g … 4 g + 3 of column 4 q + j.
  UNROLL for (int j = 0; j < 4; j++) {
    __m512i a = (__m512i)x[j], b = (__m512i)x[4 + j], c = (__m512i)x[8 + j], d = (__m512i)x[12 + j];
    __m512i e = _mm512_shuffle_i32x4(a, b, 0x88), f = _mm512_shuffle_i32x4(c, d, 0x88);
    __m512i g = _mm512_shuffle_i32x4(a, b, 0xdd), h = _mm512_shuffle_i32x4(c, d, 0xdd);
    y[j] = _mm512_shuffle_i32x4(e, f, 0x88);
    y[8 + j] = _mm512_shuffle_i32x4(e, f, 0xdd);
    y[4 + j] = _mm512_shuffle_i32x4(g, h, 0x88);
    y[12 + j] = _mm512_shuffle_i32x4(g, h, 0xdd);
  }
  UNROLL for (int i = 0; i < 16; i++) x[i] = (integers)y[i];
}

/// `a` from the columns of rows of `columns` numbers, a multiple of 16, by way of `b`'s layout: its
/// pairs of k, rows and columns exchanged, are `a`'s lines. Gives the greatest bits.
static int32_t parts_of_transposed(
  int depth, int columns, const float *re, const float *im, float scale, part *a, part *b) {
  ptrdiff_t step = (ptrdiff_t)tile_blocks(depth) * tile_parts;
  int32_t bits = parts_of_columns(depth, columns, re, im, scale, b);
  for (int c = 0; c < columns; c += 16)
    for (ptrdiff_t tile = 0; tile < 2 * part_count * step; tile += tile_parts) {
      integers x[16];
      transpose(b + c / 16 * b_parts(depth) + tile, x);
      part *to = a + c / 16 * a_parts(depth) + tile;
      UNROLL for (int r = 0; r < 16; r++) store_line(to + 32 * r, x[r]);
      if (tile >= part_count * step) continue;
      to += 2 * part_count * step;
      UNROLL for (int r = 0; r < 16; r++) {
        store_line(to + 32 * r, x[r] ^ (integers)((int32_t)0x80008000));
      }
    }
  return bits;
}
