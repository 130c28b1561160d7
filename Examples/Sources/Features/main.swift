// Features of a trunk for a classifier of your own: 128 numbers a window, as CSV.
//
//     swift run -c release Features model.safetensors > features.csv

import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation

let model = try EmotionModel(bytes: Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
guard let trunk = model.network.architecture.trunk else { exit(1) }

var random = RandomStream(seed: 9, purpose: RandomPurpose("examples.heart"))
let samples = try SyntheticECG().trace(duration: 60, samplingRate: 500, using: &random).samples
let recording = try ECGRecording(samples: samples, samplingRate: 500, unit: .millivolts)

// The model's recipe makes windows of the recording as it made them of the training data.
let windows = try model.recipe.windows(of: [recording]).windows
let values = try features(
  of: WindowArray(samples: windows.flatMap(\.samples), windowLength: model.recipe.windowLength),
  trunk: model.network.parameters, architecture: trunk, engine: NativeEngine())
for (row, window) in windows.enumerated() {
  let features = values[row * trunk.featureCount..<(row + 1) * trunk.featureCount]
  print(window.start, features.map { "\($0)" }.joined(separator: ","), separator: ",")
}
