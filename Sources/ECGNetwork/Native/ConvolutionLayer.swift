import CSpectral
import ECGRandom

/// A convolution of the trunk: its sizes, its tiling, and its place in the arena of parameters.
struct ConvolutionLayer: Sendable {
  /// From 0.
  let index: Int
  /// Time steps, T.
  let length: Int
  /// Channels in and out, and both padded; the first convolution's single input is not padded.
  let inputs: Int, outputs: Int
  let paddedInputs: Int, paddedOutputs: Int
  /// Taps of the kernel, and zeros to the left of the input.
  let taps: Int, left: Int
  /// Time steps after the pooling that follows; nil where none follows.
  let pooledLength: Int?
  /// Whether the global maximum follows.
  let isLast: Bool
  /// The cut of the signal; not used by the first convolution, which is computed directly.
  let tiling: SpectralTiling
  /// Windows whose products are computed together.
  let productWindows: Int

  var isFirst: Bool { index == 0 }
  var kernelCount: Int { taps * paddedInputs * paddedOutputs }
  /// Floats of a slab's plane of weights.
  var plane: Int { paddedInputs * paddedOutputs }

  /// Rows of the buffer of this layer's input: zeros before, the signal, zeros for the last tile.
  var inputRows: Int { (tiling.tiles - 1) * tiling.step + tiling.size + taps }
  /// Rows that tiles of the output's gradient read.
  var outputRows: Int { tiling.tiles * tiling.step }

  /// Strides of slabs of so many windows. Slabs are an odd number of cache lines apart, so that
  /// writing one row of each does not fall into a few sets of the cache.
  func strides(windows: Int, channels: Int) -> (slab: Int, plane: Int) {
    let plane = windows * tiling.tiles * channels
    return (2 * plane + 48, plane + 16)
  }

  /// Floats of all slabs of so many windows.
  func slabCount(windows: Int, channels: Int) -> Int {
    tiling.slabs * strides(windows: windows, channels: channels).slab
  }

  func tiles(_ plan: OpaquePointer, windows: Int, channels: Int) -> cspectral_tiles {
    let strides = strides(windows: windows, channels: channels)
    return cspectral_tiles(
      plan: plan, pairs: Int32(tiling.pairs), step: Int32(tiling.step), channels: Int32(channels),
      slab_stride: strides.slab, plane_stride: strides.plane)
  }

  func product(windows: Int) -> cspectral_product {
    let input = strides(windows: windows, channels: paddedInputs)
    let output = strides(windows: windows, channels: paddedOutputs)
    return cspectral_product(
      slabs: Int32(tiling.slabs), rows: Int32(windows * tiling.tiles),
      inputs: Int32(paddedInputs), outputs: Int32(paddedOutputs), input_slab: input.slab,
      input_plane: input.plane, output_slab: output.slab, output_plane: output.plane)
  }
}

/// A dense layer of a head. Its kernel lies [inputs][padded outputs].
struct DenseLayer: Sendable {
  /// The name of its parameters, such as `heads.noise.dense1`.
  let name: String
  let inputs: Int, outputs: Int
  let paddedInputs: Int, paddedOutputs: Int
  /// The activation after it; nil for the output layer.
  let activation: NetworkArchitecture.Head.Activation?
  /// Share of units dropped after it, and what the random numbers for it are for.
  let dropout: Float
  let dropoutPurpose: RandomPurpose
  /// The dense layer whose output is this one's input; nil for the features.
  let below: Int?
  /// Whether the network wants the gradient by this layer's input in training.
  let needsInputGradient: Bool
  /// The head, and its first logit, for an output layer.
  let head: Int
  let firstLogit: Int

  var isOutput: Bool { activation == nil }
  /// The slope of the activation below 0.
  var leak: Float {
    switch activation {
    case .relu: 0
    case .leakyReLU: 0.2
    case nil: 1
    }
  }
}
