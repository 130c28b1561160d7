extension PreprocessingRecipe {
  /// The windows of all recordings of **one person**: filtered, resampled, normalised, cut, scored.
  ///
  /// Windows start every `windowStride` samples from the start of each recording. One with a missing
  /// sample is left out and counted, as is one that is flat throughout; so are tails and recordings
  /// shorter than a window. Recordings without any signal give no windows and no error.
  /// - Parameters:
  ///   - recordings: of one person; they share a normalisation if the recipe says `person`.
  ///   - given: a normalisation to apply instead of one measured here, such as a person's from an
  ///     earlier day; nil for the recipe's own.
  /// - Throws: `SignalError.recipe` or `.cutoff` for a recipe that these recordings cannot follow.
  public func windows(
    of recordings: [ECGRecording], normalisedBy given: AmplitudeNormalisation? = nil
  ) throws -> PreparedWindows {
    try validate()
    let conditioned = try recordings.map(conditioned)
    let normalisations =
      given.map { [AmplitudeNormalisation](repeating: $0, count: recordings.count) }
      ?? normalisations(of: conditioned)
    var prepared = PreparedWindows(windows: [], leftOut: [], normalisations: normalisations)
    for index in recordings.indices {
      cut(conditioned[index], from: recordings[index], number: index, into: &prepared)
    }
    return prepared
  }

  /// What the z-score of each conditioned recording of one person is made with.
  private func normalisations(of conditioned: [ECGRecording]) -> [AmplitudeNormalisation] {
    func same(_ normalisation: AmplitudeNormalisation) -> [AmplitudeNormalisation] {
      conditioned.map { _ in normalisation }
    }
    switch normalisation {
    case .person:
      return same(AmplitudeNormalisation(fitting: Array(conditioned.map(\.samples).joined())))
    case .lastRecording:
      return same(AmplitudeNormalisation(fitting: conditioned.last?.samples ?? []))
    case .recording:
      return conditioned.map { AmplitudeNormalisation(fitting: $0.samples) }
    case .none:
      return same(AmplitudeNormalisation(mean: 0, deviation: 1))
    }
  }

  private func cut(
    _ conditioned: ECGRecording, from raw: ECGRecording, number: Int,
    into prepared: inout PreparedWindows
  ) {
    func leaveOut(_ samples: Range<Int>, _ reason: LeftOutStretch.Reason) {
      let stretch = SignalStretch(
        start: Double(samples.lowerBound) / samplingRate,
        end: Double(samples.upperBound) / samplingRate)
      prepared.leftOut.append(
        LeftOutStretch(recording: number, stretch: stretch, reason: reason))
    }
    let samples = conditioned.samples
    guard samples.count >= windowLength else {
      leaveOut(0..<samples.count, .shorterThanWindow)
      return
    }
    var end = 0
    for start in stride(from: 0, through: samples.count - windowLength, by: windowStride) {
      end = start + windowLength
      let window = samples[start..<end]
      guard window.allSatisfy(\.isFinite) else {
        leaveOut(start..<end, .missingSamples)
        continue
      }
      let quality = SignalQuality(of: raw.slice(start..<end, at: samplingRate))
      guard quality.flat < 0.99 else {
        leaveOut(start..<end, .flat)
        continue
      }
      prepared.windows.append(
        PreparedWindow(
          samples: window.map(prepared.normalisations[number].normalised), recording: number,
          start: Double(start) / samplingRate, quality: quality))
    }
    if end < samples.count { leaveOut(end..<samples.count, .tail) }
  }
}

extension ECGRecording {
  /// The part of the recording that samples `range` at another rate cover.
  fileprivate func slice(_ range: Range<Int>, at rate: Double) -> ECGRecording {
    let scale = samplingRate / rate
    let lower = min(samples.count, Int((Double(range.lowerBound) * scale).rounded()))
    let upper = min(samples.count, Int((Double(range.upperBound) * scale).rounded()))
    var part = self
    part.samples = Array(samples[lower..<upper])
    return part
  }
}
