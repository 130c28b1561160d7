/// A way of predicting a window's class, compared with others on the same folds.
public enum Method: String, CaseIterable, Codable, Sendable {
  /// The pre-trained trunk, frozen, and dense layers trained on its features: the paper's method.
  case pretrainedFrozen
  /// The whole network trained on labelled windows alone.
  case supervised
  /// The pre-trained trunk, trained further with the dense layers.
  case fineTuned
  /// An untrained trunk, frozen, and dense layers trained on its features: what the architecture
  /// gives without any training.
  case randomTrunk
  /// The pre-trained trunk, frozen, and logistic regression on its features: what they hold that is
  /// in plain sight.
  case pretrainedLinear
  /// An untrained trunk, frozen, and logistic regression on its features.
  case randomLinear
  /// Dense layers on the features of the pre-trained trunk joined with heart-rate variability.
  case joined
  /// Logistic regression on the features of the pre-trained trunk joined with heart-rate variability.
  case joinedLinear
  /// Heart-rate variability of the window and logistic regression.
  case heartRateVariability
  /// The mean heart rate of the window alone and logistic regression.
  case heartRate
  /// The most frequent training label for every window.
  case majority
  /// The person's most frequent training label.
  case personLookup
  /// The recording's most frequent training label.
  case recordingLookup

  /// The methods that an evaluation compares unless told otherwise.
  public static let standard: [Method] = [
    .pretrainedFrozen, .supervised, .fineTuned, .randomTrunk, .heartRateVariability, .majority,
    .personLookup, .recordingLookup,
  ]

  /// The name in tables.
  public var displayName: String {
    switch self {
    case .pretrainedFrozen: "pre-trained trunk, frozen"
    case .supervised: "fully supervised"
    case .fineTuned: "pre-trained trunk, fine-tuned"
    case .randomTrunk: "random trunk, frozen"
    case .pretrainedLinear: "pre-trained trunk, logistic regression"
    case .randomLinear: "random trunk, logistic regression"
    case .joined: "pre-trained trunk and HRV"
    case .joinedLinear: "pre-trained trunk and HRV, logistic regression"
    case .heartRateVariability: "HRV, logistic regression"
    case .heartRate: "heart rate, logistic regression"
    case .majority: "majority"
    case .personLookup: "look-up of the person"
    case .recordingLookup: "look-up of the recording"
    }
  }

  /// Whether anything but counting labels goes into it.
  public var isLearned: Bool {
    switch self {
    case .majority, .personLookup, .recordingLookup: false
    default: true
    }
  }

  /// Whether it uses a pre-trained trunk.
  public var usesPretrainedTrunk: Bool {
    switch self {
    case .pretrainedFrozen, .fineTuned, .pretrainedLinear, .joined, .joinedLinear: true
    default: false
    }
  }
}
