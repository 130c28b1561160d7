extension SyntheticCohort {
  /// What a person goes through during a recording.
  public enum Condition: String, CaseIterable, Codable, Sendable {
    case baseline, stress, amusement, meditation

    /// The place in the list of all, for the addresses of random streams.
    var number: Int {
      switch self {
      case .baseline: 0
      case .stress: 1
      case .amusement: 2
      case .meditation: 3
      }
    }

    /// What the condition does to an average person.
    var effect: Effect {
      switch self {
      case .baseline: Effect()
      case .stress: .stress
      case .amusement: .amusement
      case .meditation: .meditation
      }
    }
  }

  /// A change of the autonomic state and of what comes with it. Sizes are in the range that
  /// laboratory studies report (mental arithmetic and public speaking raise the rate by 10 to 20
  /// per minute, tense the muscles, lower the T-wave a little and withdraw respiratory sinus
  /// arrhythmia; slow breathing does the reverse), not taken from any one of them.
  struct Effect {
    /// Relative change of the heart rate.
    var rate = 0.0
    /// Natural logarithm of the factor on the low-frequency power of the beat intervals.
    var lowFrequencyPower = 0.0
    /// The same for the high-frequency power.
    var highFrequencyPower = 0.0
    /// Logarithm of the factor on the breathing rate.
    var respiration = 0.0
    /// Logarithm of the factor on the height of T.
    var tHeight = 0.0
    /// Logarithm of the factor on the width of T.
    var tWidth = 0.0
    /// Logarithm of the factor on the height of P.
    var pHeight = 0.0
    /// Logarithm of the factor on the time from R to T, beyond what the rate explains.
    var repolarisationTime = 0.0
    /// Change of the level between S and T in mV.
    var stLevel = 0.0
    /// Logarithm of the factor on breathing's modulation of the height of the waves.
    var respirationModulation = 0.0
    /// Logarithm of the factor on muscle noise.
    var muscle = 0.0
    /// Logarithm of the factor on the number of muscle bursts and movements.
    var restlessness = 0.0
    /// Arousal and valence that an average person reports.
    var arousal = 3.5
    var valence = 5.5

    static let stress = Effect(
      rate: 0.2, lowFrequencyPower: 0.2, highFrequencyPower: -1.0, respiration: 0.25,
      tHeight: -0.18, tWidth: -0.02, pHeight: 0.05, repolarisationTime: -0.015, stLevel: -0.01,
      respirationModulation: -0.1, muscle: 1.2, restlessness: 0.15, arousal: 7, valence: 3)
    static let amusement = Effect(
      rate: 0.07, lowFrequencyPower: 0.3, highFrequencyPower: -0.1, respiration: 0.1,
      tHeight: -0.08, tWidth: 0, pHeight: 0.02, repolarisationTime: 0.01, stLevel: 0.005,
      respirationModulation: 0.1, muscle: 0.6, restlessness: 0.3, arousal: 5.5, valence: 7.5)
    static let meditation = Effect(
      rate: -0.085, lowFrequencyPower: 0.3, highFrequencyPower: 1.1, respiration: -0.5,
      tHeight: 0.08, tWidth: 0.015, pHeight: -0.05, repolarisationTime: 0.01, stLevel: 0.005,
      respirationModulation: 0.4, muscle: -0.8, restlessness: -0.3, arousal: 2, valence: 6.5)
  }
}
