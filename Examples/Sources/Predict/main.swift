// From samples to predictions.
//
//     swift run -c release Predict model.safetensors samples.csv 250
//
// `samples.csv` has one number a line, in mV. Without it a synthetic heart is predicted.

import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation

let arguments = CommandLine.arguments
let samples = try arguments.count > 3 ? read(arguments[2]) : synthetic(seconds: 60)
let rate = arguments.count > 3 ? Double(arguments[3]) ?? 0 : 250

// The ten lines. The model comes as bytes: from an app's bundle, a server, a file.
let model = try EmotionModel(bytes: Data(contentsOf: URL(filePath: arguments[1])))
let recording = try ECGRecording(samples: samples, samplingRate: rate, unit: .millivolts)
for window in try model.predict(recording, engine: NativeEngine()) {
  let verdict = window.predictedClass.map { model.classes[$0] } ?? "abstains"
  let shares = zip(model.classes, window.probabilities)
    .map { String(format: "%@ %.2f", $0, $1) }
  print(String(format: "%5.0f s  ", window.start) + verdict, shares, separator: "  ")
}

func read(_ path: String) throws -> [Float] {
  try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    .map { Float($0) ?? .nan }
}

func synthetic(seconds: Double) throws -> [Float] {
  var random = RandomStream(seed: 9, purpose: RandomPurpose("examples.heart"))
  return try SyntheticECG().trace(duration: seconds, samplingRate: 250, using: &random).samples
}
