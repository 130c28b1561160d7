import ECGSignal

/// How a recording becomes windows, with every coefficient, for a program that is not this one.
///
/// It travels as JSON in the metadata of every exported network. `steps` says in words what to do with
/// the numbers; `Examples/python/heartfelt_torch.py` does it in Python.
public struct PreprocessingDocument: Codable, Hashable, Sendable {
  /// The coefficients for recordings of one sampling rate.
  public struct Rate: Codable, Hashable, Sendable {
    /// Samples per second of the recording, in Hz.
    public var samplingRate: Double
    /// The filter's second-order sections, each b0, b1, b2, 1, a1, a2: SciPy's `sos`.
    public var sections: [[Double]]
    /// Samples by which the signal is continued on either side before it is filtered.
    public var padding: Int
    /// Samples that leave the resampler …
    public var up: Int
    /// … for this many that enter.
    public var down: Int
    /// The resampler's table; none where the rate is the network's.
    public var resampling: Resampler.Coefficients?
  }

  /// The recipe.
  public var recipe: PreprocessingRecipe
  /// What to do, in order.
  public var steps: [String]
  /// The coefficients for the rates that were asked for.
  public var rates: [Rate]

  /// The document of a recipe.
  /// - Parameter rates: sampling rates, in Hz, of the recordings to come.
  /// - Throws: `SignalError` for a rate that the recipe's filters cannot be made for.
  public init(_ recipe: PreprocessingRecipe, rates: [Double] = []) throws {
    try recipe.validate()
    self.recipe = recipe
    self.rates = try rates.map { try Rate(recipe, samplingRate: $0) }
    steps = Self.steps(of: recipe)
  }

  private static func steps(of recipe: PreprocessingRecipe) -> [String] {
    let normalisation =
      switch recipe.normalisation {
      case .person, .lastRecording, .recording:
        "z = (x - mean) / deviation: mean over all resampled samples of "
          + (recipe.normalisation == .person
            ? "the person's recordings"
            : recipe.normalisation == .recording ? "the recording" : "the person's last recording")
          + "; deviation is sqrt(mean((x - m)^2)) over sorted[count*25//1000 : count*975//1000], "
          + "m being the mean of those"
      case .none: "no normalisation: the samples stay in mV"
      }
    return [
      "subtract the recording's first sample",
      "filter with `sections` forwards and backwards, the signal continued by `padding` samples on "
        + "either side by itself turned about its end point: "
        + "scipy.signal.sosfiltfilt(sections, x, padtype='odd', padlen=padding)",
      "resample to \(recipe.samplingRate) Hz: sample n lies at p = n*down/up input samples; it is the "
        + "sum over k of rows[r][k] * x[floor(p)-reach+1+k], r = (p-floor(p))*(len(rows)-1), "
        + "interpolated linearly between two rows; the first and the last value continue the signal; "
        + "ceil(count*up/down) samples in all; where `resampling` is missing the samples stay",
      normalisation,
      "cut windows of \(recipe.windowLength) samples, one every \(recipe.windowStride)",
    ]
  }
}

extension PreprocessingDocument.Rate {
  init(_ recipe: PreprocessingRecipe, samplingRate: Double) throws {
    let filter = try recipe.filter(for: samplingRate)
    let resampler = try Resampler(from: samplingRate, to: recipe.samplingRate)
    self.init(
      samplingRate: samplingRate,
      sections: filter.sections.map { [$0.b0, $0.b1, $0.b2, 1, $0.a1, $0.a2] },
      padding: filter.defaultPadding, up: resampler.ratio.up, down: resampler.ratio.down,
      resampling: resampler.coefficients)
  }
}
