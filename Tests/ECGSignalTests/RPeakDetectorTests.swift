import ECGSignal
import Foundation
import TestSupport
import Testing

/// Beats found within 150 ms of a true one, as shares of the true and of the found (ANSI/AAMI EC57).
private func agreement(
  _ found: [Int], _ truth: [Double], rate: Double
) -> (sensitivity: Double, predictivity: Double) {
  var (i, j, matched) = (0, 0, 0)
  while i < found.count, j < truth.count {
    let difference = Double(found[i]) / rate - truth[j]
    if abs(difference) <= 0.15 {
      (i, j, matched) = (i + 1, j + 1, matched + 1)
    } else if difference < 0 {
      i += 1
    } else {
      j += 1
    }
  }
  return (
    Double(matched) / Double(max(1, truth.count)), Double(matched) / Double(max(1, found.count))
  )
}

@Suite struct RPeakDetectorTests {
  @Test(arguments: [50.0, 100, 130, 250, 256, 360, 513.24, 1000, 2048])
  func everyBeatIsFoundAtItsPeakAtAnyRate(rate: Double) throws {
    let ecg = ArtificialECG(rate: rate, seconds: 60, noise: 0.02, drift: 0.6)
    let peaks = RPeakDetector().rPeaks(in: try ecg.recording())
    let truth = ecg.beats.map(\.time)
    try #require(peaks.count == truth.count)
    for (peak, time) in zip(peaks, truth) {
      #expect(abs(Double(peak) / rate - time) <= max(1.01 / rate, 0.006))
    }
  }

  @Test(arguments: [40.0, 55, 90, 130, 180])
  func slowAndFastHeartsAreFollowed(heartRate: Double) throws {
    let ecg = ArtificialECG(seconds: 60, heartRate: heartRate, noise: 0.05, drift: 0.5)
    let peaks = RPeakDetector().rPeaks(in: try ecg.recording())
    let (sensitivity, predictivity) = agreement(peaks, ecg.beats.map(\.time), rate: 256)
    #expect(sensitivity == 1 && predictivity == 1)
  }

  @Test func prematureBeatsAreFoundAmongNoise() throws {
    let ecg = ArtificialECG(seconds: 120, noise: 0.12, drift: 1, hum: 0.1, ectopicEvery: 7)
    let peaks = RPeakDetector().rPeaks(in: try ecg.recording())
    let (sensitivity, predictivity) = agreement(peaks, ecg.beats.map(\.time), rate: 256)
    #expect(sensitivity >= 0.995 && predictivity >= 0.995)
  }

  @Test func invertingOrScalingTheSignalMovesNoPeak() throws {
    let ecg = ArtificialECG(seconds: 60, noise: 0.1, drift: 0.8, ectopicEvery: 9)
    let recording = try ecg.recording()
    let peaks = RPeakDetector().rPeaks(in: recording)
    for factor: Float in [-1, -250, 0.001] {
      var other = recording
      other.samples = recording.samples.map { factor * $0 }
      #expect(RPeakDetector().rPeaks(in: other) == peaks)
    }
  }

  @Test func beatsThatSuddenlyBecomeSmallAreStillFound() throws {
    var ecg = ArtificialECG(seconds: 60, noise: 0.01)
    let loud = try ecg.recording()
    ecg.amplitude = 0.25
    let quiet = try ecg.recording()
    var recording = loud
    recording.samples += quiet.samples
    let truth = ecg.beats.map(\.time) + ecg.beats.map { $0.time + 60 }
    let peaks = RPeakDetector().rPeaks(in: recording)
    let (sensitivity, predictivity) = agreement(peaks, truth, rate: 256)
    #expect(sensitivity >= 0.98 && predictivity == 1)
  }

