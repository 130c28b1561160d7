import ECGSignal
import Testing

@Suite struct SignalFindingsTests {
  @Test func aSoundRecordingIsClean() throws {
    let findings = SignalFindings(of: try ArtificialECG(noise: 0.02, drift: 0.5).recording())
    #expect(findings.isClean && findings.polarity == .upright)
  }

  @Test(arguments: [100.0, 256, 1000])
  func missingFlatAndClippedStretchesAreFoundWhereTheyAre(rate: Double) throws {
    var recording = try ArtificialECG(rate: rate, seconds: 30, noise: 0.02).recording()
    func samples(_ from: Double, _ to: Double) -> Range<Int> { Int(from * rate)..<Int(to * rate) }
    for index in samples(5, 6) { recording.samples[index] = .nan }
    for index in samples(10, 13) { recording.samples[index] = 0.25 }
    for index in samples(20, 20.5) { recording.samples[index] = 5 }
    let findings = SignalFindings(of: recording)
    #expect(findings.missing == [SignalStretch(start: 5, end: 6)])
    #expect(findings.flat.contains { abs($0.start - 10) < 0.02 && abs($0.end - 13) < 0.02 })
    #expect(findings.clipped == [SignalStretch(start: 20, end: 20.5)])
    #expect(!findings.isClean)
  }

  @Test func clippedRPeaksAreFound() throws {
    var recording = try ArtificialECG(rate: 500, seconds: 20, noise: 0.01).recording()
    let beats = ArtificialECG(rate: 500, seconds: 20).beats.count
    recording.samples = recording.samples.map { min($0, 0.6) }
    let clipped = SignalFindings(of: recording).clipped
    #expect(abs(clipped.count - beats) <= 1)
  }

  @Test func aConverterThatTremblesByOneStepIsFlat() throws {
    // A lead off, the converter going to and fro by one step of 0.005.
    var recording = try ArtificialECG(seconds: 30, noise: 0.02).recording()
    recording.samples = recording.samples.map { ($0 / 0.005).rounded() * 0.005 }
    for index in 2560..<5120 { recording.samples[index] = index.isMultiple(of: 3) ? 0.005 : 0 }
    let flat = SignalFindings(of: recording).flat
    #expect(flat.count == 1 && flat[0].duration > 9.9)
  }

  @Test func invertedElectrodesAreNoticed() throws {
    var recording = try ArtificialECG(noise: 0.03, drift: 0.5).recording()
    recording.samples = recording.samples.map { -$0 }
    let findings = SignalFindings(of: recording)
    #expect(findings.polarity == .inverted && !findings.isClean)
  }

  @Test func aSignalWithoutBeatsHasNoPolarity() throws {
    let line = try ECGRecording(
      samples: [Float](repeating: 1, count: 5000), samplingRate: 250, unit: .millivolts)
    let findings = SignalFindings(of: line)
    #expect(findings.polarity == .undetermined)
    #expect(findings.flat == [SignalStretch(start: 0, end: 20)] && findings.clipped.isEmpty)
  }
}
