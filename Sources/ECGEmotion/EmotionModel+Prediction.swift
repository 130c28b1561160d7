import ECGNetwork
import ECGSignal

/// What a model says of one window of a recording.
public struct WindowPrediction: Codable, Hashable, Sendable {
  /// Why a model says nothing of a window.
  public enum Abstention: String, Codable, Sendable {
    /// Its quality is below the model's minimum.
    case quality
    /// The model is less sure than its minimum.
    case confidence
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
  /// is no signal. Where the model abstains because of quality or confidence they are here, and not
  /// to be relied on.
  public var probabilities: [Float]
  /// Heart rate in beats a minute; nil where too few beats are found.
  public var heartRate: Double?
  /// Why the model abstains, or nil where it does not.
  public var abstention: Abstention?

  /// The likeliest class; nil where the model abstains.
  public var predictedClass: Int? {
    guard abstention == nil else { return nil }
    return probabilities.indices.max { probabilities[$0] < probabilities[$1] }
  }

  /// The probability of the likeliest class; nil where there are no probabilities.
  public var confidence: Double? { probabilities.max().map(Double.init) }
}

extension EmotionModel {
  /// What the model says of a recording, window after window in time.
  ///
  /// The recording is prepared by the model's recipe; where that normalises per person, this recording
  /// is taken for all there is of the person, unless a normalisation is given.
  /// - Parameters:
  ///   - recording: one lead, at any sampling rate.
  ///   - stride: from the start of a window to the start of the next, in s; nil for the recipe's.
  ///   - normalisation: the person's from earlier recordings; nil for the model's own, if it was made
  ///     for one person, or else the recording's.
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

    let prepared = try recipe.windows(
      of: [recording], normalisedBy: normalisation ?? self.normalisation)
    let windows = WindowArray(
      samples: prepared.windows.flatMap(\.samples), windowLength: recipe.windowLength)
    let probabilities = try probabilities(of: windows, engine: engine)
    var predictions = try zip(prepared.windows, probabilities).map { window, probabilities in
      var prediction = WindowPrediction(
        start: window.start, end: window.start + length, quality: window.quality.score,
        probabilities: probabilities)
      prediction.abstention = abstention(from: prediction)
      prediction.heartRate = heartRate(
        of: try recording.part(from: window.start, to: window.start + length))
      return prediction
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

  /// Why the model abstains from a window that it could predict, if it does.
  func abstention(from window: WindowPrediction) -> WindowPrediction.Abstention? {
    if window.quality < minimumQuality { return .quality }
    return window.confidence ?? 0 < minimumConfidence ? .confidence : nil
  }

  /// Samples of all windows together, which are in memory at once: 400 MB, four days at 256 Hz without overlap.
  private static let mostSamples = 1e8
}

/// Beats a minute in a stretch of a recording, if there are beats.
func heartRate(of part: ECGRecording) -> Double? {
  let intervals = RRIntervals(of: part).withoutArtefacts().durations
  guard !intervals.isEmpty else { return nil }
  return 60 * Double(intervals.count) / intervals.reduce(0, +)
}

extension ECGRecording {
  /// The stretch from one time to another, in s from the start, as far as there are samples.
  package func part(from start: Double, to end: Double) throws -> ECGRecording {
    func index(_ time: Double) -> Int {
      Int(min(max(0, (time * samplingRate).rounded()), Double(samples.count)))
    }
    let lower = index(start)
    return try ECGRecording(
      samples: Array(samples[lower..<max(lower, index(end))]), samplingRate: samplingRate,
      unit: unit, lead: lead)
  }
}
