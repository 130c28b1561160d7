import ECGSignal
import Foundation
import Testing

private func quality(_ ecg: ArtificialECG, _ change: (inout [Float]) -> Void = { _ in }) throws
  -> SignalQuality
{
  var recording = try ecg.recording()
  change(&recording.samples)
  return SignalQuality(of: recording)
}

@Suite struct SignalQualityTests {
  @Test(arguments: [100.0, 130, 256, 360, 513.24, 1000, 2048])
  func aCleanWindowScoresHighAtAnyRate(rate: Double) throws {
    let found = try quality(ArtificialECG(rate: rate, seconds: 10, noise: 0.01))
    #expect(found.score > 0.85 && found.score <= 1)
    #expect((9...12).contains(found.beats))
  }

  @Test func noiseLowersTheScoreStepByStep() throws {
    var last = 1.0
    for noise in [0.0, 0.05, 0.1, 0.2, 0.4] {
      let found = try quality(ArtificialECG(seconds: 10, noise: noise))
      #expect(found.score < last)
      last = found.score
    }
    #expect(last < 0.3)
  }

  @Test func withoutAHeartbeatTheScoreIsNearNothing() throws {
    for seed in 1...5 {
      let noise = try quality(
        ArtificialECG(seconds: 10, amplitude: 0, noise: 1, seed: UInt64(seed)))
      #expect(noise.score < 0.2)
    }
    let wave = try quality(ArtificialECG(seconds: 10, amplitude: 0, drift: 1))
    #expect(wave.score < 0.2)
    let constant = try quality(ArtificialECG(seconds: 10, amplitude: 0))
    #expect(constant.score == 0 && constant.flat == 1)
    let empty = try ECGRecording(samples: [], samplingRate: 256, unit: .unknown)
    #expect(SignalQuality(of: empty).score == 0)
  }

  @Test func eachPartIsMeasured() throws {
    let clean = ArtificialECG(seconds: 10, noise: 0.02)
    let missing = try quality(clean) {
      $0.replaceSubrange(0..<512, with: repeatElement(.nan, count: 512))
    }
    #expect(missing.missing == 0.2)
    let flat = try quality(clean) {
      $0.replaceSubrange(0..<1280, with: repeatElement(0, count: 1280))
    }
    #expect(flat.flat == 0.5 && flat.score < 0.51)
    let clipped = try quality(clean) { $0 = $0.map { min($0, 0.5) } }
    #expect(clipped.clipped > 0.1 && clipped.clipped < 0.3)
    let drifting = try quality(ArtificialECG(seconds: 10, noise: 0.02, drift: 1))
    #expect(drifting.baselinePower > 5 && drifting.baselinePower < 30)
    let humming = try quality(ArtificialECG(seconds: 10, noise: 0.02, hum: 0.3))
    // 0.045 mV² of hum, of which the 40 Hz edge leaves about a third to the heart's side.
    #expect(humming.noisePower > 0.2 && humming.noisePower < 2)
    let sound = try quality(clean).score
    for worse in [missing, flat, clipped, drifting, humming] {
      #expect(worse.score < sound)
    }
  }

  @Test func unitOffsetAndDirectionMakeNoDifference() throws {
    let ecg = ArtificialECG(seconds: 10, noise: 0.05, drift: 0.3)
    let plain = try quality(ecg)
    let other = try quality(ecg) { $0 = $0.map { 1024 - 200 * $0 } }
    #expect(abs(plain.score - other.score) < 1e-3 && plain.beats == other.beats)
  }
}
