/// The hot kernels of the native engine: convolution in the frequency domain, products of matrices,
/// pooling, activations, Adam; and the threads that run them.
///
/// Every kernel is portable C with vector extensions. It is compiled once for each instruction set
/// and reached through a table of function pointers, chosen when the program runs: so the shipped
/// program needs no build flags, and a test can force every path.
///
/// Layout. Activations are channels-last: the row of a time step holds its channels side by side,
/// and the number of channels is padded with zeros to a multiple of 16. The mathematics, layer by
/// layer, is in Documentation/ConvolutionInTheFrequencyDomain.md.

#ifndef CSPECTRAL_H
#define CSPECTRAL_H

#include <stddef.h>
#include <stdint.h>

/// Channels are padded to a multiple of this.
enum { cspectral_channel_block = 16 };

/// Columns that a panel of packed weights holds; the last panel of a row may hold 16.
enum { cspectral_panel = 32 };

// MARK: - Plans

/// How transforms of one size are computed: a chain of butterflies, with twiddle factors, and where
/// each frequency is found among the results.
typedef struct cspectral_plan cspectral_plan;

/// A plan for transforms of `size` points; NULL when the size has other prime factors than 2, 3 and
/// 5, is odd or less than 4, or when there is no memory. Free it with `cspectral_plan_destroy`.
cspectral_plan *cspectral_plan_create(int size);

/// Frees a plan; NULL is allowed.
void cspectral_plan_destroy(cspectral_plan *plan);

/// The floats of working memory that a transform with this plan needs, for any instruction set.
size_t cspectral_plan_scratch(const cspectral_plan *plan);

// MARK: - Spectral convolution

/// The tiles of one layer's signals and their place in frequency slabs.
///
/// Tile t of a window covers the rows from t · step on. Tiles p and p + pairs are transformed
/// together, as the real and the imaginary part of one complex signal Z. Slab f, 0 < f < size / 2,
/// holds for each pair the rows Z(f) and conj Z(size − f); slab 0 holds Z(0) in its first plane and
/// Z(size / 2) in its second, real part in the first and imaginary part in the second row. A slab
/// has two planes, real and imaginary, of `rows` × `channels`.
typedef struct {
  const cspectral_plan *plan;
  /// Pairs of tiles in a window; a window has 2 · pairs rows in each slab.
  int pairs;
  /// Rows from a tile to the next.
  int step;
  /// Padded channels.
  int channels;
  /// Floats from a slab to the next, and from the first plane of a slab to the second.
  ptrdiff_t slab_stride, plane_stride;
} cspectral_tiles;

/// The shapes of a layer's products: `slabs` matrices of rows × inputs times inputs × outputs.
///
/// Weights lie [slab][3 planes][panel of 32 columns][row][column in panel], or as tiles read them.
typedef struct {
  int slabs;
  int rows;
  int inputs;
  int outputs;
  /// Strides of the slabs with the layer's input channels and with its output channels.
  ptrdiff_t input_slab, input_plane, output_slab, output_plane;
} cspectral_product;

