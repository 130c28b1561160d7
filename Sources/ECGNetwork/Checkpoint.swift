import Foundation

/// Everything a training run needs to go on where it stopped: parameters, Adam's state, position.
///
/// One safetensors file: the parameters under their names, the moments under `adam.first.NAME` and
/// `adam.second.NAME`, the rest in the metadata. It is written beside the old one and renamed, so
/// there is always a whole one.
public struct Checkpoint: Sendable, Equatable {
  /// The network's parameters.
  public var parameters: Parameters
  /// Adam's state; nil before the first step.
  public var optimizerState: OptimizerState?
  /// Where the run stands, in the words of whoever trains: epoch, step, configuration.
  public var position: [String: String]

  /// A checkpoint.
  public init(
    parameters: Parameters, optimizerState: OptimizerState?, position: [String: String]
  ) {
    self.parameters = parameters
    self.optimizerState = optimizerState
    self.position = position
  }

  /// Reads a checkpoint.
  /// - Throws: `NetworkError.file` when the file is missing, cut, or no checkpoint.
  public init(contentsOf url: URL) throws {
    try self.init(bytes: FileBytes.read(url), name: url.path)
  }

  /// Reads the bytes of a checkpoint; `name` is what errors call it.
  /// - Throws: `NetworkError.file` when they are no whole checkpoint.
  public init(bytes: Data, name: String = "the data") throws {
    let file = try Safetensors(bytes: bytes, name: name)
    guard file.metadata["format"] == Self.format else {
      throw NetworkError.file(
        "\(name) is not a checkpoint of a training run (its metadata lacks format "
          + "\(Self.format)); give a run's checkpoint.safetensors")
    }
    position = [:]
    for (key, value) in file.metadata where key.hasPrefix("position.") {
      position[String(key.dropFirst("position.".count))] = value
    }
    parameters = Parameters()
    var first = Parameters()
    var second = Parameters()
    for tensorName in file.tensors.names {
      if tensorName.hasPrefix("adam.first.") {
        first[String(tensorName.dropFirst("adam.first.".count))] = file.tensors[tensorName]
      } else if tensorName.hasPrefix("adam.second.") {
        second[String(tensorName.dropFirst("adam.second.".count))] = file.tensors[tensorName]
      } else {
        parameters[tensorName] = file.tensors[tensorName]
      }
    }
    guard let steps = file.metadata["adam.steps"] else {
      optimizerState = nil
      return
    }
    guard let count = Int(steps), count >= 0 else {
      throw NetworkError.file("\(name) says that Adam did '\(steps)' steps; that is no count")
    }
    optimizerState = OptimizerState(firstMoments: first, secondMoments: second, steps: count)
  }

  /// Writes the checkpoint; a failure, such as a full disk, leaves the one before whole.
  /// - Throws: `NetworkError.file` with the system's reason.
  public func write(to url: URL) throws {
    var tensors = parameters
    var metadata = ["format": Self.format]
    if let optimizerState {
      for name in optimizerState.firstMoments.names {
        tensors["adam.first." + name] = optimizerState.firstMoments[name]
      }
      for name in optimizerState.secondMoments.names {
        tensors["adam.second." + name] = optimizerState.secondMoments[name]
      }
      metadata["adam.steps"] = String(optimizerState.steps)
    }
    for (key, value) in position { metadata["position." + key] = value }
    try Safetensors(tensors: tensors, metadata: metadata).write(to: url)
  }

  private static let format = "heartfelt-checkpoint-1"
}
