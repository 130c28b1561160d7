extension PreprocessingRecipe {
  /// Checks that the recipe can be carried out at all.
  /// - Throws: `SignalError.recipe` for the first setting that cannot be, with what it must be.
  public func validate() throws {
    func require(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
      if !holds { throw SignalError.recipe("the recipe's " + sentence()) }
    }
    try require(
      samplingRate.isFinite && samplingRate > 0,
      "sampling rate must be greater than 0 Hz, not \(samplingRate)")
    try require(
      (1...64).contains(highPassOrder), "high-pass order must be from 1 to 64, not \(highPassOrder)"
    )
    try require(
      (1...10_000_000).contains(windowLength),
      "window length must be from 1 to 10,000,000 samples, not \(windowLength)")
    try require(
      (1...10_000_000).contains(windowStride),
      "window stride must be from 1 to 10,000,000 samples, not \(windowStride)")
    let half = samplingRate / 2
    let cutoffs: [(String, Double?)] = [
      ("high-pass cutoff", highPassCutoff), ("low-pass cutoff", lowPassCutoff),
      ("mains notch", mainsNotch),
    ]
    for case (let name, let cutoff?) in cutoffs {
      try require(cutoff.isFinite && cutoff > 0, "\(name) must be greater than 0 Hz, not \(cutoff)")
    }
    try require(
      highPassCutoff < half,
      "high-pass cutoff, \(highPassCutoff) Hz, must lie below half its sampling rate, \(half) Hz")
    if let lowPassCutoff {
      try require(
        lowPassCutoff > highPassCutoff,
        "low-pass cutoff, \(lowPassCutoff) Hz, must lie above its high-pass cutoff, "
          + "\(highPassCutoff) Hz")
    }
  }
}
