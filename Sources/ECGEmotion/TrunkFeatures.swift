import ECGNetwork
import ECGSignal

/// The trunk's features of all windows, N × C, window after window.
///
/// Windows are taken a few at a time, so memory is bounded by the result.
/// - Parameters:
///   - windows: N windows of the length that the trunk was trained on.
///   - trunk: parameters that hold the trunk's; others are left aside.
///   - architecture: the trunk's shape.
/// - Throws: `NetworkError` when the parameters do not fit the trunk, or the windows are too short
///   for it.
public func features(
  of windows: any WindowSource, trunk: Parameters, architecture: NetworkArchitecture.Trunk,
  engine: any ComputeEngine
) throws -> [Float] {
  // A network has at least one head; the smallest one costs nothing and is not used.
  let whole = NetworkArchitecture(
    trunk: architecture, inputLength: windows.windowLength,
    heads: [
      NetworkArchitecture.Head(
        name: "unused", hidden: [], activation: .relu, dropout: 0, outputs: 1, loss: .sigmoid)
    ])
  try whole.validate()
  let parameters = Parameters.glorotUniform(for: whole, seed: 0)
    .filter(prefix: "unused.").merging(trunk.filter(prefix: "trunk."))
  let network = try engine.makeNetwork(
    whole, parameters: parameters, maximumBatch: WindowBatches.size)
  return try WindowBatches.map(windows) { try network.features(of: $0, count: $1) }
}
