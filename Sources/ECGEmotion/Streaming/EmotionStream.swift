import ECGNetwork
import ECGSignal
import Foundation

/// What a model says of an ECG while it is being recorded: windows that end a second apart, say, each a
/// fixed delay after its time.
///
/// ```swift
/// let stream = try EmotionStream(model: model, samplingRate: 130, engine: engine)
/// try stream.process(samples) { print($0.start, $0.probabilities) }
/// ```
///
/// The windows are those that `EmotionModel.predict(_:engine:stride:normalisedBy:)` cuts from the whole
/// recording, within the accuracy of `StreamPreprocessor`, provided both have the same normalisation.
/// Without a given one (a person's, or the model's own) the z-score is taken over what has come so far,
/// so the first minutes are scaled less surely.
///
/// Memory is bounded; between predictions nothing is allocated. Not for several threads at once.
public final class EmotionStream {
  /// The model.
  public let model: EmotionModel
  /// Samples per second of what comes in, in Hz.
  public let samplingRate: Double
  /// How long after a window's end its prediction leaves, in s.
  public var delay: Double { preprocessor.delay }
  /// The normalisation used now.
  public private(set) var normalisation: AmplitudeNormalisation

  private let network: any ComputeNetwork
  private let batch: Int
  private let windowStride: Int
  private var preprocessor: StreamPreprocessor
  /// Nil when the normalisation is given.
  private var running: RunningNormalisation?
  /// Samples as they came and as the model takes them, from the next window's start on.
  private var raw: [Float] = []
  private var rawOrigin = 0
  private var conditioned: [Float] = []
  private var origin = 0
  private var next = 0
  /// Windows that wait for the batch to fill; those to be computed have their row in `rows`.
  private var waiting: [(prediction: WindowPrediction, row: Int?)] = []
  private var rows: [Float] = []
  private var rowCount = 0

  /// A stream.
  /// - Parameters:
  ///   - samplingRate: of the samples that will come, in Hz.
  ///   - stride: from the start of a window to the start of the next, in s.
  ///   - normalisation: the person's; nil for the model's own, or else what has come so far.
  ///   - batch: windows predicted together; more is faster and later.
  ///   - accuracy: see `StreamPreprocessor`.
  /// - Throws: `SignalError` for a rate or a stride that cannot be, `NetworkError` for parameters that do
  ///   not fit.
  public init(
    model: EmotionModel, samplingRate: Double, engine: any ComputeEngine, stride: Double = 1,
    normalisation: AmplitudeNormalisation? = nil, batch: Int = 1, accuracy: Double = 1e-4
  ) throws {
    let recipe = model.recipe
    guard stride.isFinite, stride > 0, stride * recipe.samplingRate < 1e7 else {
      throw SignalError.recipe(
        "the time from window to window must be greater than 0 s, not \(stride) s")
    }
    self.model = model
    self.samplingRate = samplingRate
    self.batch = max(1, batch)
    windowStride = max(1, Int((stride * recipe.samplingRate).rounded()))
    preprocessor = try StreamPreprocessor(
      recipe: recipe, samplingRate: samplingRate, accuracy: accuracy)
    network = try engine.makeNetwork(
      model.network.architecture, parameters: model.network.parameters, maximumBatch: self.batch)
    if let given = normalisation ?? model.normalisation {
      self.normalisation = given
    } else if recipe.normalisation == .none {
      self.normalisation = AmplitudeNormalisation(mean: 0, deviation: 1)
    } else {
      self.normalisation = AmplitudeNormalisation(mean: 0, deviation: 0)
      running = RunningNormalisation()
    }
    rows = [Float](repeating: 0, count: self.batch * recipe.windowLength)
    conditioned.reserveCapacity(4 * recipe.windowLength)
    raw.reserveCapacity(Int(min(4e7, 4 * windowSeconds * samplingRate)))
  }

  /// Takes the next samples, NaN where one is missing, and reports the windows they complete.
  /// - Throws: what the engine or `report` throws.
  public func process(
    _ samples: UnsafeBufferPointer<Float>, report: (WindowPrediction) throws -> Void
  ) throws {
    // Long chunks are taken in parts, so that memory does not grow with them.
    for first in Swift.stride(from: 0, to: samples.count, by: 4096) {
      let part = UnsafeBufferPointer(
        rebasing: samples[first..<min(first + 4096, samples.count)])
      raw.append(contentsOf: part)
      let before = conditioned.count
      preprocessor.process(part, into: &conditioned)
      count(from: before)
      try cut(report)
    }
  }

