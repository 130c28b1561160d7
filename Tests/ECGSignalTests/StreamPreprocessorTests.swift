import ECGSignal
import Testing

@Suite struct StreamPreprocessorTests {
  /// The stream's output for chunks of ever other sizes.
  private func stream(
    _ recording: ECGRecording, recipe: PreprocessingRecipe, accuracy: Double = 1e-4
  ) throws -> (samples: [Float], lateness: Double, delay: Double) {
    var stream = try StreamPreprocessor(
      recipe: recipe, samplingRate: recording.samplingRate, accuracy: accuracy)
    var found: [Float] = []
    var (start, size) = (0, 1)
    while start < recording.samples.count {
      let end = min(recording.samples.count, start + size)
      found += stream.process(Array(recording.samples[start..<end]))
      start = end
      size = size * 5 % 241 + 1
    }
    let late = recording.duration - Double(found.count) / recipe.samplingRate
    return (found + stream.finish(), late, stream.delay)
  }

  private func range(_ samples: [Float]) -> Float {
    let known = samples.filter(\.isFinite)
    return (known.max() ?? 0) - (known.min() ?? 0)
  }

  @Test(arguments: [130.0, 250, 256, 513.24, 1000], [1e-4, 1e-6])
  func aStreamAgreesWithTheFileWithinItsAccuracy(rate: Double, accuracy: Double) throws {
    var recording = try ArtificialECG(rate: rate, seconds: 20, noise: 0.05).recording()
    recording.samples = recording.samples.map { $0 + 3 }
    var recipe = PreprocessingRecipe.standard
    recipe.mainsNotch = 50
    let file = try recipe.conditioned(recording).samples
    let found = try stream(recording, recipe: recipe, accuracy: accuracy)
    // What has not come yet is what the delay says.
    #expect(found.lateness <= found.delay + 2 / 256 + 2 / rate)
    #expect(found.samples.count == file.count)
    let worst = zip(found.samples, file).map { abs($0 - $1) }.max() ?? 1
    #expect(worst <= Float(accuracy) * range(file) + 2e-6, "\(worst)")
  }

  @Test(arguments: [256.0, 500])
  func gapsAreTreatedAsInAFile(rate: Double) throws {
    var recording = try ArtificialECG(rate: rate, seconds: 16).recording()
    recording.samples = recording.samples.enumerated().map { $1 + ($0 > 2700 ? 2 : -1) }
    // Short ones, a long one with a lone sample in it, one at the end.
    for index in [0, 1, 1000, 2000, 2001, 2002] { recording.samples[index] = .nan }
    for index in 2500..<2900 where index != 2700 { recording.samples[index] = .infinity }
    for index in recording.samples.count - 9..<recording.samples.count {
      recording.samples[index] = .nan
    }
    let file = try PreprocessingRecipe.standard.conditioned(recording).samples
    let found = try stream(recording, recipe: .standard).samples
    #expect(found.map(\.isNaN) == file.map(\.isNaN))
    #expect(found.contains { $0.isNaN } && !found.allSatisfy { $0.isNaN })
    let worst = zip(found, file).map { $0.isNaN ? 0 : abs($0 - $1) }.max() ?? 1
    #expect(worst <= 1e-4 * range(file), "\(worst)")
  }

  @Test(arguments: [3, 130, 2000]) func leadingAndTrailingGapsKeepTheTime(missing: Int) throws {
    var recording = try ArtificialECG(rate: 256, seconds: 20).recording()
    for index in 0..<missing {
      recording.samples[index] = .nan
      recording.samples[recording.samples.count - 1 - index] = .nan
    }
    let file = try PreprocessingRecipe.standard.conditioned(recording).samples
    let found = try stream(recording, recipe: .standard).samples
    #expect(found.map(\.isNaN) == file.map(\.isNaN))
    let worst = zip(found, file).map { $0.isNaN ? 0 : abs($0 - $1) }.max() ?? 1
    #expect(worst <= 1e-4 * range(file), "\(worst)")
  }

  @Test func aNormalisationIsApplied() throws {
    let recording = try ArtificialECG(rate: 256, seconds: 8).recording()
    let normalisation = AmplitudeNormalisation(mean: 0.01, deviation: 0.2)
    var plain = try StreamPreprocessor(recipe: .standard, samplingRate: 256)
    var scaled = try StreamPreprocessor(
      recipe: .standard, samplingRate: 256, normalisation: normalisation)
    #expect(
      scaled.process(recording.samples) + scaled.finish()
        == normalisation.normalised(plain.process(recording.samples) + plain.finish()))
  }

  @Test func aFinishedStreamBeginsAnew() throws {
    let recording = try ArtificialECG(rate: 200, seconds: 8).recording()
    var stream = try StreamPreprocessor(recipe: .standard, samplingRate: 200)
    let first = stream.process(recording.samples) + stream.finish()
    #expect(first == stream.process(recording.samples) + stream.finish())
  }

  @Test func aConstantStreamIsNothing() throws {
    var stream = try StreamPreprocessor(recipe: .standard, samplingRate: 130)
    let output = stream.process([Float](repeating: -700, count: 1000)) + stream.finish()
    #expect(output.count == 1970 && output.allSatisfy { $0 == 0 })
  }

  @Test func emptyChunksAreNoTrouble() throws {
    var stream = try StreamPreprocessor(recipe: .standard, samplingRate: 250)
    #expect(stream.process([]).isEmpty && stream.finish().isEmpty)
    #expect(stream.process([.nan]).isEmpty)
    #expect(!stream.finish().contains { !$0.isNaN })
  }

  @Test func aStreamTooSlowForTheRecipeIsRefused() {
    #expect(throws: SignalError.self) { try StreamPreprocessor(recipe: .standard, samplingRate: 1) }
    #expect(throws: SignalError.samplingRate(0)) {
      try StreamPreprocessor(recipe: .standard, samplingRate: 0)
    }
    #expect(throws: SignalError.self) {
      try StreamPreprocessor(recipe: .standard, samplingRate: 256, accuracy: 0)
    }
  }
}
