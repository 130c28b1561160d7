/// Kernels into the planes that the products read.

static void weights_to_planes(
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
