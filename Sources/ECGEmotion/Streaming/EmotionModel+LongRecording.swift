import ECGNetwork
import ECGSignal

extension EmotionModel {
  /// What the model says of a long recording, reported window after window: a Holter day, for which
  /// `predict(_:engine:stride:normalisedBy:)` would need a gigabyte.
  ///
  /// The recording is gone through in parts, twice where it has to be normalised by itself. Beside
  /// the recording's own samples memory does not grow with its length. Windows equal those of a whole
  /// recording within one part in a million of the signal's range, the normalisation within one in
  /// ten thousand.
  /// - Parameters: as for a whole recording.
  /// - Throws: as for a whole recording; what `report` throws.
  public func predictInParts(
    _ recording: ECGRecording, engine: any ComputeEngine, stride: Double? = nil,
    normalisedBy given: AmplitudeNormalisation? = nil,
    report: (WindowPrediction) throws -> Void
  ) throws {
    let length = Double(recipe.windowLength) / recipe.samplingRate
    guard recording.duration + 0.5 / recipe.samplingRate >= length else {
      throw SignalError.tooShort(found: recording.duration, needed: length)
    }
    var normalisation = given ?? self.normalisation
    if normalisation == nil, recipe.normalisation != .none {
      normalisation = try runningNormalisation(of: recording)
    }
    let stream = try EmotionStream(
      model: self, samplingRate: recording.samplingRate, engine: engine,
      stride: stride ?? Double(recipe.windowStride) / recipe.samplingRate,
      normalisation: normalisation, batch: 32, accuracy: 1e-6)
    try recording.samples.withUnsafeBufferPointer { try stream.process($0, report: report) }
    try stream.finish(report: report)
  }

  /// The z-score of a recording, without another copy of it.
  private func runningNormalisation(of recording: ECGRecording) throws -> AmplitudeNormalisation {
    var preprocessor = try StreamPreprocessor(
      recipe: recipe, samplingRate: recording.samplingRate, accuracy: 1e-6)
    var running = RunningNormalisation()
    var conditioned: [Float] = []
    recording.samples.withUnsafeBufferPointer { samples in
      for first in Swift.stride(from: 0, to: samples.count, by: 16_384) {
        conditioned.removeAll(keepingCapacity: true)
        preprocessor.process(
          UnsafeBufferPointer(rebasing: samples[first..<min(first + 16_384, samples.count)]),
          into: &conditioned)
        running.add(conditioned)
      }
    }
    conditioned.removeAll(keepingCapacity: true)
    preprocessor.finish(into: &conditioned)
    running.add(conditioned)
    return running.normalisation
  }
}
