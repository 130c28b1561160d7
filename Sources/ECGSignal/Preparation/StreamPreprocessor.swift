/// A recipe for samples as they arrive: the samples that live predictions are made of.
///
/// It does what `PreprocessingRecipe.conditioned(_:)` does to a whole recording, with a fixed delay:
/// the zero-phase filter is given `delay` seconds to know what follows a sample (see
/// `FixedLagFilter`). Windows from a stream and from a file agree within `accuracy` of the signal's
/// range, gaps included; with the standard recipe and the default accuracy the delay is about 3 s.
///
/// A gap ends a part of the signal as it does in a file: up to 0.1 s are bridged for the filter,
/// longer ones filter the parts apart; what stands for missing samples is missing in the output. Memory
/// is bounded; in the steady state nothing is allocated.
public struct StreamPreprocessor: Sendable {
  /// The recipe followed; its window length and stride are the caller's business.
  public let recipe: PreprocessingRecipe
  /// The normalisation applied to what leaves; may be replaced as more is known of the person.
  public var normalisation: AmplitudeNormalisation
  /// The longest time after its own that a sample leaves, in s.
  public var delay: Double {
    Double(filter.lag + filter.hop + resampler.delay) / samplingRate
  }

  private let samplingRate: Double
  private let ratio: ResamplingRatio
  private var filter: FixedLagFilter
  private var resampler: StreamingResampler
  /// Input samples taken, missing ones included.
  private var received = 0
  /// Missing samples since the last that was there.
  private var gap = 0
  /// From so many missing samples on the parts before and after are filtered apart.
  private let longGap: Int
  private var isInPart = false
  /// The first value of the part, taken away beforehand, and the last value that was there.
  private var level = 0.0
  private var last = 0.0
  /// Samples between two parts that wait for the first result of the second.
  private var bridge = 0
  private var lastFiltered: Double?
  private var filtered: [Double] = []
  private var resampled: [Double] = []
  private var line: [Double] = []
  /// Runs of missing input that may still touch a sample to come.
  private var missing: [Range<Int>] = []

  /// A preprocessor for one stream.
  /// - Parameters:
  ///   - samplingRate: of the samples that will arrive, in Hz.
  ///   - normalisation: the person's, for instance from a recording at rest; without one the samples
  ///     keep their unit.
  ///   - accuracy: the share of what follows a sample that may be missed, in (0, 1): smaller is a
  ///     longer delay.
  /// - Throws: `SignalError` for a recipe that cannot be carried out at this rate.
  public init(
    recipe: PreprocessingRecipe, samplingRate: Double,
    normalisation: AmplitudeNormalisation = AmplitudeNormalisation(mean: 0, deviation: 1),
    accuracy: Double = 1e-4
  ) throws {
    try recipe.validate()
    guard accuracy > 0, accuracy < 1 else {
      throw SignalError.recipe("the accuracy of a stream must lie in (0, 1), not \(accuracy)")
    }
    self.recipe = recipe
    self.normalisation = normalisation
    self.samplingRate = samplingRate
    filter = FixedLagFilter(
      try recipe.filter(for: samplingRate), accuracy: accuracy,
      hop: Int(min(samplingRate, 1e6) / 8))
    let resampler = try Resampler(from: samplingRate, to: recipe.samplingRate)
    ratio = resampler.ratio
    self.resampler = resampler.stream()
    longGap = Int(0.1 * min(samplingRate, 1e9)) + 1
  }

  /// Takes the next samples (NaN where one is missing) and gives the samples at the recipe's rate that
  /// have become certain; NaN where a missing one bears on them.
  public mutating func process(_ samples: [Float]) -> [Float] {
    var output: [Float] = []
    samples.withUnsafeBufferPointer { process($0, into: &output) }
    return output
  }

  /// Takes the next samples and appends what has become certain to `output`.
  public mutating func process(
    _ samples: UnsafeBufferPointer<Float>, into output: inout [Float]
  ) {
    for sample in samples {
      if sample.isFinite { take(Double(sample)) } else { miss(into: &output) }
      received += 1
    }
    deliver(into: &output)
  }

  /// Gives the samples still on their way when a stream ends; afterwards a new one may begin.
  public mutating func finish() -> [Float] {
    var output: [Float] = []
    finish(into: &output)
    return output
  }

  /// Appends the samples still on their way when a stream ends; afterwards a new one may begin.
  public mutating func finish(into output: inout [Float]) {
    if isInPart {
      // The signal is held at its last value to its end.
      for _ in 0..<gap { filter.process(last - level, into: &filtered) }
      filter.finish(into: &filtered)
    } else {
      bridge += gap
    }
    deliver(into: &output)
    if bridge > 0 { resampleLine(to: lastFiltered ?? 0, into: &output) }
    let first = resampler.produced
    finish(resampler.finish(), from: first, into: &output)
    (received, gap, bridge, isInPart, lastFiltered) = (0, 0, 0, false, nil)
    missing.removeAll(keepingCapacity: true)
  }

  private mutating func take(_ sample: Double) {
    if isInPart {
      let step = (sample - last) / Double(gap + 1)
      for index in 0..<gap {
        filter.process(last + step * Double(index + 1) - level, into: &filtered)
      }
    } else {
      level = sample
      isInPart = true
      if gap < longGap {
        for _ in 0..<gap { filter.process(0, into: &filtered) }
      } else {
        bridge += gap
      }
    }
    gap = 0
    last = sample
    filter.process(sample - level, into: &filtered)
  }

  private mutating func miss(into output: inout [Float]) {
    gap += 1
    if let run = missing.last, run.upperBound == received {
      missing[missing.count - 1] = run.lowerBound..<received + 1
    } else {
      missing.append(received..<received + 1)
    }
    if isInPart, gap == longGap {
      filter.finish(into: &filtered)
      isInPart = false
      deliver(into: &output)
    }
  }

  /// Resamples what the filter has let go, after the straight line over a gap before it.
  private mutating func deliver(into output: inout [Float]) {
    guard let first = filtered.first, let end = filtered.last else { return }
    if bridge > 0 { resampleLine(to: first, into: &output) }
    lastFiltered = end
    resample(filtered, into: &output)
    filtered.removeAll(keepingCapacity: true)
  }

  /// The line from the last result before a gap to the first after it, a piece at a time.
  private mutating func resampleLine(to value: Double, into output: inout [Float]) {
    let from = lastFiltered ?? value
    let step = (value - from) / Double(bridge + 1)
    var done = 0
    while done < bridge {
      let end = min(bridge, done + 4096)
      line.removeAll(keepingCapacity: true)
      for index in done..<end { line.append(from + step * Double(index + 1)) }
      resample(line, into: &output)
      done = end
    }
    bridge = 0
  }

  private mutating func resample(_ samples: [Double], into output: inout [Float]) {
    let first = resampler.produced
    resampled.removeAll(keepingCapacity: true)
    resampler.process(samples, into: &resampled)
    finish(resampled, from: first, into: &output)
  }

  /// Appends samples normalised, those that stand for missing ones marked.
  private mutating func finish(_ samples: [Double], from first: Int, into output: inout [Float]) {
    guard !missing.isEmpty else {
      for sample in samples { output.append(normalisation.normalised(Float(sample))) }
      return
    }
    var marked = samples
    SampleRuns(missing).mark(in: &marked, after: ratio, from: first)
    let done = Double(first + samples.count) * Double(ratio.down) / Double(ratio.up)
    missing.removeAll { Double($0.upperBound) + Double(resampler.delay) + 1 < done }
    for sample in marked { output.append(normalisation.normalised(Float(sample))) }
  }
}
