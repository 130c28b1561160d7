import ECGNetwork
import ECGSignal
import Foundation

/// Which stretch of a window carries a model's decision, found in two independent ways.
///
/// **Integrated gradients** share the difference of a logit F between the window x and a baseline b
/// (nothing: 0 throughout, the mean of a normalised signal) out over the samples:
/// ```text
/// a_t = (x_t − b_t) · mean over α in (0, 1) of ∂F/∂x_t at b + α (x − b),    Σ a_t = F(x) − F(b)
/// ```
/// Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks" (ICML 2017). The mean is taken
/// at the middles of equal steps, doubled until the sum is met within 1 %.
///
/// **Occlusion** replaces a stretch by the straight line between its ends and asks how far F falls
/// (Zeiler and Fergus, ECCV 2014).
///
/// Both say what moved this model, which is not what the heart did, nor whether the model is right.
public struct WindowExplanation: Sendable {
  /// A stretch that was occluded.
  public struct Occlusion: Codable, Hashable, Sendable {
    /// Start and end in s from the window's start.
    public var start, end: Double
    /// By how much the logit falls without the stretch.
    public var fall: Double
  }

  /// What a heartbeat contributes: from the middle between it and the beat before to the middle
  /// between it and the next.
  public struct Beat: Codable, Hashable, Sendable {
    /// The R-peak, and the beat's start and end, in s from the window's start.
    public var peak, start, end: Double
    /// The sum of the attributions of its samples.
    public var attribution: Double
  }

  /// The class explained.
  public var classNumber: Int
  /// Its probability in the window.
  public var probability: Double
  /// Its logit in the window and in the baseline.
  public var logit, baselineLogit: Double
  /// a_t for each of the T samples.
  public var attributions: [Float]
  /// Steps the integral was taken in.
  public var steps: Int
  /// The stretches occluded, in time.
  public var occlusions: [Occlusion]
  /// The heartbeats; empty where none are found.
  public var beats: [Beat]

  /// How far the attributions' sum misses F(x) − F(b), as a share of it.
  public var incompleteness: Double {
    let sum = attributions.reduce(0.0) { $0 + Double($1) }
    let difference = logit - baselineLogit
    return abs(sum - difference) / max(abs(difference), 1e-9)
  }

  /// The mean attribution around the R-peaks, from 0.25 s before to 0.45 s after: which part of the beat
  /// counts. Empty where no beat is whole.
  public func beatAverage(samplingRate: Double) -> [Float] {
    let before = Int((0.25 * samplingRate).rounded())
    let after = Int((0.45 * samplingRate).rounded())
    let starts = beats.map { Int(($0.peak * samplingRate).rounded()) - before }
      .filter { $0 >= 0 && $0 + before + after <= attributions.count }
    guard !starts.isEmpty else { return [] }
    return (0..<before + after).map { offset in
      starts.reduce(Float(0)) { $0 + attributions[$1 + offset] } / Float(starts.count)
    }
  }
}

extension EmotionModel {
  /// Explains what the model says of a window.
  /// - Parameters:
  ///   - window: T samples, prepared by the model's recipe.
  ///   - classNumber: the class to explain; nil for the likeliest.
  ///   - stretch: the length of an occluded stretch in s; they overlap by half.
  ///   - mostSteps: of the integral; where 1 % is not met by then, `incompleteness` says so.
  /// - Throws: `EmotionError.windowLength`, `.classNumber`; what the engine throws.
  public func explain(
    _ window: [Float], classNumber: Int? = nil, engine: any ComputeEngine, stretch: Double = 0.5,
    mostSteps: Int = 2048
  ) throws -> WindowExplanation {
    let length = recipe.windowLength
    guard window.count == length else {
      throw EmotionError.windowLength(found: window.count, needed: length)
    }
    if let classNumber, !classes.indices.contains(classNumber) {
      throw EmotionError.classNumber(classNumber, classCount: classes.count)
    }
    let rows = 32
    let network = try engine.makeNetwork(
      self.network.architecture, parameters: self.network.parameters, maximumBatch: rows)
    let ends = try (window + [Float](repeating: 0, count: length)).withUnsafeBufferPointer {
      try network.logits(of: $0, count: 2)
    }
    let probabilities = self.network.architecture.heads[0].probabilities(
      of: ends[..<classes.count], temperature: temperature)
    let number =
      classNumber ?? probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    var explanation = WindowExplanation(
      classNumber: number, probability: Double(probabilities[number]),
      logit: Double(ends[number]), baselineLogit: Double(ends[classes.count + number]),
      attributions: [], steps: 0, occlusions: [], beats: [])

    let integral = PathIntegral(window: window, logit: number, network: network, rows: rows)
    var steps = 32
    repeat {
      explanation.attributions = try integral.attributions(steps: steps)
      explanation.steps = steps
      steps *= 2
    } while explanation.incompleteness > 0.01 && steps <= mostSteps
    explanation.occlusions = try occlusions(
      of: window, logit: number, whole: explanation.logit, network: network, rows: rows,
      stretch: stretch)
    explanation.beats = try beats(in: window, attributions: explanation.attributions)
    return explanation
  }

