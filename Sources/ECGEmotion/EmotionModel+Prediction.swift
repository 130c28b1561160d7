import ECGNetwork
import ECGSignal

/// What a model says of one window of a recording.
public struct WindowPrediction: Codable, Hashable, Sendable {
  /// Why a model says nothing of a window.
  public enum Abstention: String, Codable, Sendable {
    /// Its quality is below the model's minimum.
    case quality
    /// Samples are missing in it.
    case missingSamples
    /// There is no signal in it.
    case flat
  }

  /// The window's first sample, in s from the start of the recording.
  public var start: Double
  /// The window's end, in s from the start of the recording.
  public var end: Double
  /// Signal quality in [0, 1]; 0 where samples are missing or there is no signal.
  public var quality: Double
  /// The probability of each class, K values that add to 1; none where samples are missing or there
  /// is no signal. Where the model abstains because of quality they are here, and not to be relied
  /// on.
  public var probabilities: [Float]
  /// Why the model abstains, or nil where it does not.
  public var abstention: Abstention?

  /// The likeliest class; nil where the model abstains.
  public var predictedClass: Int? {
    guard abstention == nil else { return nil }
    return probabilities.indices.max { probabilities[$0] < probabilities[$1] }
  }
}

extension EmotionModel {
  /// What the model says of a recording, window after window in time.
  ///
  /// The recording is prepared by the model's recipe; where that normalises per person, this recording
  /// is taken for all there is of the person, unless a normalisation is given.
  /// - Parameters:
  ///   - recording: one lead, at any sampling rate.
  ///   - stride: from the start of a window to the start of the next, in s; nil for the recipe's.
  ///   - normalisation: the person's from earlier recordings.
  /// - Throws: `SignalError` for a recording that is shorter than a window or whose rate the recipe's
  ///   filters cannot be made for.
  public func predict(
    _ recording: ECGRecording, engine: any ComputeEngine, stride: Double? = nil,
    normalisedBy normalisation: AmplitudeNormalisation? = nil
  ) throws -> [WindowPrediction] {
    var recipe = recipe
    if let stride {
      guard stride.isFinite, stride > 0, stride * recipe.samplingRate < 1e7 else {
        throw SignalError.recipe(
          "the time from window to window must be greater than 0 s, not \(stride) s")
      }
      recipe.windowStride = max(1, Int((stride * recipe.samplingRate).rounded()))
    }
    let length = Double(recipe.windowLength) / recipe.samplingRate
    guard recording.duration + 0.5 / recipe.samplingRate >= length else {
      throw SignalError.tooShort(found: recording.duration, needed: length)
    }

    let count = (recording.duration * recipe.samplingRate / Double(recipe.windowStride)).rounded()
    guard count * Double(recipe.windowLength) <= Self.mostSamples else {
      throw SignalError.recipe(
        "a recording of \(recording.duration) s gives about \(count) windows at this stride, more "
          + "than are predicted at once; give a longer stride or a part of the recording")
    }

    let prepared = try recipe.windows(of: [recording], normalisedBy: normalisation)
    let windows = WindowArray(
      samples: prepared.windows.flatMap(\.samples), windowLength: recipe.windowLength)
    let probabilities = try probabilities(of: windows, engine: engine)
    var predictions = zip(prepared.windows, probabilities).map { window, probabilities in
      let quality = window.quality.score
      return WindowPrediction(
        start: window.start, end: window.start + length, quality: quality,
        probabilities: probabilities, abstention: quality < minimumQuality ? .quality : nil)
    }
    for leftOut in prepared.leftOut {
      let reason: WindowPrediction.Abstention
      switch leftOut.reason {
      case .missingSamples: reason = .missingSamples
      case .flat: reason = .flat
      case .tail, .shorterThanWindow: continue
      }
      predictions.append(
        WindowPrediction(
          start: leftOut.stretch.start, end: leftOut.stretch.end, quality: 0, probabilities: [],
          abstention: reason))
    }
    return predictions.sorted { $0.start < $1.start }
  }

  /// Samples of all windows together, which are in memory at once: 400 MB, four days at 256 Hz without overlap.
  private static let mostSamples = 1e8
}