/// The kernels for one instruction set.
typedef struct {
  /// `amx`, `avx512`, `avx2`, `baseline` or `neon`.
  const char *name;

  /// Transforms the tiles of one window into slabs: rows [t · step, t · step + used) of `source`,
  /// zeros up to the transform's size.
  /// - mask: NULL, or bytes beside `source`; where a byte is 0 the value is multiplied by `leak`.
  /// - slabs: the window's first row in the first slab.
  void (*forward_tiles)(
    const cspectral_tiles *tiles, int used, const float *source, const int8_t *mask, float leak,
    float *slabs, float *scratch);

  /// Transforms slabs back and keeps rows 0 ..< step of each tile, as far as row `length`:
  /// value + bias, then the leaky ReLU.
  /// - mask: NULL, or bytes beside `output`: −1 where the value was above 0, otherwise 0.
  void (*inverse_tiles_activate)(
    const cspectral_tiles *tiles, const float *slabs, const float *bias, float leak, int length,
    float *output, int8_t *mask, float *scratch);

  /// Transforms slabs back and adds the tiles where they overlap; rows are overwritten from row 0
  /// to the last row of the last tile.
  void (*inverse_tiles_add)(
    const cspectral_tiles *tiles, const float *slabs, float *output, float *scratch);

  /// The floats that the weights of so many slabs take in the frequency domain. Inputs and outputs
  /// are exchanged for the transposed weights.
  size_t (*weight_count)(int slabs, int inputs, int outputs);

  /// The floats of working memory that `multiply` and `multiply_backward` need.
  size_t (*product_scratch)(int rows, int inputs, int outputs);

  /// Output slabs = input slabs · weights.
  void (*multiply)(
    const cspectral_product *product, const float *input, const float *weights, float *output,
    float *scratch);

  /// The two gradients of `multiply`. Input gradient = output gradient · transposed weights (not
  /// when `input_gradient` is NULL); weight gradient (+)= conj(output gradient)ᵀ · input.
  /// - weight_gradient: [slab][2 planes][panel][inputs][column]; NULL when not wanted.
  /// - accumulate: 0 to overwrite the weight gradient.
  void (*multiply_backward)(
    const cspectral_product *product, const float *input, const float *output_gradient,
    const float *transposed_weights, float *input_gradient, float *weight_gradient, int accumulate,
    float *scratch);

  /// Weights [taps][inputs][outputs] into the planes that `multiply` (transposed = 0) or
  /// `multiply_backward` (transposed = 1, with rows and columns already exchanged) reads, for the
  /// rows from `first` to `end`, both even. The planes are zeros before the first time.
  void (*weights_to_frequency)(
    const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
    const float *weights, int transposed, float *planes, float *scratch);

  /// The weight gradient of `multiply_backward` back into [taps][inputs][outputs], for the rows
  /// from `first` to `end`.
  void (*gradient_from_frequency)(
    const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
    const float *planes, float *gradient, float *scratch);

  /// output[r, c] = start[r, c] + Σₖ a[r · a_row + k · a_step] · b[k · b_step + c], for
  /// 0 ≤ r < rows, 0 ≤ c < columns, k from 0 up in order, whatever the number of rows.
  /// - columns: a multiple of 16.
  /// - start: NULL for zeros; `start_row` floats from row to row, 0 for a bias.
  void (*matrix)(
    int rows, int columns, int depth, const float *a, ptrdiff_t a_row, ptrdiff_t a_step,
    const float *b, ptrdiff_t b_step, const float *start, ptrdiff_t start_row, float *output,
    ptrdiff_t output_row);

  /// In place, value → leaky ReLU of value; with a mask as in `inverse_tiles_activate`.
  void (*activate)(float *values, int8_t *mask, float leak, size_t count);

  /// values × (mask ? 1 : leak), in place.
  void (*apply_mask)(float *values, const int8_t *mask, float leak, size_t count);

  /// gradient × (value > 0 ? 1 : leak) × (dropout or 1), in place; dropout may be NULL.
  void (*activation_gradient)(
    float *gradient, const float *values, const float *dropout, float leak, size_t count);

  /// The maximum over `width` rows from row t · stride on, for `pools` values of t, and which of
  /// the rows it was, the first of equals.
  void (*pool)(
    const float *source, int channels, int width, int stride, int pools, float *output,
    uint8_t *choice);

  /// The gradient of the pooling and the leaky ReLU before it: each pool's gradient, times the
  /// leak where the pooled value is not above 0, goes to the row chosen. `gradient` is scaled in
  /// place; rows 0 ..< length of `output` are overwritten.
  void (*pool_gradient)(
    float *gradient, const float *pooled, const uint8_t *choice, float leak, int channels, int width,
    int stride, int pools, int length, float *output);

  /// The maximum over all rows and the row it was in, the first of equals.
  void (*global_maximum)(
    const float *source, int channels, int length, float *output, int32_t *choice);

  /// target += scale · source.
  void (*add_scaled)(float *target, const float *source, float scale, size_t count);

  /// sums[c] += Σᵣ source[r, c].
  void (*add_rows)(const float *source, ptrdiff_t row, int rows, int columns, float *sums);

  /// out[c] = Σ over rows r and columns c of a · b, both rows × columns and contiguous.
  float (*dot)(const float *a, const float *b, size_t count);

  /// One Adam update of `count` values; `l2` times the weight is added to the gradient.
  /// coefficients: β₁, 1 − β₁, β₂, 1 − β₂, step size, 1 / root correction, ε.
  void (*adam)(
    float *weights, float *first, float *second, const float *gradient, const float *coefficients,
    float l2, size_t count);

  /// The sum of the squares, in double precision and fixed order.
  double (*sum_of_squares)(const float *values, size_t count);

  /// Does so many rounds of multiply-adds that wait for no memory, and gives their number: the
  /// arithmetic limit of a thread, for benchmarks.
  double (*multiply_adds)(size_t rounds);
} cspectral_kernels;

/// The kernels of a name, or the best this processor has for NULL; NULL when this processor cannot
/// run them or the name is unknown.
const cspectral_kernels *cspectral_kernels_named(const char *name);

// MARK: - Memory

/// `bytes` of memory, zero at first, on a cache line's border; NULL without memory. Large blocks lie
/// on large pages where the system has them: slabs touch many pages at a time. Pages never touched
/// take no memory.
void *cspectral_memory_create(size_t bytes);

/// Frees a block of `bytes` made by `cspectral_memory_create`; NULL is allowed.
void cspectral_memory_destroy(void *memory, size_t bytes);

// MARK: - Threads

/// A fixed number of threads that wait for work together.
typedef struct cspectral_pool cspectral_pool;

/// A task: what to do (`context`), and which of the tasks (`task`) on which thread (`thread`).
typedef void (*cspectral_task)(void *context, int task, int thread);

/// A pool of `threads` threads, the caller of `cspectral_pool_run` included; NULL without memory.
cspectral_pool *cspectral_pool_create(int threads);

/// Ends the threads and frees the pool; NULL is allowed.
void cspectral_pool_destroy(cspectral_pool *pool);

/// Runs tasks 0 ..< count and returns when all are done. A thread takes the lowest task not yet
/// taken. Allocates nothing. Callers on several threads wait for one another.
void cspectral_pool_run(cspectral_pool *pool, int count, cspectral_task task, void *context);

#endif
