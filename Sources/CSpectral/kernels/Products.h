/// Products of matrices, blocked for registers: output = start + a · b.
///
/// A block of `ROW_BLOCK` rows and `COLUMN_BLOCK` vectors of columns stays in registers while k runs
/// from 0 to depth. Each element is summed in the order of k whatever the block, so the bits of a
/// result do not depend on how many rows are computed together.

INLINE void product_block(
  const int rows, const int columns, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
  const float *b, ptrdiff_t b_step, const float *start, ptrdiff_t start_row, const float *more,
  ptrdiff_t more_row, float *output, ptrdiff_t output_row) {
  lanes sum[ROW_BLOCK][COLUMN_BLOCK];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int c = 0; c < columns; c++) {
      sum[r][c] = start ? load(start + r * start_row + c * LANES) : splat(0);
      if (more) sum[r][c] += load(more + r * more_row + c * LANES);
    }
  }
  for (int k = 0; k < depth; k++) {
    lanes value[COLUMN_BLOCK];
    UNROLL for (int c = 0; c < columns; c++) value[c] = load(b + c * LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      lanes factor = splat(a[r * a_row]);
      UNROLL for (int c = 0; c < columns; c++) sum[r][c] += factor * value[c];
    }
    a += a_step;
    b += b_step;
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int c = 0; c < columns; c++) {
      store(output + r * output_row + c * LANES, sum[r][c]);
    }
  }
}

/// A strip of `columns` vectors of columns, over all rows in blocks of nearly equal height.
INLINE void product_strip(
  const int columns, int rows, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
  const float *b, ptrdiff_t b_step, const float *start, ptrdiff_t start_row, const float *more,
  ptrdiff_t more_row, float *output, ptrdiff_t output_row) {
  int blocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK;
  for (int block = 0; block < blocks; block++) {
    int height = (rows + blocks - 1 - block) / blocks;
#define HEIGHT(R)                                                                       \
  case R:                                                                               \
    product_block(                                                                      \
      R, columns, depth, a, a_row, a_step, b, b_step, start, start_row, more, more_row, \
      output, output_row);                                                              \
    break;
    switch (height) {
      HEIGHT(1)
      HEIGHT(2)
      HEIGHT(3)
      HEIGHT(4)
#if ROW_BLOCK > 4
      HEIGHT(5)
      HEIGHT(6)
#endif
#if ROW_BLOCK > 6
      HEIGHT(7)
      HEIGHT(8)
      HEIGHT(9)
      HEIGHT(10)
      HEIGHT(11)
      HEIGHT(12)
#endif
#if ROW_BLOCK > 12
      HEIGHT(13)
      HEIGHT(14)
#endif
    }
#undef HEIGHT
    a += height * a_row;
    if (start) start += height * start_row;
    if (more) more += height * more_row;
    output += height * output_row;
  }
}

/// The heights of the blocks add up to the rows: ⌈(rows − what is done) / blocks left⌉ each.
static void product(
  int rows, int columns, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
  const float *b, ptrdiff_t b_step, const float *start, ptrdiff_t start_row, const float *more,
  ptrdiff_t more_row, float *output, ptrdiff_t output_row) {
  const int wide = COLUMN_BLOCK * LANES;
  int c = 0;
  for (; c + wide <= columns; c += wide)
    product_strip(
      COLUMN_BLOCK, rows, depth, a, a_row, a_step, b + c, b_step, start ? start + c : NULL,
      start_row, more ? more + c : NULL, more_row, output + c, output_row);
#if COLUMN_BLOCK * LANES > 16
  if (c < columns)
    product_strip(
      1, rows, depth, a, a_row, a_step, b + c, b_step, start ? start + c : NULL, start_row,
      more ? more + c : NULL, more_row, output + c, output_row);
#endif
}

static void matrix(
  int rows, int columns, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
  const float *b, ptrdiff_t b_step, const float *start, ptrdiff_t start_row, float *output,
  ptrdiff_t output_row) {
  product(
    rows, columns, depth, a, a_row, a_step, b, b_step, start, start_row, NULL, 0, output,
    output_row);
}
