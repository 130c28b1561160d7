/// A block of numbers with a shape, row-major (C order).
public struct Tensor: Hashable, Sendable {
  /// The size of each dimension, slowest first.
  public let shape: [Int]
  /// The values, `shape` multiplied out.
  public var values: [Float]

  /// A tensor of given values.
  public init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's values must fill its shape")
    self.shape = shape
    self.values = values
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
  }
}

/// The parameters of a network by name, in the order of the network.
///
/// Convolution kernels are `[out, in, kernel]`, dense kernels `[out, in]`, biases `[out]`: PyTorch's
/// layouts. Names are `trunk.conv1.weight`, `trunk.conv1.bias` … `trunk.conv6.bias`, and for each
/// head `NAME.dense1.weight`, `NAME.dense1.bias` …, `NAME.output.weight`, `NAME.output.bias`.
public struct Parameters: Sendable, Equatable {
  /// The names, in the order of the network.
  public private(set) var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  /// No parameters.
  public init() {}

  /// The tensor of a name; setting a new name appends it, setting nil removes it.
  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if tensors[name] == nil {
        names.append(name)
      }
      tensors[name] = newValue
    }
  }

  /// How many numbers there are in all.
  public var valueCount: Int { tensors.values.reduce(0) { $0 + $1.values.count } }

  /// The parameters whose name starts with a prefix, such as `trunk.`.
  public func filter(prefix: String) -> Parameters {
    var kept = Parameters()
    for name in names where name.hasPrefix(prefix) { kept[name] = tensors[name] }
    return kept
  }

  /// These parameters, with those of `others` added or put in their place.
  public func merging(_ others: Parameters) -> Parameters {
    var merged = self
    for name in others.names { merged[name] = others[name] }
    return merged
  }
}

/// Adam's memory: moments by parameter name, and the number of steps behind them.
public struct OptimizerState: Sendable, Equatable {
  /// Running means of the gradients.
  public var firstMoments: Parameters
  /// Running means of the squared gradients.
  public var secondMoments: Parameters
  /// Steps done.
  public var steps: Int

  /// A state.
  public init(firstMoments: Parameters, secondMoments: Parameters, steps: Int) {
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
    self.steps = steps
  }
}
