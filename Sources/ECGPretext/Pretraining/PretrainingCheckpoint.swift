import ECGNetwork
import Foundation

/// What a pre-training needs to go on where it stopped, and proof that it is the same pre-training.
struct PretrainingCheckpoint {
  /// What the result depends on.
  struct Origin: Codable, Equatable {
    var configuration: PretrainingConfiguration
    var engine: String
    var training: WindowFingerprint
    var heldOut: WindowFingerprint?
  }

  var origin: Origin
  var position: PretrainingPosition
  var parameters: Parameters
  var optimizerState: OptimizerState?
}

/// The place in a pre-training: everything that changes from step to step, but the weights.
struct PretrainingPosition: Codable, Equatable {
  /// Epochs done.
  var epoch = 0
  /// Steps of the epoch under way that are done.
  var step = 0
  /// The scores of the epoch under way.
  var tally: PretextTally
  /// The epochs done.
  var history: [PretrainingEpoch] = []

  /// The beginning.
  init(names: [String]) {
    tally = PretextTally(names: names)
  }
}

extension PretrainingCheckpoint {
  /// The checkpoint that a policy asks to resume, or nil when it asks for none or there is none yet.
  /// - Throws: `PretextError.mismatch` for a checkpoint of another run, `NetworkError.file` for a
  ///   file that is no whole checkpoint.
  init?(toResume policy: CheckpointPolicy, origin: Origin) throws {
    guard policy.resume, FileManager.default.fileExists(atPath: policy.url.path) else { return nil }
    try self.init(contentsOf: policy.url)
    try check(
      against: origin, file: policy.url.path, acceptsOtherEngine: policy.acceptsOtherEngine)
  }

  /// Reads a checkpoint.
  init(contentsOf url: URL) throws {
    let file = try Checkpoint(contentsOf: url)
    origin = try Self.decode(Origin.self, "origin", of: file, url: url)
    position = try Self.decode(PretrainingPosition.self, "place", of: file, url: url)
    parameters = file.parameters
    optimizerState = file.optimizerState
  }

  /// Writes the checkpoint; the one before survives a failure.
  func write(to url: URL) throws {
    try Checkpoint(
      parameters: parameters, optimizerState: optimizerState,
      position: [
        "training": Self.kind, "origin": try metadataJSON(origin),
        "place": try metadataJSON(position),
      ]
    ).write(to: url)
  }

  private static let kind = "pretraining"

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ key: String, of file: Checkpoint, url: URL
  ) throws -> Value {
    guard file.position["training"] == kind, let text = file.position[key] else {
      throw NetworkError.file(
        "\(url.path) is a checkpoint, but not of a pre-training; give the one that 'pretrain' left")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw NetworkError.file(
        "\(url.path) says where its run stands in words that cannot be read (\(key)); it is damaged "
          + "or of another version: start the run anew")
    }
  }

  /// Throws unless the checkpoint belongs to a run of this origin. More epochs may be asked than
  /// before: they follow as if they had been asked from the start.
  private func check(
    against now: Origin, file: String, acceptsOtherEngine: Bool
  ) throws {
    func refuse(_ why: String) -> PretextError {
      .mismatch(
        "\(file) cannot be resumed: \(why); put back what it was begun with, or start anew in "
          + "another folder")
    }
    let changes = origin.configuration.changes(to: now.configuration)
    guard changes.isEmpty else {
      throw refuse("it was begun with another configuration (\(changes.joined(separator: ", ")))")
    }
    guard origin.engine == now.engine || acceptsOtherEngine else {
      throw refuse("it was begun on the engine '\(origin.engine)', not '\(now.engine)'")
    }
    guard origin.training == now.training else {
      throw refuse(
        "it was begun on other training windows (\(origin.training.windows), now "
          + "\(now.training.windows))")
    }
    guard origin.heldOut == now.heldOut else {
      throw refuse(
        "it was begun with other held-out windows (\(origin.heldOut?.windows ?? 0), now "
          + "\(now.heldOut?.windows ?? 0))")
    }
    guard position.epoch <= now.configuration.epochs else {
      throw refuse(
        "\(position.epoch) epochs are done, and only \(now.configuration.epochs) are asked")
    }
  }
}

extension PretrainingConfiguration {
  /// The settings that differ, by name and value; the number of epochs is not one of them.
  fileprivate func changes(to other: PretrainingConfiguration) -> [String] {
    var changes: [String] = []
    func compare<Value: Equatable>(
      _ name: String, _ path: KeyPath<PretrainingConfiguration, Value>, showing: Bool = false
    ) {
      let (before, now) = (self[keyPath: path], other[keyPath: path])
      guard before != now else { return }
      changes.append(showing ? "\(name) \(before), now \(now)" : name)
    }
    compare("seed", \.seed, showing: true)
    compare("windows in a batch", \.batchWindows, showing: true)
    compare("transformations", \.transformations)
    compare("optimisation", \.optimisation)
    compare("trunk", \.trunk)
    compare("hidden layers of the heads", \.headHidden, showing: true)
    compare("dropout of the heads", \.headDropout, showing: true)
    compare("weights in the loss", \.lossWeights)
    return changes
  }
}

/// A value as JSON for a file's metadata: the same value gives the same text.
func metadataJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