  @Test func oneArtefactDoesNotHideTheBeatsAfterIt() throws {
    let ecg = ArtificialECG(seconds: 60, noise: 0.02)
    var recording = try ecg.recording()
    for index in 0..<60 { recording.samples[7680 + index] += index.isMultiple(of: 20) ? 30 : -20 }
    let peaks = RPeakDetector().rPeaks(in: recording)
    let (sensitivity, predictivity) = agreement(peaks, ecg.beats.map(\.time), rate: 256)
    #expect(sensitivity >= 0.97 && predictivity >= 0.97)
  }

  @Test func noPeakIsReportedWhereSamplesAreMissing() throws {
    var recording = try ArtificialECG(seconds: 60, noise: 0.02).recording()
    for index in 5000..<7000 { recording.samples[index] = .nan }
    let peaks = RPeakDetector().rPeaks(in: recording)
    #expect(!peaks.contains { (4990..<7010).contains($0) })
    #expect(peaks.count > 55)
  }

  @Test func tooSlowARateHasNoPeaks() throws {
    let recording = try ArtificialECG(rate: 40).recording()
    #expect(RPeakDetector().rPeaks(in: recording).isEmpty)
  }

  /// Needs the whole of MIT-BIH record 100 (PhysioNet) among the real recordings.
  @Test(arguments: [(lead: 0, floor: 0.999), (lead: 1, floor: 0.995)])
  func theBeatsOfMITBIHRecord100AreFound(lead: Int, floor: Double) throws {
    guard let folder = realRecordings("wfdb") else { return }
    let signals = try readFormat212(folder.appending(path: "100.dat"))
    let truth = try readBeatAnnotations(folder.appending(path: "100.atr"))
    try #require(truth.count == 2273)
    // 200 steps a millivolt, zero at 1024; 360 Hz.
    let recording = try ECGRecording(
      samples: signals[lead].map { (Float($0) - 1024) / 200 }, samplingRate: 360,
      unit: .millivolts)
    let peaks = RPeakDetector().rPeaks(in: recording)
    let (sensitivity, predictivity) = agreement(peaks, truth.map { Double($0) / 360 }, rate: 360)
    #expect(sensitivity >= floor && predictivity >= floor)
  }
}

/// Two signals of twelve bits each, interleaved in three bytes (WFDB format 212).
private func readFormat212(_ file: URL) throws -> [[Int]] {
  let bytes = [UInt8](try Data(contentsOf: file))
  func signed(_ value: Int) -> Int { value >= 2048 ? value - 4096 : value }
  let starts = stride(from: 0, to: bytes.count - 2, by: 3)
  return [
    starts.map { signed(Int(bytes[$0]) | Int(bytes[$0 + 1] & 0x0f) << 8) },
    starts.map { signed(Int(bytes[$0 + 2]) | Int(bytes[$0 + 1] & 0xf0) << 4) },
  ]
}

/// The sample numbers of the beats in an annotation file of the MIT format.
private func readBeatAnnotations(_ file: URL) throws -> [Int] {
  let bytes = [UInt8](try Data(contentsOf: file))
  var (beats, time, index): ([Int], Int, Int) = ([], 0, 0)
  while index + 1 < bytes.count {
    let word = Int(bytes[index]) | Int(bytes[index + 1]) << 8
    let (code, value) = (word >> 10, word & 0x3ff)
    index += 2
    switch code {
    case 0 where value == 0: return beats
    case 59:
      // A long step: 32 bits, high word first.
      let high = Int(bytes[index]) | Int(bytes[index + 1]) << 8
      time += high << 16 | Int(bytes[index + 2]) | Int(bytes[index + 3]) << 8
      index += 4
    case 60...62: break
    case 63: index += value + value % 2
    default:
      time += value
      // Codes of beats: 1 to 13, 25, 30, 31, 34, 35, 38, 41; the rest mark rhythm and noise.
      if (1...13).contains(code) || [25, 30, 31, 34, 35, 38, 41].contains(code) {
        beats.append(time)
      }
    }
  }
  return beats
}