  private func occlusions(
    of window: [Float], logit: Int, whole: Double, network: any ComputeNetwork, rows: Int,
    stretch: Double
  ) throws -> [WindowExplanation.Occlusion] {
    let size = min(max(2, Int((stretch * recipe.samplingRate).rounded())), window.count)
    let starts = Array(
      Swift.stride(from: 0, through: window.count - size, by: max(1, size / 2)))
    var falls: [Double] = []
    for first in Swift.stride(from: 0, to: starts.count, by: rows) {
      let part = starts[first..<min(first + rows, starts.count)]
      let inputs = part.flatMap { start -> [Float] in
        var copy = window
        let (from, to) = (window[start], window[start + size - 1])
        for offset in 0..<size {
          copy[start + offset] = from + (to - from) * Float(offset) / Float(size - 1)
        }
        return copy
      }
      let logits = try inputs.withUnsafeBufferPointer {
        try network.logits(of: $0, count: part.count)
      }
      for row in 0..<part.count {
        falls.append(whole - Double(logits[row * classes.count + logit]))
      }
    }
    return zip(starts, falls).map { start, fall in
      .init(
        start: Double(start) / recipe.samplingRate,
        end: Double(start + size) / recipe.samplingRate, fall: fall)
    }
  }

  private func beats(
    in window: [Float], attributions: [Float]
  ) throws -> [WindowExplanation.Beat] {
    let recording = try ECGRecording(
      samples: window, samplingRate: recipe.samplingRate, unit: .unknown)
    let peaks = RPeakDetector().rPeaks(in: recording)
    return peaks.indices.map { index in
      let start = index == 0 ? 0 : (peaks[index - 1] + peaks[index]) / 2
      let end = index + 1 < peaks.count ? (peaks[index] + peaks[index + 1]) / 2 : window.count
      return .init(
        peak: Double(peaks[index]) / recipe.samplingRate,
        start: Double(start) / recipe.samplingRate, end: Double(end) / recipe.samplingRate,
        attribution: attributions[start..<end].reduce(0.0) { $0 + Double($1) })
    }
  }
}

/// The mean gradient on the straight way from nothing to a window.
private struct PathIntegral {
  let window: [Float]
  let logit: Int
  let network: any ComputeNetwork
  let rows: Int

  func attributions(steps: Int) throws -> [Float] {
    var sums = [Double](repeating: 0, count: window.count)
    for first in stride(from: 0, to: steps, by: rows) {
      let count = min(rows, steps - first)
      let inputs = (first..<first + count).flatMap { step -> [Float] in
        let share = (Float(step) + 0.5) / Float(steps)
        return window.map { share * $0 }
      }
      let gradients = try inputs.withUnsafeBufferPointer {
        try network.inputGradients(of: $0, count: count, logit: logit)
      }
      for row in 0..<count {
        for index in sums.indices { sums[index] += Double(gradients[row * window.count + index]) }
      }
    }
    return zip(window, sums).map { Float(Double($0) * $1 / Double(steps)) }
  }
}
