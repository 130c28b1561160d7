/// Products of frequency slabs by tiles (Intel AMX): a tile holds 16 × 32 bfloat16 numbers, and one
/// instruction adds the product of two of them to 16 × 16 floats.
///
/// With both factors in three parts, x · w = h h + h m + m h + m m + h l + l h + what is below
/// 2⁻²³ of it: six tile products have the errors of one in floats, and take less than half its time.
/// A complex product takes four real ones here, since sums before them would need parts of their own:
///
///   forward          Y = X · conj W      re = xr Wr + xi Wi      im = xi Wr − xr Wi
///   input gradient   E = D · Wᵀ          the same with −Wi in the place of Wi
///   weight gradient  G = Xᵀ · conj D     the same with D in the place of W and the rows as k

/// Products of one slab: `row_blocks` · 16 rows of `a` times `columns` of `b`. The deepest stretch of
/// k at a time: parts of 32 columns and so many k stay in the first cache while all rows pass.
enum { stretch_blocks = 2 };

typedef struct {
  /// Whether the slab holds two real products, one a plane.
  int real;
  int rows, depth, columns;
  const part *a, *b;
  float *re, *im;
  ptrdiff_t row;
  /// What the results are multiplied by, one after the other.
  float scale, more;
  /// Whether to add to what is there.
  int accumulate;
} tile_product;

/// The tiles: sums 0 … 3, real and imaginary of 16 columns each; factors a 4, 5; factors b 6, 7.
INLINE void begin_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t line_bytes[16];
    uint8_t lines[16];
  } shape = {.palette = 1};
  for (int t = 0; t < 8; t++) {
    shape.line_bytes[t] = 64;
    shape.lines[t] = 16;
  }
  _tile_loadconfig(&shape);
}

INLINE void end_tiles(void) { _tile_release(); }

/// Loads a part of `b`, of `a` for the real sums, of `a` for the imaginary ones.
#define LOAD_B(plane, p)                                                                  \
  do {                                                                                    \
    _tile_loadd(6, b + ((plane) * part_count + (p)) * step + at, 64);                     \
    if (wide) _tile_loadd(7, b + ((plane) * part_count + (p)) * step + at + next_columns, 64); \
  } while (0)
#define LOAD_RE(plane, p) _tile_loadd(4, a + ((plane) * part_count + (p)) * step + at, 64)
#define LOAD_IM(plane, p) _tile_loadd(5, a + ((plane) * part_count + (p)) * step + at, 64)
#define ADD_RE(tile)                        \
  do {                                      \
    _tile_dpbf16ps(0, tile, 6);             \
    if (wide) _tile_dpbf16ps(1, tile, 7);   \
  } while (0)
#define ADD_IM(tile)                        \
  do {                                      \
    _tile_dpbf16ps(2, tile, 6);             \
    if (wide) _tile_dpbf16ps(3, tile, 7);   \
  } while (0)

/// Real parts of b with real and imaginary parts of a, then imaginary ones with imaginary and negated
/// real ones: h, m, l meet in an order in which each step loads parts of either a or b.
#define ADD_BLOCK()                                                          \
  do {                                                                       \
    LOAD_B(0, 0); LOAD_RE(0, 2); LOAD_IM(1, 2); ADD_RE(4); ADD_IM(5);        \
    LOAD_RE(0, 1); LOAD_IM(1, 1); ADD_RE(4); ADD_IM(5);                      \
    LOAD_RE(0, 0); LOAD_IM(1, 0); ADD_RE(4); ADD_IM(5);                      \
    LOAD_B(0, 2); ADD_RE(4); ADD_IM(5);                                      \
    LOAD_B(0, 1); ADD_RE(4); ADD_IM(5);                                      \
    LOAD_RE(0, 1); LOAD_IM(1, 1); ADD_RE(4); ADD_IM(5);                      \
    LOAD_B(1, 1); LOAD_RE(2, 1); ADD_RE(5); ADD_IM(4);                       \
    LOAD_RE(2, 0); LOAD_IM(1, 0); ADD_RE(5); ADD_IM(4);                      \
    LOAD_B(1, 2); ADD_RE(5); ADD_IM(4);                                      \
    LOAD_B(1, 0); ADD_RE(5); ADD_IM(4);                                      \
    LOAD_RE(2, 1); LOAD_IM(1, 1); ADD_RE(5); ADD_IM(4);                      \
    LOAD_RE(2, 2); LOAD_IM(1, 2); ADD_RE(5); ADD_IM(4);                      \
  } while (0)

