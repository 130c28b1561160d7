import ECGPretext
import Testing

@Suite struct TransformationBenchmarkTests {
  @Test func everyTransformationHasAFigure() throws {
    let benchmark = try TransformationBenchmark(windowLength: 64, threads: 2, seconds: 0.001)
    #expect(benchmark.signalsPerSecond > 0)
    #expect(benchmark.each.map(\.name) == TransformationSet.standard.names)
    #expect(benchmark.each.allSatisfy { $0.signalsPerSecond > 0 })
  }
}
