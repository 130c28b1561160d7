import ECGNetwork
import ECGPretext
import Foundation

/// How far an engine's numbers are from the native engine's, on the published network and noise.
struct EngineParity: Encodable {
  let engine: String
  /// The greatest difference of the logits, as a part of their range.
  let logits: Float
  /// The same of the gradients by each parameter, and the parameter where it is greatest.
  let gradients: Float
  let worst: String
  /// The length of the difference of all weights after steps of a small size, as a part of their length.
  let weights: Double
  let steps: Int

  var text: String {
    "\(engine) against native: logits \(logits), gradients \(gradients) (\(worst)) of their range; "
      + "weights after \(steps) steps of 1e-6: \(weights) of their length"
  }

  /// Compares an engine on batches of so many windows, in all versions.
  init(of engine: any ComputeEngine, windows: Int, threads: Int, steps: Int = 20) throws {
    let architecture = PretrainingConfiguration().architecture(windowLength: 2560)
    let start = Parameters.glorotUniform(for: architecture, seed: 1)
    let rows = windows * architecture.heads.count
    let batch = Self.batch(of: architecture, rows: rows)
    func step(_ index: Int) -> TrainingStep {
      TrainingStep(learningRate: 1e-6, optimisation: Optimisation(), seed: 1, index: index)
    }
    let networks = try [engine, NativeEngine(threads: threads)].map {
      try $0.makeNetwork(architecture, parameters: start, maximumBatch: rows)
    }
    let logits = try networks.map { try $0.evaluate(batch).logits }
    let gradients = try networks.map { try $0.gradients(batch, step(0)) }
    var worst = (name: "", error: Float(0))
    for name in gradients[1].names {
      let error = Self.error(
        gradients[0][name]?.values ?? [], gradients[1][name]?.values ?? [])
      if error > worst.error { worst = (name, error) }
    }
    for index in 0..<steps {
      for network in networks { _ = try network.trainingStep(batch, step(index)) }
    }
    self.engine = engine.name
    self.steps = steps
    self.logits = Self.error(logits[0], logits[1])
    self.gradients = worst.error
    self.worst = worst.name
    weights = Self.distance(networks[0].parameters(), networks[1].parameters())
  }

  private static func batch(of architecture: NetworkArchitecture, rows: Int) -> TrainingBatch {
    var batch = TrainingBatch(capacity: rows, architecture: architecture)
    let heads = architecture.heads.count
    batch.count = rows
    batch.inputs = PretrainingSpeed.noise(count: rows).samples
    for row in 0..<rows { batch.targets[row * heads + row % heads] = 1 }
    return batch
  }

  private static func error(_ found: [Float], _ expected: [Float]) -> Float {
    let range = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { worst, pair in
      let difference = abs(pair.0 - pair.1)
      // What is no number is no agreement.
      return difference.isNaN ? .infinity : max(worst, difference)
    } / range
  }

  private static func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var (difference, length) = (0.0, 0.0)
    for name in one.names {
      for (a, b) in zip(one[name]?.values ?? [], other[name]?.values ?? []) {
        difference += Double(a - b) * Double(a - b)
        length += Double(b) * Double(b)
      }
    }
    return (difference / length).squareRoot()
  }
}
