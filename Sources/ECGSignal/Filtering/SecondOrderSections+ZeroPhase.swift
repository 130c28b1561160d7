extension SecondOrderSections {
  /// Filters a whole signal forwards and backwards: no phase shift, the gain squared.
  ///
  /// The signal is first continued on both sides by itself turned about its end point, and each pass
  /// starts as if its first value had always been there: `scipy.signal.sosfiltfilt` with its default
  /// padding. A signal shorter than the padding is padded as far as it reaches.
  /// - Parameters:
  ///   - samples: any length, finite; a missing sample (NaN) would spread to all of them.
  ///   - padding: samples added on each side, at most one less than the signal has; by default
  ///     three times the number of coefficients.
  public func zeroPhase(_ samples: [Double], padding: Int? = nil) -> [Double] {
    guard samples.count > 1, !sections.isEmpty else {
      return samples.map { $0 * sections.reduce(1) { $0 * $1.steadyGain * $1.steadyGain } }
    }
    let padding = max(0, min(padding ?? defaultPadding, samples.count - 1))
    var extended = oddExtension(of: samples, by: padding)
    extended.withUnsafeMutableBufferPointer { buffer in
      forward(buffer)
      buffer.reverse()
      forward(buffer)
      buffer.reverse()
    }
    return Array(extended[padding..<padding + samples.count])
  }

  /// `zeroPhase(_:padding:)` on single-precision samples, computed in double precision.
  public func zeroPhase(_ samples: [Float], padding: Int? = nil) -> [Float] {
    zeroPhase(samples.map(Double.init), padding: padding).map { Float($0) }
  }

  /// Three times the coefficients of the whole filter, not counting those that are 0 because a
  /// section is of first order (SciPy's rule).
  package var defaultPadding: Int {
    let zeros = min(sections.count { $0.b2 == 0 }, sections.count { $0.a2 == 0 })
    return 3 * (2 * sections.count + 1 - zeros)
  }

  /// 2 x[0] − x[k] before the signal, 2 x[N−1] − x[N−1−k] after it.
  private func oddExtension(of samples: [Double], by padding: Int) -> [Double] {
    let last = samples.count - 1
    var extended: [Double] = []
    extended.reserveCapacity(samples.count + 2 * padding)
    for step in 0..<padding { extended.append(2 * samples[0] - samples[padding - step]) }
    extended += samples
    for step in 0..<padding { extended.append(2 * samples[last] - samples[last - 1 - step]) }
    return extended
  }

  /// One pass in place, each section settled at what the first value makes of it.
  private func forward(_ buffer: UnsafeMutableBufferPointer<Double>) {
    var states = settled(at: buffer[0])
    for (index, section) in sections.enumerated() {
      section.process(buffer, state: &states[index])
    }
  }

  /// The memories of the sections after an input of `value` for ever.
  func settled(at value: Double) -> [Section.State] {
    var level = value
    return sections.map { section in
      let steady = section.steadyState
      defer { level *= section.steadyGain }
      return Section.State(first: steady.first * level, second: steady.second * level)
    }
  }
}