  /// Takes the next samples, NaN where one is missing, and reports the windows they complete.
  public func process(_ samples: [Float], report: (WindowPrediction) throws -> Void) throws {
    try samples.withUnsafeBufferPointer { try process($0, report: report) }
  }

  /// Reports the windows still on their way when the stream ends; afterwards a new one may begin.
  public func finish(report: (WindowPrediction) throws -> Void) throws {
    let before = conditioned.count
    preprocessor.finish(into: &conditioned)
    count(from: before)
    try cut(report)
    try predict(report)
    raw.removeAll(keepingCapacity: true)
    conditioned.removeAll(keepingCapacity: true)
    (origin, rawOrigin, next) = (0, 0, 0)
  }

  /// Takes what has come into account for the scale, unless that is given.
  private func count(from first: Int) {
    guard running != nil else { return }
    conditioned.withUnsafeBufferPointer {
      running?.add(UnsafeBufferPointer(rebasing: $0[first...]))
    }
  }

  private var windowSeconds: Double {
    Double(model.recipe.windowLength) / model.recipe.samplingRate
  }

  /// Cuts every window that is complete.
  private func cut(_ report: (WindowPrediction) throws -> Void) throws {
    let length = model.recipe.windowLength
    while next + length <= origin + conditioned.count {
      try take(conditioned[next - origin..<next - origin + length])
      next += windowStride
      if rowCount == batch || waiting.count >= 4 * batch { try predict(report) }
    }
    // In big steps, since what is left has to move.
    let spent = min(next - origin, conditioned.count)
    if spent > length {
      conditioned.removeFirst(spent)
      origin += spent
      let start = Int(Double(next) / model.recipe.samplingRate * samplingRate) - 1
      let spentRaw = min(max(0, start - rawOrigin), raw.count)
      raw.removeFirst(spentRaw)
      rawOrigin += spentRaw
    }
  }

  private func take(_ window: ArraySlice<Float>) throws {
    let start = Double(next) / model.recipe.samplingRate
    var prediction = WindowPrediction(
      start: start, end: start + windowSeconds, quality: 0, probabilities: [])
    guard window.allSatisfy(\.isFinite) else {
      prediction.abstention = .missingSamples
      waiting.append((prediction, nil))
      return
    }
    let part = try original(from: next)
    let quality = SignalQuality(of: part)
    guard quality.flat < 0.99 else {
      prediction.abstention = .flat
      waiting.append((prediction, nil))
      return
    }
    prediction.quality = quality.score
    prediction.heartRate = heartRate(of: part)
    if let running { normalisation = running.normalisation }
    let first = rowCount * model.recipe.windowLength
    for (offset, sample) in window.enumerated() {
      rows[first + offset] = normalisation.normalised(sample)
    }
    waiting.append((prediction, rowCount))
    rowCount += 1
  }

  /// The window as it came, which its quality is judged by.
  private func original(from first: Int) throws -> ECGRecording {
    let scale = samplingRate / model.recipe.samplingRate
    let lower = Int((Double(first) * scale).rounded()) - rawOrigin
    let upper = Int((Double(first + model.recipe.windowLength) * scale).rounded()) - rawOrigin
    let bounds = min(max(0, lower), raw.count)
    return try ECGRecording(
      samples: Array(raw[bounds..<min(max(bounds, upper), raw.count)]), samplingRate: samplingRate,
      unit: .unknown)
  }

  private func predict(_ report: (WindowPrediction) throws -> Void) throws {
    let classCount = model.classes.count
    var logits: [Float] = []
    if rowCount > 0 {
      logits = try rows.withUnsafeBufferPointer { try network.logits(of: $0, count: rowCount) }
    }
    let finished = waiting
    waiting.removeAll(keepingCapacity: true)
    rowCount = 0
    for (window, row) in finished {
      var prediction = window
      if let row {
        prediction.probabilities = model.network.architecture.heads[0].probabilities(
          of: logits[row * classCount..<(row + 1) * classCount], temperature: model.temperature)
        prediction.abstention = model.abstention(from: prediction)
      }
      try report(prediction)
    }
  }
}
