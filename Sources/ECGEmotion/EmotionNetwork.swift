import ECGNetwork
import ECGSignal

/// A trained emotion recognition network: trunk and dense layers, or dense layers alone.
public struct EmotionNetwork: Sendable, Equatable {
  /// The network's shape: one head, `emotion`, of K outputs.
  public var architecture: NetworkArchitecture
  /// Its parameters.
  public var parameters: Parameters
  /// The epoch whose parameters these are, from 1.
  public var chosenEpoch: Int
  /// All epochs of the training.
  public var history: [EmotionEpoch]

  /// A network.
  public init(
    architecture: NetworkArchitecture, parameters: Parameters, chosenEpoch: Int,
    history: [EmotionEpoch]
  ) {
    self.architecture = architecture
    self.parameters = parameters
    self.chosenEpoch = chosenEpoch
    self.history = history
  }

  /// Classes, K.
  public var classCount: Int { architecture.logitCount }

  /// The probability of each class for each window, N rows of K that add to 1.
  /// - Parameters:
  ///   - windows: N windows, or N rows of features for dense layers alone.
  ///   - temperature: what logits are divided by; see `Calibration`.
  /// - Throws: `EmotionError.windowLength` for windows of another length than the network takes,
  ///   `NetworkError` for parameters that do not fit the architecture.
  public func probabilities(
    of windows: any WindowSource, engine: any ComputeEngine, temperature: Double = 1
  ) throws -> [[Float]] {
    try logits(of: windows, engine: engine).map {
      architecture.heads[0].probabilities(of: $0, temperature: temperature)
    }
  }

  /// The probability of each class for each row of features, N × C; for dense layers alone.
  /// - Throws: as for windows; `EmotionError.features` when the values fill no whole rows.
  public func probabilities(
    ofFeatures values: [Float], engine: any ComputeEngine, temperature: Double = 1
  ) throws -> [[Float]] {
    let width = architecture.inputLength
    guard values.count.isMultiple(of: width) else {
      throw EmotionError.features(values: values.count, rows: values.count / width + 1)
    }
    return try probabilities(
      of: WindowArray(samples: values, windowLength: width), engine: engine,
      temperature: temperature)
  }

  /// The logits for each window, N rows of K.
  /// - Throws: as `probabilities`.
  public func logits(of windows: any WindowSource, engine: any ComputeEngine) throws -> [[Float]] {
    guard windows.windowLength == architecture.inputLength else {
      throw EmotionError.windowLength(
        found: windows.windowLength, needed: architecture.inputLength)
    }
    let network = try engine.makeNetwork(
      architecture, parameters: parameters, maximumBatch: WindowBatches.size)
    let values = try WindowBatches.map(windows) { try network.logits(of: $0, count: $1) }
    return stride(from: 0, to: values.count, by: classCount).map {
      Array(values[$0..<$0 + classCount])
    }
  }

  /// The whole network, of these dense layers and the trunk whose features they were trained on.
  /// - Parameters:
  ///   - trunk: parameters that hold the trunk's; others are left aside.
  ///   - shape: the trunk's shape.
  ///   - windowLength: samples of a window, T.
  /// - Throws: `NetworkError` when the trunk does not fit its shape or gives other features than the
  ///   dense layers take.
  public func onTrunk(
    _ trunk: Parameters, _ shape: NetworkArchitecture.Trunk, windowLength: Int
  ) throws -> EmotionNetwork {
    precondition(architecture.trunk == nil, "the network has a trunk already")
    var whole = self
    whole.architecture.trunk = shape
    whole.architecture.inputLength = windowLength
    whole.parameters = trunk.filter(prefix: "trunk.").merging(parameters)
    try whole.parameters.validate(against: whole.architecture)
    return whole
  }
}
