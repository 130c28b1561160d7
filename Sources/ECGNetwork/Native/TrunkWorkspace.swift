import CSpectral

/// A thread's memory for the trunk: what a group of windows needs from the first convolution to the
/// last and back.
///
/// Buffers with a margin have `left` rows of zeros before their first row and zeros behind, so that
/// no kernel needs to look at borders. Only rows inside are ever written.
final class TrunkWorkspace {
  /// The first convolution's input, with margins.
  let signal: AlignedBuffer<Float>
  /// By convolution from the second: its input, with margins; one window, or a group where the way
  /// back needs it.
  let inputs: [AlignedBuffer<Float>?]
  /// Floats from one window's input to the next's; 0 where there is only one.
  let inputStrides: [Int]
  /// By convolution from the second: its input in the frequency domain.
  let inputSlabs: [AlignedBuffer<Float>?]
  /// Output slabs of a layer on the way up, and input gradient's slabs on the way down.
  let product: AlignedBuffer<Float>
  /// A layer's output before pooling; the gradient by it.
  let output: AlignedBuffer<Float>
  /// The trunk's features, and the gradient by them, by window.
  let features: AlignedBuffer<Float>
  let featureGradients: AlignedBuffer<Float>
  /// Where each feature's maximum was, by window.
  let maxima: AlignedBuffer<Int32>
  /// By convolution: the signs of the outputs that go straight to the next convolution, by window.
  let masks: [AlignedBuffer<Int8>?]
  /// By convolution: which row of each pool was the greatest, by window.
  let poolChoices: [AlignedBuffer<UInt8>?]
  /// Working memory of the kernels.
  let scratch: AlignedBuffer<Float>
  // Way back; untouched, and so without real memory, while only inferring.
  /// By convolution: the gradient of the output in the frequency domain.
  let gradientSlabs: [AlignedBuffer<Float>?]
  /// By convolution from the second: the gradient by its input, with margins; one window.
  let inputGradients: [AlignedBuffer<Float>?]
  /// By convolution before a pooling: the gradient by its output; one window.
  let outputGradients: [AlignedBuffer<Float>?]

  init(
    _ layout: NetworkLayout, plans: [TransformPlan?], kernels: cspectral_kernels, windows: Int
  ) {
    let layers = layout.convolutions
    let first = layers[0]
    signal = AlignedBuffer(count: first.length + 2 * first.taps + 64)
    var inputs: [AlignedBuffer<Float>?] = []
    var inputStrides: [Int] = []
    var inputSlabs: [AlignedBuffer<Float>?] = []
    var masks: [AlignedBuffer<Int8>?] = []
    var choices: [AlignedBuffer<UInt8>?] = []
    var gradientSlabs: [AlignedBuffer<Float>?] = []
    var inputGradients: [AlignedBuffer<Float>?] = []
    var outputGradients: [AlignedBuffer<Float>?] = []
    var productCount = 0
    var outputCount = 0
    var scratchCount = 0
    for layer in layers {
      let groups = (windows + layer.productWindows - 1) / layer.productWindows
      let together = min(windows, layer.productWindows)
      let inputCount = layer.slabCount(windows: together, channels: layer.paddedInputs)
      let slabCount = layer.slabCount(windows: together, channels: layer.paddedOutputs)
      if layer.isFirst {
        inputs.append(nil)
        inputStrides.append(0)
        inputSlabs.append(nil)
        gradientSlabs.append(nil)
        inputGradients.append(nil)
      } else {
        let below = layers[layer.index - 1]
        let isKept = below.pooledLength != nil || layer.isLast
        let rows = max(layer.inputRows, layer.left + below.outputRows)
        let stride = rows * layer.paddedInputs
        inputs.append(AlignedBuffer(count: isKept ? windows * stride : stride))
        inputStrides.append(isKept ? stride : 0)
        inputSlabs.append(AlignedBuffer(count: groups * inputCount))
        gradientSlabs.append(layer.isLast ? nil : AlignedBuffer(count: groups * slabCount))
        inputGradients.append(AlignedBuffer(count: stride))
        productCount = max(productCount, inputCount, slabCount)
        let rowsTogether = together * layer.tiling.tiles
        scratchCount = max(
          scratchCount, plans[layer.index]?.scratchCount ?? 0,
          kernels.product_scratch(
            Int32(rowsTogether), Int32(layer.paddedInputs), Int32(layer.paddedOutputs)))
      }
      let isInner = layer.pooledLength == nil && !layer.isLast
      let maskCount = max(layer.outputRows, layer.length) * layer.paddedOutputs
      masks.append(isInner ? AlignedBuffer(count: windows * maskCount) : nil)
      choices.append(
        layer.pooledLength.map { AlignedBuffer(count: windows * $0 * layer.paddedOutputs) })
      outputGradients.append(
        layer.pooledLength != nil
          ? AlignedBuffer(count: layer.outputRows * layer.paddedOutputs) : nil)
      outputCount = max(outputCount, layer.length * layer.paddedOutputs)
    }
    self.inputs = inputs
    self.inputStrides = inputStrides
    self.inputSlabs = inputSlabs
    self.masks = masks
    poolChoices = choices
    self.gradientSlabs = gradientSlabs
    self.inputGradients = inputGradients
    self.outputGradients = outputGradients
    product = AlignedBuffer(count: productCount)
    output = AlignedBuffer(count: outputCount)
    features = AlignedBuffer(count: windows * layout.paddedFeatures)
    featureGradients = AlignedBuffer(count: windows * layout.paddedFeatures)
    maxima = AlignedBuffer(count: windows * layout.paddedFeatures)
    scratch = AlignedBuffer(count: scratchCount + 64)
  }
}

/// The sums of the trunk's gradients over the windows of a shard.
final class TrunkGradients {
  /// By convolution: the kernel's gradient as its kernel leaves it: [tap][output] of the first,
  /// frequency planes of those between, [output][tap][input] of the last.
  let kernels: [AlignedBuffer<Float>]
  /// By convolution: the bias's gradient.
  let biases: [AlignedBuffer<Float>]
  /// Whether nothing has been added yet, so that planes are overwritten.
  var isEmpty = true

  init(_ layout: NetworkLayout) {
    kernels = layout.convolutions.map { layer in
      let direct = layer.isFirst || layer.isLast
      return AlignedBuffer(count: direct ? layer.kernelCount : 2 * layer.plane * layer.tiling.slabs)
    }
    biases = layout.convolutions.map { AlignedBuffer(count: $0.paddedOutputs) }
  }

  /// Back to zero.
  func reset(_ layout: NetworkLayout) {
    isEmpty = true
    for layer in layout.convolutions {
      biases[layer.index].clear()
      if layer.isFirst || layer.isLast { kernels[layer.index].clear() }
    }
  }
}
