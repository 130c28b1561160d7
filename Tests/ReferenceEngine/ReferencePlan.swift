import ECGNetwork

/// The layers of a network with their sizes and the place of their parameters in one flat array,
/// which holds all parameters in the network's order.
struct ReferencePlan: Sendable {
  /// A convolution over time.
  struct Convolution: Sendable {
    var length: Int
    var inputs: Int
    var outputs: Int
    var kernel: Int
    var left: Int
    /// Where the kernel and the bias begin in the flat array.
    var weight: Int
    var bias: Int
    /// Whether a max-pooling follows, and the time steps it leaves.
    var pooledLength: Int?
    var weightCount: Int { inputs * outputs * kernel }
  }

  /// A dense layer.
  struct Dense: Sendable {
    var name: String
    var inputs: Int
    var outputs: Int
    var weight: Int
    var bias: Int
  }

  /// The hidden layers of a head and its output layer.
  struct Head: Sendable {
    var layers: [Dense]
    var firstLogit: Int
  }

  var convolutions: [Convolution] = []
  var heads: [Head] = []
  let shapes: [NetworkArchitecture.ParameterShape]
  let offsets: [Int]
  let valueCount: Int

  init(_ architecture: NetworkArchitecture) {
    shapes = architecture.parameterShapes
    var offsets: [Int] = []
    var total = 0
    for shape in shapes {
      offsets.append(total)
      total += shape.shape.reduce(1, *)
    }
    self.offsets = offsets
    valueCount = total

    var next = 0  // the next kernel among the parameters; its bias comes after it
    if let trunk = architecture.trunk {
      let lengths = trunk.blockLengths(inputLength: architecture.inputLength)
      var channels = 1
      for (index, block) in trunk.blocks.enumerated() {
        for second in [false, true] {
          let pools = second && index + 1 < trunk.blocks.count
          convolutions.append(
            Convolution(
              length: lengths[index], inputs: channels, outputs: block.filters,
              kernel: block.kernel, left: block.leftPadding, weight: offsets[next],
              bias: offsets[next + 1], pooledLength: pools ? lengths[index + 1] : nil))
          channels = block.filters
          next += 2
        }
      }
    }
    var firstLogit = 0
    for head in architecture.heads {
      var layers: [Dense] = []
      var inputs = architecture.featureCount
      for (index, units) in (head.hidden + [head.outputs]).enumerated() {
        layers.append(
          Dense(
            name: "\(head.name).dense\(index + 1)", inputs: inputs, outputs: units,
            weight: offsets[next], bias: offsets[next + 1]))
        inputs = units
        next += 2
      }
      heads.append(Head(layers: layers, firstLogit: firstLogit))
      firstLogit += head.outputs
    }
  }
}
