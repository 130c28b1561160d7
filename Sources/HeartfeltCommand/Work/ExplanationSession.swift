import ECGEmotion
import ECGNetwork
import ECGPrediction
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

/// Explains a window of a recording, and holds it against what heart rate alone says.
struct ExplanationSession {
  let model: EmotionModel
  let engine: any ComputeEngine
  let normalisation: AmplitudeNormalisation?

  /// Explains the window that starts at a time, or the surest one.
  /// - Throws: when no window is free of gaps there.
  func explain(
    _ recording: ECGRecording, at time: Double?, classNumber: Int?, name: String
  ) throws -> ExplainedWindow {
    let recipe = model.recipe
    let prepared = try self.prepared(recording, at: time)
    let windows = prepared.windows
    let probabilities = try model.probabilities(
      of: WindowArray(samples: windows.flatMap(\.samples), windowLength: recipe.windowLength),
      engine: engine)
    let good = windows.indices.filter { windows[$0].quality.score >= model.minimumQuality }
    let candidates = good.isEmpty ? Array(windows.indices) : good
    func sureness(_ index: Int) -> Float {
      classNumber.map { probabilities[index][$0] } ?? (probabilities[index].max() ?? 0)
    }
    guard let chosen = candidates.max(by: { sureness($0) < sureness($1) }) else {
      throw CommandError("no window of \(name) is free of gaps\(time.map { " at \($0) s" } ?? "")")
    }
    let window = windows[chosen]
    let explanation = try model.explain(
      window.samples, classNumber: classNumber, engine: engine)
    let variability = HeartRateVariability(
      of: try ECGRecording(
        samples: window.samples, samplingRate: recipe.samplingRate, unit: .unknown))
    return ExplainedWindow(
      name: name, model: model, window: window, probabilities: probabilities[chosen],
      explanation: explanation, variability: variability)
  }

  /// All windows, or the one at a time. The z-score is taken over the whole recording either way.
  private func prepared(_ recording: ECGRecording, at time: Double?) throws -> PreparedWindows {
    var recipe = model.recipe
    let given = normalisation ?? model.normalisation
    guard let time else { return try recipe.windows(of: [recording], normalisedBy: given) }
    let length = Double(recipe.windowLength) / recipe.samplingRate
    guard time + length <= recording.duration + 0.5 / recipe.samplingRate else {
      throw CommandError(
        "a window of \(length) s from \(time) s on ends after the recording, which has "
          + "\(recording.duration) s")
    }
    // One window every half second and the nearest of them: any time within a quarter of a second.
    recipe.windowStride = max(1, Int(recipe.samplingRate / 2))
    var prepared = try recipe.windows(of: [recording], normalisedBy: given)
    let nearest = prepared.windows.min { abs($0.start - time) < abs($1.start - time) }
    prepared.windows = nearest.map { abs($0.start - time) <= 0.26 ? [$0] : [] } ?? []
    return prepared
  }
}

/// A window with its explanation, ready to be printed or drawn.
struct ExplainedWindow {
  let name: String
  let model: EmotionModel
  let window: PreparedWindow
  let probabilities: [Float]
  let explanation: WindowExplanation
  let variability: HeartRateVariability

  /// The stretch of half a second whose loss lowers the class most.
  private var strongest: WindowExplanation.Occlusion? {
    explanation.occlusions.max { $0.fall < $1.fall }
  }

  /// What heart rate and variability alone make of the window.
  private var rhythm: [Double]? { model.rhythm?.probabilities(of: variability) }

  /// The part of the beat in which the mean attribution is largest, in s from the R-peak.
  private var beatPart: Double? {
    let rate = model.recipe.samplingRate
    let average = explanation.beatAverage(samplingRate: rate)
    let size = max(1, Int(0.04 * rate))
    guard average.count > size else { return nil }
    let sums = (0...average.count - size).map { first in
      average[first..<first + size].reduce(0, +)
    }
    guard let best = sums.indices.max(by: { sums[$0] < sums[$1] }) else { return nil }
    return Double(best + size / 2) / rate - 0.25
  }