/// The same for two real products.
#define ADD_REAL_BLOCK()                                                 \
  do {                                                                   \
    LOAD_B(0, 0); LOAD_RE(0, 2); ADD_RE(4);                              \
    LOAD_RE(0, 1); ADD_RE(4);                                            \
    LOAD_RE(0, 0); ADD_RE(4);                                            \
    LOAD_B(0, 2); ADD_RE(4);                                             \
    LOAD_B(0, 1); ADD_RE(4);                                             \
    LOAD_RE(0, 1); ADD_RE(4);                                            \
    LOAD_B(1, 0); LOAD_IM(1, 2); ADD_IM(5);                              \
    LOAD_IM(1, 1); ADD_IM(5);                                            \
    LOAD_IM(1, 0); ADD_IM(5);                                            \
    LOAD_B(1, 2); ADD_IM(5);                                             \
    LOAD_B(1, 1); ADD_IM(5);                                             \
    LOAD_IM(1, 1); ADD_IM(5);                                            \
  } while (0)

/// The sums of 16 rows and 16 or 32 columns over some blocks of k.
INLINE void multiply_tiles(
  const int real, const int wide, const tile_product *product, int row, int column, int first,
  int end) {
  ptrdiff_t step = (ptrdiff_t)tile_blocks(product->depth) * tile_parts;
  ptrdiff_t next_columns = b_parts(product->depth);
  const part *a = product->a + row / 16 * a_parts(product->depth);
  const part *b = product->b + column / 16 * next_columns;
  ptrdiff_t place = row * product->row + column, line = 4 * product->row;
  float *re = product->re + place, *im = product->im + place;
  int rows = product->rows - row < 16 ? product->rows - row : 16;
  int accumulate = product->accumulate || first > 0;
  int direct = rows == 16 && product->scale == 1 && product->more == 1;
  if (direct && accumulate) {
    _tile_loadd(0, re, line);
    if (wide) _tile_loadd(1, re + 16, line);
    _tile_loadd(2, im, line);
    if (wide) _tile_loadd(3, im + 16, line);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int block = first; block < end; block++) {
    ptrdiff_t at = (ptrdiff_t)block * tile_parts;
    if (real)
      ADD_REAL_BLOCK();
    else
      ADD_BLOCK();
  }
  if (direct) {
    _tile_stored(0, re, line);
    if (wide) _tile_stored(1, re + 16, line);
    _tile_stored(2, im, line);
    if (wide) _tile_stored(3, im + 16, line);
    return;
  }
  float sums[4][256];
  _tile_stored(0, sums[0], 64);
  _tile_stored(1, sums[1], 64);
  _tile_stored(2, sums[2], 64);
  _tile_stored(3, sums[3], 64);
  for (int t = 0; t < 4; t++) {
    if (t % 2 == 1 && !wide) continue;
    float *target = (t < 2 ? re : im) + t % 2 * 16;
    for (int r = 0; r < rows; r++) {
      lanes sum = load(sums[t] + 16 * r) * splat(product->scale) * splat(product->more);
      float *to = target + r * product->row;
      store(to, accumulate ? load(to) + sum : sum);
    }
  }
}

static void multiply_parts(const tile_product *product) {
  int blocks = tile_blocks(product->depth);
  for (int first = 0; first < blocks; first += stretch_blocks) {
    int end = first + stretch_blocks < blocks ? first + stretch_blocks : blocks;
    for (int c = 0; c < product->columns; c += 32)
      for (int r = 0; r < product->rows; r += 16) {
        int wide = c + 16 < product->columns;
        if (product->real && wide) multiply_tiles(1, 1, product, r, c, first, end);
        else if (product->real) multiply_tiles(1, 0, product, r, c, first, end);
        else if (wide) multiply_tiles(0, 1, product, r, c, first, end);
        else multiply_tiles(0, 0, product, r, c, first, end);
      }
  }
}

