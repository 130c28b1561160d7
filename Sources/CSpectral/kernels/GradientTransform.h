/// The weight gradients of slabs back into kernels.

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
