import CSpectral
import Foundation

/// The trunk's way up and down for a group of windows, on one thread.
///
/// Up, each window's tiles are written into the slabs of the next layer as soon as its activations
/// are there; then the products of a few windows are computed together. The slabs stay for the way
/// down, where the weight gradient needs them.
struct TrunkPass {
  let layout: NetworkLayout
  let plans: [TransformPlan?]
  let kernels: cspectral_kernels
  let leak: Float
  let poolWidth: Int
  let poolStride: Int
  let arena: UnsafePointer<Float>
  let weights: PreparedWeights
  let workspace: TrunkWorkspace

  // MARK: Up

  /// Computes the features of windows, which lie row after row, into the workspace.
  func forward(_ rows: UnsafePointer<Float>, windows: Int) {
    let layers = layout.convolutions
    let length = layers[0].length
    for layer in layers.dropFirst() {
      var first = 0
      while first < windows {
        let range = first..<min(first + layer.productWindows, windows)
        if layer.index == 1 {
          // The first convolution's output is transformed while it is in the cache.
          for window in range {
            firstConvolution(rows + window * length, window: window)
            transformInput(of: layer, window: window, windows: windows)
          }
        }
        multiply(layer, range)
        for window in range {
          finish(layer, window: window, in: range)
          if !layer.isLast {
            transformInput(of: layers[layer.index + 1], window: window, windows: windows)
          }
        }
        first = range.upperBound
      }
    }
  }

  private func firstConvolution(_ row: UnsafePointer<Float>, window: Int) {
    let layer = layout.convolutions[0]
    let next = layout.convolutions[1]
    fillSignal(row)
    guard let output = input(of: next, window: window) else { return }
    let channels = layer.paddedOutputs
    // In pieces that stay in the first cache until they are activated.
    let piece = 56
    for start in stride(from: 0, to: layer.length, by: piece) {
      let count = min(piece, layer.length - start)
      kernels.matrix(
        Int32(count), Int32(channels), Int32(layer.taps), workspace.signal.base + start, 1, 1,
        arena + layout.kernel(layer).offset, channels, arena + layout.bias(layer).offset, 0,
        output + start * channels, channels)
      kernels.activate(
        output + start * channels, mask(layer, window: window).map { $0 + start * channels }, leak,
        count * channels)
    }
  }

  /// Puts a window behind its zeros.
  private func fillSignal(_ row: UnsafePointer<Float>) {
    let layer = layout.convolutions[0]
    (workspace.signal.base + layer.left).update(from: row, count: layer.length)
  }

  private func transformInput(of layer: ConvolutionLayer, window: Int, windows: Int) {
    guard let slabs = workspace.inputSlabs[layer.index], let plan = plans[layer.index],
      let source = input(of: layer, window: window)
    else { return }
    let place = Place(window, of: windows, layer, channels: layer.paddedInputs)
    var tiles = layer.tiles(plan.plan, windows: place.windows, channels: layer.paddedInputs)
    kernels.forward_tiles(
      &tiles, Int32(layer.tiling.size), source - layer.left * layer.paddedInputs, nil, 0,
      slabs.base + place.offset, workspace.scratch.base)
  }

  private func multiply(_ layer: ConvolutionLayer, _ range: Range<Int>) {
    guard let slabs = workspace.inputSlabs[layer.index], let spectrum = weights.spectrum(layer)
    else { return }
    var product = layer.product(windows: range.count)
    let start = Place.start(range.lowerBound, layer, channels: layer.paddedInputs)
    kernels.multiply(
      &product, slabs.base + start, spectrum, workspace.product.base, workspace.scratch.base)
  }

  /// From output slabs to the next layer's input, or to the features.
  private func finish(_ layer: ConvolutionLayer, window: Int, in range: Range<Int>) {
    guard let plan = plans[layer.index] else { return }
    let channels = layer.paddedOutputs
    var tiles = layer.tiles(plan.plan, windows: range.count, channels: channels)
    let row = (window - range.lowerBound) * layer.tiling.tiles * channels
    let isInner = layer.pooledLength == nil && !layer.isLast
    let next = layer.isLast ? nil : layout.convolutions[layer.index + 1]
    let nextInput = next.flatMap { input(of: $0, window: window) }
    let output = isInner ? nextInput ?? workspace.output.base : workspace.output.base
    kernels.inverse_tiles_activate(
      &tiles, workspace.product.base + row, arena + layout.bias(layer).offset, leak,
      Int32(layer.length), output, mask(layer, window: window), workspace.scratch.base)
    if let pools = layer.pooledLength, let nextInput {
      kernels.pool(
        output, Int32(channels), Int32(poolWidth), Int32(poolStride), Int32(pools), nextInput,
        choices(layer, window: window))
    } else if layer.isLast {
      kernels.global_maximum(
        output, Int32(channels), Int32(layer.length),
        workspace.features.base + window * channels, workspace.maxima.base + window * channels)
    }
  }

  // MARK: Down

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
      inputSlabs.base + Place.start(range.lowerBound, layer, channels: layer.paddedInputs)
    let gradient =
      gradientSlabs.base + Place.start(range.lowerBound, layer, channels: layer.paddedOutputs)
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
    let place = Place(window, of: windows, below, channels: channels)
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

  // MARK: Places

  /// The first row, behind the margin, of a layer's input.
  private func input(of layer: ConvolutionLayer, window: Int) -> Floats? {
    workspace.inputs[layer.index].map {
      $0.base + window * workspace.inputStrides[layer.index] + layer.left * layer.paddedInputs
    }
  }

  private func mask(_ layer: ConvolutionLayer, window: Int) -> UnsafeMutablePointer<Int8>? {
    workspace.masks[layer.index].map {
      $0.base + window * max(layer.outputRows, layer.length) * layer.paddedOutputs
    }
  }

  private func choices(_ layer: ConvolutionLayer, window: Int) -> UnsafeMutablePointer<UInt8>? {
    workspace.poolChoices[layer.index].map {
      $0.base + window * (layer.pooledLength ?? 0) * layer.paddedOutputs
    }
  }
}

/// Where a window's first row is in the slabs of a layer.
private struct Place {
  /// Windows in the same slabs.
  let windows: Int
  /// Floats from the first slabs of the group.
  let offset: Int

  init(_ window: Int, of all: Int, _ layer: ConvolutionLayer, channels: Int) {
    let first = window / layer.productWindows * layer.productWindows
    windows = min(layer.productWindows, all - first)
    offset =
      Self.start(first, layer, channels: channels)
      + (window - first) * layer.tiling.tiles * channels
  }

  /// The slabs of the windows from `first` on, a multiple of the windows together.
  static func start(_ first: Int, _ layer: ConvolutionLayer, channels: Int) -> Int {
    first / layer.productWindows
      * layer.slabCount(windows: layer.productWindows, channels: channels)
  }
}
