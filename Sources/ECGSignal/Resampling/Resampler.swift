/// Changes the sampling rate, any to any, with linear phase and no shift: sample n of the result lies
/// exactly at n/target seconds.
///
/// Everything above half the lower rate is 80 dB down (so no alias is worth more than 1/10,000), and
/// below 85 % of it nothing changes by more than 1/1000. Beyond its ends a signal is taken to stay at its first
/// and last value. `scipy.signal.resample_poly` with the same taps and `padtype="edge"` gives the same.
public struct Resampler: Sendable {
  /// The rates as a ratio of whole numbers, and how exact that is.
  public let ratio: ResamplingRatio
  let kernel: ResamplingKernel?

  /// A resampler between two rates in Hz.
  /// - Throws: `SignalError.samplingRate` unless both are finite and greater than 0;
  ///   `SignalError.recipe` when one is more than 4096 times the other.
  public init(from source: Double, to target: Double) throws {
    ratio = try ResamplingRatio(from: source, to: target)
    kernel = ratio.up == ratio.down ? nil : ResamplingKernel(ratio)
  }

  /// A whole signal at the new rate; ⌈count · target / source⌉ samples.
  ///
  /// The samples are to be finite; `ECGRecording.resampled(to:)` takes missing ones.
  public func resampled(_ samples: [Double]) -> [Double] {
    var stream = stream()
    return stream.process(samples) + stream.finish()
  }

  /// The same conversion for samples as they arrive.
  public func stream() -> StreamingResampler {
    StreamingResampler(ratio: ratio, kernel: kernel)
  }
}

extension ECGRecording {
  /// The recording at another rate in Hz; the unit stays.
  ///
  /// A sample of the result is missing where a sample that it stands for was. No filter but the
  /// resampler's own low-pass is applied.
  /// - Throws: as `Resampler.init(from:to:)`.
  public func resampled(to target: Double) throws -> ECGRecording {
    let resampler = try Resampler(from: samplingRate, to: target)
    let missing = SampleRuns.missing(in: samples)
    var output = resampler.resampled(missing.bridged(in: samples))
    missing.mark(in: &output, after: resampler.ratio)
    return try ECGRecording(
      samples: output.map { Float($0) }, samplingRate: target, unit: unit, lead: lead, start: start)
  }
}
