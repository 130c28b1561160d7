import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Testing

@Suite struct PredictionTests {
  /// An artificial recording of 40 s at 250 Hz: ten windows of 4 s.
  private func recording() throws -> ECGRecording {
    var stream = RandomStream(seed: 3, purpose: RandomPurpose("test.prediction"))
    let trace = try SyntheticECG().trace(duration: 40, samplingRate: 250, using: &stream)
    return try ECGRecording(samples: trace.samples, samplingRate: 250, unit: .millivolts)
  }

  @Test func aCleanRecordingIsPredictedWindowAfterWindow() throws {
    let model = try EmotionModelTests.model()
    let predictions = try model.predict(recording(), engine: Tiny.engine)
    #expect(predictions.map(\.start) == (0..<10).map { Double($0) * 4 })
    #expect(predictions.map(\.end) == (1...10).map { Double($0) * 4 })
    for prediction in predictions {
      #expect(prediction.abstention == nil)
      #expect(prediction.quality > 0.5)
      #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-5)
      let likeliest = prediction.probabilities[0] >= prediction.probabilities[1] ? 0 : 1
      #expect(prediction.predictedClass == likeliest)
    }
  }

  @Test func missingFlatAndNoisyWindowsAreAbstainedFrom() throws {
    let model = try EmotionModelTests.model()
    var recording = try recording()
    var stream = RandomStream(seed: 3, purpose: RandomPurpose("test.prediction.noise"))
    recording.samples[250 * 9] = .nan
    for index in 250 * 16..<250 * 20 { recording.samples[index] = 0.25 }
    for index in 250 * 28..<250 * 32 { recording.samples[index] = Float(stream.normal()) }
    let predictions = try model.predict(recording, engine: Tiny.engine)
    #expect(predictions.count == 10)
    #expect(predictions.map(\.start) == (0..<10).map { Double($0) * 4 })
    #expect(predictions[2].abstention == .missingSamples)
    #expect(predictions[4].abstention == .flat)
    #expect(predictions[7].abstention == .quality)
    for index in [2, 4, 7] { #expect(predictions[index].predictedClass == nil) }
    #expect(predictions[2].probabilities.isEmpty)
    #expect(predictions[7].probabilities.count == 2)
    for index in [0, 1, 5, 6, 9] { #expect(predictions[index].abstention == nil) }
  }

  @Test func aStrideGivesOverlappingWindows() throws {
    let model = try EmotionModelTests.model()
    let predictions = try model.predict(recording(), engine: Tiny.engine, stride: 1)
    #expect(predictions.map(\.start) == (0...36).map(Double.init))
    let everyFourth = stride(from: 0, through: 36, by: 4).map { predictions[$0].probabilities }
    let plain = try model.predict(recording(), engine: Tiny.engine).map(\.probabilities)
    #expect(everyFourth == plain)
    for bad in [0, -1, Double.nan, .infinity, 1e300] {
      #expect(throws: SignalError.self) {
        try model.predict(recording(), engine: Tiny.engine, stride: bad)
      }
    }
  }

  @Test func moreWindowsThanMemoryHoldsAreRefused() throws {
    let model = try EmotionModelTests.model()
    let day = try ECGRecording(
      samples: [Float](repeating: 0, count: 100_000), samplingRate: 1, unit: .millivolts)
    #expect {
      try model.predict(day, engine: Tiny.engine, stride: 0.05)
    } throws: { "\($0)".contains("give a longer stride") }
  }

  @Test func aRecordingShorterThanAWindowIsRefused() throws {
    let model = try EmotionModelTests.model()
    var recording = try recording()
    recording.samples.removeSubrange(950...)
    #expect(throws: SignalError.tooShort(found: 3.8, needed: 4)) {
      try model.predict(recording, engine: Tiny.engine)
    }
  }

  @Test func aGivenNormalisationTakesTheRecordingsPlace() throws {
    let model = try EmotionModelTests.model()
    let recording = try recording()
    let own = try model.predict(recording, engine: Tiny.engine)
    let given = try model.predict(
      recording, engine: Tiny.engine,
      normalisedBy: AmplitudeNormalisation(mean: 0, deviation: 10))
    #expect(own.map(\.probabilities) != given.map(\.probabilities))
  }
}
