import ECGSignal
import Foundation
import Testing

private struct VariabilityGolden: Decodable {
  struct Case: Decodable {
    var seconds, rate: Double
    var peaks: [Int]
    var values: [String: Double?]
  }
  var cases: [Case]
}

private func isClose(_ found: Double?, _ expected: Double??, _ tolerance: Double) -> Bool {
  guard let found, case .some(.some(let expected)) = expected else { return false }
  return abs(found - expected) <= tolerance * abs(expected)
}

@Suite struct HeartRateVariabilityTests {
  @Test func measuresEqualNeuroKit() throws {
    let golden: VariabilityGolden = try golden("variability.json")
    for expected in golden.cases {
      let intervals = RRIntervals(peaks: expected.peaks, samplingRate: expected.rate)
      let found = HeartRateVariability(of: intervals)
      let values = expected.values
      #expect(isClose(found.meanNN, values["MeanNN"], 1e-9))
      #expect(isClose(found.sdnn, values["SDNN"], 1e-9))
      #expect(isClose(found.rmssd, values["RMSSD"], 1e-9))
      #expect(isClose(found.sdsd, values["SDSD"], 1e-9))
      #expect(isClose(found.pnn50, values["pNN50"], 1e-9))
      #expect(isClose(found.medianNN, values["MedianNN"], 1e-9))
      #expect(isClose(found.minimumNN, values["MinNN"], 1e-9))
      #expect(isClose(found.maximumNN, values["MaxNN"], 1e-9))
      if expected.seconds >= 120 {
        #expect(isClose(found.lowFrequency, values["LF"], 1e-9))
        #expect(isClose(found.lowToHighRatio, values["LFHF"], 1e-9))
      }
      if expected.seconds >= 40 {
        #expect(isClose(found.highFrequency, values["HF"], 1e-9))
      }
    }
  }

  @Test func whatAShortSeriesCannotTellIsNil() {
    let tenSeconds = HeartRateVariability(of: RRIntervals([Double](repeating: 0.8, count: 12)))
    #expect(tenSeconds.meanHeartRate == 75 && tenSeconds.sdnn == 0 && tenSeconds.rmssd == 0)
    #expect(tenSeconds.lowFrequency == nil && tenSeconds.highFrequency == nil)
    let one = HeartRateVariability(of: RRIntervals([0.8]))
    #expect(one.meanNN == 800 && one.sdnn == nil && one.rmssd == nil && one.pnn50 == nil)
    let none = HeartRateVariability(of: RRIntervals([]))
    #expect(none.features.allSatisfy { $0.value == nil })
    #expect(none.features.map(\.name) == tenSeconds.features.map(\.name))
    // Forty seconds hold the fast rhythm, not the slow one.
    let forty = HeartRateVariability(of: RRIntervals((0..<50).map { 0.8 + 0.01 * sin(Double($0)) }))
    #expect(forty.highFrequency != nil && forty.lowFrequency == nil && forty.lowToHighRatio == nil)
  }

  @Test func aRhythmShowsInItsBand() {
    func variability(of frequency: Double) -> HeartRateVariability {
      var (durations, time): ([Double], Double) = ([], 0)
      while time < 300 {
        durations.append(0.8 + 0.04 * sin(2 * Double.pi * frequency * time))
        time += durations[durations.count - 1]
      }
      return HeartRateVariability(of: RRIntervals(durations))
    }
    // A sine of amplitude 40 ms has the power 800 ms².
    #expect(abs((variability(of: 0.1).lowFrequency ?? 0) - 800) < 80)
    #expect((variability(of: 0.1).lowToHighRatio ?? 0) > 20)
    #expect(abs((variability(of: 0.25).highFrequency ?? 0) - 800) < 80)
    #expect((variability(of: 0.25).lowToHighRatio ?? 1) < 0.05)
  }

  @Test func prematureBeatsAndMissedOnesAreRejected() {
    var durations = (0..<100).map { 0.85 + 0.05 * sin(0.4 * Double($0)) }
    let clean = HeartRateVariability(of: RRIntervals(durations))
    durations[30] *= 0.6
    durations[31] *= 1.4
    durations[60] *= 2
    durations[80] = 0.15
    let disturbed = RRIntervals(durations)
    let normal = disturbed.withoutArtefacts()
    #expect(normal.count == 96)
    let found = HeartRateVariability(of: normal)
    #expect(abs((found.rmssd ?? 0) / (clean.rmssd ?? 1) - 1) < 0.05)
    #expect((HeartRateVariability(of: disturbed).rmssd ?? 0) > 3 * (clean.rmssd ?? 0))
    // Differences are not taken across what was removed: 95 neighbours less three holes.
    #expect(normal.successiveDifferences.count == 92)
  }

  @Test func aRecordingIsFollowedFromItsSamples() throws {
    let ecg = ArtificialECG(seconds: 180, heartRate: 64, noise: 0.03, ectopicEvery: 25)
    let found = HeartRateVariability(of: try ecg.recording())
    let truth = zip(ecg.beats.dropFirst(), ecg.beats).filter { !$0.isEctopic && !$1.isEctopic }
    let mean = truth.reduce(0) { $0 + ($1.0.time - $1.1.time) } / Double(truth.count)
    #expect(abs((found.meanNN ?? 0) / (1000 * mean) - 1) < 0.005)
    #expect((found.highFrequency ?? 0) > 5 * (found.lowFrequency ?? 0))
  }

  @Test func intervalsAcrossMissingSamplesDoNotCount() throws {
    var recording = try ArtificialECG(seconds: 30, heartRate: 100, noise: 0.01).recording()
    let all = RRIntervals(of: recording)
    for index in 3000..<3200 { recording.samples[index] = .nan }
    let rest = RRIntervals(of: recording)
    #expect(rest.count < all.count && (rest.durations.max() ?? 9) < 0.7)
  }
}
