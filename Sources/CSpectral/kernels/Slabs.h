/// Products of frequency slabs. A complex product takes three real ones (Gauss):
///
///   forward          Y = X · conj(W)     re = (xr + xi) Wr + xi (Wi − Wr)       …  + (xr) (−Wr − Wi)
///   input gradient   E = D · Wᵀ          re = dr (Wr + Wi) − (dr + di) Wi       im = … + (di − dr) Wr
///   weight gradient  G = Xᵀ · conj(D)    re = (xr + xi) dr + xi (di − dr)       im = … − xr (dr + di)
///
/// In each the first product is common to both parts. It is computed once, into a strip of scratch,
/// and the two others start from it.

/// One complex product of three planes each: common = a₀ b₀, re = common + a₁ b₁ (+ re),
/// im = common + a₂ b₂ (+ im).
INLINE void complex_product(
  int rows, int columns, int depth, const float *const a[3], ptrdiff_t a_row, ptrdiff_t a_step,
  const float *const b[3], ptrdiff_t b_step, float *re, float *im, ptrdiff_t output_row,
  int accumulate, float *common) {
  product(
    rows, columns, depth, a[0], a_row, a_step, b[0], b_step, NULL, 0, NULL, 0, common, columns);
  product(
    rows, columns, depth, a[1], a_row, a_step, b[1], b_step, common, columns,
    accumulate ? re : NULL, output_row, re, output_row);
  product(
    rows, columns, depth, a[2], a_row, a_step, b[2], b_step, common, columns,
    accumulate ? im : NULL, output_row, im, output_row);
}

INLINE int panel_width(int columns, int panel) {
  return columns - panel < cspectral_panel ? columns - panel : cspectral_panel;
}

/// All columns of packed weights of three planes, panel by panel.
INLINE void complex_product_packed(
  int rows, int columns, int depth, const float *const a[3], const float *weights, float *re,
  float *im, float *common) {
  ptrdiff_t plane = (ptrdiff_t)depth * columns;
  for (int panel = 0; panel < columns; panel += cspectral_panel) {
    int width = panel_width(columns, panel);
    const float *first = weights + (ptrdiff_t)panel * depth;
    const float *b[3] = {first, first + plane, first + 2 * plane};
    complex_product(
      rows, width, depth, a, depth, 1, b, width, re + panel, im + panel, columns, 0, common);
  }
}

/// One plane of slab 0, whose products are real.
INLINE void real_product_packed(
  int rows, int columns, int depth, const float *a, const float *weights, float *output) {
  for (int panel = 0; panel < columns; panel += cspectral_panel) {
    int width = panel_width(columns, panel);
    product(
      rows, width, depth, a, depth, 1, weights + (ptrdiff_t)panel * depth, width, NULL, 0, NULL, 0,
      output + panel, columns);
  }
}

static size_t plane_count(int slabs, int inputs, int outputs) {
  return (size_t)3 * (size_t)slabs * (size_t)inputs * (size_t)outputs;
}

static size_t plane_scratch(int rows, int inputs, int outputs) {
  size_t longest = (size_t)(rows > inputs ? rows : inputs);
  return (size_t)rows * ((size_t)inputs + 2 * (size_t)outputs) + cspectral_panel * longest;
}

static void multiply_planes(
  const cspectral_product *shape, const float *input, const float *weights, float *output,
  float *scratch) {
  int rows = shape->rows, inputs = shape->inputs, outputs = shape->outputs;
  ptrdiff_t plane = (ptrdiff_t)inputs * outputs;
  size_t values = (size_t)rows * inputs;
  float *sum = scratch, *common = scratch + values;
  for (int part = 0; part < 2; part++)
    real_product_packed(
      rows, outputs, inputs, input + part * shape->input_plane, weights + part * plane,
      output + part * shape->output_plane);
  for (int slab = 1; slab < shape->slabs; slab++) {
    const float *re = input + slab * shape->input_slab, *im = re + shape->input_plane;
    for (size_t i = 0; i < values; i += LANES) store(sum + i, load(re + i) + load(im + i));
    const float *a[3] = {sum, im, re};
    float *to = output + slab * shape->output_slab;
    complex_product_packed(
      rows, outputs, inputs, a, weights + slab * 3 * plane, to, to + shape->output_plane, common);
  }
}

/// Adds (or puts) the weight gradient of one plane of slab 0.
INLINE void real_weight_gradient(
  int rows, int inputs, int outputs, const float *input, const float *gradient, float *to,
  int accumulate) {
  for (int panel = 0; panel < outputs; panel += cspectral_panel) {
    int width = panel_width(outputs, panel);
    float *at = to + (ptrdiff_t)panel * inputs;
    product(
      inputs, width, rows, input, 1, inputs, gradient + panel, outputs, accumulate ? at : NULL,
      width, NULL, 0, at, width);
  }
}

static void multiply_planes_backward(
  const cspectral_product *shape, const float *input, const float *output_gradient,
  const float *transposed_weights, float *input_gradient, float *weight_gradient, int accumulate,
  float *scratch) {
  int rows = shape->rows, inputs = shape->inputs, outputs = shape->outputs;
  ptrdiff_t plane = (ptrdiff_t)inputs * outputs;
  size_t input_values = (size_t)rows * inputs, output_values = (size_t)rows * outputs;
  float *sum = scratch, *difference = sum + input_values, *minus = difference + output_values;
  float *common = minus + output_values;
  for (int part = 0; part < 2; part++) {
    const float *gradient = output_gradient + part * shape->output_plane;
    if (input_gradient)
      real_product_packed(
        rows, inputs, outputs, gradient, transposed_weights + part * plane,
        input_gradient + part * shape->input_plane);
    if (weight_gradient)
      real_weight_gradient(
        rows, inputs, outputs, input + part * shape->input_plane, gradient,
        weight_gradient + part * plane, accumulate);
  }
  for (int slab = 1; slab < shape->slabs; slab++) {
    const float *dr = output_gradient + slab * shape->output_slab, *di = dr + shape->output_plane;
    for (size_t i = 0; i < output_values; i += LANES) {
      lanes re = load(dr + i), im = load(di + i);
      store(difference + i, im - re);
      store(minus + i, -re - im);
    }
    if (input_gradient) {
      const float *a[3] = {dr, minus, difference};
      float *to = input_gradient + slab * shape->input_slab;
      complex_product_packed(
        rows, inputs, outputs, a, transposed_weights + slab * 3 * plane, to,
        to + shape->input_plane, common);
    }
    if (!weight_gradient) continue;
    const float *xr = input + slab * shape->input_slab, *xi = xr + shape->input_plane;
    for (size_t i = 0; i < input_values; i += LANES) store(sum + i, load(xr + i) + load(xi + i));
    const float *a[3] = {sum, xi, xr};
    for (int panel = 0; panel < outputs; panel += cspectral_panel) {
      int width = panel_width(outputs, panel);
      const float *b[3] = {dr + panel, difference + panel, minus + panel};
      float *to = weight_gradient + slab * 2 * plane + (ptrdiff_t)panel * inputs;
      complex_product(
        inputs, width, rows, a, 1, inputs, b, outputs, to, to + plane, width, accumulate, common);
    }
  }
}
