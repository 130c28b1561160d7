import ECGSignal
import Testing

@Suite struct StreamPreprocessorTests {
  @Test(arguments: [130.0, 250, 256, 513.24, 1000])
  func streamEqualsCausalFilterAndResamplerWhateverTheChunks(rate: Double) throws {
    var recording = try ArtificialECG(rate: rate, seconds: 20, noise: 0.05).recording()
    recording.samples = recording.samples.map { $0 + 3 }
    var recipe = PreprocessingRecipe.standard
    recipe.mainsNotch = 50
    let normalisation = AmplitudeNormalisation(mean: 0.01, deviation: 0.2)
    var stream = try StreamPreprocessor(
      recipe: recipe, samplingRate: rate, normalisation: normalisation)
    var found: [Float] = []
    var (start, size) = (0, 1)
    while start < recording.samples.count {
      let end = min(recording.samples.count, start + size)
      found += stream.process(Array(recording.samples[start..<end]))
      start = end
      size = size * 5 % 241 + 1
    }
    // What has not come yet is what the delay says.
    let late = Double(recording.samples.count) / rate - Double(found.count) / 256
    #expect(late <= stream.delay + 2 / 256 + 2 / rate && late >= stream.delay - 2 / 256 - 2 / rate)
    found += stream.finish()

    let level = Double(recording.samples[0])
    var filter = StreamingFilter(try recipe.filter(for: rate))
    let filtered = filter.process(recording.samples.map { Double($0) - level })
    let whole = try Resampler(from: rate, to: 256).resampled(filtered)
    #expect(found == whole.map { normalisation.normalised(Float($0)) })
  }

  @Test(arguments: [256.0, 500])
  func missingSamplesAreMarkedWhereTheFileFormMarksThem(rate: Double) throws {
    var recording = try ArtificialECG(rate: rate, seconds: 12).recording()
    for index in [0, 1, 1000, 2000, 2001, 2002] { recording.samples[index] = .nan }
    for index in 2500..<2900 { recording.samples[index] = .infinity }
    let file = try PreprocessingRecipe.standard.conditioned(recording)
    var stream = try StreamPreprocessor(recipe: .standard, samplingRate: rate)
    var found: [Float] = []
    for start in stride(from: 0, to: recording.samples.count, by: 100) {
      found += stream.process(
        Array(recording.samples[start..<min(start + 100, recording.samples.count)]))
    }
    found += stream.finish()
    #expect(found.map(\.isNaN) == file.samples.map(\.isNaN))
    #expect(found.contains { $0.isNaN } && !found.allSatisfy { $0.isNaN })
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
  }
}
