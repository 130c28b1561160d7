// Predictions while an ECG is being recorded.
//
//     swift run -c release Live model.safetensors
//
// A chest strap would hand over its samples in packets; here a synthetic heart does.

import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation

let model = try EmotionModel(bytes: Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
var random = RandomStream(seed: 9, purpose: RandomPurpose("examples.heart"))
let strap = try SyntheticECG().trace(duration: 40, samplingRate: 130, using: &random).samples

let stream = try EmotionStream(
  model: model, samplingRate: 130, engine: NativeEngine(threads: 1), stride: 5)
func show(_ window: WindowPrediction) {
  let verdict = window.predictedClass.map { model.classes[$0] } ?? "abstains"
  print(String(format: "%5.0f s to %3.0f s  ", window.start, window.end) + verdict)
}
for first in stride(from: 0, to: strap.count, by: 73) {
  try stream.process(Array(strap[first..<min(first + 73, strap.count)]), report: show)
}
try stream.finish(report: show)
