import ECGEmotion
import ECGNetwork
import ECGRandom
import ECGSignal
import Foundation
import Testing

@Suite struct EmotionStreamTests {
  /// An artificial recording of 60 s at a rate in Hz.
  private func recording(rate: Double = 130) throws -> ECGRecording {
    var stream = RandomStream(seed: 5, purpose: RandomPurpose("test.stream"))
    let trace = try SyntheticECG().trace(duration: 60, samplingRate: rate, using: &stream)
    return try ECGRecording(samples: trace.samples, samplingRate: rate, unit: .millivolts)
  }

  private func streamed(
    _ recording: ECGRecording, by model: EmotionModel, chunk: Int, stride: Double = 1,
    batch: Int = 1, normalisation: AmplitudeNormalisation? = nil
  ) throws -> [WindowPrediction] {
    let stream = try EmotionStream(
      model: model, samplingRate: recording.samplingRate, engine: Tiny.engine, stride: stride,
      normalisation: normalisation, batch: batch)
    var found: [WindowPrediction] = []
    for first in Swift.stride(from: 0, to: recording.samples.count, by: chunk) {
      let part = recording.samples[first..<min(first + chunk, recording.samples.count)]
      try stream.process(Array(part)) { found.append($0) }
    }
    try stream.finish { found.append($0) }
    return found
  }

  private func expectAgreement(_ streamed: [WindowPrediction], _ file: [WindowPrediction]) {
    #expect(streamed.map(\.start) == file.map(\.start))
    #expect(streamed.map(\.abstention) == file.map(\.abstention))
    #expect(streamed.map(\.quality) == file.map(\.quality))
    #expect(streamed.map(\.heartRate) == file.map(\.heartRate))
    for (found, wanted) in zip(streamed, file) {
      #expect(found.probabilities.count == wanted.probabilities.count)
      for (one, other) in zip(found.probabilities, wanted.probabilities) {
        #expect(abs(one - other) < 1e-3)
      }
    }
  }

  @Test(arguments: [1, 73, 5000], [1, 8])
  func aStreamSaysWhatTheFileSays(chunk: Int, batch: Int) throws {
    let model = try EmotionModelTests.model()
    var recording = try recording()
    for index in 2000..<2300 { recording.samples[index] = .nan }
    for index in 4000..<4700 { recording.samples[index] = 0.1 }
    let scale = AmplitudeNormalisation(mean: 0, deviation: 0.15)
    let file = try model.predict(recording, engine: Tiny.engine, stride: 1, normalisedBy: scale)
    #expect(Set(file.map(\.abstention)).count > 2)
    expectAgreement(
      try streamed(recording, by: model, chunk: chunk, batch: batch, normalisation: scale), file)
  }

  @Test func predictionsComeWithinTheDelay() throws {
    let model = try EmotionModelTests.model()
    let recording = try recording()
    let stream = try EmotionStream(model: model, samplingRate: 130, engine: Tiny.engine)
    var received = 0
    for first in Swift.stride(from: 0, to: recording.samples.count - 13, by: 13) {
      received += 13
      try stream.process(Array(recording.samples[first..<first + 13])) { window in
        #expect(Double(received) / 130 - window.end <= stream.delay + 0.25)
      }
    }
    #expect(received > 60 * 100)
  }

  @Test func withoutANormalisationWhatCameSoFarIsUsed() throws {
    let model = try EmotionModelTests.model()
    let recording = try recording()
    let stream = try EmotionStream(model: model, samplingRate: 130, engine: Tiny.engine)
    try stream.process(recording.samples) { _ in }
    try stream.finish { _ in }
    let whole = AmplitudeNormalisation(
      fitting: try model.recipe.conditioned(recording).samples)
    #expect(abs(stream.normalisation.deviation / whole.deviation - 1) < 0.1)
  }

  @Test func aLongRecordingInPartsSaysWhatItSaysAtOnce() throws {
    let model = try EmotionModelTests.model()
    var recording = try recording(rate: 250)
    recording.samples[5000] = .nan
    var found: [WindowPrediction] = []
    try model.predictInParts(recording, engine: Tiny.engine) { found.append($0) }
    expectAgreement(found, try model.predict(recording, engine: Tiny.engine))
    recording.samples.removeSubrange(900...)
    #expect(throws: SignalError.tooShort(found: 3.6, needed: 4)) {
      try model.predictInParts(recording, engine: Tiny.engine) { _ in }
    }
  }

  @Test func aStrideThatCannotBeIsRefused() throws {
    let model = try EmotionModelTests.model()
    for stride in [0, -1, Double.nan, .infinity] {
      #expect(throws: SignalError.self) {
        try EmotionStream(model: model, samplingRate: 130, engine: Tiny.engine, stride: stride)
      }
    }
  }

  @Test func aModelMadeForAPersonUsesThatPersonsScale() throws {
    var model = try EmotionModelTests.model()
    let recording = try recording()
    let scale = AmplitudeNormalisation(mean: 0.1, deviation: 3)
    let given = try model.predict(recording, engine: Tiny.engine, normalisedBy: scale)
    model.normalisation = scale
    #expect(try model.predict(recording, engine: Tiny.engine) == given)
    expectAgreement(try streamed(recording, by: model, chunk: 73, stride: 4), given)
  }

  @Test func anUnsureModelAbstains() throws {
    var model = try EmotionModelTests.model()
    let sure = try model.predict(recording(), engine: Tiny.engine)
    let middle = sure.compactMap(\.confidence).sorted()[sure.count / 2]
    model.minimumConfidence = middle
    let unsure = try model.predict(recording(), engine: Tiny.engine)
    for (before, after) in zip(sure, unsure) where before.abstention == nil {
      #expect((after.abstention == .confidence) == (before.confidence ?? 0 < middle))
      #expect(after.probabilities == before.probabilities)
    }
    #expect(unsure.contains { $0.abstention == .confidence })
    #expect(unsure.contains { $0.abstention == nil })
  }
}
