import ECGNetwork

/// A network layer by layer, with everything fixed that the file formats of other runtimes ask for.
///
/// Each writer walks the layers in order; a layer's inputs stand before it. Shapes are without the
/// batch, which comes first.
struct LayerGraph: Sendable {
  /// What one layer computes.
  enum Operation: Sendable {
    /// T samples become one channel of T: [T] → [1, T].
    case channel
    /// Stride 1, with zeros before and after the signal.
    case convolution(weight: Tensor, bias: Tensor, left: Int, right: Int)
    /// max(x, slope · x).
    case leakyReLU(slope: Float)
    /// max(x, 0).
    case relu
    /// The largest of `width` values every `stride`; a tail that fills no pool is dropped.
    case maximumPooling(width: Int, stride: Int)
    /// The largest value of each channel: [C, T] → [C].
    case globalMaximum
    /// weight · x + bias.
    case dense(weight: Tensor, bias: Tensor)
    /// The inputs one after another.
    case concatenation
    /// factor · x.
    case scaling(factor: Float)
    /// 1 / (1 + e^−x).
    case sigmoid
    /// log(1 + e^x).
    case softplus
    /// e^x, divided by the sum over the row.
    case softmax
  }

  /// A layer and the value it makes.
  struct Layer: Sendable {
    /// The name of the layer and of its value.
    var name: String
    var operation: Operation
    /// The names of the values it takes.
    var inputs: [String]
    /// The shape of its value, without the batch.
    var shape: [Int]
    /// The name of its parameters, as in a model file: `trunk.conv1`.
    var parameters: String?
  }

  /// The name of the input.
  static let input = "window"
  /// The names that outputs have.
  static let features = "features"
  static let logits = "logits"
  static let probabilities = "probabilities"

  /// Samples of a window, T.
  let inputLength: Int
  private(set) var layers: [Layer] = []
  /// The values that leave, in order.
  private(set) var outputs: [String] = []

  /// The shape of a value, without the batch.
  func shape(of name: String) -> [Int] {
    layers.last { $0.name == name }?.shape ?? [inputLength]
  }
}

extension LayerGraph {
  /// The layers of a trunk, and of heads on it.
  /// - Parameters:
  ///   - heads: none for the trunk alone.
  ///   - temperature: what logits are divided by before they become probabilities.
  /// - Throws: `NetworkError` when a parameter is missing or does not fit.
  init(
    trunk: NetworkArchitecture.Trunk, heads: [NetworkArchitecture.Head], inputLength: Int,
    parameters: Parameters, temperature: Double = 1
  ) throws {
    self.inputLength = inputLength
    try append(trunk, parameters)
    outputs = [Self.features]
    guard !heads.isEmpty else { return }
    if heads.count == 1 {
      try append(heads[0], parameters, output: Self.logits)
    } else {
      for head in heads { try append(head, parameters, output: "\(head.name).output") }
      append(
        Self.logits, .concatenation, of: heads.map { "\($0.name).output" },
        shape: [heads.reduce(0) { $0 + $1.outputs }])
    }
    try appendProbabilities(of: heads, temperature: temperature)
    outputs += [Self.logits, Self.probabilities]
  }

  private mutating func append(_ trunk: NetworkArchitecture.Trunk, _ parameters: Parameters) throws
  {
    append("signal", .channel, of: [Self.input], shape: [1, inputLength])
    var value = "signal"
    var number = 1
    let lengths = trunk.blockLengths(inputLength: inputLength)
    for (index, block) in trunk.blocks.enumerated() {
      if index > 0 {
        let pool = "trunk.pool\(index)"
        append(
          pool, .maximumPooling(width: trunk.poolWidth, stride: trunk.poolStride), of: [value],
          shape: [trunk.blocks[index - 1].filters, lengths[index]])
        value = pool
      }
      for _ in 0..<2 {
        let name = "trunk.conv\(number)"
        let shape = [block.filters, lengths[index]]
        let tensors = try tensors(of: name, in: parameters)
        append(
          name,
          .convolution(
            weight: tensors.weight, bias: tensors.bias, left: block.leftPadding,
            right: block.kernel - 1 - block.leftPadding), of: [value], shape: shape,
          parameters: name)
        value = name + ".activation"
        append(value, .leakyReLU(slope: trunk.leak), of: [name], shape: shape)
        number += 1
      }
    }
    append(Self.features, .globalMaximum, of: [value], shape: [trunk.featureCount])
  }

  private mutating func append(
    _ head: NetworkArchitecture.Head, _ parameters: Parameters, output: String
  ) throws {
    var value = Self.features
    for (index, units) in head.hidden.enumerated() {
      let name = "\(head.name).dense\(index + 1)"
      let tensors = try tensors(of: name, in: parameters)
      append(
        name, .dense(weight: tensors.weight, bias: tensors.bias), of: [value], shape: [units],
        parameters: name)
      value = name + ".activation"
      let activation: Operation =
        switch head.activation {
        case .relu: .relu
        case .leakyReLU: .leakyReLU(slope: 0.2)
        }
      append(value, activation, of: [name], shape: [units])
    }
    let name = "\(head.name).output"
    let tensors = try tensors(of: name, in: parameters)
    append(
      output, .dense(weight: tensors.weight, bias: tensors.bias), of: [value],
      shape: [head.outputs], parameters: name)
  }

  /// The probabilities as `NetworkArchitecture.Head.probabilities(of:temperature:)` gives them.
  private mutating func appendProbabilities(
    of heads: [NetworkArchitecture.Head], temperature: Double
  ) throws {
    let shape = shape(of: Self.logits)
    var value = Self.logits
    func name(_ step: String) -> String { "\(Self.probabilities).\(step)" }
    if temperature != 1 {
      append(name("scaled"), .scaling(factor: Float(1 / temperature)), of: [value], shape: shape)
      value = name("scaled")
    }
    if heads.allSatisfy({ $0.outputs == 1 && $0.loss == .sigmoid }) {
      append(Self.probabilities, .sigmoid, of: [value], shape: shape)
      return
    }
    guard heads.count == 1 else {
      throw ExchangeError.export(
        "a network with several heads is exported only where each says yes or no with one logit")
    }
    if heads[0].loss == .sigmoid {
      // Each class's σ divided by their sum is the softmax of log σ(x) = −log(1 + e^−x).
      append(name("negated"), .scaling(factor: -1), of: [value], shape: shape)
      append(name("softplus"), .softplus, of: [name("negated")], shape: shape)
      append(name("log"), .scaling(factor: -1), of: [name("softplus")], shape: shape)
      value = name("log")
    }
    append(Self.probabilities, .softmax, of: [value], shape: shape)
  }

  private mutating func append(
    _ name: String, _ operation: Operation, of inputs: [String], shape: [Int],
    parameters: String? = nil
  ) {
    layers.append(
      Layer(name: name, operation: operation, inputs: inputs, shape: shape, parameters: parameters))
  }
}

private func tensors(
  of name: String, in parameters: Parameters
) throws -> (weight: Tensor, bias: Tensor) {
  guard let weight = parameters[name + ".weight"] else {
    throw NetworkError.missingParameter(name: name + ".weight", shape: [])
  }
  guard let bias = parameters[name + ".bias"] else {
    throw NetworkError.missingParameter(name: name + ".bias", shape: [])
  }
  return (weight, bias)
}
