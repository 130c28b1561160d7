/// Tiles where they pay: making parts of the factors takes as long as multiplying few channels.

INLINE int uses_tiles(int inputs, int outputs) { return inputs * outputs > 32 * 32; }

static size_t weight_count(int slabs, int inputs, int outputs) {
  return uses_tiles(inputs, outputs) ? tile_count(slabs, inputs, outputs)
                                     : plane_count(slabs, inputs, outputs);
}

static size_t product_scratch(int rows, int inputs, int outputs) {
  return uses_tiles(inputs, outputs) ? tile_scratch(rows, inputs, outputs)
                                     : plane_scratch(rows, inputs, outputs);
}

static void multiply(
  const cspectral_product *shape, const float *input, const float *weights, float *output,
  float *scratch) {
  if (uses_tiles(shape->inputs, shape->outputs))
    multiply_with_tiles(shape, input, weights, output, scratch);
  else
    multiply_planes(shape, input, weights, output, scratch);
}

static void multiply_backward(
  const cspectral_product *shape, const float *input, const float *output_gradient,
  const float *transposed_weights, float *input_gradient, float *weight_gradient, int accumulate,
  float *scratch) {
  if (uses_tiles(shape->inputs, shape->outputs))
    multiply_with_tiles_backward(
      shape, input, output_gradient, transposed_weights, input_gradient, weight_gradient, accumulate,
      scratch);
  else
    multiply_planes_backward(
      shape, input, output_gradient, transposed_weights, input_gradient, weight_gradient, accumulate,
      scratch);
}

static void weights_to_frequency(
  const cspectral_plan *plan, int taps, int inputs, int outputs, int first, int end,
  const float *weights, int transposed, float *planes, float *scratch) {
  if (uses_tiles(inputs, outputs))
    weights_to_tiles(
      plan, taps, inputs, outputs, first, end, weights, transposed, planes, scratch);
  else
    weights_to_planes(
      plan, taps, inputs, outputs, first, end, weights, transposed, planes, scratch);
}
