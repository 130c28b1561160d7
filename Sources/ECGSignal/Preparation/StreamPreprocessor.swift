/// A recipe for samples as they arrive: causal filter, resampler, normalisation. It gives the samples
/// that windows for a live prediction are made of.
///
/// A causal filter bends the waveform where the zero-phase filter of `conditioned(_:)` does not: the
/// same heartbeat looks a little different, most of all in slow waves. Where a few seconds of delay do
/// not matter, `windows(of:normalisedBy:)` on the last ones is closer to what a model was trained on.
public struct StreamPreprocessor: Sendable {
  /// The recipe followed; its window length and stride are the caller's business.
  public let recipe: PreprocessingRecipe
  /// The normalisation applied to what leaves; may be replaced as more is known of the person.
  public var normalisation: AmplitudeNormalisation
  /// How long after its own time a sample leaves, in s (the resampler's delay; the filter adds none).
  public var delay: Double { Double(resampler.delay) / samplingRate }

  private let samplingRate: Double
  private let filter: SecondOrderSections
  private let ratio: ResamplingRatio
  private var running: StreamingFilter?
  private var resampler: StreamingResampler
  private var level = 0.0
  private var last = 0.0
  /// Runs of missing input that may still touch a sample to come.
  private var missing: [Range<Int>] = []

  /// A preprocessor for one stream.
  /// - Parameters:
  ///   - samplingRate: of the samples that will arrive, in Hz.
  ///   - normalisation: the person's, for instance from a recording at rest; without one the samples
  ///     keep their unit.
  /// - Throws: `SignalError` for a recipe that cannot be carried out at this rate.
  public init(
    recipe: PreprocessingRecipe, samplingRate: Double,
    normalisation: AmplitudeNormalisation = AmplitudeNormalisation(mean: 0, deviation: 1)
  ) throws {
    try recipe.validate()
    self.recipe = recipe
    self.normalisation = normalisation
    self.samplingRate = samplingRate
    filter = try recipe.filter(for: samplingRate)
    let resampler = try Resampler(from: samplingRate, to: recipe.samplingRate)
    ratio = resampler.ratio
    self.resampler = resampler.stream()
  }

  /// Takes the next samples (NaN where one is missing) and gives the samples at the recipe's rate that
  /// they complete; NaN where a missing one bears on them.
  public mutating func process(_ samples: [Float]) -> [Float] {
    let received = resampler.received
    for run in SampleRuns.missing(in: samples).runs {
      missing.append(run.lowerBound + received..<run.upperBound + received)
    }
    let first = resampler.produced
    return finished(resampler.process(filtered(samples)), from: first)
  }

  /// Gives the samples still on their way when a stream ends; afterwards a new one may begin.
  public mutating func finish() -> [Float] {
    let first = resampler.produced
    let output = finished(resampler.finish(), from: first)
    running = nil
    missing = []
    last = 0
    return output
  }

  /// The filter's output. A missing sample repeats the one before it; the first value there is counts
  /// as having been there for ever.
  private mutating func filtered(_ samples: [Float]) -> [Double] {
    var held: [Double] = []
    held.reserveCapacity(samples.count)
    for sample in samples {
      if sample.isFinite {
        if running == nil {
          running = StreamingFilter(filter)
          level = Double(sample)
        }
        last = Double(sample) - level
      }
      held.append(last)
    }
    return running?.process(held) ?? held
  }

  /// The samples normalised, those that stand for missing ones marked.
  private mutating func finished(_ samples: [Double], from first: Int) -> [Float] {
    guard !missing.isEmpty else { return samples.map { normalisation.normalised(Float($0)) } }
    var marked = samples
    let runs = SampleRuns(missing)
    runs.mark(in: &marked, after: ratio, from: first)
    let done = Double(first + samples.count) * Double(ratio.down) / Double(ratio.up)
    missing.removeAll { Double($0.upperBound) + Double(resampler.delay) + 1 < done }
    return marked.map { normalisation.normalised(Float($0)) }
  }
}
