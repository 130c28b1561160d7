import CSpectral
import Foundation

/// The way down: from the gradients by the features to those by every parameter.
extension TrunkPass {
  /// Adds the gradients of the windows of the last `forward`, from the gradients by the features in
  /// the workspace.
  /// - Parameters:
  ///   - gradients: nil when only the inputs' gradients are wanted.
  ///   - inputs: where to put the gradients by the inputs, row after row; nil when not wanted.
  func backward(
    _ rows: UnsafePointer<Float>, windows: Int, gradients: TrunkGradients?,
    inputs: UnsafeMutablePointer<Float>? = nil
  ) {
    let layers = layout.convolutions
    let last = layers[layers.count - 1]
    for window in 0..<windows {
      lastConvolutionGradient(last, window: window, gradients: gradients)
      descend(
        from: last, window: window, windows: windows, rows: rows, gradients: gradients,
        inputs: inputs)
    }
    for layer in layers.dropFirst().dropLast().reversed() {
      var first = 0
      while first < windows {
        let range = first..<min(first + layer.productWindows, windows)
        multiplyBackward(layer, range, gradients: gradients)
        for window in range {
          sumInputGradient(layer, window: window, in: range)
          descend(
            from: layer, window: window, windows: windows, rows: rows, gradients: gradients,
            inputs: inputs)
        }
        first = range.upperBound
      }
    }
    gradients?.isEmpty = false
  }

  /// The global maximum lets one row of each channel through: both gradients of the last
  /// convolution are sums of as many pieces of `taps` rows as there are channels.
  private func lastConvolutionGradient(
    _ layer: ConvolutionLayer, window: Int, gradients: TrunkGradients?
  ) {
    guard let input = input(of: layer, window: window), let kernel = weights.lastConvolution,
      let inputGradient = workspace.inputGradients[layer.index]
    else { return }
    inputGradient.clear()
    let width = layer.taps * layer.paddedInputs
    let features = workspace.features.base + window * layer.paddedOutputs
    let featureGradients = workspace.featureGradients.base + window * layer.paddedOutputs
    let maxima = workspace.maxima.base + window * layer.paddedOutputs
    for channel in 0..<layer.outputs {
      let gradient = featureGradients[channel] * (features[channel] > 0 ? 1 : leak)
      // Row t of the output comes from the rows t − left … of the input.
      let row = Int(maxima[channel]) * layer.paddedInputs
      kernels.add_scaled(inputGradient.base + row, kernel + channel * width, gradient, width)
      guard let gradients else { continue }
      gradients.biases[layer.index].base[channel] += gradient
      kernels.add_scaled(
        gradients.kernels[layer.index].base + channel * width,
        input - layer.left * layer.paddedInputs + row, gradient, width)
    }
  }

  private func multiplyBackward(
    _ layer: ConvolutionLayer, _ range: Range<Int>, gradients: TrunkGradients?
  ) {
    guard let inputSlabs = workspace.inputSlabs[layer.index],
      let gradientSlabs = workspace.gradientSlabs[layer.index]
    else { return }
    var product = layer.product(windows: range.count)
    let input =
      inputSlabs.base + SlabPlace.start(range.lowerBound, layer, channels: layer.paddedInputs)
    let gradient =
      gradientSlabs.base + SlabPlace.start(range.lowerBound, layer, channels: layer.paddedOutputs)
    let isFirstOfShard = gradients?.isEmpty == true && range.lowerBound == 0
    kernels.multiply_backward(
      &product, input, gradient, weights.transposedSpectrum(layer), workspace.product.base,
      gradients?.kernels[layer.index].base, isFirstOfShard ? 0 : 1, workspace.scratch.base)
    if let gradients {
      // Frequency 0 holds each tile's sum.
      kernels.add_rows(
        gradient, layer.paddedOutputs, Int32(range.count * layer.tiling.tiles),
        Int32(layer.paddedOutputs), gradients.biases[layer.index].base)
    }
  }

  private func sumInputGradient(_ layer: ConvolutionLayer, window: Int, in range: Range<Int>) {
    guard let plan = plans[layer.index], let target = workspace.inputGradients[layer.index]
    else { return }
    let channels = layer.paddedInputs
    var tiles = layer.tiles(plan.plan, windows: range.count, channels: channels)
    let row = (window - range.lowerBound) * layer.tiling.tiles * channels
    kernels.inverse_tiles_add(
      &tiles, workspace.product.base + row, target.base, workspace.scratch.base)
  }

  /// From the gradient by a layer's input to the slabs of the gradient of the layer below.
  private func descend(
    from layer: ConvolutionLayer, window: Int, windows: Int, rows: UnsafePointer<Float>,
    gradients: TrunkGradients?, inputs: UnsafeMutablePointer<Float>?
  ) {
    guard let buffer = workspace.inputGradients[layer.index] else { return }
    let below = layout.convolutions[layer.index - 1]
    let channels = below.paddedOutputs
    let gradient = buffer.base + layer.left * channels
    if below.isFirst {
      firstConvolutionGradient(
        gradient, window: window, row: rows + window * below.length, gradients: gradients,
        input: inputs.map { $0 + window * below.length })
      return
    }
    guard let plan = plans[below.index], let slabs = workspace.gradientSlabs[below.index]
    else { return }
    let place = SlabPlace(window, of: windows, below, channels: channels)
    var tiles = below.tiles(plan.plan, windows: place.windows, channels: channels)
    let target = slabs.base + place.offset
    if let pools = below.pooledLength, let output = workspace.outputGradients[below.index],
      let pooled = input(of: layer, window: window)
    {
      kernels.pool_gradient(
        gradient, pooled, choices(below, window: window), leak, Int32(channels), Int32(poolWidth),
        Int32(poolStride), Int32(pools), Int32(below.length), output.base)
      kernels.forward_tiles(
        &tiles, Int32(below.tiling.step), output.base, nil, 0, target, workspace.scratch.base)
    } else {
      // What tiles left behind the last row belongs to no output.
      let end = gradient + below.length * channels
      let rest = buffer.base + buffer.count - end
      if rest > 0 { memset(end, 0, rest * MemoryLayout<Float>.stride) }
      kernels.forward_tiles(
        &tiles, Int32(below.tiling.step), gradient, mask(below, window: window), leak, target,
        workspace.scratch.base)
    }
  }

  private func firstConvolutionGradient(
    _ gradient: Floats, window: Int, row: UnsafePointer<Float>, gradients: TrunkGradients?,
    input: UnsafeMutablePointer<Float>?
  ) {
    let layer = layout.convolutions[0]
    let channels = layer.paddedOutputs
    kernels.apply_mask(
      gradient, mask(layer, window: window), leak, layer.length * channels)
    if let gradients {
      fillSignal(row)
      let kernel = gradients.kernels[0].base
      kernels.matrix(
        Int32(layer.taps), Int32(channels), Int32(layer.length), workspace.signal.base, 1, 1,
        gradient, channels, kernel, channels, kernel, channels)
      kernels.add_rows(
        gradient, channels, Int32(layer.length), Int32(channels), gradients.biases[0].base)
    }
    guard let input else { return }
    let kernel = arena + layout.kernel(layer).offset
    for t in 0..<layer.length {
      // Output row s has seen input t with tap t − s + left.
      let taps = max(0, t + layer.left - layer.length + 1)..<min(layer.taps, t + layer.left + 1)
      var sum: Float = 0
      for tap in taps {
        sum += kernels.dot(
          kernel + tap * channels, gradient + (t + layer.left - tap) * channels, channels)
      }
      input[t] = sum
    }
  }
}