/// One slab: rows × depth times depth × columns.
static void multiply_slab(
  int real, int rows, int depth, int columns, const float *input, ptrdiff_t input_plane,
  const part *weights, float *output, ptrdiff_t output_plane, part *a) {
  float scale = scale_for(parts_of_rows(rows, depth, input, input + input_plane, 1, a));
  if (scale != 1) parts_of_rows(rows, depth, input, input + input_plane, scale, a);
  multiply_parts(&(tile_product){
    .real = real, .rows = rows, .depth = depth, .columns = columns, .a = a, .b = weights,
    .re = output, .im = output + output_plane, .row = columns, .scale = 1 / scale, .more = 1});
}

/// The weight gradient of one slab.
static void slab_weight_gradient(
  int real, const cspectral_product *shape, const float *input, const float *gradient, float *to,
  int accumulate, part *a, part *b) {
  int rows = shape->rows, inputs = shape->inputs, outputs = shape->outputs;
  const float *input_im = input + shape->input_plane, *im = gradient + shape->output_plane;
  float more = scale_for(parts_of_transposed(rows, inputs, input, input_im, 1, a, b));
  if (more != 1) parts_of_transposed(rows, inputs, input, input_im, more, a, b);
  float scale = scale_for(parts_of_columns(rows, outputs, gradient, im, 1, b));
  if (scale != 1) parts_of_columns(rows, outputs, gradient, im, scale, b);
  for (int panel = 0; panel < outputs; panel += cspectral_panel) {
    int width = outputs - panel < cspectral_panel ? outputs - panel : cspectral_panel;
    float *place = to + (ptrdiff_t)panel * inputs;
    multiply_parts(&(tile_product){
      .real = real, .rows = inputs, .depth = rows, .columns = width, .a = a,
      .b = b + panel / 16 * b_parts(rows), .re = place, .im = place + (ptrdiff_t)inputs * outputs,
      .row = width, .scale = 1 / scale, .more = 1 / more, .accumulate = accumulate});
  }
}

static size_t tile_count(int slabs, int inputs, int outputs) {
  return (size_t)slabs * (size_t)(outputs / 16) * (size_t)b_parts(inputs) / 2;
}

/// `a` is made of the rows of the input or of the output gradient, and of the input's columns.
INLINE ptrdiff_t parts_of_a(int rows, int inputs, int outputs) {
  ptrdiff_t of_rows = (rows + 15) / 16 * a_parts(inputs > outputs ? inputs : outputs);
  ptrdiff_t of_columns = inputs / 16 * a_parts(rows);
  return of_rows > of_columns ? of_rows : of_columns;
}

static size_t tile_scratch(int rows, int inputs, int outputs) {
  int channels = inputs > outputs ? inputs : outputs;
  return (size_t)(parts_of_a(rows, inputs, outputs) + channels / 16 * b_parts(rows)) / 2;
}

static void multiply_with_tiles(
  const cspectral_product *shape, const float *input, const float *weights, float *output,
  float *scratch) {
  size_t slab_weights = tile_count(1, shape->inputs, shape->outputs);
  begin_tiles();
  for (int slab = 0; slab < shape->slabs; slab++)
    multiply_slab(
      slab == 0, shape->rows, shape->inputs, shape->outputs, input + slab * shape->input_slab,
      shape->input_plane, (const part *)(weights + slab * slab_weights),
      output + slab * shape->output_slab, shape->output_plane, (part *)scratch);
  end_tiles();
}

static void multiply_with_tiles_backward(
  const cspectral_product *shape, const float *input, const float *output_gradient,
  const float *transposed_weights, float *input_gradient, float *weight_gradient, int accumulate,
  float *scratch) {
  int rows = shape->rows, inputs = shape->inputs, outputs = shape->outputs;
  size_t slab_weights = tile_count(1, outputs, inputs);
  ptrdiff_t plane = (ptrdiff_t)inputs * outputs;
  part *a = (part *)scratch, *b = a + parts_of_a(rows, inputs, outputs);
  begin_tiles();
  for (int slab = 0; slab < shape->slabs; slab++) {
    const float *gradient = output_gradient + slab * shape->output_slab;
    if (input_gradient)
      multiply_slab(
        slab == 0, rows, outputs, inputs, gradient, shape->output_plane,
        (const part *)(transposed_weights + slab * slab_weights),
        input_gradient + slab * shape->input_slab, shape->input_plane, a);
    if (weight_gradient)
      slab_weight_gradient(
        slab == 0, shape, input + slab * shape->input_slab, gradient,
        weight_gradient + slab * 2 * plane, accumulate, a, b);
  }
  end_tiles();
}
