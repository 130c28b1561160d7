import CSpectral

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
  func fillSignal(_ row: UnsafePointer<Float>) {
    let layer = layout.convolutions[0]
    (workspace.signal.base + layer.left).update(from: row, count: layer.length)
  }

  private func transformInput(of layer: ConvolutionLayer, window: Int, windows: Int) {
    guard let slabs = workspace.inputSlabs[layer.index], let plan = plans[layer.index],
      let source = input(of: layer, window: window)
    else { return }
    let place = SlabPlace(window, of: windows, layer, channels: layer.paddedInputs)
    var tiles = layer.tiles(plan.plan, windows: place.windows, channels: layer.paddedInputs)
    kernels.forward_tiles(
      &tiles, Int32(layer.tiling.size), source - layer.left * layer.paddedInputs, nil, 0,
      slabs.base + place.offset, workspace.scratch.base)
  }

  private func multiply(_ layer: ConvolutionLayer, _ range: Range<Int>) {
    guard let slabs = workspace.inputSlabs[layer.index], let spectrum = weights.spectrum(layer)
    else { return }
    var product = layer.product(windows: range.count)
    let start = SlabPlace.start(range.lowerBound, layer, channels: layer.paddedInputs)
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

  // MARK: Places

  /// The first row, behind the margin, of a layer's input.
  func input(of layer: ConvolutionLayer, window: Int) -> Floats? {
    workspace.inputs[layer.index].map {
      $0.base + window * workspace.inputStrides[layer.index] + layer.left * layer.paddedInputs
    }
  }

  func mask(_ layer: ConvolutionLayer, window: Int) -> UnsafeMutablePointer<Int8>? {
    workspace.masks[layer.index].map {
      $0.base + window * max(layer.outputRows, layer.length) * layer.paddedOutputs
    }
  }

  func choices(_ layer: ConvolutionLayer, window: Int) -> UnsafeMutablePointer<UInt8>? {
    workspace.poolChoices[layer.index].map {
      $0.base + window * (layer.pooledLength ?? 0) * layer.paddedOutputs
    }
  }
}

/// Where a window's first row is in the slabs of a layer.
struct SlabPlace {
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
