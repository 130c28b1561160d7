import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import ReferenceEngine

/// Small enough for the plain engine.
enum Tiny {
  static let engine = ReferenceEngine(threads: 2)
  static let trunk = NetworkArchitecture.Trunk(blocks: [
    NetworkArchitecture.Block(filters: 4, kernel: 5),
    NetworkArchitecture.Block(filters: 6, kernel: 3),
  ])
  static let windowLength = 64

  /// The parameters of a trunk that nobody trained.
  static func trunkParameters(seed: UInt64 = 9) -> Parameters {
    let architecture = NetworkArchitecture.emotionRecognition(
      trunk: trunk, inputLength: windowLength, classCount: 2, configuration: configuration)
    return .glorotUniform(for: architecture, seed: seed).filter(prefix: "trunk.")
  }

  static var configuration: EmotionConfiguration {
    var configuration = EmotionConfiguration()
    configuration.hidden = [8]
    configuration.epochs = 6
    configuration.batchSize = 16
    configuration.learningRate = 0.01
    return configuration
  }

  /// Noisy waves whose frequency is the class.
  static func windows(_ count: Int, classes: Int = 2, seed: UInt64 = 1) -> LabelledWindows {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.emotion"))
    var samples: [Float] = []
    for index in 0..<count {
      let phase = stream.uniform(in: 0..<8)
      for t in 0..<windowLength {
        let period = 6.0 * Double(1 + index % classes)
        let place = ((Double(t) + phase) / period).truncatingRemainder(dividingBy: 1)
        samples.append(Float(abs(place - 0.5) * 4 - 1 + stream.uniform(in: -0.2..<0.2)))
      }
    }
    return LabelledWindows(
      windows: WindowArray(samples: samples, windowLength: windowLength),
      classes: (0..<count).map { $0 % classes })
  }

  /// Features that tell the classes apart, but for noise.
  static func features(
    _ count: Int, classes: Int, noise: Double, seed: UInt64 = 1
  ) -> LabelledFeatures {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.features"))
    var values: [Float] = []
    for index in 0..<count {
      for feature in 0..<5 {
        let level = feature == index % classes ? 1.0 : 0
        values.append(Float(level + noise * stream.normal()))
      }
    }
    return LabelledFeatures(values: values, classes: (0..<count).map { $0 % classes })
  }
}
