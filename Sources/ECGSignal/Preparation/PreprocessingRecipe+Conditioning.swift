extension PreprocessingRecipe {
  /// A recording filtered (zero-phase) and resampled: what windows are cut from.
  ///
  /// The unit stays; the first sample stays at the same time. Missing samples of the source are
  /// missing in the result. Up to 0.1 s of them are bridged by a straight line for the filter; at
  /// longer gaps the signal is filtered in parts, so that nothing rings from one into the other. A
  /// constant signal becomes exactly 0.
  /// - Throws: `SignalError.cutoff` when the recording's rate is too low for a filter of the recipe,
  ///   `SignalError.recipe` when the recipe cannot be carried out.
  public func conditioned(_ recording: ECGRecording) throws -> ECGRecording {
    try validate()
    let filter = try filter(for: recording.samplingRate)
    let resampler = try Resampler(from: recording.samplingRate, to: samplingRate)
    let missing = SampleRuns.missing(in: recording.samples)
    let gaps = missing.atLeast(Int(0.1 * min(recording.samplingRate, 1e9)) + 1)

    var signal = missing.bridged(in: recording.samples)
    for part in gaps.between(0..<signal.count) {
      // A high-pass has nothing of a constant, so the first value may go beforehand: exactly.
      let level = signal[part.lowerBound]
      let filtered = filter.zeroPhase(signal[part].map { $0 - level })
      signal.replaceSubrange(part, with: filtered)
    }
    gaps.bridge(in: &signal)

    var output = resampler.resampled(signal)
    missing.mark(in: &output, after: resampler.ratio)
    return try ECGRecording(
      samples: output.map { Float($0) }, samplingRate: samplingRate, unit: recording.unit,
      lead: recording.lead, start: recording.start)
  }

  /// High-pass, notch and low-pass of the recipe as one filter for samples at a rate in Hz.
  ///
  /// The notch's quality is 30 (a width of 1.7 Hz at 50 Hz); the low-pass is of order 4.
  /// - Throws: `SignalError.cutoff` when the rate is too low for one of them.
  public func filter(for rate: Double) throws -> SecondOrderSections {
    var filter = try SecondOrderSections.highPass(
      cutoff: highPassCutoff, order: highPassOrder, samplingRate: rate)
    if let mainsNotch {
      filter = filter.followed(by: try .notch(at: mainsNotch, samplingRate: rate))
    }
    if let lowPassCutoff {
      filter = filter.followed(
        by: try .lowPass(cutoff: lowPassCutoff, order: 4, samplingRate: rate))
    }
    return filter
  }
}
