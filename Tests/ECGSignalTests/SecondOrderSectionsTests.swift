import ECGSignal
import Testing

private struct FilterGolden: Decodable {
  struct Case: Decodable {
    var name: String
    var frequency, rate: Double
    var order: Int
    var zeroPhase, causal, settled: [Double]

    func filter() throws -> SecondOrderSections {
      switch name {
      case "high": try .highPass(cutoff: frequency, order: order, samplingRate: rate)
      case "low": try .lowPass(cutoff: frequency, order: order, samplingRate: rate)
      case "notch": try .notch(at: frequency, samplingRate: rate)
      default: try FilterGolden.recipe.filter(for: rate)
      }
    }
  }
  struct Short: Decodable {
    var count: Int
    var zeroPhase: [Double]
  }
  var input: [Double]
  var cases: [Case]
  var short: [Short]

  static var recipe: PreprocessingRecipe {
    var recipe = PreprocessingRecipe()
    recipe.mainsNotch = 60
    recipe.lowPassCutoff = 40
    return recipe
  }
}

@Suite struct SecondOrderSectionsTests {
  @Test func filtersEqualSciPy() throws {
    let golden: FilterGolden = try golden("filters.json")
    for expected in golden.cases {
      let filter = try expected.filter()
      let zeroPhase = filter.zeroPhase(golden.input)
      #expect(largestRelativeDifference(zeroPhase, expected.zeroPhase) < 1e-9)
      var causal = StreamingFilter(filter)
      #expect(largestRelativeDifference(causal.process(golden.input), expected.causal) < 1e-9)
      var settled = StreamingFilter(filter, settledAt: golden.input[0])
      #expect(largestRelativeDifference(settled.process(golden.input), expected.settled) < 1e-9)
    }
  }

  @Test func shortSignalsArePaddedAsFarAsTheyReach() throws {
    let golden: FilterGolden = try golden("filters.json")
    let filter = try SecondOrderSections.highPass(cutoff: 0.8, order: 2, samplingRate: 256)
    for expected in golden.short {
      let found = filter.zeroPhase(Array(golden.input.prefix(expected.count)))
      // Next to nothing is left of so short a signal, so compare with what went in.
      let scale = golden.input[0]
      for (a, b) in zip(found, expected.zeroPhase) { #expect(abs(a - b) < 1e-9 * scale) }
      #expect(found.count == expected.count)
    }
    #expect(filter.zeroPhase([Double]()).isEmpty)
    #expect(filter.zeroPhase([7.0]) == [0])
  }

  @Test func streamEqualsWholeWhateverTheChunks() throws {
    let golden: FilterGolden = try golden("filters.json")
    let filter = try FilterGolden.recipe.filter(for: 360)
    var whole = StreamingFilter(filter)
    var parts = StreamingFilter(filter)
    var joined: [Double] = []
    var start = 0
    for size in [1, 0, 2, 7, 90, 13, 287] {
      joined += parts.process(Array(golden.input[start..<start + size]))
      start += size
    }
    #expect(joined == whole.process(golden.input))
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func butterworthIsThreeDecibelsDownAtItsCutoff(order: Int) throws {
    for (cutoff, rate) in [(0.8, 2048.0), (40, 256), (100, 250)] {
      let high = try SecondOrderSections.highPass(cutoff: cutoff, order: order, samplingRate: rate)
      let low = try SecondOrderSections.lowPass(cutoff: cutoff, order: order, samplingRate: rate)
      #expect(abs(high.gain(at: cutoff, samplingRate: rate) - 0.5.squareRoot()) < 1e-6)
      #expect(abs(low.gain(at: cutoff, samplingRate: rate) - 0.5.squareRoot()) < 1e-6)
      #expect(high.gain(at: 0, samplingRate: rate) < 1e-6)
      #expect(abs(low.gain(at: 0, samplingRate: rate) - 1) < 1e-6)
    }
  }

  @Test func zeroPhaseKeepsASymmetricPulseWhereItIs() throws {
    let filter = try SecondOrderSections.lowPass(cutoff: 20, order: 4, samplingRate: 256)
    var pulse = [Double](repeating: 0, count: 801)
    pulse[400] = 1
    let output = filter.zeroPhase(pulse)
    #expect(output.indices.max { output[$0] < output[$1] } == 400)
    #expect(largestRelativeDifference(output, output.reversed()) < 1e-9)
  }

  @Test func impossibleFiltersAreRefusedInOneSentence() {
    #expect(throws: SignalError.cutoff(60, samplingRate: 100)) {
      try SecondOrderSections.notch(at: 60, samplingRate: 100)
    }
    #expect(throws: SignalError.cutoff(0, samplingRate: 100)) {
      try SecondOrderSections.highPass(cutoff: 0, order: 2, samplingRate: 100)
    }
    #expect(throws: SignalError.self) {
      try SecondOrderSections.highPass(cutoff: 1, order: 0, samplingRate: 100)
    }
    #expect(throws: SignalError.self) {
      try SecondOrderSections.highPass(cutoff: .nan, order: 1, samplingRate: 100)
    }
  }
}
