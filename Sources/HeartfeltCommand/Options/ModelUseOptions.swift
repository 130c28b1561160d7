import ArgumentParser
import ECGEmotion
import ECGFormats
import ECGSignal
import Foundation

/// How a model is used on a person: when it abstains, and what the person's signal is scaled by.
struct ModelUseOptions: ParsableArguments {
  @Option(help: "Abstain below this signal quality, in [0, 1]; the model's own unless given.")
  var abstainBelow: Double?

  @Option(
    help: """
      Abstain where the likeliest class is less probable than this, in [0, 1]; the model's own unless \
      given.
      """)
  var abstainUnsure: Double?

  @Option(
    help: """
      A recording of the person at rest, half a minute or more, whose amplitudes everything is \
      normalised by.
      """)
  var baseline: URL?

  mutating func validate() throws {
    for (name, value) in [("below", abstainBelow), ("unsure", abstainUnsure)] {
      if let value, !(0...1).contains(value) {
        throw ValidationError("--abstain-\(name) must lie in [0, 1], not \(value)")
      }
    }
  }

  /// The model with these limits.
  func apply(to model: EmotionModel) throws -> EmotionModel {
    var model = model
    if let abstainBelow { model.minimumQuality = abstainBelow }
    if let abstainUnsure { model.minimumConfidence = abstainUnsure }
    return model
  }

  /// The normalisation of the baseline, if there is one.
  func normalisation(
    for model: EmotionModel, options: ReadingOptions
  ) throws -> AmplitudeNormalisation? {
    try baseline.map {
      try model.normalisation(fromRest: readRecording(at: $0, options: options).recording)
    }
  }
}
