import ECGNetwork

extension NetworkArchitecture {
  /// The emotion recognition network: a trunk, or features in its place, and one head `emotion` of
  /// dense ReLU layers.
  ///
  /// Two classes are two sigmoid units with binary cross-entropy, more are a softmax, as in the
  /// published code.
  /// - Parameters:
  ///   - trunk: the trunk; nil when the input is the features themselves.
  ///   - inputLength: samples of a window, or features.
  ///   - classCount: classes, K, at least 2.
  public static func emotionRecognition(
    trunk: Trunk?, inputLength: Int, classCount: Int, configuration: EmotionConfiguration
  ) -> NetworkArchitecture {
    NetworkArchitecture(
      trunk: trunk, inputLength: inputLength,
      heads: [
        Head(
          name: "emotion", hidden: configuration.hidden, activation: .relu,
          dropout: configuration.dropout, outputs: classCount,
          loss: classCount == 2 ? .sigmoid : .softmax)
      ])
  }
}
