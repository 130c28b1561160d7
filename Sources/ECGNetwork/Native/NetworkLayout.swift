import CSpectral

/// The layers of a network, and where their parameters lie in one flat arena.
///
/// In the arena kernels are [taps][inputs][outputs] or [inputs][outputs], with channels padded with
/// zeros to whole vectors. The zeros stay zeros: nothing ever reaches their gradients.
struct NetworkLayout: Sendable {
  /// A tensor of the architecture and its place.
  struct Segment: Sendable {
    let shape: NetworkArchitecture.ParameterShape
    let offset: Int
    let count: Int
    /// How many values the arena holds for a step of output, input and tap.
    let inputStride: Int
    let tapStride: Int
  }

  private(set) var convolutions: [ConvolutionLayer] = []
  private(set) var dense: [DenseLayer] = []
  /// Kernel and bias of each layer: convolutions first, then dense layers.
  private(set) var segments: [Segment] = []
  private(set) var arenaCount = 0
  let featureCount: Int
  let paddedFeatures: Int
  let logitCount: Int

  init(_ architecture: NetworkArchitecture, choices: NativeChoices) throws {
    featureCount = architecture.featureCount
    let block = Int(cspectral_channel_block)
    paddedFeatures = featureCount.padded(to: block)
    logitCount = architecture.logitCount
    if let trunk = architecture.trunk {
      guard trunk.poolWidth <= 256 else {
        throw NetworkError.architecture(
          "the native engine pools over at most 256 steps, not \(trunk.poolWidth)")
      }
      addConvolutions(trunk, inputLength: architecture.inputLength, choices: choices)
    }
    var firstLogit = 0
    for (index, head) in architecture.heads.enumerated() {
      addDense(head, index: index, firstLogit: firstLogit, onTrunk: architecture.trunk != nil)
      firstLogit += head.outputs
    }
    addSegments(architecture.parameterShapes)
  }

  /// The kernel of a convolution, or its bias.
  func kernel(_ layer: ConvolutionLayer) -> Segment { segments[2 * layer.index] }
  func bias(_ layer: ConvolutionLayer) -> Segment { segments[2 * layer.index + 1] }
  /// The kernel of a dense layer, or its bias.
  func kernel(dense index: Int) -> Segment { segments[2 * (convolutions.count + index)] }
  func bias(dense index: Int) -> Segment { segments[2 * (convolutions.count + index) + 1] }

  private mutating func addConvolutions(
    _ trunk: NetworkArchitecture.Trunk, inputLength: Int, choices: NativeChoices
  ) {
    let block = Int(cspectral_channel_block)
    let lengths = trunk.blockLengths(inputLength: inputLength)
    var channels = 1
    for (number, part) in trunk.blocks.enumerated() {
      for second in [false, true] {
        let index = convolutions.count
        let inputs = index == 0 ? 1 : channels.padded(to: block)
        let outputs = part.filters.padded(to: block)
        let ends = number + 1 == trunk.blocks.count
        var tiling = SpectralTiling.best(
          length: lengths[number], kernel: part.kernel, inputs: inputs, outputs: outputs)
        let forced =
          index > 0 && index - 1 < (choices.tileSizes?.count ?? 0)
          ? choices.tileSizes?[index - 1] : choices.tileSize
        if let forced, forced >= part.kernel {
          tiling = SpectralTiling(size: forced, kernel: part.kernel, length: lengths[number])
        }
        var windows = number == 0 ? 2 : number == 1 ? 4 : 8
        if let forced = choices.productWindows, index > 0, index <= forced.count {
          windows = forced[index - 1]
        }
        convolutions.append(
          ConvolutionLayer(
            index: index, length: lengths[number], inputs: channels, outputs: part.filters,
            paddedInputs: inputs, paddedOutputs: outputs, taps: part.kernel,
            left: part.leftPadding, pooledLength: second && !ends ? lengths[number + 1] : nil,
            isLast: second && ends, tiling: tiling, productWindows: windows))
        channels = part.filters
      }
    }
  }

  private mutating func addDense(
    _ head: NetworkArchitecture.Head, index: Int, firstLogit: Int, onTrunk: Bool
  ) {
    let block = Int(cspectral_channel_block)
    var inputs = featureCount
    var below: Int?
    for (number, units) in (head.hidden + [head.outputs]).enumerated() {
      let isOutput = number == head.hidden.count
      let name = isOutput ? "\(head.name).output" : "\(head.name).dense\(number + 1)"
      dense.append(
        DenseLayer(
          name: name,
          inputs: inputs, outputs: units, paddedInputs: inputs.padded(to: block),
          paddedOutputs: units.padded(to: block), activation: isOutput ? nil : head.activation,
          dropout: isOutput ? 0 : head.dropout,
          dropoutPurpose: DropoutMask.purpose(layer: name), below: below,
          needsInputGradient: below != nil || onTrunk, head: index, firstLogit: firstLogit))
      below = dense.count - 1
      inputs = units
    }
  }

  private mutating func addSegments(_ shapes: [NetworkArchitecture.ParameterShape]) {
    for (index, shape) in shapes.enumerated() {
      let layer = index / 2
      let outputs: Int
      var count: Int
      var tapStride = 0
      if layer < convolutions.count {
        outputs = convolutions[layer].paddedOutputs
        count = shape.isKernel ? convolutions[layer].kernelCount : outputs
        tapStride = convolutions[layer].plane
      } else {
        let dense = dense[layer - convolutions.count]
        outputs = dense.paddedOutputs
        count = shape.isKernel ? dense.inputs * outputs : outputs
      }
      count = count.padded(to: 16)
      segments.append(
        Segment(
          shape: shape, offset: arenaCount, count: count, inputStride: outputs,
          tapStride: tapStride))
      arenaCount += count
    }
  }
}

extension NetworkLayout.Segment {
  /// Calls `body` with each value's place in the tensor ([out, in, tap] or [out, in] or [out],
  /// row-major) and in the arena.
  func forEachPlace(_ body: (_ tensor: Int, _ arena: Int) -> Void) {
    let sizes = shape.shape
    let inputs = sizes.count > 1 ? sizes[1] : 1
    let taps = sizes.count > 2 ? sizes[2] : 1
    var tensor = 0
    for output in 0..<sizes[0] {
      for input in 0..<inputs {
        for tap in 0..<taps {
          body(tensor, offset + tap * tapStride + input * inputStride + output)
          tensor += 1
        }
      }
    }
  }
}

extension NetworkLayout {
  /// Copies parameters into an arena.
  func fill(_ arena: Floats, with parameters: Parameters) {
    for segment in segments {
      guard let tensor = parameters[segment.shape.name] else { continue }
      tensor.values.withUnsafeBufferPointer { values in
        segment.forEachPlace { arena[$1] = values[$0] }
      }
    }
  }

  /// The parameters that an arena holds.
  func parameters(of arena: UnsafePointer<Float>) -> Parameters {
    var parameters = Parameters()
    for segment in segments {
      var values = [Float](repeating: 0, count: segment.shape.shape.reduce(1, *))
      values.withUnsafeMutableBufferPointer { values in
        segment.forEachPlace { values[$0] = arena[$1] }
      }
      parameters[segment.shape.name] = Tensor(shape: segment.shape.shape, values: values)
    }
    return parameters
  }
}
