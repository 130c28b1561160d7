import ArgumentParser
import ECGSignal

/// Departures from the published preprocessing.
struct RecipeOptions: ParsableArguments {
  @Option(help: "Cutoff of the high-pass in Hz.")
  var highPass = PreprocessingRecipe.standard.highPassCutoff

  @Option(help: "Mains frequency to remove in Hz, 50 or 60; none unless given.")
  var notch: Double?

  @Option(help: "Cutoff of a low-pass in Hz; none unless given.")
  var lowPass: Double?

  @Option(help: "Seconds from one window's start to the next; no overlap unless given.")
  var stride: Double?

  @Option(help: "What the z-score is taken over: \(choices).")
  var normalisation = PreprocessingRecipe.standard.normalisation

  /// The published recipe with these changes.
  var recipe: PreprocessingRecipe {
    var recipe = PreprocessingRecipe.standard
    recipe.highPassCutoff = highPass
    recipe.mainsNotch = notch
    recipe.lowPassCutoff = lowPass
    recipe.normalisation = normalisation
    if let stride {
      recipe.windowStride = max(1, Int((stride * recipe.samplingRate).rounded()))
    }
    return recipe
  }

  mutating func validate() throws {
    if let stride, !(stride.isFinite && stride > 0) {
      throw ValidationError("--stride must be a number of seconds greater than 0, not \(stride)")
    }
  }

  private static let choices = "person, recording, lastRecording (as published) or none"
}

extension PreprocessingRecipe.Normalisation: ExpressibleByArgument {}
