import ECGRandom
import Foundation

/// What electrodes, muscles and mains add to an electrocardiogram. Everything is in mV.
public struct SyntheticNoise: Codable, Hashable, Sendable {
  /// Root mean square of the amplifier's white noise.
  public var amplifier = 0.003
  /// Root mean square of muscle noise: broad-band, without its lowest frequencies.
  public var muscle = 0.006
  /// Seconds-long bursts in which muscle noise is five times as strong, per minute.
  public var burstsPerMinute = 0.5
  /// Root mean square of the slow wander of the baseline, below about 0.5 Hz.
  public var wander = 0.05
  /// Amplitude of the mains hum.
  public var mains = 0.002
  /// Frequency of the mains in Hz.
  public var mainsFrequency = 50.0
  /// Movements of an electrode, per minute: a jump that decays within a second.
  public var movementsPerMinute = 0.3
  /// Height of such a jump (one standard deviation).
  public var movement = 0.6
  /// Losses of contact, per minute: the signal stays at one value for 0.5 to 3 s.
  public var dropoutsPerMinute = 0.1

  /// Noise of a good ambulatory recording.
  public init() {}

  /// No noise at all.
  public static let none: SyntheticNoise = {
    var noise = SyntheticNoise()
    noise.amplifier = 0
    noise.muscle = 0
    noise.burstsPerMinute = 0
    noise.wander = 0
    noise.mains = 0
    noise.movementsPerMinute = 0
    noise.dropoutsPerMinute = 0
    return noise
  }()

  /// Adds the noise to samples in mV at a sampling rate in Hz.
  public func add(
    to samples: inout [Float], samplingRate: Double, using stream: inout RandomStream
  ) {
    precondition(samplingRate > 0, "noise needs a sampling rate above 0 Hz")
    addBroadband(to: &samples, samplingRate, using: &stream)
    addMains(to: &samples, samplingRate, using: &stream)
    addMovements(to: &samples, samplingRate, using: &stream)
    dropContact(in: &samples, samplingRate, using: &stream)
  }

  private func addBroadband(
    to samples: inout [Float], _ rate: Double, using stream: inout RandomStream
  ) {
    let bursts = events(burstsPerMinute, in: samples.count, rate, using: &stream)
      .map { (start: $0, end: $0 + Int(rate * stream.uniform(in: 0.5..<2.5))) }
    // Wander: two one-pole low-passes at 0.2 Hz over white noise; their gain for white noise of
    // variance 1 is (1 − p)⁴ (1 + p²) / (1 − p²)³ in power.
    let pole = exp(-2 * .pi * 0.2 / rate)
    let wanderPower = pow(1 - pole, 4) * (1 + pole * pole) / pow(1 - pole * pole, 3)
    let wanderGain = wander / wanderPower.squareRoot()
    var slow = (0.0, 0.0)
    var lastMuscle = stream.normal()
    var burst = 0
    for index in samples.indices {
      let (white, driver) = stream.normalPair()
      let (muscleNow, _) = stream.normalPair()
      slow.0 += (1 - pole) * (driver - slow.0)
      slow.1 += (1 - pole) * (slow.0 - slow.1)
      while burst < bursts.count, bursts[burst].end <= index { burst += 1 }
      let inBurst = burst < bursts.count && bursts[burst].start <= index
      // The difference of neighbours removes the lowest frequencies and has twice the power.
      let muscleNoise = (muscleNow - lastMuscle) / 2.0.squareRoot() * muscle * (inBurst ? 5 : 1)
      lastMuscle = muscleNow
      samples[index] += Float(amplifier * white + muscleNoise + wanderGain * slow.1)
    }
  }

  private func addMains(
    to samples: inout [Float], _ rate: Double, using stream: inout RandomStream
  ) {
    let phase = 2 * .pi * stream.uniform()
    guard mains > 0, mainsFrequency < rate / 2 else { return }
    for index in samples.indices {
      let turns = mainsFrequency * Double(index) / rate
      samples[index] += Float(
        mains * sin(2 * .pi * turns.truncatingRemainder(dividingBy: 1) + phase))
    }
  }

  private func addMovements(
    to samples: inout [Float], _ rate: Double, using stream: inout RandomStream
  ) {
    for start in events(movementsPerMinute, in: samples.count, rate, using: &stream) {
      let height = movement * stream.normal()
      let decay = stream.uniform(in: 0.1..<0.4) * rate
      for index in start..<min(samples.count, start + Int(8 * decay)) {
        samples[index] += Float(height * exp(-Double(index - start) / decay))
      }
    }
  }

  private func dropContact(
    in samples: inout [Float], _ rate: Double, using stream: inout RandomStream
  ) {
    for start in events(dropoutsPerMinute, in: samples.count, rate, using: &stream) {
      let length = Int(rate * stream.uniform(in: 0.5..<3))
      for index in start..<min(samples.count, start + length) { samples[index] = samples[start] }
    }
  }

  /// Sample numbers, ascending, of events that happen at random moments at a mean frequency.
  private func events(
    _ perMinute: Double, in count: Int, _ rate: Double, using stream: inout RandomStream
  ) -> [Int] {
    guard perMinute > 0 else { return [] }
    var starts: [Int] = []
    var time = 0.0
    while starts.count < count {
      time += -log(1 - stream.uniform()) * 60 / perMinute
      guard time * rate < Double(count) else { break }
      starts.append(Int(time * rate))
    }
    return starts
  }
}
