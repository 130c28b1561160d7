/// Discrete Fourier transforms of 2, 3, 4, 5 and 8 points in registers, one transform a lane:
/// z[k] ← Σₙ z[n] · e^(−2πi·k·n / R), in natural order.

typedef struct {
  lanes re, im;
} complex_lanes;

INLINE complex_lanes add(complex_lanes a, complex_lanes b) {
  return (complex_lanes){a.re + b.re, a.im + b.im};
}
INLINE complex_lanes subtract(complex_lanes a, complex_lanes b) {
  return (complex_lanes){a.re - b.re, a.im - b.im};
}
/// −i · a.
INLINE complex_lanes minus_i(complex_lanes a) { return (complex_lanes){a.im, -a.re}; }
INLINE complex_lanes scale(complex_lanes a, float by) {
  return (complex_lanes){a.re * splat(by), a.im * splat(by)};
}
/// a · (cosine + i · sine).
INLINE complex_lanes twist(complex_lanes a, const float *twiddle) {
  lanes cosine = splat(twiddle[0]), sine = splat(twiddle[1]);
  return (complex_lanes){a.re * cosine - a.im * sine, a.re * sine + a.im * cosine};
}

INLINE void butterfly2(complex_lanes *z) {
  complex_lanes a = z[0], b = z[1];
  z[0] = add(a, b);
  z[1] = subtract(a, b);
}

INLINE void butterfly3(complex_lanes *z) {
  complex_lanes sum = add(z[1], z[2]), difference = subtract(z[1], z[2]);
  complex_lanes middle = subtract(z[0], scale(sum, 0.5f));
  complex_lanes turned = minus_i(scale(difference, 0.8660254037844386f));
  z[0] = add(z[0], sum);
  z[1] = add(middle, turned);
  z[2] = subtract(middle, turned);
}

INLINE void butterfly4(complex_lanes *z) {
  complex_lanes a = add(z[0], z[2]), b = subtract(z[0], z[2]);
  complex_lanes c = add(z[1], z[3]), d = minus_i(subtract(z[1], z[3]));
  z[0] = add(a, c);
  z[1] = add(b, d);
  z[2] = subtract(a, c);
  z[3] = subtract(b, d);
}

INLINE void butterfly5(complex_lanes *z) {
  const float c1 = 0.30901699437494745f, c2 = -0.8090169943749475f;
  const float s1 = 0.9510565162951535f, s2 = 0.5877852522924731f;
  complex_lanes a = add(z[1], z[4]), b = add(z[2], z[3]);
  complex_lanes c = subtract(z[1], z[4]), d = subtract(z[2], z[3]);
  complex_lanes m1 = add(z[0], add(scale(a, c1), scale(b, c2)));
  complex_lanes m2 = add(z[0], add(scale(a, c2), scale(b, c1)));
  complex_lanes n1 = minus_i(add(scale(c, s1), scale(d, s2)));
  complex_lanes n2 = minus_i(subtract(scale(c, s2), scale(d, s1)));
  z[0] = add(z[0], add(a, b));
  z[1] = add(m1, n1);
  z[4] = subtract(m1, n1);
  z[2] = add(m2, n2);
  z[3] = subtract(m2, n2);
}

INLINE void butterfly8(complex_lanes *z) {
  const float half = 0.7071067811865476f;
  complex_lanes even[4], odd[4];
  UNROLL for (int k = 0; k < 4; k++) {
    even[k] = add(z[k], z[k + 4]);
    odd[k] = subtract(z[k], z[k + 4]);
  }
  odd[1] = (complex_lanes){
    (odd[1].re + odd[1].im) * splat(half), (odd[1].im - odd[1].re) * splat(half)};
  odd[2] = minus_i(odd[2]);
  odd[3] = (complex_lanes){
    (odd[3].im - odd[3].re) * splat(half), (odd[3].re + odd[3].im) * splat(-half)};
  butterfly4(even);
  butterfly4(odd);
  UNROLL for (int k = 0; k < 4; k++) {
    z[2 * k] = even[k];
    z[2 * k + 1] = odd[k];
  }
}

/// The transform of `radix` points; `radix` is a constant where this is inlined.
INLINE void butterfly(const int radix, complex_lanes *z) {
  switch (radix) {
  case 2: butterfly2(z); break;
  case 3: butterfly3(z); break;
  case 4: butterfly4(z); break;
  case 5: butterfly5(z); break;
  default: butterfly8(z); break;
  }
}
