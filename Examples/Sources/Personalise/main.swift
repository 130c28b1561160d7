// A model becomes one person's, on the device: by a recording at rest and a few labelled windows.
//
//     swift run -c release Personalise model.safetensors

import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation

let model = try EmotionModel(bytes: Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
let engine = NativeEngine()

func heart(rate: Double, seed: UInt64) throws -> ECGRecording {
  var heart = SyntheticECG()
  heart.rhythm.meanRate = rate
  var random = RandomStream(seed: seed, purpose: RandomPurpose("examples.person"))
  let trace = try heart.trace(duration: 60, samplingRate: 130, using: &random)
  return try ECGRecording(samples: trace.samples, samplingRate: 130, unit: .millivolts)
}

// A minute at rest tells the person's amplitudes; no label is needed for that.
let normalisation = try model.normalisation(fromRest: heart(rate: 50, seed: 1))

// A few windows that the person has labelled: this heart's fast is the others' slow.
let labelled = [(try heart(rate: 50, seed: 2), 0), (try heart(rate: 66, seed: 3), 1)]
var samples: [Float] = []
var classes: [Int] = []
for (recording, number) in labelled {
  let windows = try model.recipe.windows(of: [recording], normalisedBy: normalisation).windows
  samples += windows.flatMap(\.samples)
  classes += windows.map { _ in number }
}
var configuration = PersonalisationConfiguration()
configuration.epochs = 200
configuration.learningRate = 1e-3
let own = try model.personalised(
  on: LabelledWindows(
    windows: WindowArray(samples: samples, windowLength: model.recipe.windowLength),
    classes: classes), configuration: configuration, engine: engine)

let new = try heart(rate: 66, seed: 4)
for (name, model) in [("everybody's", model), ("own", own)] {
  let windows = try model.predict(new, engine: engine, normalisedBy: normalisation)
  let fast = windows.count { $0.predictedClass == 1 }
  print("\(name) model: \(fast) of \(windows.count) windows \(model.classes[1])")
}
