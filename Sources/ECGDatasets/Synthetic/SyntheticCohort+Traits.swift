import ECGRandom
import ECGSignal
import Foundation

extension SyntheticCohort {
  /// What belongs to a person and stays.
  public struct Traits: Codable, Hashable, Sendable {
    /// Resting heart rate per minute.
    public var restingRate: Double
    /// How strongly the person responds to any condition; 1 is average.
    public var reactivity: Double
    /// Power of the low-frequency band at rest in ms².
    public var lowFrequencyPower: Double
    /// Power of the high-frequency band at rest in ms².
    public var highFrequencyPower: Double
    /// Breaths per minute at rest.
    public var respirationRate: Double
    /// Direction of the heart's electrical axis in degrees; lead II looks along 60.
    public var electricalAxis: Double
    /// The waves as the lead sees them.
    public var morphology: SyntheticECG.Morphology
    /// Relative change of the waves' height with breathing.
    public var respirationModulation: Double
    /// Electrodes, muscles, mains.
    public var noise: SyntheticNoise
    /// What the person adds to every rating of arousal.
    public var arousalBias: Double
    /// What the person adds to every rating of valence.
    public var valenceBias: Double
  }

  /// The traits of a person, 0 ..< `persons`.
  public func traits(ofPerson index: Int) -> Traits {
    var stream = RandomStream(seed: seed, purpose: .cohortTraits, index: index)
    let spread = max(0, difficulty.personSpread)
    func deviation(_ size: Double) -> Double {
      // Three standard deviations at most: nobody is impossible.
      size * spread * min(max(stream.normal(), -3), 3)
    }
    func factor(_ size: Double) -> Double { exp(deviation(size)) }

    let axis = min(max(50 + deviation(22), -10), 100)
    var morphology = SyntheticECG.Morphology()
    morphology.p = wave(-70, 0.22, 0.12, factor, deviation, angles: 4, heights: 0.25)
    morphology.q = wave(-15, 0.09, -0.1, factor, deviation, angles: 1, heights: 0.45)
    morphology.r = wave(0, 0.09, 1.1, factor, deviation, angles: 0, heights: 0.2)
    morphology.s = wave(15, 0.09, -0.22, factor, deviation, angles: 1, heights: 0.45)
    morphology.t = wave(100, 0.38, 0.32, factor, deviation, angles: 6, heights: 0.3)
    morphology.st = SyntheticECG.Wave(angle: .pi / 5, width: 0.25, amplitude: deviation(0.03))
    // Turning the axis away from the lead shrinks R, and shows in S what R no longer does.
    let turn = (axis - 60) * .pi / 180
    morphology.r.amplitude *= max(0.4, cos(turn))
    morphology.s.amplitude *= 1 + 0.8 * max(0, -sin(turn))
    morphology.t.amplitude *= max(0.6, cos(turn / 2))

    var noise = SyntheticNoise()
    noise.muscle *= factor(0.25)
    noise.wander *= factor(0.4)
    noise.mains *= factor(0.8)
    noise.movementsPerMinute *= factor(0.6)
    noise.dropoutsPerMinute *= factor(0.8)
    return Traits(
      restingRate: min(max(69 + deviation(8.5), 46), 98), reactivity: factor(0.3),
      lowFrequencyPower: 700 * factor(0.5), highFrequencyPower: 600 * factor(0.6),
      respirationRate: min(max(15 + deviation(2.2), 9), 22), electricalAxis: axis,
      morphology: morphology, respirationModulation: 0.05 * factor(0.4), noise: noise,
      arousalBias: deviation(0.8), valenceBias: deviation(0.8))
  }

  /// An average wave (degrees, radians, mV) made a person's own.
  private func wave(
    _ degrees: Double, _ width: Double, _ amplitude: Double, _ factor: (Double) -> Double,
    _ deviation: (Double) -> Double, angles: Double, heights: Double
  ) -> SyntheticECG.Wave {
    SyntheticECG.Wave(
      angle: (degrees + deviation(angles)) * .pi / 180, width: width * factor(0.1),
      amplitude: amplitude * factor(heights))
  }
}

extension SyntheticCohort.Traits {
  /// The heart and the noise of one recording: the person, changed by the condition and the day.
  func state(
    in condition: SyntheticCohort.Condition, difficulty: SyntheticCohort.Difficulty,
    using stream: inout RandomStream
  ) -> (heart: SyntheticECG, noise: SyntheticNoise) {
    let effect = condition.effect
    let response = reactivity * max(0, difficulty.conditionStrength)
    let variation = max(0, difficulty.dayVariation)
    var day = stream
    func change(_ size: Double, dayByDay: Double) -> Double {
      exp(response * size + dayByDay * variation * day.normal())
    }

    var heart = SyntheticECG()
    heart.rhythm.meanRate = min(
      max(restingRate * (1 + response * effect.rate) + 2.5 * variation * day.normal(), 40), 170)
    heart.rhythm.lowFrequencyPower =
      lowFrequencyPower * change(effect.lowFrequencyPower, dayByDay: 0.2)
    heart.rhythm.highFrequencyPower =
      highFrequencyPower * change(effect.highFrequencyPower, dayByDay: 0.2)
    heart.rhythm.respirationFrequency =
      min(max(respirationRate * change(effect.respiration, dayByDay: 0.05), 6), 30) / 60
    heart.morphology = morphology
    heart.morphology.t.amplitude *= change(effect.tHeight, dayByDay: 0.06)
    heart.morphology.t.width *= change(effect.tWidth, dayByDay: 0.02)
    heart.morphology.p.amplitude *= change(effect.pHeight, dayByDay: 0.05)
    heart.morphology.repolarisationTime = change(effect.repolarisationTime, dayByDay: 0.01)
    heart.morphology.st.amplitude += response * effect.stLevel + 0.01 * variation * day.normal()
    heart.respirationModulation = min(
      0.5, respirationModulation * change(effect.respirationModulation, dayByDay: 0.1))
    heart.respirationBaseline = 0.08

    var noise = noise
    let loudness = max(0, difficulty.noise)
    noise.muscle *= loudness * change(effect.muscle, dayByDay: 0.15)
    noise.amplifier *= loudness
    noise.wander *= loudness
    noise.mains *= loudness * change(0, dayByDay: 0.3)
    let restlessness = change(effect.restlessness, dayByDay: 0.2)
    noise.burstsPerMinute *= loudness * restlessness
    noise.movementsPerMinute *= loudness * restlessness
    noise.dropoutsPerMinute *= loudness * restlessness
    stream = day
    return (heart, noise)
  }

  /// What the person says, with as much randomness as ratings have.
  func ratings(
    of condition: SyntheticCohort.Condition, noise: Double, using stream: inout RandomStream
  ) -> SyntheticCohort.Ratings {
    func rating(_ average: Double, _ bias: Double, _ draw: Double) -> Int {
      Int(min(max((average + bias + 0.8 * max(0, noise) * draw).rounded(), 1), 9))
    }
    let draws = stream.normalPair()
    return SyntheticCohort.Ratings(
      arousal: rating(condition.effect.arousal, arousalBias, draws.0),
      valence: rating(condition.effect.valence, valenceBias, draws.1))
  }
}
