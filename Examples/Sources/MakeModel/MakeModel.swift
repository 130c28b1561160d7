// Makes a model for the other examples in seconds: it tells a slow from a fast synthetic heart, by the
// features of a trunk that has learned nothing. For real ones use `heartfelt pretrain` and `train`.
//
//     swift run -c release MakeModel model.safetensors

import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal
import Foundation

@main struct MakeModel {
  static func main() throws {
    let file = URL(filePath: CommandLine.arguments.dropFirst().first ?? "model.safetensors")
    let recipe = PreprocessingRecipe.standard
    var samples: [Float] = []
    var classes: [Int] = []
    for person in 0..<4 {
      for (number, rate) in [58.0, 96].enumerated() {
        let recording = try heart(rate: rate + 4 * Double(person), seed: UInt64(person))
        for window in try recipe.windows(of: [recording]).windows {
          samples += window.samples
          classes.append(number)
        }
      }
    }
    let architecture = NetworkArchitecture.transformationRecognition()
    let trunk = Parameters.glorotUniform(for: architecture, seed: 1).filter(prefix: "trunk.")
    var configuration = EmotionConfiguration()
    configuration.hidden = [32]
    configuration.epochs = 500
    let network = try EmotionTraining(configuration: configuration, engine: NativeEngine()).train(
      on: LabelledWindows(
        windows: WindowArray(samples: samples, windowLength: recipe.windowLength), classes: classes),
      classCount: 2, trunk: trunk, architecture: .published)
    let model = try EmotionModel(
      recipe: recipe, target: "pace", classes: ["slow", "fast"], network: network)
    try model.bytes().write(to: file)
    print("\(classes.count) windows, accuracy \(network.history.last?.training.accuracy ?? 0)")
  }

  /// A minute of ECG at 250 Hz.
  static func heart(rate: Double, seed: UInt64) throws -> ECGRecording {
    var heart = SyntheticECG()
    heart.rhythm.meanRate = rate
    var random = RandomStream(seed: seed, purpose: RandomPurpose("examples.heart"))
    let trace = try heart.trace(duration: 60, samplingRate: 250, using: &random)
    return try ECGRecording(samples: trace.samples, samplingRate: 250, unit: .millivolts)
  }
}
