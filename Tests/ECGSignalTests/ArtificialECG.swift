import ECGSignal
import Foundation

/// A simple electrocardiogram with known R-peaks, for tests only: a few bumps a beat, with whatever
/// disturbs them added on request.
struct ArtificialECG {
  var rate = 256.0
  var seconds = 60.0
  var heartRate = 70.0
  /// How strongly breathing changes the interval, as a share of it.
  var breathing = 0.04
  var amplitude = 1.0
  var noise = 0.0
  var drift = 0.0
  var hum = 0.0
  /// Every how many beats one comes early, wide and without a P-wave; 0 for none.
  var ectopicEvery = 0
  var seed: UInt64 = 1

  /// When the beats come, in s.
  var beats: [(time: Double, isEctopic: Bool)] {
    var beats: [(time: Double, isEctopic: Bool)] = []
    var time = 0.6
    while time < seconds - 0.5 {
      let isEctopic = ectopicEvery > 0 && beats.count % ectopicEvery == ectopicEvery - 1
      beats.append((time, isEctopic))
      let interval = 60 / heartRate * (1 + breathing * sin(2 * Double.pi * 0.25 * time))
      // The next one early if it is ectopic, and after an ectopic one a pause.
      let nextIsEctopic = ectopicEvery > 0 && beats.count % ectopicEvery == ectopicEvery - 1
      time += interval * (nextIsEctopic ? 0.65 : isEctopic ? 1.35 : 1)
    }
    return beats
  }

  func recording() throws -> ECGRecording {
    let count = Int(seconds * rate)
    var samples = [Double](repeating: 0, count: count)
    func bump(_ time: Double, _ height: Double, _ width: Double) {
      let reach = Int(5 * width * rate) + 1
      let middle = Int((time * rate).rounded())
      for index in max(0, middle - reach)..<max(0, min(count, middle + reach + 1)) {
        let z = (Double(index) / rate - time) / width
        samples[index] += amplitude * height * exp(-z * z / 2)
      }
    }
    for beat in beats {
      if beat.isEctopic {
        bump(beat.time, 1.4, 0.03)
        bump(beat.time + 0.3, -0.4, 0.06)
      } else {
        bump(beat.time - 0.16, 0.12, 0.02)
        bump(beat.time - 0.028, -0.12, 0.009)
        bump(beat.time, 1.1, 0.011)
        bump(beat.time + 0.028, -0.22, 0.009)
        bump(beat.time + 0.27, 0.28, 0.045)
      }
    }
    var random = SplitMix(state: seed)
    for index in samples.indices {
      let time = Double(index) / rate
      samples[index] += drift * sin(2 * Double.pi * 0.15 * time) + hum * sin(100 * Double.pi * time)
      if noise > 0 { samples[index] += noise * random.normal() }
    }
    return try ECGRecording(
      samples: samples.map { Float($0) }, samplingRate: rate, unit: .millivolts, lead: "test")
  }
}

/// Steele, Lea and Flood's generator: all that a test signal needs.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Nearly normal, by the sum of twelve even ones.
  mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
  }
}
