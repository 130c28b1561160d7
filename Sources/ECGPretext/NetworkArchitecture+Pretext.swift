import ECGNetwork

extension NetworkArchitecture.Trunk {
  /// The published trunk: 32 filters of 32 taps, 64 of 16, 128 of 8, twice each; 329,152 parameters.
  ///
  /// Sarkar and Etemad, IEEE TAC 13(3), table 1; the released checkpoint has the same.
  public static let published = NetworkArchitecture.Trunk(blocks: [
    NetworkArchitecture.Block(filters: 32, kernel: 32),
    NetworkArchitecture.Block(filters: 64, kernel: 16),
    NetworkArchitecture.Block(filters: 128, kernel: 8),
  ])
}

extension NetworkArchitecture {
  /// The signal transformation recognition network: a trunk and, for each transformation, a head
  /// `heads.NAME` of one sigmoid unit that says whether a window has undergone it.
  ///
  /// With the published settings 561,223 parameters: 329,152 of the trunk and 33,153 of each head.
  /// - Parameters:
  ///   - transformations: the transformations, in the order of the heads.
  ///   - windowLength: samples of a window, T.
  ///   - trunk: the convolutional trunk.
  ///   - hidden: units of each head's hidden layers.
  ///   - dropout: share of units dropped after each hidden layer in training, in [0, 1).
  ///   - lossWeights: weights in the loss by transformation, where they differ from the
  ///     transformation's own `recognitionWeight`.
  public static func transformationRecognition(
    transformations: TransformationSet = .standard, windowLength: Int = 2560,
    trunk: Trunk = .published, hidden: [Int] = [128, 128], dropout: Float = 0.6,
    lossWeights: [String: Float] = [:]
  ) -> NetworkArchitecture {
    NetworkArchitecture(
      trunk: trunk, inputLength: windowLength,
      heads: transformations.members.map { transformation in
        Head(
          name: "heads." + transformation.name, hidden: hidden, activation: .leakyReLU,
          dropout: dropout, outputs: 1, loss: .sigmoid,
          lossWeight: lossWeights[transformation.name]
            ?? type(of: transformation).recognitionWeight)
      })
  }
}
