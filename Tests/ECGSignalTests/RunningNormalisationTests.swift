import ECGSignal
import Testing

@Suite struct RunningNormalisationTests {
  @Test(arguments: [1, 7, 400, 20_000]) func itIsTheNormalisationOfAllSamplesAtOnce(
    count: Int
  ) throws {
    let recording = try ArtificialECG(rate: 250, seconds: 80, noise: 0.05).recording()
    let samples = Array(try PreprocessingRecipe.standard.conditioned(recording).samples[..<count])
    var running = RunningNormalisation()
    for first in stride(from: 0, to: count, by: 97) {
      running.add(Array(samples[first..<min(count, first + 97)]))
      running.add([.nan, .infinity])
    }
    let whole = AmplitudeNormalisation(fitting: samples)
    let found = running.normalisation
    #expect(running.count == count)
    #expect(abs(found.mean - whole.mean) <= 1e-9)
    #expect(abs(found.deviation - whole.deviation) <= (count < 400 ? 1e-2 : 2e-4) * whole.deviation)
  }

  @Test func nothingSeenGivesNothing() {
    #expect(RunningNormalisation().normalisation == AmplitudeNormalisation(mean: 0, deviation: 0))
  }

  @Test func aConstantHasNoDeviation() {
    var running = RunningNormalisation()
    running.add([Float](repeating: -2.5, count: 100))
    #expect(running.normalisation == AmplitudeNormalisation(mean: -2.5, deviation: 0))
  }
}
