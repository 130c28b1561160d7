import ArgumentParser
import ECGPretext
import Foundation
import HeartfeltWork
import Yams

/// How the transformation recognition network is trained.
struct PretrainingOptions: ParsableArguments {
  @Option(help: "Epochs of pre-training. Published: 100.")
  var epochs: Int?

  @Option(help: "Windows in a batch, each in all its versions. Published: 128.")
  var batchSize: Int?

  @Option(help: "Adam's step size at the start. Published: 0.001.")
  var learningRate: Float?

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64?

  @Option(
    help: """
      A YAML file of settings, as 'config.yaml' has them under 'pretraining'; options given here \
      come before it.
      """)
  var config: URL?

  /// The published settings, changed by the file and then by the options.
  /// - Parameter defaultEpochs: epochs where neither the file nor the options say.
  func configuration(defaultEpochs: Int = 100) throws -> PretrainingConfiguration {
    var configuration = PretrainingConfiguration()
    configuration.epochs = defaultEpochs
    if let config {
      configuration = try Self.read(config)
    }
    if let epochs { configuration.epochs = epochs }
    if let batchSize { configuration.batchWindows = batchSize }
    if let learningRate { configuration.optimisation.learningRate = learningRate }
    if let seed { configuration.seed = seed }
    return configuration
  }

  mutating func validate() throws {
    guard epochs ?? 1 > 0, batchSize ?? 1 > 0 else {
      throw ValidationError("--epochs and --batch-size must be at least 1")
    }
    guard learningRate.map({ $0.isFinite && $0 > 0 }) ?? true else {
      throw ValidationError("--learning-rate must be a number greater than 0")
    }
  }

  private static func read(_ url: URL) throws -> PretrainingConfiguration {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw CommandError("\(url.path) cannot be read; --config takes a YAML file")
    }
    do {
      // A whole config.yaml of a run, or its part on pre-training alone.
      if let run = try? YAMLDecoder().decode(Run.self, from: text) { return run.pretraining }
      return try YAMLDecoder().decode(PretrainingConfiguration.self, from: text)
    } catch {
      throw CommandError("\(url.path) holds no settings of pre-training: \(error)")
    }
  }

  private struct Run: Decodable {
    let pretraining: PretrainingConfiguration
  }
}