  /// The explanation in lines.
  var text: String {
    let label = model.classes[explanation.classNumber]
    func two(_ value: Double) -> String { String(format: "%.2f", value) }
    var lines = [
      "\(name), \(two(window.start)) s to "
        + "\(two(window.start + Double(model.recipe.windowLength) / model.recipe.samplingRate)) s, "
        + "quality \(two(window.quality.score))",
      "explained     \(label), probability \(two(explanation.probability))",
      "logit         \(two(explanation.logit)), of an empty window "
        + "\(two(explanation.baselineLogit)); attributions add up to the difference within "
        + String(format: "%.2f %% (%d steps)", 100 * explanation.incompleteness, explanation.steps),
    ]
    let beats = explanation.beats.sorted { $0.attribution > $1.attribution }
    if let most = beats.first, let least = beats.last {
      lines.append(
        "beats         \(beats.count); the one at \(two(most.peak)) s adds most "
          + "(\(two(most.attribution))), the one at \(two(least.peak)) s least "
          + "(\(two(least.attribution)))")
    }
    if let beatPart {
      lines.append(
        "in the beat   most comes from \(String(format: "%+.0f", 1000 * beatPart)) ms around the R-peak"
      )
    }
    if let strongest {
      lines.append(
        "occlusion     without \(two(strongest.start)) to \(two(strongest.end)) s the logit falls by "
          + two(strongest.fall))
    }
    let rate = variability.meanHeartRate.map { String(format: "%.0f beats/min", $0) }
    let measures = [rate, variability.rmssd.map { String(format: "RMSSD %.0f ms", $0) }]
      .compactMap { $0 }.joined(separator: ", ")
    if let rhythm {
      let best = rhythm.indices.max { rhythm[$0] < rhythm[$1] } ?? 0
      let isSame = best == explanation.classNumber
      lines.append(
        "rhythm alone  \(model.classes[best]) \(two(rhythm[best])) (\(measures)): "
          + (isSame ? "says the same" : "says otherwise"))
    } else {
      lines.append(
        "rhythm alone  the model does not carry what it says; train it again (\(measures))")
    }
    lines.append(RecordingPrediction.scoreLine(of: model))
    lines.append(HTMLReport.purpose)
    return lines.joined(separator: "\n")
  }

  /// The numbers, for JSON.
  struct Summary: Encodable {
    let recording: String
    let start: Double
    let quality: Double
    let label: String
    let probability: Double
    let probabilities: [String: Float]
    let logit: Double
    let baselineLogit: Double
    let incompleteness: Double
    let steps: Int
    let attributions: [Float]
    let beats: [WindowExplanation.Beat]
    let occlusions: [WindowExplanation.Occlusion]
    let rhythmAlone: [String: Double]?
    let purpose: String
  }

  /// The numbers.
  var summary: Summary {
    Summary(
      recording: name, start: window.start, quality: window.quality.score,
      label: model.classes[explanation.classNumber], probability: explanation.probability,
      probabilities: named(probabilities), logit: explanation.logit,
      baselineLogit: explanation.baselineLogit, incompleteness: explanation.incompleteness,
      steps: explanation.steps, attributions: explanation.attributions, beats: explanation.beats,
      occlusions: explanation.occlusions, rhythmAlone: rhythm.map(named),
      purpose: HTMLReport.purpose)
  }

  private func named<Value>(_ values: [Value]) -> [String: Value] {
    Dictionary(zip(model.classes, values), uniquingKeysWith: { first, _ in first })
  }

  /// The ECG with what carried the decision.
  var figure: Figure {
    ExplanationChart(
      name: "\(name) at \(String(format: "%.1f", window.start)) s",
      className: model.classes[explanation.classNumber], probability: explanation.probability,
      samples: window.samples, samplingRate: model.recipe.samplingRate,
      peaks: explanation.beats.map(\.peak), attributions: explanation.attributions,
      beats: explanation.beats.map {
        .init(start: $0.start, end: $0.end, value: $0.attribution)
      },
      occlusions: explanation.occlusions.map {
        .init(start: $0.start, end: $0.end, value: $0.fall)
      }
    ).figure
  }
}
