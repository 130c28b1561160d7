import ECGNetwork

/// Mean and deviation of each feature over training windows.
///
/// Dense layers learn faster from features of mean 0 and deviation 1. What they learned is then
/// rewritten for the features as the trunk gives them, so that the network that is kept is one of
/// dense layers like any other:
/// ```
/// W · (x − m) / s + b  =  (W / s) · x + (b − (W / s) · m)
/// ```
struct FeatureStandardisation {
  /// The mean of each feature.
  let means: [Float]
  /// The deviation of each feature; 1 for a feature that is the same in all windows.
  let deviations: [Float]

  /// - Parameters:
  ///   - values: N × C, window after window.
  ///   - width: C, at least 1.
  init(of values: [Float], width: Int) {
    let count = max(1, values.count / width)
    var means = [Double](repeating: 0, count: width)
    for (index, value) in values.enumerated() {
      means[index % width] += Double(value) / Double(count)
    }
    var variances = [Double](repeating: 0, count: width)
    for (index, value) in values.enumerated() {
      let difference = Double(value) - means[index % width]
      variances[index % width] += difference * difference / Double(count)
    }
    self.means = means.map(Float.init)
    // A hundred-thousandth of the mean is rounding, not a difference between windows.
    deviations = zip(variances, means).map { variance, mean in
      let deviation = variance.squareRoot()
      return deviation > 1e-5 * abs(mean) && deviation > 1e-12 ? Float(deviation) : 1
    }
  }

  /// The features, standardised.
  func standardised(_ features: LabelledFeatures) -> LabelledFeatures {
    var features = features
    for index in features.values.indices {
      let column = index % means.count
      features.values[index] = (features.values[index] - means[column]) / deviations[column]
    }
    return features
  }

  /// Dense layers for features as they are, from those that were trained on standardised ones.
  func undone(in network: EmotionNetwork) -> EmotionNetwork {
    var network = network
    let layer = network.architecture.heads[0].hidden.isEmpty ? "emotion.output" : "emotion.dense1"
    guard var kernel = network.parameters["\(layer).weight"],
      var bias = network.parameters["\(layer).bias"]
    else { return network }
    for output in bias.values.indices {
      var shift = 0.0
      for input in means.indices {
        let place = output * means.count + input
        kernel.values[place] /= deviations[input]
        shift += Double(kernel.values[place]) * Double(means[input])
      }
      bias.values[output] -= Float(shift)
    }
    network.parameters["\(layer).weight"] = kernel
    network.parameters["\(layer).bias"] = bias
    return network
  }
}
