extension Resampler {
  /// The resampler's low-pass as a table, for programs that are to resample as this one does.
  ///
  /// Result n lies at p = n · down / up input samples. Row r holds the coefficients of the input
  /// samples ⌊p⌋ − reach + 1 … ⌊p⌋ + reach for p − ⌊p⌋ = r / (rows − 1); between two rows the
  /// coefficients are interpolated linearly. Before the first sample a signal is at its first value, after the
  /// last at its last.
  public struct Coefficients: Codable, Hashable, Sendable {
    /// Input samples needed on either side of a result.
    public var reach: Int
    /// Rows of 2 · reach coefficients, each adding up to 1.
    public var rows: [[Double]]
  }

  /// The table of coefficients; nil where both rates are the same and nothing is computed.
  public var coefficients: Coefficients? {
    kernel.map { kernel in
      Coefficients(
        reach: kernel.reach,
        rows: (0...kernel.positions).map {
          Array(kernel.table[$0 * kernel.taps..<($0 + 1) * kernel.taps])
        })
    }
  }
}
