/// The shape of a network: an optional convolutional trunk and one or more dense heads on it.
///
/// Both networks of the system are of this shape. The *signal transformation recognition network*
/// is a trunk with seven heads of one logit; the *emotion recognition network* is a trunk with one
/// head, or, when the trunk is frozen and its features are computed beforehand, the head alone.
public struct NetworkArchitecture: Codable, Hashable, Sendable {
  /// The trunk; without one the network's input is the features themselves.
  public var trunk: Trunk?
  /// Values in one input row: samples of a window, or features when there is no trunk.
  public var inputLength: Int
  /// The heads, in the order of their logits.
  public var heads: [Head]

  /// An architecture.
  public init(trunk: Trunk?, inputLength: Int, heads: [Head]) {
    self.trunk = trunk
    self.inputLength = inputLength
    self.heads = heads
  }

  /// Values that reach each head: the trunk's features, or the input itself.
  public var featureCount: Int { trunk?.featureCount ?? inputLength }
  /// Logits of all heads together, K.
  public var logitCount: Int { heads.reduce(0) { $0 + $1.outputs } }
}

extension NetworkArchitecture {
  /// Blocks of two convolutions each, a max-pooling between blocks, a global maximum at the end.
  ///
  /// Convolutions have stride 1 and TensorFlow's SAME padding: (k − 1) / 2 zeros on the left,
  /// rounded down, the rest of the k − 1 on the right. Every convolution is followed by a leaky
  /// ReLU.
  public struct Trunk: Codable, Hashable, Sendable {
    /// The blocks, from the input up.
    public var blocks: [Block]
    /// Width of the max-pooling between blocks (VALID: the tail that fills no pool is dropped).
    public var poolWidth: Int
    /// Step of the max-pooling between blocks.
    public var poolStride: Int
    /// Slope of the leaky ReLU below 0.
    public var leak: Float

    /// A trunk.
    public init(blocks: [Block], poolWidth: Int = 8, poolStride: Int = 2, leak: Float = 0.2) {
      self.blocks = blocks
      self.poolWidth = poolWidth
      self.poolStride = poolStride
      self.leak = leak
    }

    /// Features after the global maximum, C: the filters of the last block.
    public var featureCount: Int { blocks.last?.filters ?? 1 }
  }

  /// Two convolutions with the same number of filters and the same kernel.
  public struct Block: Codable, Hashable, Sendable {
    /// Filters of each convolution.
    public var filters: Int
    /// Taps of each kernel.
    public var kernel: Int

    /// A block of two convolutions.
    public init(filters: Int, kernel: Int) {
      self.filters = filters
      self.kernel = kernel
    }
  }

  /// Dense layers on the features, ending in logits.
  public struct Head: Codable, Hashable, Sendable {
    /// The activation after each hidden layer.
    public enum Activation: String, Codable, Sendable {
      /// max(0, x).
      case relu
      /// max(0.2 x, x).
      case leakyReLU
    }

    /// How logits become a loss; the target of a row is one number a head.
    public enum Loss: String, Codable, Sendable {
      /// Sigmoid cross-entropy. With one output the target is 0 or 1; with several it is the class,
      /// taken as one-hot, and the outputs' losses are averaged.
      case sigmoid
      /// Softmax cross-entropy; the target is the class, 0 ..< outputs.
      case softmax
    }

    /// The prefix of the head's parameters, such as `heads.noise` or `emotion`.
    public var name: String
    /// Units of each hidden layer.
    public var hidden: [Int]
    /// The activation after each hidden layer.
    public var activation: Activation
    /// Share of units dropped after each hidden layer in training, in [0, 1).
    public var dropout: Float
    /// Logits.
    public var outputs: Int
    /// The loss on the logits.
    public var loss: Loss
    /// The head's weight in the network's loss.
    public var lossWeight: Float

    /// A head.
    public init(
      name: String, hidden: [Int], activation: Activation, dropout: Float, outputs: Int,
      loss: Loss, lossWeight: Float = 1
    ) {
      self.name = name
      self.hidden = hidden
      self.activation = activation
      self.dropout = dropout
      self.outputs = outputs
      self.loss = loss
      self.lossWeight = lossWeight
    }
  }
}
